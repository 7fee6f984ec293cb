# SPDX-License-Identifier: GPL-3.0-or-later
"""Pickup trucks. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, box, frustum, merged
from ...placement.kinds import Ground, Kind
from ..groups import VEHICLES
from ..parts import BODIES, cab, pick, wheels


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a pickup truck with an open bed."""
    del depth
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish(pick(BODIES, look[0]), 0.25, 0.1, 0.1 + 0.25 * look[1])
    bed = Finish((0.03, 0.03, 0.032), 0.7, wear=0.7)
    parts = [
        *wheels(0.62 * x, y, 0.38),
        box((-x, -y, 0.42), (x, y, 0.95), paint, 0.06),
        frustum((0.1 * x, -y + 0.05, x - 0.05, y - 0.05), (0.2 * x, -y + 0.15, 0.9 * x, y - 0.15), (0.95, 1.1), paint),
        *cab(-0.16 * x, 0.52 * x, y, 0.95, height, paint),
        box((-x + 0.06, -y + 0.1, 0.95), (-0.2 * x, y - 0.1, 0.98), bed),
    ]
    parts += [box((-x, s * (y - 0.06) - 0.05, 0.95), (-0.2 * x, s * (y - 0.06) + 0.05, 1.22), paint) for s in (-1, 1)]
    parts.append(box((-x, -y + 0.05, 0.95), (-x + 0.08, y - 0.05, 1.22), paint))
    return merged(parts)


KIND = Kind(
    name="pickup",
    category=Category.PICKUP,
    group=VEHICLES,
    least_m=(5.2, 1.85, 1.75),
    greatest_m=(5.4, 1.95, 1.9),
    ground=Ground(table_gap_m=1.0, fall_m=0.12, on_wheels=True),
    shape=_shape,
)
