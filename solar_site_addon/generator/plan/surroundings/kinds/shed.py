# SPDX-License-Identifier: GPL-3.0-or-later
"""Metal sheds. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, bar, box, merged
from ...placement.kinds import Ground, Kind
from ..groups import BUILDINGS
from ..parts import CONCRETE, SHEET_METAL, gable, gable_ends, pick


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a hall of painted steel sheets, some with rooflights."""
    length, width, height = size
    x, y = length / 2 - 0.3, width / 2 - 0.3
    paint = Finish(pick(SHEET_METAL, look[0]), 0.35, 0.0, 0.35 + 0.5 * look[1])
    walls = Finish((0.66, 0.67, 0.67) if look[2] < 0.6 else paint.colour, 0.5, wear=0.5)
    rise = (0.14 + 0.12 * look[2]) * y
    parts = [
        box((-length / 2, -width / 2, -depth), (length / 2, width / 2, 0.0), CONCRETE),
        box((-x, -y, 0.0), (x, y, height), walls),
        gable(x, y, height, rise, 0.3, 0.30 + 0.4 * look[3], 0.035, paint),
        gable_ends(x, y, height, rise, walls),
        box((-1.4, -y - 0.02, 0.0), (1.4, -y + 0.02, min(height - 0.4, 3.0)), Finish((0.12, 0.13, 0.14), 0.5)),
    ]
    if look[1] > 0.4:
        parts += _rooflights(x, y, height, rise)
    return merged(parts)


def _rooflights(x: float, y: float, height: float, rise: float) -> list[Shape]:
    """Return strips of translucent sheet on both slopes."""
    film = Finish((0.55, 0.60, 0.58), 0.3, wear=0.6)
    parts = []
    for place in np.arange(-x + 2.0, x - 1.0, 4.0):
        for side in (-1, 1):
            low, high = (
                (place, side * 0.8 * y, height + 0.2 * rise + 0.05),
                (place, side * 0.2 * y, height + 0.8 * rise + 0.05),
            )
            parts.append(bar(low, high, 0.8, 0.02, film))
    return parts


KIND = Kind(
    name="shed",
    category=Category.SHED,
    group=BUILDINGS,
    least_m=(7.0, 5.0, 2.8),
    greatest_m=(24.0, 11.0, 5.0),
    ground=Ground(table_gap_m=12.0, fall_m=2.2),
    shape=_shape,
)
