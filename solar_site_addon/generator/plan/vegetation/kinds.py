# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kinds of plants there are, in how many shapes, and which of them winter leaves bare."""

from __future__ import annotations

from enum import IntEnum

VARIANTS = 3
"""Shapes of each kind."""
LEAFLESS_AT = {"winter": 0.8}
"""Share of broadleaved trees without leaves, by season; those of an orchard are all alike."""


class VegetationKind(IntEnum):
    """What a plant is; stones are counted among them, though their class is the ground's."""

    GRASS = 0
    WEED = 1
    SHRUB = 2
    BROADLEAF = 3
    CONIFER = 4
    BARE_TREE = 5
    STONE = 6
    CROP = 7
