# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an elevation model of a place from any files that GDAL reads, for ``site.elevation_model``.

    python3 headless/terrain.py IN... --at LON,LAT --size 800 -o land.tif

The files are reprojected to the UTM zone of the place, in meters across and up, and laid over each other: where they
overlap, the earlier one counts. The window is cut out, voids are filled from their borders, and the sources are noted
in the tags of the file. See docs/terrain.md.
Needs rasterio and pyproj: pip install ".[terrain]".
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import numpy as np
    import pyproj
    import rasterio
    from numpy.typing import NDArray
    from rasterio.enums import ColorInterp, Resampling
    from rasterio.errors import CRSError, RasterioError
    from rasterio.fill import fillnodata
    from rasterio.transform import from_gcps, from_origin
    from rasterio.vrt import WarpedVRT
except ImportError as error:
    sys.exit(
        f"terrain.py needs rasterio and pyproj ({error.name} is not installed): python3 -m pip install '.[terrain]'"
    )

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from solar_site_addon.generator.domain.atomic_files import replacing_path
from solar_site_addon.generator.domain.errors import ElevationError
from solar_site_addon.generator.plan.terrain.elevation.crs import height_unit_m
from solar_site_addon.generator.plan.terrain.elevation.epsg_units import FOOT_M, US_SURVEY_FOOT_M
from solar_site_addon.generator.plan.terrain.elevation.grid import without_marks

Heights = NDArray[np.float32]

MADE_BY = ("TIFFTAG_SOFTWARE", "Solar Site terrain.py")
"""Tag that identifies a file of ours."""
SOURCES = "SOLAR_SITE_SOURCES"
"""Tag that lists the sources as JSON."""
NODATA = -9999.0
UNITS_M = {"m": 1.0, "ft": FOOT_M, "us_ft": US_SURVEY_FOOT_M}
MAX_CELLS = 20_000
"""Most cells along a side."""
BLENDED_CELLS = 2
"""Width, in cells of the coarser file, over which a finer file passes into it: else models that differ by meters, as
those of the ground and of treetops do, would leave a cliff. Estimate."""
MIN_KNOWN = 0.5
"""Least share of the window that the files must cover."""


@dataclass(frozen=True)
class Layer:
    """An elevation model in a file of the command line."""

    path: Path
    name: str
    """What GDAL opens: the file, or a file within it."""

    @property
    def shown(self) -> str:
        """Name of the file, and of the file within it."""
        within = self.name.partition(str(self.path.resolve()))[2]
        return self.path.name + (within if self.name.startswith("/vsi") else "")


@dataclass(frozen=True)
class Window:
    """The window that is cut out: a square in a UTM zone."""

    epsg: int
    west: float
    north: float
    size_m: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north."""
        return self.west, self.north - self.size_m, self.west + self.size_m, self.north

    def cells(self, cell_m: float) -> int:
        """Return the number of cells along a side."""
        return math.ceil(self.size_m / cell_m)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the model; return the exit code: 0, or 2 if that is not possible."""
    options = _parser().parse_args(joined(sys.argv[1:] if arguments is None else arguments))
    try:
        refuse_foreign(options.output)
        print(make_model(options))
    except (ElevationError, RasterioError, CRSError, pyproj.exceptions.ProjError, OSError) as error:
        print(f"terrain.py: {str(error).rstrip('.')}.", file=sys.stderr)
        return 2
    return 0


def make_model(options: argparse.Namespace) -> str:
    """Write the model and return what it is; raise ElevationError if the files do not cover the window."""
    window = window_at(options.at, options.size)
    layers = [layer for path in options.inputs for layer in layers_of(path)]
    cell = options.cell or finest_cell(layers, window, options.crs)
    heights, sources = mosaic(options, layers, window, cell)
    known = float(np.isfinite(heights).mean())
    if known < MIN_KNOWN:
        raise ElevationError("the files cover only {share:.0%} of the window", share=known)
    write(options.output, without_voids(heights), window, cell, sources)
    side = f"{heights.shape[0]} x {heights.shape[1]} cells of {cell:g} m"
    return f"{options.output}: {side} in EPSG:{window.epsg}; {1 - known:.1%} were voids, which are filled"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("inputs", nargs="+", type=Path, metavar="IN", help="elevation models; earlier ones lie on top")
    parser.add_argument("--at", required=True, type=place, metavar="LON,LAT", help="center of the window in degrees")
    parser.add_argument("--size", required=True, type=positive, metavar="METERS", help="side length of the window")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT.tif", help="the file to write")
    parser.add_argument("--cell", type=positive, metavar="METERS", help="cell size (default: that of the finest file)")
    parser.add_argument("--unit", choices=UNITS_M, help="unit of heights (default: as the files say, or meters)")
    parser.add_argument("--band", type=int, default=1, metavar="N", help="band with the heights (default: 1)")
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


def place(text: str) -> tuple[float, float]:
    """Return longitude and latitude; raise ArgumentTypeError if the text is not a place."""
    try:
        longitude, latitude = (float(part) for part in text.split(","))
        if abs(longitude) <= 180 and abs(latitude) <= 84:
            return longitude, latitude
    except ValueError:
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
    """Return the window around a longitude and latitude, in their UTM zone (WGS 84), on whole meters."""
    longitude, latitude = at
    zone = min(int((longitude + 180) // 6) + 1, 60)
    epsg = (32600 if latitude >= 0 else 32700) + zone
    x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(longitude, latitude)
    return Window(epsg, round(x - size_m / 2), round(y + size_m / 2), size_m)


def layers_of(path: Path) -> list[Layer]:
    """Return what GDAL opens in a file: the file itself, or the elevation models within a .zip or .gz file."""
    names = [str(path)]
    if path.suffix.lower() == ".gz":
        names += [f"/vsigzip/{path.resolve()}"]
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names += [f"/vsizip/{path.resolve()}/{name}" for name in sorted(archive.namelist())]
    elif path.is_file() or path.is_dir():
        return [Layer(path, str(path))]
    layers = [Layer(path, name) for name in names if is_readable(name)]
    if not layers:
        with rasterio.open(path):  # for its error
            pass
    return layers[:1] if layers[0].name == str(path) else layers


def is_readable(name: str) -> bool:
    """Return whether GDAL reads a raster with heights from a file or a member of an archive."""
    try:
        with rasterio.open(name) as file:
            return file.count > 0
    except RasterioError:
        return False


def finest_cell(layers: Sequence[Layer], window: Window, crs: str | None) -> float:
    """Return the cell size of the finest file at the center of the window, m."""
    finest = min(cell_of(layer, window, crs) for layer in layers)
    # Two digits are as much as a cell size means after reprojection.
    return float(f"{max(finest, window.size_m / MAX_CELLS):.2g}")


def cell_of(layer: Layer, window: Window, crs: str | None) -> float:
    """Return the cell size of a file at the center of the window, m."""
    with rasterio.open(layer.name) as file:
        system = crs_of(file, crs)
        to_file = pyproj.Transformer.from_crs(window.epsg, system.to_wkt(), always_xy=True)
        transform = transform_of(file)
    west, south, east, north = window.bounds
    x, y = (west + east) / 2, (south + north) / 2
    ends = np.array(to_file.transform([x - 50, x + 50, x, x], [y, y, y - 50, y + 50]))
    steps = np.stack([ends[:, 1] - ends[:, 0], ends[:, 3] - ends[:, 2]])
    if system.is_geographic:
        steps[:, 0] = (steps[:, 0] + 180) % 360 - 180  # at 180 degrees, longitudes jump
    return math.sqrt(abs(transform.determinant / np.linalg.det(steps / 100)))


def crs_of(file: Any, crs: str | None) -> Any:
    """Return the coordinate system of an open file, or ``crs`` if it states none."""
    if file.crs or file.gcps[0]:
        return file.crs or file.gcps[1]
    if crs is None:
        raise ElevationError("{file} states no coordinate system: set --crs EPSG:CODE", file=file.name)
    return rasterio.CRS.from_user_input(crs)


def transform_of(file: Any) -> Any:
    """Return where the cells of an open file lie, from its ground control points if it has no more than those."""
    return from_gcps(file.gcps[0]) if file.gcps[0] else file.transform


def mosaic(
    options: argparse.Namespace, layers: Sequence[Layer], window: Window, cell: float
) -> tuple[Heights, list[dict[str, Any]]]:
    """Return the heights (N, N) of all files in m, NaN where none has any, and what to note about the files."""
    side = window.cells(cell)
    if side > MAX_CELLS:
        raise ElevationError("{count} cells along a side are too many: increase --cell or reduce --size", count=side)
    heights = np.full((side, side), np.nan, dtype=np.float32)
    sources: list[dict[str, Any]] = []
    # From the lowest file to the uppermost: those of about the same cells are laid on each other as they are.
    group, group_cell, below_cell = heights, 0.0, 0.0
    for layer in reversed(layers):
        own_cell = cell_of(layer, window, options.crs)
        with rasterio.open(layer.name) as file:
            refuse_band(file, options.band)
            unit = UNITS_M[options.unit] if options.unit else unit_of(file, options.band)
            own = warped(file, options, window, cell, coarser=cell > 1.5 * own_cell) * np.float32(unit)
            system = crs_of(file, options.crs).to_string()
        sources.insert(0, {"file": layer.shown, "sha256": sha256(layer.path), "crs": system, "unit_m": unit})
        if max(own_cell, group_cell) > 1.5 * min(own_cell, group_cell):
            heights = blended(group, heights, math.ceil(BLENDED_CELLS * below_cell / cell))
            group, group_cell, below_cell = own, own_cell, group_cell
        else:
            group = np.where(np.isnan(own), group, own)
    return blended(group, heights, math.ceil(BLENDED_CELLS * below_cell / cell)), sources


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


def refuse_band(file: Any, band: int) -> None:
    """Raise ElevationError if the band does not exist or is one of colors."""
    if not 1 <= band <= file.count:
        raise ElevationError("{file} has no band {band}", file=file.name, band=band)
    if file.colorinterp[band - 1] in (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.palette):
        raise ElevationError("band {band} of {file} holds colors, not heights", file=file.name, band=band)


def warped(file: Any, options: argparse.Namespace, window: Window, cell: float, *, coarser: bool) -> Heights:
    """Return the heights (N, N) of one file on the grid of the window, in its own unit, NaN where unknown."""
    side = window.cells(cell)
    band = options.band - 1
    with WarpedVRT(
        file,
        src_crs=crs_of(file, options.crs),
        src_transform=transform_of(file),
        crs=f"EPSG:{window.epsg}",
        transform=from_origin(window.west, window.north, cell, cell),
        width=side,
        height=side,
        resampling=Resampling.average if coarser else Resampling.cubic,
        src_nodata=file.nodatavals[band] if file.nodatavals[band] is not None else NODATA,
        nodata=NODATA,
        dtype="float32",
    ) as view:
        values = view.read(options.band, masked=True).filled(np.nan)
    heights = without_marks(values, NODATA) * file.scales[band] + file.offsets[band]
    return heights.astype(np.float32)


def unit_of(file: Any, band: int) -> float:
    """Return the length of the unit of heights, m: of the band, or of the vertical system, or of the horizontal one."""
    named = height_unit_m(file.units[band - 1] or "")
    if named is not None and math.isnan(named):
        raise ElevationError("{file} states its heights in an unknown unit: set --unit", file=file.name)
    if named is not None:
        return named
    axes = pyproj.CRS(file.crs.to_wkt()).axis_info if file.crs else []
    vertical = [axis.unit_conversion_factor for axis in axes if axis.direction in ("up", "down")]
    if vertical:
        return float(vertical[0])
    if axes and axes[0].unit_conversion_factor != 1.0 and not file.crs.is_geographic:
        raise ElevationError("{file} does not state the unit of its heights: set --unit", file=file.name)
    return 1.0


def without_voids(heights: Heights) -> Heights:
    """Return the heights with voids filled from their borders by inverse distances."""
    known = np.isfinite(heights)
    if known.all():
        return heights
    filled: Heights = fillnodata(
        np.where(known, heights, 0.0).astype(np.float32), mask=known, max_search_distance=max(heights.shape)
    )
    return filled


def sha256(path: Path) -> str:
    """Return the checksum of a file; empty for a folder, which some formats are."""
    if path.is_dir():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, heights: Heights, window: Window, cell: float, sources: list[dict[str, Any]]) -> None:
    """Write the model as a GeoTIFF that the extension reads without GDAL."""
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 1,
        "width": heights.shape[1],
        "height": heights.shape[0],
        "crs": f"EPSG:{window.epsg}",
        "transform": from_origin(window.west, window.north, cell, cell),
        "nodata": NODATA,
        "compress": "deflate",
        "predictor": 3,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
    }
    with replacing_path(path) as hidden, rasterio.open(hidden, "w", **profile) as file:
        file.write(np.where(np.isfinite(heights), heights, NODATA).astype(np.float32), 1)
        file.units = ("m",)
        file.update_tags(**{MADE_BY[0]: MADE_BY[1], SOURCES: json.dumps(sources)})


if __name__ == "__main__":
    sys.exit(main())
