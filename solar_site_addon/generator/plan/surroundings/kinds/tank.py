# SPDX-License-Identifier: GPL-3.0-or-later
"""Water tanks. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, loft, merged
from ...placement.kinds import Ground, Kind
from ..groups import PONDS
from ..parts import CONCRETE, STEEL, at, pick


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a round water tank of concrete or steel, open at the top."""
    radius, height = float(min(size[0], size[1])) / 2, float(size[2])
    wall = CONCRETE if look[0] < 0.5 else STEEL
    water = Finish(pick(((0.012, 0.03, 0.04), (0.03, 0.07, 0.10), (0.02, 0.035, 0.02)), look[1]), 0.03, wear=0.0)
    angle = 2 * np.pi * np.arange(36) / 36
    ring = np.stack([np.cos(angle), np.sin(angle), np.zeros(36)], axis=1)
    outside, inside = ring * radius, ring * (radius - 0.15)
    level = height * (0.6 + 0.3 * look[2])
    parts = [
        loft([at(outside, -depth), at(outside, height), at(inside, height), at(inside, level - 0.1)], wall,
             caps=False),
        loft([at(inside, level - 0.05), at(inside, level)], water),
    ]  # fmt: skip
    return merged(parts)


KIND = Kind(
    name="tank",
    category=Category.TANK,
    group=PONDS,
    least_m=(2.5, 2.5, 1.6),
    greatest_m=(7.0, 7.0, 3.0),
    ground=Ground(table_gap_m=8.0, fall_m=1.4),
    shape=_shape,
)
