# SPDX-License-Identifier: GPL-3.0-or-later
"""Tubes of sheet metal, the formwork of micropiles, set up before casting. Sizes are those of micropiles; estimate."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape
from ...placement.kinds import Ground, Kind
from ..groups import LOOKALIKES
from ..parts import standing_pipe

_SHEET_M = 0.004


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return an upright tube without concrete, bright or dull."""
    diameter, _, height = size
    tone = 0.30 + 0.20 * look[1]
    sheet = Finish((tone, 1.01 * tone, 1.03 * tone), 0.45, 0.7, 0.3)
    return standing_pipe(diameter / 2, diameter / 2 - _SHEET_M, -depth, height, sheet)


KIND = Kind(
    name="formwork_tube",
    category=Category.FORMWORK_TUBE,
    group=LOOKALIKES,
    least_m=(0.2, 0.2, 0.4),
    greatest_m=(0.3, 0.3, 1.1),
    ground=Ground(table_gap_m=0.05, fall_m=0.15),
    shape=_shape,
)
