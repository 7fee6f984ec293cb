# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of vegetation and stones. Estimates (docs/sources.md)."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats, Ints
from ..numerics.noise import smoothstep
from .kinds import VegetationKind
from .scatter import Places

_LEAVES = {
    VegetationKind.GRASS: ((0.045, 0.075, 0.018), (0.085, 0.125, 0.036)),
    VegetationKind.WEED: ((0.045, 0.085, 0.022), (0.085, 0.14, 0.045)),
    VegetationKind.SHRUB: ((0.038, 0.064, 0.019), (0.095, 0.125, 0.042)),
    VegetationKind.BROADLEAF: ((0.038, 0.068, 0.016), (0.110, 0.150, 0.040)),
    VegetationKind.CONIFER: ((0.028, 0.052, 0.022), (0.065, 0.095, 0.036)),
    VegetationKind.BARE_TREE: ((0.10, 0.085, 0.07), (0.20, 0.18, 0.155)),
    VegetationKind.STONE: ((0.13, 0.12, 0.105), (0.40, 0.37, 0.33)),
    VegetationKind.CROP: ((0.040, 0.080, 0.020), (0.080, 0.140, 0.040)),
}
"""Darkest and lightest reflectance of each kind in summer, linear sRGB."""
_DRY = ((0.17, 0.135, 0.065), (0.36, 0.295, 0.16))
"""Darkest and lightest reflectance of dry vegetation, linear sRGB."""
_AUTUMN = ((0.15, 0.055, 0.012), (0.33, 0.20, 0.030))
"""Darkest and lightest reflectance of autumn leaves, linear sRGB."""


def vegetation_colours(kind: Ints, places: Places, dry: Floats, season: str, stands: Floats) -> Floats:
    """Return the linear reflectance (N, 3) of vegetation by ``kind`` (N,), dryness (N,) from 0 to 1, and season.

    ``stands`` (N,) is smooth noise, about -0.7 to 0.7, that gives neighbors similar colors.
    """
    stands = 0.5 + 0.6 * stands
    tone = np.clip(0.55 * stands + 0.45 * places.random("tone"), 0, 1)
    palette = np.array([_LEAVES[each] for each in VegetationKind])
    colour = _mixed(tone, palette[kind, 0], palette[kind, 1])
    dead = smoothstep(dry + 0.5 * (places.random("dead") - 0.5), 0.35, 0.95)
    colour = _mixed(dead, colour, _mixed(tone, *np.array(_DRY)))
    if season == "autumn":
        turned = smoothstep(stands + places.random("turned"), 0.7, 1.3)
        colour = _mixed(
            np.where(kind == VegetationKind.BROADLEAF, turned, 0.0), colour, _mixed(tone, *np.array(_AUTUMN))
        )
    return colour


def _mixed(share: Floats, first: Floats, second: Floats) -> Floats:
    """Return the colors (N, 3) between ``first`` (share 0) and ``second`` (share 1)."""
    weight = share[:, None]
    return np.asarray(first * (1 - weight) + second * weight)
