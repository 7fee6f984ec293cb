# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the rows of tables run on sloping ground, so that at the design sun none shades the next."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Ints, Longs
from ...settings.drawn import DrawnSettings
from ..terrain.topography import Topography
from .regions import LEAST_SUN_OVER_GROUND, Region, equator_azimuth_deg

MAINTENANCE_GAP_M = 1.5
"""Least free ground between rows, measured horizontally."""
UNEVENNESS_M = 0.2
"""How much higher than on even ground, against the next table's lower edge, a rim may be: bumps under the table and
errors of the builders. Without it, every second table of a row would be in the shadow of another, and left out."""
SLOPE_TILTS_DEG = (5.0, 40.0)
"""Least and greatest tilt of tables that lie as the ground does: water must run off, and posts must hold them."""
_MOST_BEND_DEG = 20.0
_LEVEL_SLOPE = 0.06
"""Tangent of a slope on which contours begin to mean something."""
_AISLE_M = 4.0
_TABLES_BETWEEN_AISLES = 7
_ROWS_BETWEEN_AISLES = 10
_STEP_M = 1.0
_SMOOTHED_STRIPS = 4
"""Row spacing is evened out over this many tables to either side, so that rows bend gently across a hillside."""
_ROOM_FOR = 0.8
"""Share of the neighbouring strips that the spacing is wide enough for; in the others, tables are left out."""


@dataclass(frozen=True)
class TablePlaces:
    """Where N tables of a region would stand, and how they would face and tilt."""

    middle: Floats
    """(N, 2) m."""
    row: Ints
    """(N,)"""
    column: Ints
    """(N,)"""
    azimuth_deg: Floats
    """(N,)"""
    tilt_deg: Floats
    """(N,)"""


@dataclass(frozen=True)
class _Strips:
    """The region cut into strips, one table wide, that run from front to back, and the ground in them."""

    u: Floats
    """(S,) middles of the strips along the rows, m from the region's middle."""
    v: Floats
    """(V,) places along each strip, from front to back, m."""
    rise_right: Floats
    rise_back: Floats
    """(S, V) tangents of the ground's slope along u and along v."""


def row_pitch(
    slant_m: float, tilt_deg: Floats | float, sun_elevation_deg: float, rise: Floats, unevenness_m: float = 0.0
) -> Floats:
    """Horizontal distance in metres between rows whose front edge the sun just reaches over the row before.

    ``rise`` is the tangent of the ground's slope, positive where it rises away from the equator. With the upper edge of
    the front table at L sin b above its lower edge and L cos b behind it, the shadow line tan a meets the lower edge of
    the next table, rise x D higher, at D = L (sin b + cos b tan a) / (tan a + rise). The rim may stand
    ``unevenness_m`` higher. At least the table's own depth and the maintenance gap.
    """
    tan_sun, tilt = math.tan(math.radians(sun_elevation_deg)), np.radians(tilt_deg)
    sunlit = np.maximum(tan_sun + rise, LEAST_SUN_OVER_GROUND * tan_sun)
    shading = (slant_m * (np.sin(tilt) + np.cos(tilt) * tan_sun) + unevenness_m) / sunlit
    return np.maximum(shading, slant_m * np.cos(tilt) + MAINTENANCE_GAP_M)


def table_places(region: Region, topography: Topography, settings: DrawnSettings) -> TablePlaces:
    """The tables that would fill the region.

    In each strip, the number of rows passed is the integral of 1 / pitch; tables stand where it is whole. Counted from
    a line through the region's middle and with a pitch that changes little from strip to strip, equal numbers line up
    as rows. The line is straight, or bends with the contours of the ground as far as array.contour_following says;
    tables then turn with their row, within the azimuth that the settings allow.
    """
    width, slant = region.made_as.size(region.columns)
    strips = _strips_of(region, topography, width + settings.array.table_gap_m.value)
    following = settings.array.contour_following.value
    line = _contour_line(strips, following, math.radians(_most_turn_deg(region, settings)))
    turn = np.zeros(strips.rise_back.shape)
    for _ in range(2):  # how far apart rows stand depends on how they turn, and the other way round
        rise = strips.rise_back * np.cos(turn) - strips.rise_right * np.sin(turn)
        tilt = _tilts(region, settings, rise)
        pitch = row_pitch(slant, tilt, settings.array.design_sun_elevation_deg, rise, UNEVENNESS_M) / np.cos(turn)
        passed = np.cumsum(_STEP_M / _smoothed(pitch), axis=1)
        passed -= np.array([np.interp(at, strips.v, row) for at, row in zip(line, passed, strict=True)])[:, None]
        turn = following * _row_turns(strips, passed, region, settings)
    strip, v, row = _on_whole_rows(region, strips, passed, _AISLE_M / float(np.median(pitch)))
    at = strip, np.clip(np.rint((v - strips.v[0]) / _STEP_M).astype(int), 0, len(strips.v) - 1)
    return TablePlaces(
        middle=region.centre + strips.u[strip][:, None] * region.right + v[:, None] * region.back,
        row=row.astype(np.int32),
        column=strip.astype(np.int32),
        # Turned to the left in the plan, a row faces a smaller azimuth.
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


def _most_turn_deg(region: Region, settings: DrawnSettings) -> float:
    """How far tables may turn from their region's azimuth to either side, deg."""
    turned = abs((region.azimuth_deg - equator_azimuth_deg(settings.light.latitude_deg) + 180) % 360 - 180)
    return min(max(settings.array.azimuth_spread_deg - turned, 0.0), _MOST_BEND_DEG)


def _contour_line(strips: _Strips, following: float, most: float) -> Floats:
    """(S,) places v of a line through the region's middle that bends with the contours, as far as ``following`` says.

    Along a contour du and dv keep rise_right du + rise_back dv = 0; on nearly level ground it means nothing.
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
    """(S, V) angles in the plan by which rows, along which ``passed`` is the same, turn from u towards v, rad."""
    if len(strips.u) < 2:
        return np.zeros(passed.shape)
    along, deep = np.gradient(passed, strips.u, axis=0), np.gradient(passed, strips.v, axis=1)
    most = math.radians(_most_turn_deg(region, settings))
    result: Floats = np.clip(_smoothed_strips(np.arctan(-along / deep)), -most, most)
    return result


def _tilts(region: Region, settings: DrawnSettings, rise: Floats) -> Floats:
    """(S, V) tilts of tables: their region's, or that of the ground below them, deg."""
    if settings.array.tilt_mode.value == "fixed":
        return np.full(rise.shape, region.tilt_deg)
    result: Floats = np.clip(np.degrees(np.arctan(_smoothed_strips(rise))), *SLOPE_TILTS_DEG)
    return result


def _on_whole_rows(region: Region, strips: _Strips, passed: Floats, aisle: float) -> tuple[Longs, Floats, Longs]:
    """Strips, places v and rows (N,) where ``passed`` (S, V) is whole; ``aisle`` more is left every few rows."""
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
    """Middles of the strips along the rows, m from the region's middle; with an aisle every few tables."""
    count = int(2 * reach_m / pitch_m) + 1
    numbers = np.arange(count, dtype=np.float64)
    places = numbers * pitch_m + (_AISLE_M * np.floor(numbers / _TABLES_BETWEEN_AISLES) if aisles else 0.0)
    result: Floats = places - places.mean()
    return result


def _smoothed(pitch: Floats) -> Floats:
    """The pitch (strips, V) that suffices for most of the neighbouring strips, then averaged over them."""
    wide = np.quantile(_neighbours(pitch, _SMOOTHED_STRIPS), _ROOM_FOR, axis=0)
    result: Floats = np.mean(_neighbours(wide, _SMOOTHED_STRIPS), axis=0)
    return result


def _neighbours(pitch: Floats, reach: int) -> Floats:
    """(2 reach + 1, strips, V) the values of the strips around each strip, the outermost repeated."""
    padded = np.pad(pitch, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([padded[offset : offset + len(pitch)] for offset in range(2 * reach + 1)])


def _smoothed_strips(values: Floats) -> Floats:
    """The values (S, V) averaged over neighbouring strips."""
    result: Floats = np.mean(_neighbours(values, _SMOOTHED_STRIPS // 2), axis=0)
    return result
