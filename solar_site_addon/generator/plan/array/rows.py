# SPDX-License-Identifier: GPL-3.0-or-later
"""Courses of the rows on sloping ground, spaced so that no row shades the next one at the design sun."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Ints, Longs
from ...settings.drawn import DrawnSettings
from ..terrain.topography import Topography
from .regions import MIN_SUN_OVER_GROUND, Region, equator_azimuth_deg

MAINTENANCE_GAP_M = 1.5
"""Smallest free ground between rows, measured horizontally. Estimate."""
UNEVENNESS_M = 0.2
"""Height that a rim may have above its position on even ground, relative to the next table's lower edge: bumps under
the table and installation errors. Without this allowance, every second table of a row would be shaded and left out.
Estimate."""
SLOPE_TILTS_DEG = (5.0, 40.0)
"""Smallest and largest tilt of tables parallel to the ground: rain must run off, and posts must carry them.
Estimate."""
_MAX_BEND_DEG = 20.0
"""Largest turn of a table away from its region's azimuth. Estimate."""
_LEVEL_SLOPE = 0.06
"""Tangent of the slope at which contours become meaningful. Estimate."""
_AISLE_M = 4.0
_TABLES_BETWEEN_AISLES = 7
_ROWS_BETWEEN_AISLES = 10
_STEP_M = 1.0
_SMOOTHED_STRIPS = 4
"""Strips on either side over which row spacing is smoothed, so that rows bend gently across a hillside."""
_ROOM_FOR = 0.8
"""Share of the adjacent strips for which the spacing is sufficient; tables in the others are left out."""


@dataclass(frozen=True)
class TablePlaces:
    """Candidate positions of N tables in a region, with azimuth and tilt."""

    middle: Floats
    """Center (N, 2), m."""
    row: Ints
    """Row (N,)."""
    column: Ints
    """Column (N,)."""
    azimuth_deg: Floats
    """Azimuth (N,)."""
    tilt_deg: Floats
    """Tilt (N,)."""


@dataclass(frozen=True)
class _Strips:
    """A region divided into strips, one table wide, from front to back, and the slope of their ground."""

    u: Floats
    """Centers (S,) of the strips along the rows, m from the region's center."""
    v: Floats
    """Positions (V,) along each strip, from front to back, m."""
    rise_right: Floats
    rise_back: Floats
    """Tangents (S, V) of the ground's slope along u and along v."""


def row_pitch(
    slant_m: float, tilt_deg: Floats | float, sun_elevation_deg: float, rise: Floats, unevenness_m: float = 0.0
) -> Floats:
    """Return the horizontal distance between rows at which the sun just reaches a row's front edge, m.

    ``rise`` is the tangent of the ground's slope, positive where it rises away from the equator. The upper edge of the
    front table is L sin b above its lower edge and L cos b behind it. The shadow line, of slope tan a, meets the lower
    edge of the next table, which is rise x D higher, at D = L (sin b + cos b tan a) / (tan a + rise), by trigonometry.
    The rim may be ``unevenness_m`` higher. The result is at least the table's own depth plus the maintenance gap.
    """
    tan_sun, tilt = math.tan(math.radians(sun_elevation_deg)), np.radians(tilt_deg)
    sunlit = np.maximum(tan_sun + rise, MIN_SUN_OVER_GROUND * tan_sun)
    shading = (slant_m * (np.sin(tilt) + np.cos(tilt) * tan_sun) + unevenness_m) / sunlit
    return np.maximum(shading, slant_m * np.cos(tilt) + MAINTENANCE_GAP_M)


def table_places(region: Region, topography: Topography, settings: DrawnSettings) -> TablePlaces:
    """Return the tables that would fill the region.

    Along each strip, the row number is the integral of 1 / pitch, and tables stand where it is an integer. It is
    counted from a line through the region's center, and the pitch changes little from strip to strip, so equal numbers
    line up as rows. The line is straight, or follows the contours of the ground as far as array.contour_following says;
    tables then turn with their row, within the azimuth range of the settings. Groups of array.tables_in_line strips
    have straight and parallel rows.
    """
    width, slant = region.table_type.size(region.columns)
    strips = _strips_of(region, topography, width + settings.array.table_gap_m.value)
    following = settings.array.contour_following.value
    line = _contour_line(strips, following, math.radians(_max_turn_deg(region, settings)))
    turn = np.zeros(strips.rise_back.shape)
    for _ in range(2):  # the pitch depends on the turn of the rows, and vice versa
        rise = strips.rise_back * np.cos(turn) - strips.rise_right * np.sin(turn)
        tilt = _tilts(region, settings, rise)
        pitch = row_pitch(slant, tilt, settings.array.design_sun_elevation_deg, rise, UNEVENNESS_M) / np.cos(turn)
        passed = np.cumsum(_STEP_M / _smoothed(pitch), axis=1)
        passed -= np.array([np.interp(at, strips.v, row) for at, row in zip(line, passed, strict=True)])[:, None]
        turn = following * _row_turns(strips, passed, region, settings)
    passed, turn = _in_line(strips, passed, turn, int(settings.array.tables_in_line.value))
    strip, v, row = _on_whole_rows(region, strips, passed, _AISLE_M / float(np.median(pitch)))
    at = strip, np.clip(np.rint((v - strips.v[0]) / _STEP_M).astype(int), 0, len(strips.v) - 1)
    return TablePlaces(
        middle=region.centre + strips.u[strip][:, None] * region.right + v[:, None] * region.back,
        row=row.astype(np.int32),
        column=strip.astype(np.int32),
        # A row turned counterclockwise in plan view has a smaller azimuth.
        azimuth_deg=(region.azimuth_deg - np.degrees(turn[at])) % 360.0,
        tilt_deg=tilt[at],
    )


def _strips_of(region: Region, topography: Topography, pitch_m: float) -> _Strips:
    u = _strips(region.reach_m, pitch_m, region.aisles)
    v = np.arange(-region.reach_m, region.reach_m + _STEP_M, _STEP_M)
    points = region.centre + u[:, None, None] * region.right + v[None, :, None] * region.back
    at = topography.nearest(points[..., 0], points[..., 1])
    slope_x, slope_y = topography.gradient_x[at], topography.gradient_y[at]
    return _Strips(
        u,
        v,
        slope_x * region.right[0] + slope_y * region.right[1],
        slope_x * region.back[0] + slope_y * region.back[1],
    )


def _max_turn_deg(region: Region, settings: DrawnSettings) -> float:
    """Return the largest turn of tables from their region's azimuth to either side, deg."""
    turned = abs((region.azimuth_deg - equator_azimuth_deg(settings.light.latitude_deg) + 180) % 360 - 180)
    return min(max(settings.array.azimuth_spread_deg - turned, 0.0), _MAX_BEND_DEG)


def _contour_line(strips: _Strips, following: float, most: float) -> Floats:
    """Return positions v (S,) of a line through the region's center that follows the contours to the given degree.

    Along a contour, rise_right du + rise_back dv = 0; on nearly level ground this is meaningless.
    """
    near = np.abs(strips.v) <= max(0.4 * float(strips.v[-1]), _STEP_M)
    right, back = strips.rise_right[:, near].mean(axis=1), strips.rise_back[:, near].mean(axis=1)
    slope = -right * back / (back**2 + _LEVEL_SLOPE**2)
    slope = _smoothed_strips(np.clip(following * slope, -math.tan(most), math.tan(most))[:, None])[:, 0]
    steps = np.diff(strips.u) * (slope[1:] + slope[:-1]) / 2
    line = np.concatenate([[0.0], np.cumsum(steps)])
    result: Floats = line - np.interp(0.0, strips.u, line)
    return result


def _row_turns(strips: _Strips, passed: Floats, region: Region, settings: DrawnSettings) -> Floats:
    """Return the angles (S, V) in plan view by which rows, the lines of equal ``passed``, turn from u toward v, rad."""
    if len(strips.u) < 2:
        return np.zeros(passed.shape)
    along, deep = np.gradient(passed, strips.u, axis=0), np.gradient(passed, strips.v, axis=1)
    most = math.radians(_max_turn_deg(region, settings))
    result: Floats = np.clip(_smoothed_strips(np.arctan(-along / deep)), -most, most)
    return result


def _in_line(strips: _Strips, passed: Floats, turn: Floats, count: int) -> tuple[Floats, Floats]:
    """Return the row numbers and turns (S, V) at which the rows of each group of ``count`` strips are straight lines.

    All rows of a group have its mean turn and therefore the same distance from each other along their whole length.
    """
    if count == 1:
        return passed, turn
    passed, turn = passed.copy(), turn.copy()
    for first in range(0, len(strips.u), count):
        group = slice(first, first + count)
        turn[group] = turn[group].mean()
        from_middle = strips.u[group] - strips.u[group].mean()
        shift = np.tan(turn[first, 0]) * from_middle[:, None]
        own = zip(passed[group], shift, strict=True)
        at_middle = np.mean([_continued(strips.v + by, strips.v, rows) for rows, by in own], axis=0)
        passed[group] = [_continued(strips.v - by, strips.v, at_middle) for by in shift]
    return passed, turn


def _continued(at: Floats, v: Floats, rows: Floats) -> Floats:
    """Return the row numbers at positions ``at``, of those ``rows`` at positions ``v``, continued beyond both ends."""
    before = (rows[1] - rows[0]) / _STEP_M * np.minimum(at - v[0], 0.0)
    beyond = (rows[-1] - rows[-2]) / _STEP_M * np.maximum(at - v[-1], 0.0)
    result: Floats = np.interp(at, v, rows) + before + beyond
    return result


def _tilts(region: Region, settings: DrawnSettings, rise: Floats) -> Floats:
    """Return the tilts (S, V) of tables, either their region's or that of the ground, deg."""
    if settings.array.tilt_mode.value == "fixed":
        return np.full(rise.shape, region.tilt_deg)
    result: Floats = np.clip(np.degrees(np.arctan(_smoothed_strips(rise))), *SLOPE_TILTS_DEG)
    return result


def _on_whole_rows(region: Region, strips: _Strips, passed: Floats, aisle: float) -> tuple[Longs, Floats, Longs]:
    """Return strips, positions v and rows (N,) where ``passed`` (S, V) is an integer.

    Every few rows, an extra ``aisle`` is left.
    """
    most = int(np.ceil(np.abs(passed).max())) + 1
    rows = np.arange(-most, most + 1)
    wanted = rows + (aisle * np.floor(rows / _ROWS_BETWEEN_AISLES) if region.aisles else 0.0)
    numbers, places, row_numbers = [], [], []
    for strip in range(len(strips.u)):
        inside = (wanted >= passed[strip, 0]) & (wanted <= passed[strip, -1])
        places.append(np.interp(wanted[inside], passed[strip], strips.v))
        row_numbers.append(rows[inside])
        numbers.append(np.full(int(inside.sum()), strip))
    return np.concatenate(numbers), np.concatenate(places), np.concatenate(row_numbers)


def _strips(reach_m: float, pitch_m: float, aisles: bool) -> Floats:
    """Return the centers of the strips along the rows, m from the region's center, with an aisle every few tables."""
    count = int(2 * reach_m / pitch_m) + 1
    numbers = np.arange(count, dtype=np.float64)
    places = numbers * pitch_m + (_AISLE_M * np.floor(numbers / _TABLES_BETWEEN_AISLES) if aisles else 0.0)
    result: Floats = places - places.mean()
    return result


def _smoothed(pitch: Floats) -> Floats:
    """Return the pitch (S, V) that suffices for most of the adjacent strips, averaged over these strips."""
    wide = np.quantile(_neighbours(pitch, _SMOOTHED_STRIPS), _ROOM_FOR, axis=0)
    result: Floats = np.mean(_neighbours(wide, _SMOOTHED_STRIPS), axis=0)
    return result


def _neighbours(pitch: Floats, reach: int) -> Floats:
    """Return the values (2 reach + 1, S, V) of the strips around each strip; the outermost strips are repeated."""
    padded = np.pad(pitch, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([padded[offset : offset + len(pitch)] for offset in range(2 * reach + 1)])


def _smoothed_strips(values: Floats) -> Floats:
    """Return the values (S, V) averaged over adjacent strips."""
    result: Floats = np.mean(_neighbours(values, _SMOOTHED_STRIPS // 2), axis=0)
    return result
