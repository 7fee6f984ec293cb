# SPDX-License-Identifier: GPL-3.0-or-later
"""Real terrain: heights from the user's elevation model, around a place on it."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats
from ...domain.errors import (
    ElevationError,
    SettingsError,
    UnreadableModelError,
    UnrecognizedElevationError,
    UnsupportedElevationError,
)
from ...domain.messages import SettingName, system_reason
from ...settings.drawn import DrawnSite
from ...settings.files import State, state_of
from .elevation.crs import Crs
from .elevation.epsg_units import FOOT_M, US_SURVEY_FOOT_M
from .elevation.grid import Grid, in_meters
from .elevation.level import coarse_level, fine_level
from .elevation.place import DRAWN, find_place
from .elevation.registry import open_grid
from .elevation.shared_land import shared_land

MODEL = SettingName("site.elevation_model")
_UNIT = SettingName("site.elevation_unit")
_UNITS_M = {"m": 1.0, "ft": FOOT_M, "us_ft": US_SURVEY_FOOT_M}
"""Lengths of the units of ``site.elevation_unit``, m; for ``auto``, the file decides."""
_NEAR_CELLS = 4_000_000
"""Cells around the site that are read at the finest spacing."""
_NEAR_MARGIN_M = 150.0
"""Least width of the land around the site that is read at the finest spacing."""
_FAR_M = 30.0
"""Spacing at which land further away is read."""
_BLEND = 0.8
"""Share of the near land from which it passes into the far land."""


class Anchor(NamedTuple):
    """Where the center of a site lies in the coordinate system of its elevation model."""

    crs: Crs
    x: float
    y: float
    east_m: float
    """Length of a unit of the coordinate system to the east and to the north on the ground, m."""
    north_m: float


class ModelLand(NamedTuple):
    """Land from an elevation model."""

    heights: Floats
    """Heights (N, N), m."""
    cell_m: float
    """Cell size of the model."""
    anchor: Anchor


def model_heights(site: DrawnSite, axis: Floats, rng: np.random.Generator, *, northern: bool = True) -> ModelLand:
    """Return the land on the grid ``axis`` (N,) in both directions, m.

    ``rng`` draws a place if the settings name none: one where much of the ground is suitable for tables, which face
    south if ``northern``. Beyond the edge of the model, the terrain continues as its mirror image. Raise SettingsError
    if the file cannot be used.
    """
    path = Path(site.elevation_model).expanduser()
    try:
        state = state_of(path)
        grid = _large_enough(_opened(state, site.elevation_cell_m), site)
        grid = in_meters(grid, _unit_m(grid, site.elevation_unit))
        row, column = find_place(grid, site.size_m, site.place, northern, rng)
        if site.place == DRAWN:  # a place of this site only
            land = _land(grid, row, column, site.size_m, axis)
        else:
            what = {
                "files": [[str(each.absolute()), *numbers] for each, *numbers in state],
                "settings": [site.elevation_unit, site.elevation_cell_m, site.size_m],
                "where": [row, column, axis.tolist()],
            }
            land = shared_land(what, lambda: _land(grid, row, column, site.size_m, axis))
    except OSError as error:
        raise SettingsError(
            "{setting} = {file} cannot be read ({reason}).",
            setting=MODEL,
            file=site.elevation_model,
            reason=system_reason(error),
        ) from None
    except ElevationError as error:
        raise _refusal(site, error) from None
    return ModelLand(land, max(grid.cell_m(row)), _anchor(grid, row, column))


def _anchor(grid: Grid, row: float, column: float) -> Anchor:
    frame = grid.frame
    x, y = frame.west + (column + 0.5) * frame.step_x, frame.north - (row + 0.5) * frame.step_y
    return Anchor(frame.crs, x, y, *frame.crs.ground_m(y))


@lru_cache(maxsize=2)
def _opened(state: State, cell_m: float) -> Grid:
    return open_grid(state[0][0], cell_m)


def _large_enough(grid: Grid, site: DrawnSite) -> Grid:
    """Return the grid; raise an error if the site does not fit on it."""
    width, height = (
        count * cell for count, cell in zip((grid.columns, grid.rows), grid.cell_m(grid.rows / 2), strict=True)
    )
    if min(width, height) < site.size_m:
        raise SettingsError(
            "{setting} = {file} covers {width:.0f} m x {height:.0f} m, which is too small for {size} = {value:g} m.",
            setting=MODEL,
            file=site.elevation_model,
            width=width,
            height=height,
            size=SettingName("site.size_m"),
            value=site.size_m,
        )
    return grid


def _unit_m(grid: Grid, setting: str) -> float:
    """Return the length of the unit of heights: as the settings say, else as the file says, else m."""
    if setting in _UNITS_M:
        return _UNITS_M[setting]
    if grid.unit_m is not None and not math.isnan(grid.unit_m):
        return grid.unit_m
    if grid.unit_m is not None:
        raise ElevationError("it states its heights in a unit that is not known here: set {unit}", unit=_UNIT)
    if not grid.frame.crs.geographic and grid.frame.crs.unit != 1.0:
        raise ElevationError(
            "its positions are not in meters, and it does not state the unit of its heights: set {unit}",
            unit=_UNIT,
        )
    return 1.0


def _land(grid: Grid, row: float, column: float, size_m: float, axis: Floats) -> Floats:
    """Return the heights (N, N) of the grid on ``axis`` around a place, m.

    Where a model has far more cells than needed, only the land around the site is read at the finest spacing.
    """
    across, down = grid.cell_m(row)
    rows, columns = row - axis / down, column + axis / across
    near = fine_level(grid, float(np.diff(axis).min()), row)
    cell = math.sqrt(across * near.every_column * down * near.every_row)
    wide = min(2 * float(axis[-1]) / cell, *near.shape)
    if wide * wide <= _NEAR_CELLS:
        return near.surface(rows, columns)
    land = coarse_level(grid, _FAR_M, row).surface(rows, columns)
    reach = max(size_m / 2 + _NEAR_MARGIN_M, math.sqrt(_NEAR_CELLS) / 2 * cell)
    inside = np.abs(axis) <= reach
    weight = np.clip((reach - np.abs(axis[inside])) / (reach * (1 - _BLEND)), 0.0, 1.0)
    weight = np.minimum(weight[:, None], weight[None])
    part = np.ix_(inside, inside)
    land[part] += weight * (near.surface(rows[inside], columns[inside]) - land[part])
    return land


def _refusal(site: DrawnSite, error: ElevationError) -> SettingsError:
    if isinstance(error, UnsupportedElevationError | UnrecognizedElevationError):
        return UnreadableModelError(
            "{setting} = {file} cannot be read without GDAL: {reason}. Convert it with {command} (docs/terrain.md)."
            if isinstance(error, UnsupportedElevationError)
            else "{setting} = {file} is not recognized: {reason}. If GDAL reads it, convert it with {command} "
            "(docs/terrain.md).",
            setting=MODEL,
            file=site.elevation_model,
            reason=error.message,
            command="headless/terrain.py FILE --at LON,LAT --size METERS -o land.tif",
        )
    return SettingsError(
        "{setting} = {file} cannot be used: {reason}.", setting=MODEL, file=site.elevation_model, reason=error.message
    )
