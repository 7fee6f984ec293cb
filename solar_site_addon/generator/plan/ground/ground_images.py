# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texture sets of ``site.ground_images`` a site shows: one for each kind of ground, and its size."""

from __future__ import annotations

from typing import NamedTuple

from ...domain.random_streams import pick
from ...settings.drawn import DrawnSite
from ...settings.texture_sets import KINDS, TextureSet, find_texture_sets


class GroundImage(NamedTuple):
    """A texture set on the ground of a site."""

    textures: TextureSet
    size_m: float
    """Side length on the ground."""


class GroundImages(NamedTuple):
    """The texture sets on the ground of a site."""

    by_kind: dict[str, GroundImage]
    """Images by kind of ground; kinds without one look invented."""
    share: float
    """Share of the images in the look, 0 to 1."""


NO_IMAGES = GroundImages({}, 0.0)


def plan_ground_images(site: DrawnSite, seed: int) -> GroundImages:
    """Return the images of a site, drawn among the sets of each kind; raise SettingsError if the folder has none."""
    if not site.ground_images or not site.ground_image_share.value:
        return NO_IMAGES
    sets = {each.name: each for each in find_texture_sets(site.ground_images)}
    images = {}
    for kind in KINDS:
        weights = {name: 1.0 for name, each in sets.items() if each.kind == kind}
        if weights:
            chosen = sets[pick(seed, f"ground/images/{kind}", weights)]
            images[kind] = GroundImage(chosen, chosen.size_m or site.ground_image_size_m.value)
    return GroundImages(images, site.ground_image_share.value)
