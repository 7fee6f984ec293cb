# SPDX-License-Identifier: GPL-3.0-or-later
"""Round manhole covers with a concrete collar, as of buried cables and wells. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, merged, tube
from ...placement.kinds import Ground, Kind
from ..groups import LOOKALIKES
from ..parts import CONCRETE


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a collar with a cover of iron, or an open shaft."""
    diameter, _, height = size
    radius = diameter / 2
    cover = Finish((0.06, 0.055, 0.05), 0.6, 0.4, 0.6) if look[0] < 0.7 else Finish((0.01, 0.01, 0.01), 0.95)
    return merged(
        [
            tube((0.0, 0.0, -depth), (0.0, 0.0, height - 0.012), radius, CONCRETE, 28),
            tube((0.0, 0.0, height - 0.012), (0.0, 0.0, height), 0.74 * radius, cover, 26),
        ]
    )


KIND = Kind(
    name="manhole",
    category=Category.MANHOLE,
    group=LOOKALIKES,
    weight=0.6,
    least_m=(0.6, 0.6, 0.06),
    greatest_m=(0.9, 0.9, 0.3),
    ground=Ground(table_gap_m=0.2, fall_m=0.4),
    shape=_shape,
)
