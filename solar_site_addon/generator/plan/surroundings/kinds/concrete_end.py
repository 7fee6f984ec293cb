# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut ends of concrete piles: short hollow rings that lie around and resemble set piles. Sizes are those of piles."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape
from ...placement.kinds import Ground, Kind
from ..groups import LOOKALIKES
from ..parts import standing_pipe

_WALL_M = 0.07
"""Wall of a PHC pipe pile (docs/sources.md)."""


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a ring that lies flat like a cake, with a more or less fresh cut."""
    diameter, _, height = size
    tone = 0.30 + 0.14 * look[0]
    concrete = Finish((tone, 0.97 * tone, 0.92 * tone), 0.9, wear=0.3 + 0.5 * look[1])
    return standing_pipe(diameter / 2, diameter / 2 - _WALL_M, -depth, height, concrete)


KIND = Kind(
    name="concrete_end",
    category=Category.CONCRETE_END,
    group=LOOKALIKES,
    weight=2.0,
    least_m=(0.3, 0.3, 0.12),
    greatest_m=(0.5, 0.5, 0.4),
    ground=Ground(table_gap_m=0.05, fall_m=0.3),
    shape=_shape,
)
