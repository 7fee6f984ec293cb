# SPDX-License-Identifier: GPL-3.0-or-later
"""Piles that lie in stacks: their hollow ends and round backs resemble standing piles. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, merged, moved
from ...placement.kinds import Ground, Kind
from ..groups import SUPPLIES
from ..parts import lying_pipe, timbers


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return layers of concrete or steel piles on timber, fewer in each layer."""
    length, width, height = size
    concrete = look[0] < 0.5
    radius = 0.15 + 0.05 * look[1] if concrete else 0.05
    finish = Finish((0.36, 0.355, 0.34), 0.85, wear=0.6) if concrete else Finish((0.30, 0.16, 0.08), 0.8, 0.2, 0.7)
    pipe = lying_pipe(length, radius, radius - (0.07 if concrete else 0.006), finish)
    beams = timbers(0.3 * length, width, depth)
    first = max(int(width / (2 * radius)), 1)
    layers = min(max(int((height - 0.1) / (1.8 * radius)), 1), 3 if concrete else 5, first)
    piles = [
        moved(pipe, (0.0, (place - (first - layer - 1) / 2) * 2 * radius, 0.1 + radius + 1.75 * radius * layer))
        for layer in range(layers)
        for place in range(first - layer)
    ]
    return merged([*beams, *piles])


KIND = Kind(
    name="pile_stack",
    category=Category.PILE_STACK,
    group=SUPPLIES,
    least_m=(3.0, 0.7, 0.5),
    greatest_m=(6.0, 1.8, 0.9),
    ground=Ground(table_gap_m=0.2, fall_m=0.6),
    shape=_shape,
)
