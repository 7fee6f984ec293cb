# SPDX-License-Identifier: GPL-3.0-or-later
"""Tents and canopies for workers. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Colour, Finish, Shape, bar, loft, merged
from ...placement.kinds import Ground, Kind
from ..groups import SUPPLIES
from ..parts import STEEL, pick

COLORS: tuple[Colour, ...] = ((0.02, 0.09, 0.32), (0.05, 0.16, 0.07), (0.60, 0.60, 0.58), (0.40, 0.03, 0.03))


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a canopy on four legs with a pyramid roof."""
    length, width, height = size
    x, y, eaves = length / 2, width / 2, 0.72 * height
    cloth = Finish(pick(COLORS, look[0]), 0.7, wear=0.4)
    legs = [
        bar((sx * (x - 0.03), sy * (y - 0.03), -depth), (sx * (x - 0.03), sy * (y - 0.03), eaves), 0.04, 0.04, STEEL)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]

    def ring(half_x: float, half_y: float, z: float) -> list[tuple[float, float, float]]:
        return [(-half_x, -half_y, z), (half_x, -half_y, z), (half_x, half_y, z), (-half_x, half_y, z)]

    roof = loft([ring(x, y, eaves - 0.2), ring(x, y, eaves), ring(0.04, 0.04, height)], cloth)
    return merged([*legs, roof])


KIND = Kind(
    name="tent",
    category=Category.TENT,
    group=SUPPLIES,
    weight=0.4,
    least_m=(2.5, 2.5, 2.4),
    greatest_m=(3.0, 3.0, 3.0),
    ground=Ground(table_gap_m=0.5, fall_m=0.8),
    shape=_shape,
)
