# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth surfaces through parts of an elevation model, at the spacing that is needed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ....domain.array_types import Floats, Indices
from ...numerics.spline import Taps, quadratic_taps, surface
from .gaps import without_gaps
from .grid import Grid

_MARGIN_CELLS = 2
_BAND_CELLS = 4_000_000
"""Cells that are read at a time."""
_MOST_SPACINGS = 12
"""Greatest distance of the rows of a coarse level, in spacings."""


@dataclass(frozen=True)
class Level:
    """An elevation model at a coarser spacing: means of cells, or of the cells in some rows only."""

    grid: Grid
    every_row: int = 1
    """Rows of the model from one row of the level to the next."""
    mean_rows: int = 1
    """Rows whose mean is a row of the level: all of them, or the first ones, which cost less to decode."""
    every_column: int = 1
    """Columns of the model whose mean is a column of the level."""
    first_row: int = 0
    scale: tuple[float, float] = (1.0, 1.0)
    """Rows and columns of the model in a row and a column of ``grid``, which may be an overview."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the level."""
        rows = (self.grid.rows - self.first_row - self.mean_rows) // self.every_row + 1
        return rows, self.grid.columns // self.every_column

    def position(self, row: Floats, column: Floats) -> tuple[Floats, Floats]:
        """Return positions in the model as positions in the level."""
        row, column = ((place + 0.5) / scale - 0.5 for place, scale in zip((row, column), self.scale, strict=True))
        return (
            (row - self.first_row - (self.mean_rows - 1) / 2) / self.every_row,
            (column - (self.every_column - 1) / 2) / self.every_column,
        )

    def read(self, rows: slice, columns: slice) -> Floats:
        """Return the heights (R, C) of a part of the level; NaN where all cells are unknown."""
        wide = slice(columns.start * self.every_column, columns.stop * self.every_column)
        band = max(_BAND_CELLS // ((wide.stop - wide.start) * self.mean_rows), 1)
        parts = [
            self._means(np.arange(first, min(first + band, rows.stop)), wide)
            for first in range(rows.start, rows.stop, band)
        ]
        return np.concatenate(parts)

    def _means(self, rows: Indices, columns: slice) -> Floats:
        own = (self.first_row + rows[:, None] * self.every_row + np.arange(self.mean_rows)).ravel()
        heights = self.grid.read(own, columns)
        if self.mean_rows == 1 and self.every_column == 1:
            return heights
        blocks = heights.reshape(len(rows), self.mean_rows, -1, self.every_column)
        known = ~np.isnan(blocks)
        count = known.sum(axis=(1, 3))
        total = np.where(known, blocks, 0.0).sum(axis=(1, 3))
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def surface(self, rows: Floats, columns: Floats) -> Floats:
        """Return the heights (R, C) at all crossings of positions in the model, in the file's unit, without gaps.

        Beyond the edge of the model, the land continues as its mirror image.
        """
        rows, columns = self.position(rows, columns)
        row_taps, row_part = _taps(rows, self.shape[0])
        column_taps, column_part = _taps(columns, self.shape[1])
        return surface(without_gaps(self.read(row_part, column_part)), row_taps, column_taps)


def fine_level(grid: Grid, spacing_m: float, row: float) -> Level:
    """Return the level whose cells are means of all cells within about ``spacing_m``, or the cells themselves."""
    across, down = (max(int(spacing_m / cell), 1) for cell in grid.cell_m(row))
    return Level(grid, down, down, across)


def coarse_level(grid: Grid, spacing_m: float, row: float) -> Level:
    """Return a level of about ``spacing_m`` that is fast to read: of an overview, or of rows that begin a block."""
    fit = [each for each in grid.overviews if max(each.cell_m(row * each.rows / grid.rows)) <= spacing_m]
    if fit:
        scale = grid.rows / fit[-1].rows, grid.columns / fit[-1].columns
        return replace(fine_level(fit[-1], spacing_m, row / scale[0]), scale=scale)
    across, down = (max(int(spacing_m / cell), 1) for cell in grid.cell_m(row))
    if grid.block_rows > down:
        # Blocks much higher than the spacing are decoded whole.
        parts = math.ceil(grid.block_rows / (_MOST_SPACINGS * down))
        down = max(grid.block_rows // parts, 1)
    return Level(grid, down, 1, across, grid.block_start % down)


def _taps(place: Floats, size: int) -> tuple[Taps, slice]:
    """Return indices and weights of the three cells around each position, and the part of the cells that they mean.

    Cells beyond the borders of ``size`` cells are mirrored; indices count from the beginning of the part.
    """
    period = 2 * max(size - 1, 1)
    taps = [(index % period, weight) for index, weight in quadratic_taps(place)]
    mirrored = [(np.minimum(index, period - index), weight) for index, weight in taps]
    first = min(int(index.min()) for index, _ in mirrored)
    last = max(int(index.max()) for index, _ in mirrored)
    part = slice(max(first - _MARGIN_CELLS, 0), min(last + 1 + _MARGIN_CELLS, size))
    return [(index - part.start, weight) for index, weight in mirrored], part
