# SPDX-License-Identifier: GPL-3.0-or-later
"""Plastic pipes for cables, blue, black or orange, in bundles. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Colour, Finish, Shape, merged, moved
from ...placement.kinds import Ground, Kind
from ..groups import SUPPLIES
from ..parts import lying_pipe, pick

COLORS: tuple[Colour, ...] = ((0.02, 0.10, 0.42), (0.03, 0.16, 0.55), (0.015, 0.015, 0.016), (0.55, 0.14, 0.02))


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return some pipes side by side on the ground, not quite parallel."""
    del depth
    length, width, height = size
    radius = height / 2
    pipe = lying_pipe(0.96 * length, radius, 0.86 * radius, Finish(pick(COLORS, look[0]), 0.35, wear=0.3))
    count = max(int(width / (2.1 * radius)), 1)
    turns = 0.02 * ((37 * look[1:3].sum() * (1 + 3 * look[3])) % 1 - 0.5)
    pipes = [
        moved(pipe, (0.0, (place - (count - 1) / 2) * 2.1 * radius, radius), turns * (place % 3 - 1))
        for place in range(count)
    ]
    return merged(pipes)


KIND = Kind(
    name="pipe_bundle",
    category=Category.PIPE_BUNDLE,
    group=SUPPLIES,
    least_m=(3.8, 0.4, 0.1),
    greatest_m=(6.0, 1.2, 0.2),
    ground=Ground(table_gap_m=0.15, fall_m=0.06, on_wheels=True),
    shape=_shape,
)
