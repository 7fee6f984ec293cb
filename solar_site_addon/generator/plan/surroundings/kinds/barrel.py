# SPDX-License-Identifier: GPL-3.0-or-later
"""Steel drums of 200 l and plastic barrels."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Colour, Finish, Shape, merged, tube
from ...placement.kinds import Ground, Kind
from ..groups import LOOKALIKES
from ..parts import pick

COLORS: tuple[Colour, ...] = (
    (0.02, 0.08, 0.30),
    (0.03, 0.10, 0.40),
    (0.32, 0.05, 0.03),
    (0.20, 0.09, 0.05),
    (0.50, 0.50, 0.48),
)


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return an upright drum with hoops, closed, or open and dark inside."""
    diameter, _, height = size
    radius = diameter / 2
    paint = Finish(pick(COLORS, look[0]), 0.45, 0.2, 0.7)
    parts = [tube((0.0, 0.0, -depth), (0.0, 0.0, height), radius - 0.012, paint, 22)]
    parts += [
        tube((0.0, 0.0, z), (0.0, 0.0, z + 0.02), radius, paint, 22)
        for z in (0.33 * height, 0.66 * height, height - 0.02)
    ]
    if look[1] > 0.5:
        parts.append(
            tube((0.0, 0.0, height), (0.0, 0.0, height + 0.004), radius - 0.03, Finish((0.012, 0.014, 0.016), 0.3), 22)
        )
    return merged(parts)


KIND = Kind(
    name="barrel",
    category=Category.BARREL,
    group=LOOKALIKES,
    least_m=(0.5, 0.5, 0.8),
    greatest_m=(0.6, 0.6, 0.92),
    ground=Ground(table_gap_m=0.1, fall_m=0.4),
    shape=_shape,
)
