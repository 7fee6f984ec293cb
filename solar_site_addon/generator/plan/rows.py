# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the rows of tables run on sloping ground, so that at the design sun none shades the next."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..settings import Settings
from .regions import LEAST_SUN_OVER_GROUND, Region
from .table_types import table_type
from .topography import Topography

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

MAINTENANCE_GAP_M = 1.5
"""Least free ground between rows, measured horizontally."""
_AISLE_M = 4.0
_TABLES_BETWEEN_AISLES = 7
_ROWS_BETWEEN_AISLES = 10
_STEP_M = 1.0
_SMOOTHED_STRIPS = 4
"""Row spacing is evened out over this many tables to either side, so that rows bend gently across a hillside."""
_ROOM_FOR = 0.7
"""Share of the neighbouring strips that the spacing is wide enough for; in the others, tables are left out."""


def row_pitch(slant_m: float, tilt_deg: float, sun_elevation_deg: float, rise: Floats) -> Floats:
    """Horizontal distance in metres between rows whose front edge the sun just reaches over the row before.

    ``rise`` is the tangent of the ground's slope, positive where it rises away from the equator. With the upper edge of
    the front table at L sin b above its lower edge and L cos b behind it, the shadow line tan a meets the lower edge of
    the next table, rise x D higher, at D = L (sin b + cos b tan a) / (tan a + rise). At least the table's own depth and
    the maintenance gap.
    """
    tan_sun, tilt = math.tan(math.radians(sun_elevation_deg)), math.radians(tilt_deg)
    sunlit = np.maximum(tan_sun + rise, LEAST_SUN_OVER_GROUND * tan_sun)
    shading = slant_m * (math.sin(tilt) + math.cos(tilt) * tan_sun) / sunlit
    return np.maximum(shading, slant_m * math.cos(tilt) + MAINTENANCE_GAP_M)


def table_places(region: Region, topography: Topography, settings: Settings, gap_m: float) -> tuple[Floats, Ints, Ints]:
    """Middles (N, 2) of the tables that would fill the region, with their rows and columns.

    The region is cut into strips, one table wide, that run from front to back. In each, the number of rows passed is
    the integral of 1 / pitch; tables stand where it is whole. Counted from the region's middle and with a pitch
    that changes little from strip to strip, equal numbers line up as rows that follow the hillside.
    """
    layout = settings.layout
    width, slant = table_type(settings).size(region.columns)
    strips = _strips(region.reach_m, width + gap_m, region.aisles)
    v = np.arange(-region.reach_m, region.reach_m + _STEP_M, _STEP_M)
    points = region.centre + strips[:, None, None] * region.right + v[None, :, None] * region.back
    at = topography.nearest(points[..., 0], points[..., 1])
    rise = topography.gradient_x[at] * region.back[0] + topography.gradient_y[at] * region.back[1]
    pitch = _smoothed(row_pitch(slant, region.tilt_deg, layout.design_sun_elevation_deg, rise))
    passed = np.cumsum(_STEP_M / pitch, axis=1)
    passed -= passed[:, [len(v) // 2]]
    return _on_whole_rows(region, strips, v, passed, _AISLE_M / float(np.median(pitch)))


def _on_whole_rows(
    region: Region, strips: Floats, v: Floats, passed: Floats, aisle: float
) -> tuple[Floats, Ints, Ints]:
    """Middles, rows and columns where ``passed`` (strips, V) is whole; ``aisle`` more is left every few rows."""
    most = int(np.ceil(np.abs(passed).max())) + 1
    rows = np.arange(-most, most + 1)
    wanted = rows + (aisle * np.floor(rows / _ROWS_BETWEEN_AISLES) if region.aisles else 0.0)
    middles, row_numbers, columns = [], [], []
    for column, strip in enumerate(strips):
        inside = (wanted >= passed[column, 0]) & (wanted <= passed[column, -1])
        along = np.interp(wanted[inside], passed[column], v)
        middles.append(region.centre + strip * region.right + along[:, None] * region.back)
        row_numbers.append(rows[inside])
        columns.append(np.full(len(along), column))
    return (
        np.concatenate(middles),
        np.concatenate(row_numbers).astype(np.int32),
        np.concatenate(columns).astype(np.int32),
    )


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
