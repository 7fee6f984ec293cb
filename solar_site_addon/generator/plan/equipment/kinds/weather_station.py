# SPDX-License-Identifier: GPL-3.0-or-later
"""Weather stations: the second mast of a site. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, bar, box, merged, tube
from ...placement.kinds import Ground, Kind
from ..masts import MASTS
from ..parts import CLASS, CONCRETE, GALVANISED


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a mast with a cross arm, a box, a radiation shield and a rain gauge."""
    half, height = size[0] / 2, float(size[2])
    white = Finish((0.75, 0.75, 0.74), 0.4, 0.0, 0.2, CLASS)
    arm = height * 0.92
    parts = [
        box((-0.35, -0.35, -depth), (0.35, 0.35, 0.06), CONCRETE, 0.03),
        tube((0, 0, 0.06), (0, 0, height), 0.045, GALVANISED, 10),
        bar((-half + 0.1, 0, arm), (half - 0.1, 0, arm), 0.04, 0.04, GALVANISED),
        tube((-half + 0.15, 0, arm), (-half + 0.15, 0, arm + 0.12), 0.09, white, 12),
        tube((half - 0.15, 0, arm - 0.2), (half - 0.15, 0, arm + 0.1), 0.06, white, 12),
        box((-0.2, 0.05, 0.9), (0.2, 0.27, 1.4), white, 0.02),
        tube((0.45, -0.45, -depth), (0.45, -0.45, 0.5 + 0.2 * look[0]), 0.1, white, 14),
    ]
    return merged(parts)


KIND = Kind(
    name="weather_station",
    category=Category.WEATHER_STATION,
    group=MASTS,
    only_number=1,
    least_m=(1.6, 1.6, 3.0),
    greatest_m=(1.6, 1.6, 4.0),
    ground=Ground(table_gap_m=1.5, fall_m=0.8),
    within_fence=True,
    shape=_shape,
)
