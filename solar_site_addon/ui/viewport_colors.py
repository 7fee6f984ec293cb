# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of a site's materials in the solid view: those of its soil, season and snow. No bpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..generator.domain.array_types import Floats
from ..generator.plan.model import Site
from ..generator.scene.ground_look import DRY_GRASS, FRESH_GRASS, SNOW, SOILS

Rgba = tuple[float, float, float, float]

FIXED: dict[str, Rgba] = {
    "module": (0.02, 0.04, 0.13, 1.0),
    "steel": (0.5, 0.5, 0.52, 1.0),
    "equipment": (0.6, 0.6, 0.58, 1.0),
    "fence": (0.1, 0.25, 0.12, 1.0),
    "surroundings": (0.5, 0.48, 0.45, 1.0),
    "stones": (0.36, 0.34, 0.31, 1.0),
}
"""Colors that are the same on all sites, by the last part of the material's name."""
LEAVES: dict[str, Rgba] = {
    "spring": (0.14, 0.22, 0.06, 1.0),
    "summer": (0.10, 0.17, 0.05, 1.0),
    "autumn": (0.24, 0.15, 0.05, 1.0),
    "winter": (0.20, 0.17, 0.13, 1.0),
}
"""Color of the vegetation in each season."""


def viewport_colours(site: Site) -> dict[str, Rgba]:
    """Return the linear colors of the materials, by the last part of their names."""
    drawn, ground = site.settings.site, site.ground
    soil = _middle(SOILS[drawn.soil.value])
    grass = _mixed(_middle((FRESH_GRASS[1], FRESH_GRASS[1])), _middle(DRY_GRASS), float(np.mean(ground.dry)))
    snow, white = float(np.mean(ground.snow)), _middle(SNOW)
    land = _mixed(_mixed(soil, grass, float(np.mean(ground.grass))), white, snow)
    leaves = _mixed(np.array(LEAVES[drawn.season.value]), white, 0.5 * snow)
    return {**FIXED, "ground": _rgba(land), "banks": _rgba(_mixed(soil, white, snow)), "vegetation": _rgba(leaves)}


def _middle(tones: Sequence[Sequence[float]]) -> Floats:
    """Return the color in the middle of a dark and a light tone."""
    return np.mean(np.array(tones), axis=0)


def _mixed(one: Floats, other: Floats, share: float) -> Floats:
    """Return ``one`` with a ``share`` of ``other``."""
    return (1 - share) * one + share * other


def _rgba(colour: Floats) -> Rgba:
    red, green, blue, alpha = colour.tolist()
    return red, green, blue, alpha
