# SPDX-License-Identifier: GPL-3.0-or-later
"""String inverters on stands behind the tables. Sizes are estimates, for units of 60 to 125 kW."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Shape, box, merged
from ...placement.kinds import Ground, Kind
from ..inverters import INVERTERS
from ..parts import DARK, GALVANISED, cabinet_finish, stand


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return an inverter with cooling fins on two posts, some under a small roof."""
    length, width, height = size
    paint = cabinet_finish(look[0], 0.5, 0.1, 0.3)
    low, half = height - 0.72, length / 2
    parts = stand(length - 0.2, depth, height - 0.1)
    parts += [
        box((-half, -width / 2 + 0.1, low), (half, width / 2, height - 0.06), paint, 0.02),
        box((-half + 0.05, -width / 2 + 0.02, low + 0.05), (half - 0.05, -width / 2 + 0.1, height - 0.14), DARK),
    ]
    if look[1] > 0.5:
        parts.append(
            box((-half - 0.06, -width / 2, height - 0.02), (half + 0.06, width / 2 + 0.06, height), GALVANISED)
        )
    return merged(parts)


KIND = Kind(
    name="string_inverter",
    category=Category.INVERTER,
    group=INVERTERS,
    weight=0.7,
    least_m=(0.95, 0.34, 1.45),
    greatest_m=(1.15, 0.40, 1.75),
    ground=Ground(table_gap_m=0.15),
    within_fence=True,
    shape=_shape,
)
