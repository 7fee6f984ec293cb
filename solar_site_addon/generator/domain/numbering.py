# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbering of images: site and view of each. Standard library only: the launcher also numbers images."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageNumber:
    """The place of an image in its dataset."""

    index: int
    """Global index of the image, from 0."""
    site: int
    """Index of the site, from 0."""
    view: int
    """Index of the view within the site, from 0."""
    seed: int
    """Seed of the site."""


def image_number(index: int, base_seed: int, views_per_site: int) -> ImageNumber:
    """Return the number of the image with the global ``index``; the views of a site have consecutive indices.

    The sites of a dataset have different seeds. The last site may have fewer views.
    """
    site, view = divmod(index, views_per_site)
    return ImageNumber(index, site, view, base_seed + site)
