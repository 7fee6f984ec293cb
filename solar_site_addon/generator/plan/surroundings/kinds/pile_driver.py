# SPDX-License-Identifier: GPL-3.0-or-later
"""Crawler-mounted pile drivers with a vertical leader. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, bar, box, merged
from ...placement.kinds import Ground, Kind
from ..groups import MACHINES
from ..parts import DARK_STEEL, GLASS, PLANT_PAINT, crawlers, pick


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a pile driver: crawlers, engine, and a leader with a hammer at its front."""
    del depth
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish(pick(PLANT_PAINT, look[0]), 0.45, wear=0.6)
    front = x - 0.5
    parts = [
        *crawlers(-x, x - 0.8, y, 0.62),
        box((-x + 0.1, -y + 0.35, 0.62), (x - 1.0, y - 0.35, 1.35), paint, 0.08),
        box((-x + 0.3, -y + 0.45, 1.35), (-x + 1.3, 0.1, 2.1), GLASS if look[1] > 0.5 else paint, 0.05),
        box((front - 0.16, -0.16, 0.1), (front + 0.16, 0.16, height), paint),
        box((front + 0.16, -0.2, 0.5 * height), (front + 0.5, 0.2, 0.5 * height + 1.1), DARK_STEEL, 0.04),
        *(bar((x - 1.5, s * 0.5, 1.2), (front, 0.1 * s, 0.75 * height), 0.09, 0.09, DARK_STEEL) for s in (-1, 1)),
        bar((front + 0.3, 0.0, 0.5 * height), (front + 0.3, 0.0, 0.3), 0.06, 0.06, DARK_STEEL),
    ]
    return merged(parts)


KIND = Kind(
    name="pile_driver",
    category=Category.PILE_DRIVER,
    group=MACHINES,
    least_m=(4.6, 2.1, 4.0),
    greatest_m=(5.6, 2.4, 6.0),
    ground=Ground(table_gap_m=0.3, fall_m=0.35, on_wheels=True),
    shape=_shape,
)
