# SPDX-License-Identifier: GPL-3.0-or-later
"""Crawler-mounted drilling rigs for micropiles and helical piles. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, bar, box, merged, tube
from ...placement.kinds import Ground, Kind
from ..groups import MACHINES
from ..parts import DARK_STEEL, PLANT_PAINT, crawlers, pick


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a small rig with an inclined mast, a rotary head, an auger and a rack of rods."""
    del depth
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish(pick(PLANT_PAINT, look[0]), 0.5, wear=0.7)
    foot, top = (x - 0.35, 0.0, 0.15), (x - 0.35 - 0.12 * height, 0.0, height)
    parts = [
        *crawlers(-x, x - 0.6, y, 0.5),
        box((-x + 0.15, -y + 0.3, 0.5), (-x + 1.5, y - 0.3, 1.25), paint, 0.06),
        box((-x + 1.6, -y + 0.35, 0.5), (x - 0.7, y - 0.35, 0.62), DARK_STEEL),
        bar(foot, top, 0.2, 0.26, paint),
        bar((0.0, 0.0, 0.7), (x - 0.6, 0.0, 0.55 * height), 0.1, 0.1, DARK_STEEL),
        box((x - 0.55, -0.2, 0.5 * height), (x - 0.1, 0.2, 0.5 * height + 0.5), DARK_STEEL, 0.04),
        tube((x - 0.2, 0.0, 0.5 * height), (x - 0.12, 0.0, 0.0), 0.09, DARK_STEEL, 10),
        *(
            tube((-0.9, y - 0.35 - 0.1 * k, 0.72), (1.0, y - 0.35 - 0.1 * k, 0.72), 0.04, DARK_STEEL, 8)
            for k in range(4)
        ),
    ]
    return merged(parts)


KIND = Kind(
    name="drilling_rig",
    category=Category.DRILLING_RIG,
    group=MACHINES,
    least_m=(3.2, 1.6, 2.6),
    greatest_m=(4.4, 2.0, 4.2),
    ground=Ground(table_gap_m=0.3, fall_m=0.3, on_wheels=True),
    shape=_shape,
)
