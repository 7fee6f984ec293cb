# SPDX-License-Identifier: GPL-3.0-or-later
"""Lightning rods. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Shape, box, merged, tube
from ...placement.kinds import Ground, Kind
from ..masts import MASTS
from ..parts import CONCRETE, GALVANISED


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a tapering steel pole with a spike, on a concrete block."""
    half, height = size[0] / 2, float(size[2])
    radius = 0.06 + 0.05 * look[0]
    return merged(
        [
            box((-half, -half, -depth), (half, half, 0.08), CONCRETE, 0.03),
            tube((0, 0, 0.08), (0, 0, 0.85 * height), radius, GALVANISED, 10, top=0.5),
            tube((0, 0, 0.85 * height), (0, 0, height), 0.02, GALVANISED, 6, top=0.3),
        ]
    )


KIND = Kind(
    name="lightning_rod",
    category=Category.MAST,
    group=MASTS,
    least_m=(0.8, 0.8, 7.0),
    greatest_m=(0.8, 0.8, 14.0),
    ground=Ground(table_gap_m=0.6, fall_m=0.6),
    within_fence=True,
    shape=_shape,
)
