# SPDX-License-Identifier: GPL-3.0-or-later
"""Tree stumps, left when the ground was cleared. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, loft, merged
from ...placement.kinds import Ground, Kind
from ..groups import LOOKALIKES


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a stump with roots: dark bark around a light cut."""
    diameter, _, height = size
    radius = diameter / 2 / 1.44
    angle = 2 * np.pi * np.arange(20) / 20
    flare = 1 + 0.35 * np.maximum(np.sin(4 * angle + 6 * look[0]), 0)

    def ring(factor: Floats | float, z: float) -> Floats:
        reach = radius * factor * (1 + 0.06 * np.sin(3 * angle + 6 * look[1]))
        return np.column_stack([reach * np.cos(angle), reach * np.sin(angle), np.full(20, z)])

    bark = Finish((0.07, 0.052, 0.038), 0.95, wear=0.4)
    wood = Finish((0.34, 0.25, 0.15) if look[2] < 0.6 else (0.22, 0.19, 0.16), 0.9, wear=0.5)
    trunk = loft([ring(flare, -depth), ring(flare, 0.0), ring(0.72, 0.4 * height), ring(0.70, height - 0.006)], bark)
    return merged([trunk, loft([ring(0.62, height - 0.015), ring(0.62, height)], wood)])


KIND = Kind(
    name="stump",
    category=Category.STUMP,
    group=LOOKALIKES,
    weight=1.5,
    least_m=(0.25, 0.25, 0.1),
    greatest_m=(0.7, 0.7, 0.45),
    ground=Ground(table_gap_m=0.1, fall_m=0.5),
    shape=_shape,
)
