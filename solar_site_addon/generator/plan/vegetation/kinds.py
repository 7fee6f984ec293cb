# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of vegetation, and the share of trees that are bare in winter."""

from __future__ import annotations

from enum import IntEnum

VARIANTS = 3
"""Number of shapes of each kind."""
LEAFLESS_AT = {"winter": 0.8}
"""Share of broadleaf trees without leaves, by season; in an orchard, all trees are bare. Estimate."""


class VegetationKind(IntEnum):
    """A kind of vegetation. Stones are planned in the same way, but their category is terrain."""

    GRASS = 0
    WEED = 1
    SHRUB = 2
    BROADLEAF = 3
    CONIFER = 4
    BARE_TREE = 5
    STONE = 6
    CROP = 7
