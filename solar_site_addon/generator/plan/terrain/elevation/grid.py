# SPDX-License-Identifier: GPL-3.0-or-later
"""An elevation model as its file describes it, and the positions of its cells on the ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....domain.array_types import Floats, Indices
from ....domain.errors import ElevationError, UnsupportedElevationError
from .crs import UNKNOWN, Crs

MIN_CELLS = 8
_CELL_M = (0.01, 2000.0)
"""Smallest and largest plausible cell."""
_HIGHEST_M = 9000.0
_LOWEST_LAND_M = -1000.0
"""Lowest plausible height in a file that does not declare which heights are unknown: the lowest land, at the Dead Sea,
lies 430 m below the sea, and pits and shelf seas a few hundred meters. Greater depths are marks of unknown heights, or
what a program has made of marks and heights between them when it resampled such a file."""
_LOWEST_SEA_M = -11_000.0
"""Lowest plausible height in all other files: the deepest sea, in the Mariana Trench, is 10,935 m deep (Greenaway et
al., "Revised depth of the Challenger Deep", 2021)."""
_ROUNDED = 1e-6
"""Relative difference of floating-point numbers from a mark of unknown heights: of one in 32 bits, or in text."""
_MAX_SIDE = 1_000_000
"""Most rows or columns. Estimate."""
_MEANS_UNKNOWN = (-9999.0, -10000.0, -99999.0, -32768.0, -32767.0, -999999.0)
"""Values that mark unknown heights whether a file declares them or not: no land lies there, in any unit."""


@dataclass(frozen=True)
class Frame:
    """Where the cells lie in the file's coordinate system: the outer corner of the first cell, and the steps."""

    crs: Crs = UNKNOWN
    west: float = 0.0
    north: float = 0.0
    step_x: float = 1.0
    """Side lengths of a cell in units of the coordinate system, positive."""
    step_y: float = 1.0


@dataclass(frozen=True)
class Grid:
    """An elevation model: rows from the north, columns from the west."""

    rows: int
    columns: int
    frame: Frame
    read: Callable[[Indices, slice], Floats]
    """Return the heights (R, C) of R rows (ascending) and a range of columns, in the file's unit, NaN if unknown."""
    unit_m: float | None = None
    """Length of the file's unit of height, m; None if the file does not state it."""
    block_rows: int = 1
    """Rows that are stored and decoded together."""
    block_start: int = 0
    """A row at which such a block begins: it is decoded without the rest of the block."""
    declares_unknown: bool = False
    """Whether the file says which heights are unknown."""
    overviews: tuple[Grid, ...] = field(default=(), repr=False)
    """The same land with fewer and larger cells, from large to small."""

    def cell_m(self, row: float) -> tuple[float, float]:
        """Return the side lengths of a cell in ``row`` from west to east and from south to north, m."""
        frame = self.frame
        north = frame.north - (row + 0.5) * frame.step_y
        east_m, north_m = frame.crs.ground_m(north)
        return frame.step_x * east_m, frame.step_y * north_m

    def place(self, longitude_deg: float, latitude_deg: float) -> tuple[float, float]:
        """Return row and column of a place; raise UnsupportedElevationError if the projection is not known here."""
        frame = self.frame
        x, y = frame.crs.located(longitude_deg, latitude_deg)
        if frame.crs.geographic:  # longitudes from 0 to 360 degrees, or beyond the 180th meridian
            turn, center = 360.0 / frame.crs.unit, frame.west + self.columns * frame.step_x / 2
            x += turn * round((center - x) / turn)
        return (frame.north - y) / frame.step_y - 0.5, (x - frame.west) / frame.step_x - 0.5


def checked(grid: Grid) -> Grid:
    """Return the grid; raise ElevationError if its size or its cells make no sense."""
    if min(grid.rows, grid.columns) < MIN_CELLS:
        raise ElevationError("it has fewer than {count} x {count} cells", count=MIN_CELLS)
    if max(grid.rows, grid.columns) > _MAX_SIDE:
        raise UnsupportedElevationError(
            "its size of {columns} x {rows} cells is not supported", columns=grid.columns, rows=grid.rows
        )
    for cell in grid.cell_m(grid.rows / 2):
        if not _CELL_M[0] <= cell <= _CELL_M[1]:
            raise ElevationError(
                "its cell size of {cell:g} m is not within {low:g} to {high:g} m",
                cell=cell,
                low=_CELL_M[0],
                high=_CELL_M[1],
            )
    return grid


def in_meters(grid: Grid, unit_m: float) -> Grid:
    """Return the grid with heights in m instead of units of ``unit_m``, and without impossible heights."""

    def read(rows: Indices, columns: slice) -> Floats:
        heights = grid.read(rows, columns) * unit_m
        heights[impossible(heights, declared=grid.declares_unknown)] = np.nan
        return heights

    overviews = tuple(
        in_meters(replace(each, declares_unknown=grid.declares_unknown), unit_m) for each in grid.overviews
    )
    return replace(grid, read=read, unit_m=1.0, overviews=overviews)


def impossible(heights_m: NDArray[Any], *, declared: bool) -> NDArray[np.bool_]:
    """Return where heights in m are impossible; ``declared`` tells whether the file says which ones are unknown."""
    result: NDArray[np.bool_] = heights_m > _HIGHEST_M
    return result | (heights_m < (_LOWEST_SEA_M if declared else _LOWEST_LAND_M))


def looks_like_degrees(west: float, north: float, width: float, height: float, step: float) -> bool:
    """Return whether a grid without a coordinate system is one in degrees.

    The smallest site is 100 m wide, so no usable model in meters fits between the poles, 180 units from each other.
    """
    return step < 0.05 and north - height >= -90.01 and north <= 90.01 and west >= -180.01 and west + width <= 360.01


def without_marks(values: NDArray[Any], nodata: float | None = None) -> Floats:
    """Return ``values`` as heights: NaN where they are ``nodata``, infinite, or a usual mark of unknown heights.

    ``nodata`` is compared in the type of the values, as writers round it.
    """
    with np.errstate(invalid="ignore"):  # signaling NaN
        heights = values.astype(np.float64)
    marks = [mark for mark in _MEANS_UNKNOWN if _holds(values.dtype, mark)]
    if nodata is not None and np.isfinite(nodata):
        rounded = _as_stored(values.dtype, nodata)
        marks += [] if rounded is None else [rounded]
    unknown = ~np.isfinite(heights)
    # Few values are as low as the marks.
    lowest = float(np.min(heights, initial=0.0, where=~unknown))
    for mark in marks:
        margin = _ROUNDED * abs(mark) if values.dtype.kind == "f" else 0.0
        if mark + margin >= lowest or mark == nodata:
            unknown |= np.abs(heights - mark) <= margin
    heights[unknown] = np.nan
    return heights


def _holds(kind: np.dtype[Any], value: float) -> bool:
    return kind.kind == "f" or bool(np.iinfo(kind).min <= value <= np.iinfo(kind).max)


def _as_stored(kind: np.dtype[Any], value: float) -> float | None:
    """Return ``value`` as a number of this type, or None if the type has no such number."""
    if kind.kind == "f":
        with np.errstate(over="ignore"):
            return float(np.array(value).astype(kind))
    return value if _holds(kind, value) and value == int(value) else None
