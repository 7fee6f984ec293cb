# SPDX-License-Identifier: GPL-3.0-or-later
"""Least-cost paths for roads over a coarse height grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Indices

_STEPS = ((1, 0), (0, 1), (1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (3, 2), (2, 3))
_OFFSETS = tuple(
    (rows * up, columns * right)
    for rows, columns in _STEPS
    for up in (1, -1)
    for right in (1, -1)
    if not (rows == 0 and up < 0) and not (columns == 0 and right < 0)
)
"""Moves to 32 neighbors. On a 35 % slope a road of 10 % may leave the contour by only 16 degrees; the usual 8
neighbors, 45 degrees apart, would offer no way up."""
_GRADE_COST = 1.5
"""Added share of the cost at the maximum grade. Estimate."""
_EXCESS_COST = 40.0
"""Added share of the cost for each multiple of the maximum grade beyond it. Estimate."""
_TURNED_COST = 0.6
"""Added share of the cost of a move at 45 degrees to the preferred directions, on level ground. Estimate."""


@dataclass(frozen=True)
class _Edge:
    """One of the moves, from every cell to its neighbor: two windows of the same shape, and the cost of the move."""

    start: tuple[slice, slice]
    end: tuple[slice, slice]
    cost: Floats


class LeastCost:
    """Cost of reaching each cell from the nearest source. Sources may be added at any time."""

    def __init__(
        self, cell_m: float, heights: Floats, burden: Floats, max_grade: float, flatness: Floats, azimuth_deg: float
    ) -> None:
        """Prepare the costs on the grid of ``heights`` (R, C), m, whose rows run north.

        ``burden`` (R, C), at least 1, multiplies the cost per meter in a cell. Where ``flatness`` (R, C) is 1, moves
        along ``azimuth_deg`` or at right angles to it are cheaper than others; where it is 0, direction does not
        matter.
        """
        self.cost = np.full(heights.shape, np.inf)
        self._parent = np.full(heights.shape, -1, dtype=np.intp)
        self._index = np.arange(heights.size, dtype=np.intp).reshape(heights.shape)
        self._edges = []
        for offset in _OFFSETS:
            turned = math.sin(2 * (math.atan2(offset[1], offset[0]) - math.radians(azimuth_deg))) ** 2
            directed = burden * (1 + _TURNED_COST * turned * flatness)
            self._edges.append(_edge(offset, cell_m, heights, directed, max_grade))

    def add_sources(self, rows: Indices, columns: Indices) -> None:
        """Add cells as sources, and lower the cost of every cell that is nearer to them than to earlier sources."""
        self.cost[rows, columns] = 0.0
        self._parent[rows, columns] = -1
        while self._relax():
            pass
        for edge in self._edges:
            taken = self.cost[edge.start] + edge.cost == self.cost[edge.end]
            np.copyto(self._parent[edge.end], self._index[edge.start], where=taken & np.isfinite(self.cost[edge.end]))

    def _relax(self) -> bool:
        """Take one step from every cell in every direction (Bellman-Ford); return whether any cost was lowered."""
        before = self.cost.copy()
        for edge in self._edges:
            end = self.cost[edge.end]
            np.minimum(end, self.cost[edge.start] + edge.cost, out=end)
        return not np.array_equal(self.cost, before)

    def path(self, row: int, column: int) -> tuple[Indices, Indices]:
        """Return rows and columns of the cells from the nearest source to the given cell, both included."""
        cells = [row * self.cost.shape[1] + column]
        parent = self._parent.ravel()
        while parent[cells[-1]] >= 0:
            cells.append(int(parent[cells[-1]]))
        rows, columns = np.divmod(np.array(cells[::-1], dtype=np.intp), self.cost.shape[1])
        return rows, columns


def _edge(offset: tuple[int, int], cell_m: float, heights: Floats, burden: Floats, max_grade: float) -> _Edge:
    """Return the move with its cost: length, times the cells' burden, times a factor that grows with the grade.

    Beyond the maximum grade, every percent costs so much that a detour or a hairpin bend is cheaper.
    """
    starts, ends = zip(*(_span(step, size) for step, size in zip(offset, heights.shape, strict=True)), strict=True)
    length = cell_m * math.hypot(*offset)
    grade = np.abs(heights[ends] - heights[starts]) / length / max_grade
    factor = 1.0 + _GRADE_COST * grade * grade + _EXCESS_COST * np.maximum(grade - 1.0, 0.0)
    return _Edge(starts, ends, length * factor * (burden[starts] + burden[ends]) / 2)


def _span(step: int, size: int) -> tuple[slice, slice]:
    """Return the cells that have a neighbor ``step`` farther along, and those neighbors."""
    if step >= 0:
        return slice(0, size - step), slice(step, size)
    return slice(-step, size), slice(0, size + step)
