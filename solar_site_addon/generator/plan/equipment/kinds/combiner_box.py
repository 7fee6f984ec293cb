# SPDX-License-Identifier: GPL-3.0-or-later
"""Combiner boxes on stands behind the tables. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Shape, box, merged
from ...placement.kinds import Ground, Kind
from ..inverters import INVERTERS
from ..parts import cabinet_finish, stand


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a small cabinet on two posts."""
    length, width, height = size
    paint = cabinet_finish(look[0], 0.5, 0.1, 0.3)
    low, half = height - 0.6, length / 2
    body = box((-half, -width / 2, low), (half, width / 2, height - 0.03), paint, 0.015)
    lid = box((-half - 0.02, -width / 2 - 0.03, height - 0.03), (half + 0.02, width / 2 + 0.03, height), paint)
    return merged([*stand(length - 0.15, depth, low + 0.1), body, lid])


KIND = Kind(
    name="combiner_box",
    category=Category.COMBINER_BOX,
    group=INVERTERS,
    weight=0.3,
    least_m=(0.55, 0.24, 1.15),
    greatest_m=(0.75, 0.30, 1.35),
    ground=Ground(table_gap_m=0.15),
    within_fence=True,
    shape=_shape,
)
