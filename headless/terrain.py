# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an elevation model of a place from any files that GDAL reads, for ``site.elevation_model``.

    python3 headless/terrain.py IN... --at LON,LAT --size 800 -o land.tif

The files are reprojected to the UTM zone of the place, in meters across and up, and laid over each other: where they
overlap, the earlier one counts. The window is cut out, voids are filled from their borders, and the sources are noted
in the tags of the file. With --site, the window is what a site shows, and voids stay: so headless/batch.py converts
files that are not read without GDAL. See docs/terrain.md.
Needs rasterio and pyproj: pip install ".[terrain]".
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A file must not make GDAL read from the network or run code: virtual rasters can name both. Read when GDAL is loaded.
os.environ.update(
    CPL_VSIL_CURL_ALLOWED_EXTENSIONS="{none}",
    GDAL_SKIP="HTTP WMS WCS WMTS OGCAPI PLMOSAIC EEDAI DAAS STACTA STACIT NGW",
    GDAL_VRT_ENABLE_PYTHON="NO",
)

try:
    import numpy as np
    import pyproj
    import rasterio
    from numpy.typing import NDArray
    from rasterio.enums import MaskFlags, Resampling
    from rasterio.errors import CRSError, RasterioError
    from rasterio.fill import fillnodata
    from rasterio.transform import from_origin
    from rasterio.vrt import WarpedVRT
except ImportError as error:
    sys.exit(
        f"terrain.py needs rasterio and pyproj ({error.name} is not installed): python3 -m pip install '.[terrain]'"
    )

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from headless.gdal_files import (
    UNITS_M,
    Bounds,
    Layer,
    Stated,
    band_of,
    crs_of,
    extent_of,
    layers_of,
    source_of,
    transform_of,
    turns_of,
    unit_of,
)
from solar_site_addon.generator.domain.atomic_files import replacing_path
from solar_site_addon.generator.domain.errors import ElevationError, SettingsError
from solar_site_addon.generator.plan.terrain.elevation.grid import impossible, without_marks
from solar_site_addon.generator.plan.terrain.elevation.place import CENTER, DRAWN, longitude_latitude
from solar_site_addon.generator.plan.terrain.terrain import HORIZON_M, MARGIN_M

Heights = NDArray[np.float32]

MADE_BY = ("TIFFTAG_SOFTWARE", "Solar Site terrain.py")
"""Tag that identifies a file of ours."""
SOURCES = "SOLAR_SITE_SOURCES"
"""Tag that lists the sources as JSON."""
NODATA = -9999.0
MAX_CELLS = 20_000
"""Most cells along a side."""
ALIKE = 1.5
"""Ratio up to which cells count as of the same size."""
BLENDED_CELLS = 2
"""Width, in cells of the coarser file, over which a finer file passes into it: else models that differ by meters, as
those of the ground and of treetops do, would leave a cliff. Estimate."""
MAX_LATITUDE = 84.0
"""Latitude at which UTM ends."""
MIN_KNOWN = 0.5
"""Least share of the window that the files must cover."""
FINEST_M = 0.5
"""Smallest cells of a model for a site: the ground of a site has no smaller ones than 1 m."""
ALIGNED_M = 60.0
"""The edges of a window for a site are moved by multiples of this length, which is one of all usual cells: those of a
file in the same UTM zone are copied then, not resampled."""
BLOCK_ROWS = 512
"""Rows that are made at a time: a multiple of the tiles that are written."""
TILE = 256
SECONDS_OF_SILENCE = 5.0
"""Time between two lines about the progress."""


@dataclass(frozen=True)
class Window:
    """The window that is cut out: a rectangle in a UTM zone."""

    epsg: int
    west: float
    north: float
    width_m: float
    height_m: float

    @property
    def bounds(self) -> Bounds:
        """West, south, east and north."""
        return self.west, self.north - self.height_m, self.west + self.width_m, self.north

    @property
    def center(self) -> tuple[float, float]:
        """Easting and northing of the center."""
        return self.west + self.width_m / 2, self.north - self.height_m / 2

    def cells(self, cell_m: float) -> tuple[int, int]:
        """Return the numbers of rows and columns."""
        return math.ceil(self.height_m / cell_m - 1e-6), math.ceil(self.width_m / cell_m - 1e-6)

    def rows(self, first: int, end: int, cell_m: float) -> Window:
        """Return the part from row ``first`` to row ``end``, which may lie outside."""
        north = self.north - first * cell_m
        return Window(self.epsg, self.west, north, self.width_m, (end - first) * cell_m)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the model; return the exit code: 0, or 2 if that is not possible."""
    parser = _parser()
    options = parser.parse_args(joined(sys.argv[1:] if arguments is None else arguments))
    if options.size and isinstance(options.at, str):
        parser.error(f"argument --at: {options.at} is for --site; --size needs LON,LAT")
    try:
        refuse_foreign(options.output)
        print(make_model(options))
    except (ElevationError, RasterioError, CRSError, pyproj.exceptions.ProjError, OSError) as error:
        # rasterio's own message about a failed read only refers to GDAL's.
        reason = error.__cause__ or error if isinstance(error, RasterioError) else error
        print(f"terrain.py: {str(reason).rstrip('.')}.", file=sys.stderr)
        return 2
    return 0


def make_model(options: argparse.Namespace) -> str:
    """Write the model and return what it is; raise ElevationError if the files do not cover the window."""
    stated = Stated(options.crs, options.band, options.unit)
    layers = [layer for path in options.inputs for layer in layers_of(path)]
    window = window_of_site(options, layers) if options.site else window_at(options.at, options.size)
    cells = [cell_of(layer, window, stated.crs) for layer in layers]
    cell = options.cell or default_cell(min(cells), window, FINEST_M if options.site else 0.0)
    rows, columns = window.cells(cell)
    if max(rows, columns) > MAX_CELLS:
        raise ElevationError(
            "{count} cells along a side are too many: choose larger cells or a smaller part, for example around a "
            "longitude and latitude",
            count=max(rows, columns),
        )
    sources = [source_of(layer, stated) for layer in layers]
    parts = progress_told(strips(stated, list(zip(layers, cells, strict=True)), window, cell), rows)
    written = f"{options.output}: {rows} x {columns} cells of {cell:g} m in EPSG:{window.epsg}"
    if options.site:
        write(options.output, parts, window, cell, sources)
        return written
    heights = np.concatenate(list(parts))
    known = float(np.isfinite(heights).mean())
    if known < MIN_KNOWN:
        raise ElevationError("the files cover only {share:.0%} of the window", share=known)
    write(options.output, [without_voids(heights)], window, cell, sources)
    return f"{written}; {1 - known:.1%} were voids, which are filled"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("inputs", nargs="+", type=Path, metavar="IN", help="elevation models; earlier ones lie on top")
    parser.add_argument(
        "--at",
        required=True,
        type=place,
        metavar="LON,LAT",
        help=f"center of the window in degrees; with --site also {CENTER} or {DRAWN}, as in site.place",
    )
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--size", type=positive, metavar="METERS", help="side length of the window")
    size.add_argument(
        "--site",
        type=positive,
        metavar="METERS",
        help="side length of a site: all land that it shows is cut out as far as the files reach, and voids stay",
    )
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT.tif", help="the file to write")
    parser.add_argument("--cell", type=positive, metavar="METERS", help="cell size (default: that of the finest file)")
    parser.add_argument("--unit", choices=UNITS_M, help="unit of heights (default: as the files say, or meters)")
    parser.add_argument("--band", type=int, metavar="N", help="band with the heights (default: the only one)")
    parser.add_argument("--crs", metavar="EPSG:CODE", help="coordinate system of files that state none")
    return parser


def joined(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with that of --at joined to it: argparse takes -108,38.5 for an option."""
    result: list[str] = []
    for argument in arguments:
        if result and result[-1] == "--at":
            result[-1] = f"--at={argument}"
        else:
            result.append(argument)
    return result


def place(text: str) -> tuple[float, float] | str:
    """Return longitude and latitude, or what else site.place can be; raise ArgumentTypeError for any other text."""
    if text in (CENTER, DRAWN):
        return text
    try:
        longitude, latitude = longitude_latitude(text)
        if abs(longitude) <= 360 and abs(latitude) <= MAX_LATITUDE:
            return (longitude + 180) % 360 - 180, latitude
    except SettingsError:
        pass
    raise argparse.ArgumentTypeError(
        f"{text} is not allowed: it must be longitude,latitude in degrees, -180 to 180 and -84 to 84"
    )


def positive(text: str) -> float:
    """Return a length in m; raise ArgumentTypeError if it is not above zero."""
    try:
        value = float(text)
        if 0 < value < math.inf:
            return value
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is not allowed: it must be a number of meters above 0")


def refuse_foreign(path: Path) -> None:
    """Raise ElevationError if the file exists and was not made by this program."""
    if not os.path.lexists(path):
        return
    try:
        with rasterio.open(path) as file:
            ours = file.tags().get(MADE_BY[0]) == MADE_BY[1]
    except RasterioError:
        ours = False
    if not ours:
        raise ElevationError("{file} exists and was not made by terrain.py: move or rename it", file=str(path))


def window_at(at: tuple[float, float], size_m: float) -> Window:
    """Return the square window around a longitude and latitude, in their UTM zone (WGS 84), on whole meters."""
    epsg = utm_zone(*at)
    x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(*at)
    return Window(epsg, round(x - size_m / 2), round(y + size_m / 2), size_m, size_m)


def utm_zone(longitude: float, latitude: float) -> int:
    """Return the EPSG code of the UTM zone (WGS 84) of a place."""
    zone = min(int((longitude + 180) // 6) + 1, 60)
    return (32600 if latitude >= 0 else 32700) + zone


def window_of_site(options: argparse.Namespace, layers: Sequence[Layer]) -> Window:
    """Return the land that is seen from a site, as far as the files reach: all of it if the place is to be drawn.

    Raise ElevationError if the files do not reach the place.
    """
    extents = [extent_of(layer, options.crs) for layer in layers]
    at = center_of(*extents[0]) if isinstance(options.at, str) else options.at
    epsg = utm_zone(*at)
    bounds = [transformed_bounds(system, epsg, extent) for system, extent in extents]
    west, south, east, north = (edge(each[side] for each in bounds) for side, edge in enumerate((min, min, max, max)))
    if options.at != DRAWN:
        x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(*at)
        if options.at == CENTER and len(layers) > 1:
            x, y = (west + east) / 2, (south + north) / 2
        reach = options.site / 2 + MARGIN_M + HORIZON_M
        if options.at == CENTER:  # the window has the center of the files
            half_x, half_y = max(east - x, x - west), max(north - y, y - south)
            west, east, south, north = x - half_x, x + half_x, y - half_y, y + half_y
        west += ALIGNED_M * max(math.floor((x - reach - west) / ALIGNED_M), 0)
        north -= ALIGNED_M * max(math.floor((north - y - reach) / ALIGNED_M), 0)
        east, south = (
            (2 * x - west, 2 * y - north) if options.at == CENTER else (min(east, x + reach), max(south, y - reach))
        )
    if west >= east or south >= north:
        raise ElevationError("it does not reach {longitude:g},{latitude:g}", longitude=at[0], latitude=at[1])
    return Window(epsg, west, north, east - west, north - south)


def center_of(system: pyproj.CRS, bounds: Bounds) -> tuple[float, float]:
    """Return longitude and latitude of the center of bounds; raise ElevationError if it is too far north or south."""
    west, south, east, north = bounds
    to_degrees = pyproj.Transformer.from_crs(system, 4326, always_xy=True)
    longitude, latitude = to_degrees.transform((west + east) / 2, (south + north) / 2)
    if not abs(latitude) <= MAX_LATITUDE:
        raise ElevationError("its center lies beyond {limit:g} degrees of latitude", limit=MAX_LATITUDE)
    return (longitude + 180) % 360 - 180, latitude


def transformed_bounds(system: pyproj.CRS, epsg: int, bounds: Bounds) -> Bounds:
    """Return bounds of a file as bounds in a UTM zone; raise ElevationError if they are far outside of it."""
    to_zone = pyproj.Transformer.from_crs(system, epsg, always_xy=True)
    result = to_zone.transform_bounds(*bounds)
    if not np.isfinite(result).all():
        raise ElevationError("it is too large for a UTM zone")
    return result


def default_cell(finest: float, window: Window, least: float) -> float:
    """Return a cell size: that of the finest file, at least ``least``, unless the window had too many cells, m."""
    # Two digits are as much as a cell size means after reprojection.
    return float(f"{max(finest, least, max(window.width_m, window.height_m) / MAX_CELLS):.2g}")


def cell_of(layer: Layer, window: Window, crs: str | None) -> float:
    """Return the cell size of a file at the center of the window, m."""
    with rasterio.open(layer.name) as file:
        system = crs_of(file, crs)
        to_file = pyproj.Transformer.from_crs(window.epsg, system.to_wkt(), always_xy=True)
        transform = transform_of(file)
    x, y = window.center
    ends = np.array(to_file.transform([x - 50, x + 50, x, x], [y, y, y - 50, y + 50]))
    steps = np.stack([ends[:, 1] - ends[:, 0], ends[:, 3] - ends[:, 2]])
    if system.is_geographic:
        steps[:, 0] = (steps[:, 0] + 180) % 360 - 180  # at 180 degrees, longitudes jump
    return math.sqrt(abs(transform.determinant / np.linalg.det(steps / 100)))


def strips(stated: Stated, layers: Sequence[tuple[Layer, float]], window: Window, cell: float) -> Iterator[Heights]:
    """Yield the heights of the window from north to south, by ``BLOCK_ROWS`` rows, as ``mosaic`` does.

    ``layers`` are the files with their cell sizes.
    """
    rows, _ = window.cells(cell)
    cells = [own for _, own in layers]
    around = reach_of(max(cells), cell) if max(cells) > ALIKE * min(cells) else 0
    for first in range(0, rows, BLOCK_ROWS):
        end = min(first + BLOCK_ROWS, rows)
        heights = mosaic(stated, layers, window.rows(first - around, end + around, cell), cell)
        yield heights[around : around + end - first]


def mosaic(stated: Stated, layers: Sequence[tuple[Layer, float]], window: Window, cell: float) -> Heights:
    """Return the heights (R, C) of all files in m, NaN where none has any."""
    heights = np.full(window.cells(cell), np.nan, dtype=np.float32)
    # From the lowest file to the uppermost: those of about the same cells are laid on each other as they are.
    group, group_cell, below_cell = heights, 0.0, 0.0
    for layer, own_cell in reversed(layers):
        with rasterio.open(layer.name) as file:
            coarser = cell > ALIKE * own_cell
            own = warped(file, stated, window, cell, coarser=coarser) * np.float32(unit_of(file, stated))
            own[
                impossible(own, declared=MaskFlags.all_valid not in file.mask_flag_enums[band_of(file, stated) - 1])
            ] = np.nan
        if max(own_cell, group_cell) > ALIKE * min(own_cell, group_cell):
            heights = blended(group, heights, reach_of(below_cell, cell))
            group, group_cell, below_cell = own, own_cell, group_cell
        else:
            group = np.where(np.isnan(own), group, own)
    return blended(group, heights, reach_of(below_cell, cell))


def reach_of(coarse_cell: float, cell: float) -> int:
    """Return within how many cells a finer file passes into one of ``coarse_cell``."""
    return math.ceil(BLENDED_CELLS * coarse_cell / cell)


def blended(upper: Heights, lower: Heights, reach: int) -> Heights:
    """Return the upper heights, which pass into the lower ones within ``reach`` cells of their edges."""
    known = np.isfinite(upper)
    both = known & np.isfinite(lower)
    if not both.any():
        return np.where(known, upper, lower)
    share = np.clip(2 * around(around(known.astype(np.float32), reach, 0), reach, 1) - 1, 0, 1)
    mixed = lower + share * (upper - lower)
    return np.where(both, mixed, np.where(known, upper, lower))


def around(values: Heights, reach: int, axis: int) -> Heights:
    """Return the means of all values within ``reach`` along an axis, of which the outermost ones continue."""
    padded = np.pad(values, [(reach + 1, reach) if axis == each else (0, 0) for each in range(2)], mode="edge")
    sums = np.cumsum(padded, axis=axis, dtype=np.float64)
    count = 2 * reach + 1
    first, last = np.split(sums, [sums.shape[axis] - count], axis=axis)[0], np.split(sums, [count], axis=axis)[1]
    return ((last - first) / count).astype(np.float32)


def warped(file: Any, stated: Stated, window: Window, cell: float, *, coarser: bool) -> Heights:
    """Return the heights (R, C) of one file on the grid of the window, in its own unit, NaN where unknown."""
    rows, columns = window.cells(cell)
    band = band_of(file, stated)
    unknown = file.nodatavals[band - 1]
    heights = np.full((rows, columns), np.nan, dtype=np.float32)
    for turn in turns_of(file, stated.crs):
        with WarpedVRT(
            file,
            src_crs=crs_of(file, stated.crs),
            src_transform=from_origin(turn, 0, 1, -1) @ transform_of(file),
            crs=f"EPSG:{window.epsg}",
            transform=from_origin(window.west, window.north, cell, cell),
            width=columns,
            height=rows,
            resampling=Resampling.average if coarser else Resampling.cubic,
            src_nodata=NODATA if unknown is None else unknown,
            nodata=NODATA,
            dtype="float32",
        ) as view:
            values = view.read(band, masked=True).filled(np.nan)
        values = without_marks(values, NODATA) * file.scales[band - 1] + file.offsets[band - 1]
        heights = np.where(np.isnan(heights), values, heights).astype(np.float32)
    return heights


def without_voids(heights: Heights) -> Heights:
    """Return the heights with voids filled from their borders by inverse distances."""
    known = np.isfinite(heights)
    if known.all():
        return heights
    filled: Heights = fillnodata(
        np.where(known, heights, 0.0).astype(np.float32), mask=known, max_search_distance=max(heights.shape)
    )
    return filled


def progress_told(parts: Iterable[Heights], rows: int) -> Iterator[Heights]:
    """Yield the parts, and print how many of all ``rows`` are done if it takes long."""
    done, told = 0, time.monotonic()
    for part in parts:
        yield part
        done += len(part)
        if time.monotonic() - told > SECONDS_OF_SILENCE:
            told = time.monotonic()
            print(f"Converting: {done / rows:.0%}", flush=True)


def write(path: Path, parts: Iterable[Heights], window: Window, cell: float, sources: list[dict[str, Any]]) -> None:
    """Write the model as a GeoTIFF that the extension reads without GDAL."""
    rows, columns = window.cells(cell)
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 1,
        "width": columns,
        "height": rows,
        "crs": f"EPSG:{window.epsg}",
        "transform": from_origin(window.west, window.north, cell, cell),
        "nodata": NODATA,
        "compress": "deflate",
        "predictor": 3,
        "tiled": True,
        "blockxsize": TILE,
        "blockysize": TILE,
    }
    first = 0
    with replacing_path(path) as hidden, rasterio.open(hidden, "w", **profile) as file:
        for part in parts:
            place = rasterio.windows.Window(0, first, columns, len(part))
            file.write(np.where(np.isfinite(part), part, NODATA).astype(np.float32), 1, window=place)
            first += len(part)
        file.units = ("m",)
        file.update_tags(**{MADE_BY[0]: MADE_BY[1], SOURCES: json.dumps(sources)})


if __name__ == "__main__":
    sys.exit(main())
