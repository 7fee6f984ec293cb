# SPDX-License-Identifier: GPL-3.0-or-later
"""Vans and minibuses. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, box, frustum, merged
from ...placement.kinds import Ground, Kind
from ..groups import VEHICLES
from ..parts import BODIES, GLASS, pick, wheels


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a van or, if short, a minibus: one box with a short hood."""
    del depth
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish((0.74, 0.74, 0.73) if look[0] < 0.7 else pick(BODIES, look[1]), 0.25, 0.0, 0.1 + 0.25 * look[2])
    nose = 0.72 * x
    parts = [
        *wheels(0.64 * x, y, 0.34),
        box((-x, -y, 0.35), (x, y, 0.95), paint, 0.05),
        frustum((-x, -y, nose + 0.2, y), (-x + 0.1, -y + 0.12, 0.42 * x, y - 0.12), (0.95, height - 0.08), GLASS),
        box((-x + 0.05, -y + 0.01, 0.95), (0.35 * x, y - 0.01, height - 0.08), paint),
        box((-x + 0.1, -y + 0.08, height - 0.08), (0.45 * x, y - 0.08, height), paint, 0.06),
    ]
    return merged(parts)


KIND = Kind(
    name="van",
    category=Category.VAN,
    group=VEHICLES,
    least_m=(4.6, 1.75, 1.9),
    greatest_m=(6.0, 2.0, 2.6),
    ground=Ground(table_gap_m=1.0, fall_m=0.12, on_wheels=True),
    shape=_shape,
)
