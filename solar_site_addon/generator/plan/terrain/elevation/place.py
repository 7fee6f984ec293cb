# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on an elevation model the site lies: in its center, at a longitude and latitude, or drawn."""

from __future__ import annotations

import math
import re

import numpy as np

from ....domain.array_types import Floats
from ....domain.errors import ElevationError, SettingsError
from ....domain.messages import SettingName
from .grid import Grid
from .level import Level, fine_level

DRAWN, CENTER = "drawn", "center"
_PLACE = SettingName("site.place")
_LONGITUDE_LATITUDE = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*[,; ]\s*([+-]?\d+(?:\.\d+)?)\s*")
_MAX_TRIES = 40
_MAX_CELLS_TRIED = 40_000_000
"""Most cells that are read to find a place."""
_SURVEY_M = 5.0
"""Spacing at which the ground is judged, m: finer bumps do not matter to tables. Estimate."""
_SUITABLE_SLOPE = math.tan(math.radians(24.0))
"""Steepest ground suitable for tables, as a tangent. Estimate."""
_SUITABLE_SHADY_SLOPE = math.tan(math.radians(13.0))
"""Steepest ground away from the equator that is suitable for tables, as a tangent: rows on steeper ground would have to
be more than twice as far apart as on level ground. Estimate."""
_SUITABLE_ROLL = math.tan(math.radians(15.0))
"""Steepest ground along rows from east to west that is suitable for tables, as a tangent: they lean with it by up to 14
degrees, or a little more where the rows turn toward the slope. Estimate."""
_SUITABLE_SHARE = 0.55
"""A place is accepted if this share of it is suitable. Estimate."""
_KNOWN_SHARE = 0.5
"""A place that the user has chosen needs heights on this share of the site; gaps are filled."""


def find_place(grid: Grid, size_m: float, place: str, northern: bool, rng: np.random.Generator) -> tuple[float, float]:
    """Return row and column of the center of a site of ``size_m`` on a grid of heights in m.

    ``place`` is a value of ``site.place``; tables face south if ``northern``. Raise ElevationError if there
    is no such place on the model, SettingsError if ``place`` means nothing.
    """
    if place == DRAWN:
        return _drawn(grid, size_m, northern, rng)
    if place == CENTER:
        row, column = (grid.rows - 1) / 2, (grid.columns - 1) / 2
    else:
        row, column = grid.place(*longitude_latitude(place))
    _refuse_outside(grid, size_m, row, column, place)
    level = fine_level(grid, _SURVEY_M, row)
    known = ~np.isnan(_around(level, size_m, row, column))
    if known.mean() < _KNOWN_SHARE:
        raise ElevationError("it contains hardly any heights at {place} = {value}", place=_PLACE, value=place)
    return row, column


def longitude_latitude(text: str) -> tuple[float, float]:
    """Return longitude and latitude of a value of ``site.place`` in degrees; raise SettingsError if it is none."""
    match = _LONGITUDE_LATITUDE.fullmatch(text)
    if match is None or not (abs(float(match[1])) <= 360 and abs(float(match[2])) < 90):
        raise SettingsError(
            "{setting} = {value} is not allowed: it must be {drawn}, {center}, or longitude and latitude in degrees "
            "(for example, 13.05,47.32).",
            setting=_PLACE,
            value=text,
            drawn=DRAWN,
            center=CENTER,
        )
    return float(match[1]), float(match[2])


def _refuse_outside(grid: Grid, size_m: float, row: float, column: float, place: str) -> None:
    across, down = (size_m / 2 / cell for cell in grid.cell_m(row))
    if down - 0.5 <= row <= grid.rows - 0.5 - down and across - 0.5 <= column <= grid.columns - 0.5 - across:
        return
    raise ElevationError(
        "it does not contain the whole site of {size:g} m around {place} = {value}",
        size=size_m,
        place=_PLACE,
        value=place,
    )


def _drawn(grid: Grid, size_m: float, northern: bool, rng: np.random.Generator) -> tuple[float, float]:
    """Return a place where much of the ground suits tables, without gaps; the best one tried if none has enough."""
    across, down = grid.cell_m(grid.rows / 2)
    half_columns, half_rows = size_m / 2 / across, size_m / 2 / down
    level = fine_level(grid, _SURVEY_M, grid.rows / 2)
    tries = int(np.clip(_MAX_CELLS_TRIED / (4 * half_rows * half_columns), 4, _MAX_TRIES))
    cells = across * level.every_column, down * level.every_row
    best, place, known = 0.0, (0.0, 0.0), False
    for _ in range(tries):
        row, column = (
            half + (size - 1 - 2 * half) * float(rng.random())
            for half, size in ((half_rows, grid.rows), (half_columns, grid.columns))
        )
        heights = _around(level, size_m, row, column)
        known = known or not np.isnan(heights).all()
        worth = _suitable_share(heights, cells, northern)
        if worth > best:
            best, place = worth, (row, column)
        if worth >= _SUITABLE_SHARE:
            break
    if not known:
        raise ElevationError("no heights were found on it")
    if best <= 0.0:
        raise ElevationError("no area without gaps is large and gentle enough for the site")
    return place


def _suitable_share(heights: Floats, cells: tuple[float, float], northern: bool) -> float:
    """Return the share of a site that is suitable for tables; 0 if there are gaps. Sides of cells in m, x first."""
    if np.isnan(heights).any() or min(heights.shape) < 2:
        return 0.0
    to_south, to_east = np.gradient(heights, cells[1], cells[0])
    slope = np.hypot(to_south, to_east)
    # Ground that faces away from the equator rises toward it.
    shady = to_south if northern else -to_south
    suitable = (slope <= _SUITABLE_SLOPE) & (shady <= _SUITABLE_SHADY_SLOPE) & (np.abs(to_east) <= _SUITABLE_ROLL)
    return float(suitable.mean())


def _around(level: Level, size_m: float, row: float, column: float) -> Floats:
    """Return the heights of the level within a site."""
    across, down = (size_m / 2 / cell for cell in level.grid.cell_m(row))
    edges = level.position(np.array([row - down, row + down]), np.array([column - across, column + across]))
    rows, columns = (
        slice(max(int(first), 0), min(int(last) + 2, size))
        for (first, last), size in zip(edges, level.shape, strict=True)
    )
    return level.read(rows, columns)
