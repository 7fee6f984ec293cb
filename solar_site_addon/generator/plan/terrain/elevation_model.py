# SPDX-License-Identifier: GPL-3.0-or-later
"""Real terrain: heights from the user's elevation model, around a place chosen by the site's seed."""

from __future__ import annotations

import math
import re
import struct
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...domain.array_types import Floats
from ...domain.errors import SettingsError, UnusableError
from ...domain.messages import Message, SettingName, system_reason
from ...settings.drawn import DrawnSite
from ..numerics.spline import Taps, quadratic_taps, surface
from .geotiff import Raster, metres_per_degree, read_geotiff

MODEL = SettingName("site.elevation_model")
_MIN_CELLS = 8
_CELL_M = (0.05, 2000.0)
"""Smallest and largest plausible cell."""
_HEIGHTS_M = (-11000.0, 9000.0)
"""Lowest and highest plausible height."""
_MAX_TRIES = 40
_SUITABLE_SLOPE = math.tan(math.radians(24.0))
"""Steepest ground suitable for tables, as a tangent. Estimate."""
_SUITABLE_SHARE = 0.55
"""A place is accepted if this share of it is no steeper than _SUITABLE_SLOPE. Estimate."""
_HGT_NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
_HGT_NODATA = -32768


def model_heights(site: DrawnSite, axis: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    """Return the heights (N, N) on the grid ``axis`` (N,) in both directions, and the model's cell size, both in m.

    ``rng`` draws a part of the model where much of the ground is suitable for tables. Beyond the edge of the model, the
    terrain continues as its mirror image. Raises SettingsError if the file cannot be used.
    """
    raster = _read(site)
    heights = _without_gaps(raster.heights)
    row, column = _place(raster, heights, site, rng)
    rows = row - axis / raster.cell_y_m
    columns = column + axis / raster.cell_x_m
    land = surface(heights, _taps(rows, heights.shape[0]), _taps(columns, heights.shape[1]))
    return land, max(raster.cell_x_m, raster.cell_y_m)


def _taps(place: Floats, size: int) -> Taps:
    """Return indices and weights of the three cells around each position, mirrored at the borders of ``size`` cells."""
    period = 2 * (size - 1)
    taps = [(index % period, weight) for index, weight in quadratic_taps(place)]
    return [(np.minimum(index, period - index), weight) for index, weight in taps]


def _place(raster: Raster, heights: Floats, site: DrawnSite, rng: np.random.Generator) -> tuple[float, float]:
    """Return row and column of the site's center.

    Places are drawn until one has enough gentle ground and no gaps; otherwise the best one tried is taken.
    """
    half_rows, half_columns = site.size_m / 2 / raster.cell_y_m, site.size_m / 2 / raster.cell_x_m
    along_y, along_x = np.gradient(heights, raster.cell_y_m, raster.cell_x_m)
    fit = (np.sqrt(along_x * along_x + along_y * along_y) <= _SUITABLE_SLOPE) & ~np.isnan(raster.heights)
    known = ~np.isnan(raster.heights)
    best, place = -1.0, (0.0, 0.0)
    for _ in range(_MAX_TRIES):
        row, column = (
            half + (size - 1 - 2 * half) * float(rng.random())
            for half, size in zip((half_rows, half_columns), heights.shape, strict=True)
        )
        window = (
            slice(int(row - half_rows), int(row + half_rows) + 2),
            slice(int(column - half_columns), int(column + half_columns) + 2),
        )
        worth = float(fit[window].mean()) * float(known[window].mean() == 1.0)
        if worth > best:
            best, place = worth, (row, column)
        if worth >= _SUITABLE_SHARE:
            break
    if best <= 0.0:
        raise _refusal(site, Message("no area without gaps is large and gentle enough for the site"))
    return place


def _without_gaps(heights: Floats) -> Floats:
    """Return the heights with gaps filled from their borders inward."""
    result = heights.copy()
    for _ in range(30):
        gaps = np.isnan(result)
        if not gaps.any():
            return result
        padded = np.pad(result, 1, constant_values=np.nan)
        known = ~np.isnan(padded)
        values = np.where(known, padded, 0.0)
        shifts = [(slice(1 + r, padded.shape[0] - 1 + r), slice(1 + c, padded.shape[1] - 1 + c)) for r, c in _AROUND]
        count = sum(known[shift].astype(np.int64) for shift in shifts)
        total = sum(values[shift] for shift in shifts)
        result = np.where(gaps & (count > 0), total / np.maximum(count, 1), result)
    return np.where(np.isnan(result), np.nanmedian(heights), result)


_AROUND = ((-1, 0), (1, 0), (0, -1), (0, 1))


def _read(site: DrawnSite) -> Raster:
    """Return the checked elevation model that the settings name."""
    path = Path(site.elevation_model)
    try:
        stat = path.stat()
        raster = _read_file(path, site.elevation_cell_m, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise SettingsError(
            "{setting} = {file} cannot be read ({reason}).",
            setting=MODEL,
            file=site.elevation_model,
            reason=system_reason(error),
        ) from None
    except (ValueError, IndexError, KeyError, OverflowError, TypeError, struct.error, zlib.error, MemoryError) as error:
        damaged = Message("the file is damaged or truncated")
        raise _refusal(site, error.message if isinstance(error, UnusableError) else damaged) from None
    sides = len(raster.heights) * raster.cell_y_m, raster.heights.shape[1] * raster.cell_x_m
    if min(sides) < site.size_m + 4 * max(raster.cell_x_m, raster.cell_y_m):
        raise SettingsError(
            "{setting} = {file} covers {width:.0f} m x {height:.0f} m, which is too small for {size} = {value:g} m.",
            setting=MODEL,
            file=site.elevation_model,
            width=sides[1],
            height=sides[0],
            size=SettingName("site.size_m"),
            value=site.size_m,
        )
    return raster


def _refusal(site: DrawnSite, reason: Message) -> SettingsError:
    return SettingsError(
        "{setting} = {file} cannot be used: {reason}. Supported formats are GeoTIFF (.tif), ESRI ASCII grid (.asc), "
        "SRTM (.hgt) and NumPy (.npy, with {cell}).",
        setting=MODEL,
        file=site.elevation_model,
        reason=reason,
        cell=SettingName("site.elevation_cell_m"),
    )


@lru_cache(maxsize=1)
def _read_file(path: Path, cell_m: float, _modified: int, _size: int) -> Raster:
    """Return the raster in the file, whose type follows from the extension; raise ValueError if it makes no sense."""
    kind = path.suffix.lower()
    if kind in (".tif", ".tiff"):
        raster = read_geotiff(path.read_bytes())
    elif kind == ".asc":
        raster = _read_ascii_grid(path.read_text(encoding="ascii", errors="replace"))
    elif kind == ".hgt":
        raster = _read_hgt(path)
    elif kind == ".npy":
        heights = np.load(path, allow_pickle=False)
        if heights.ndim != 2 or heights.dtype.kind not in "iuf":
            raise UnusableError("it does not contain a two-dimensional array of numbers")
        raster = Raster(heights.astype(np.float64), cell_m, cell_m)
    else:
        raise UnusableError("the file name extension is not supported")
    return _checked(raster)


def _checked(raster: Raster) -> Raster:
    """Return the raster with implausible heights turned into gaps; raise ValueError if hardly any heights are left."""
    for cell in (raster.cell_x_m, raster.cell_y_m):
        if not _CELL_M[0] <= cell <= _CELL_M[1]:
            raise UnusableError(
                "its cell size of {cell:g} m is not within {low:g} to {high:g} m",
                cell=cell,
                low=_CELL_M[0],
                high=_CELL_M[1],
            )
    if min(raster.heights.shape) < _MIN_CELLS:
        raise UnusableError("it has fewer than {count} x {count} cells", count=_MIN_CELLS)
    possible = (raster.heights >= _HEIGHTS_M[0]) & (raster.heights <= _HEIGHTS_M[1])
    if possible.mean() < 0.05:
        raise UnusableError("it contains no heights")
    return Raster(np.where(possible, raster.heights, np.nan), raster.cell_x_m, raster.cell_y_m)


def _read_ascii_grid(text: str) -> Raster:
    """Return the raster in an Esri ASCII grid.

    The file has a header of names and numbers, then rows of heights from the northwest.
    """
    header: dict[str, float] = {}
    words = text.split()
    at = 0
    while at + 1 < len(words) and words[at][:1].isalpha():
        header[words[at].lower()] = float(words[at + 1])
        at += 2
    missing = [name for name in ("ncols", "nrows", "cellsize") if name not in header]
    if missing:
        raise UnusableError("{name} is missing from its header", name=missing[0])
    rows, columns, cell = int(header["nrows"]), int(header["ncols"]), header["cellsize"]
    if len(words) - at != rows * columns:
        raise UnusableError(
            "it contains {count} heights, not {rows} x {columns}", count=len(words) - at, rows=rows, columns=columns
        )
    heights = np.array(words[at:], dtype=np.float64).reshape(rows, columns)
    heights[heights == header.get("nodata_value", -9999.0)] = np.nan
    south = header.get("yllcorner", header.get("yllcenter", 1e9))
    west = header.get("xllcorner", header.get("xllcenter", 1e9))
    if cell < 0.05 and abs(south) <= 90 and abs(west) <= 360:
        east, north = metres_per_degree(south + rows * cell / 2)
        return Raster(heights, cell * east, cell * north)
    return Raster(heights, cell, cell)


def _read_hgt(path: Path) -> Raster:
    """Return the raster in an SRTM file: big-endian numbers over one square degree.

    The file name gives the southwest corner.
    """
    name = _HGT_NAME.search(path.name)
    if name is None:
        raise UnusableError("its name does not state the location (for example, N47E013.hgt)")
    numbers = np.frombuffer(path.read_bytes(), dtype=">i2")
    side = math.isqrt(len(numbers))
    if side not in (1201, 3601) or side * side != len(numbers):
        raise UnusableError("it contains neither 1201 x 1201 nor 3601 x 3601 heights")
    heights = numbers.reshape(side, side).astype(np.float64)
    heights[heights == _HGT_NODATA] = np.nan
    south = int(name[2]) * (1 if name[1].upper() == "N" else -1)
    east, north = metres_per_degree(south + 0.5)
    return Raster(heights, east / (side - 1), north / (side - 1))
