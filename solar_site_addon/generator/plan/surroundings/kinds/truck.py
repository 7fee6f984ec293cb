# SPDX-License-Identifier: GPL-3.0-or-later
"""Dump trucks and flatbed trucks. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, box, merged
from ...placement.kinds import Ground, Kind
from ..groups import MACHINES
from ..parts import EARTH, PLANT_PAINT, cab, pick, wheels


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a truck with an open body, empty, or loaded with earth."""
    del depth
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish(pick(PLANT_PAINT, look[0]), 0.35, wear=0.5)
    body = Finish(pick(PLANT_PAINT, look[2]), 0.6, wear=0.8)
    floor = Finish((0.06, 0.055, 0.05), 0.8, wear=0.8)
    parts = [
        *wheels(0.66 * x, y, 0.5),
        box((-x, -y + 0.3, 0.55), (x - 0.2, y - 0.3, 0.95), floor),
        box((0.52 * x, -y + 0.05, 0.7), (x, y - 0.05, 1.6), paint, 0.1),
        *cab(0.52 * x, x, y, 1.6, height, paint),
        box((-x, -y, 1.0), (0.45 * x, y, 1.08), floor),
        *(box((-x, s * (y - 0.04) - 0.04, 1.0), (0.45 * x, s * (y - 0.04) + 0.04, 1.7), body) for s in (-1, 1)),
        *(box((end, -y, 1.0), (end + 0.08, y, 1.7), body) for end in (-x, 0.45 * x - 0.08)),
    ]
    if look[1] > 0.5:
        parts.append(box((-x + 0.08, -y + 0.08, 1.08), (0.45 * x - 0.08, y - 0.08, 1.75), EARTH, 0.35))
    return merged(parts)


KIND = Kind(
    name="truck",
    category=Category.TRUCK,
    group=MACHINES,
    least_m=(5.6, 2.1, 2.5),
    greatest_m=(8.0, 2.5, 2.9),
    ground=Ground(table_gap_m=0.5, fall_m=0.2, on_wheels=True),
    shape=_shape,
)
