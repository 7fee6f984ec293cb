# SPDX-License-Identifier: GPL-3.0-or-later
"""Which view of which site an image shows. Standard library only: the launcher numbers images too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageNumber:
    """The place of an image in its dataset."""

    index: int
    """Global index of the image, from 0."""
    site: int
    """Index of the site that it shows, from 0."""
    view: int
    """Index of the view within the site, from 0."""
    seed: int
    """Seed of the site."""


def image_number(index: int, base_seed: int, views_per_site: int) -> ImageNumber:
    """Return the place of the image with the global ``index``: the views of a site follow each other.

    Sites of one dataset never share a seed. The last site has fewer views where the images end before it does.
    """
    site, view = divmod(index, views_per_site)
    return ImageNumber(index, site, view, base_seed + site)
