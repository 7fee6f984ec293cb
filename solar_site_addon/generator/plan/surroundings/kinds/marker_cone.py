# SPDX-License-Identifier: GPL-3.0-or-later
"""Traffic cones and marker posts. Sizes are those of usual cones, 450 to 750 mm high."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, box, merged, tube
from ...placement.kinds import Ground, Kind
from ..groups import LOOKALIKES


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a cone with white bands on a square foot."""
    del depth
    base, _, height = size
    orange, white = Finish((0.75, 0.12, 0.01), 0.5, wear=0.4), Finish((0.75, 0.75, 0.73), 0.4, wear=0.3)
    radius = 0.36 * base
    bands = [(0.0, 0.4, orange), (0.4, 0.62, white), (0.62, 1.0, orange)]
    foot = box(
        (-base / 2, -base / 2, 0.0),
        (base / 2, base / 2, 0.035),
        orange if look[0] < 0.6 else Finish((0.02, 0.02, 0.02)),
    )
    cone = [
        tube((0.0, 0.0, low * height), (0.0, 0.0, high * height), radius * (1 - 0.85 * low), finish, 16,
             (1 - 0.85 * high) / (1 - 0.85 * low))
        for low, high, finish in bands
    ]  # fmt: skip
    return merged([foot, *cone])


KIND = Kind(
    name="marker_cone",
    category=Category.MARKER_CONE,
    group=LOOKALIKES,
    least_m=(0.28, 0.28, 0.45),
    greatest_m=(0.42, 0.42, 0.75),
    ground=Ground(table_gap_m=0.05, fall_m=0.06, on_wheels=True),
    shape=_shape,
)
