# SPDX-License-Identifier: GPL-3.0-or-later
"""Elevation models as GDAL opens them: what files hold, where they lie, their band of heights and its unit."""

from __future__ import annotations

import hashlib
import math
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyproj
import rasterio
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioError
from rasterio.transform import from_gcps

from solar_site_addon.generator.domain.errors import ElevationError
from solar_site_addon.generator.plan.terrain.elevation.crs import height_unit_m
from solar_site_addon.generator.plan.terrain.elevation.epsg_units import FOOT_M, US_SURVEY_FOOT_M

Bounds = tuple[float, float, float, float]
"""West, south, east and north."""

UNITS_M = {"m": 1.0, "ft": FOOT_M, "us_ft": US_SURVEY_FOOT_M}
HALF_TURN = 180.0 + 1e-6
"""Longitude beyond which a file passes the 180th meridian, degrees; a cell that overlaps it slightly does not count."""


@dataclass(frozen=True)
class Stated:
    """What the command line states about the files."""

    crs: str | None
    """Coordinate system of files that state none."""
    band: int | None
    """Band with the heights, None for the only one."""
    unit: str | None
    """Unit of heights, a key of ``UNITS_M``; None for what the files say."""


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


class Extent(NamedTuple):
    """The bounds of a file in its coordinate system."""

    system: pyproj.CRS
    bounds: Bounds


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


def extent_of_file(file: Any, crs: str | None) -> Extent:
    """Return the extent of an open file."""
    system, transform = crs_of(file, crs), transform_of(file)
    ends = [(column, row) for column in (0, file.width) for row in (0, file.height)]
    corners = np.array([transform @ end for end in ends])
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    return Extent(pyproj.CRS(system.to_wkt()), (west, south, east, north))


def extent_of(layer: Layer, crs: str | None) -> Extent:
    """Return the extent of a file."""
    with rasterio.open(layer.name) as file:
        return extent_of_file(file, crs)


def turns_of(file: Any, crs: str | None) -> list[float]:
    """Return by how many degrees the longitudes of a file are to be moved: GDAL finds only places from -180 to 180."""
    extent = extent_of_file(file, crs)
    if not extent.system.is_geographic:
        return [0.0]
    west, _, east, _ = extent.bounds
    return [0.0, *([-360.0] if east > HALF_TURN else []), *([360.0] if west < -HALF_TURN else [])]


def band_of(file: Any, stated: Stated) -> int:
    """Return the number of the band with the heights; raise ElevationError if it does not exist or holds colors."""
    band: int = stated.band or 1
    if not 1 <= band <= file.count:
        raise ElevationError("{file} has no band {band}", file=file.name, band=band)
    if file.colorinterp[band - 1] in (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.palette):
        raise ElevationError("band {band} of {file} holds colors, not heights", file=file.name, band=band)
    if stated.band is None and sum(each != ColorInterp.alpha for each in file.colorinterp) > 1:
        raise ElevationError(
            "{file} has {count} bands: name the one with the heights with --band", file=file.name, count=file.count
        )
    return band


def unit_of(file: Any, stated: Stated) -> float:
    """Return the length of the unit of heights, m: as requested, or of the band, the vertical or the horizontal system.

    Raise ElevationError if there are several possibilities.
    """
    if stated.unit:
        return UNITS_M[stated.unit]
    band = band_of(file, stated)
    named = height_unit_m(file.units[band - 1] or "")
    if named is not None and math.isnan(named):
        raise ElevationError(
            "{file} states its heights in an unknown unit: set --unit (in a run: site.elevation_unit)", file=file.name
        )
    if named is not None:
        return named
    axes = pyproj.CRS(file.crs.to_wkt()).axis_info if file.crs else []
    vertical = [axis.unit_conversion_factor for axis in axes if axis.direction in ("up", "down")]
    if vertical:
        return float(vertical[0])
    if axes and axes[0].unit_conversion_factor != 1.0 and not file.crs.is_geographic:
        raise ElevationError(
            "{file} does not state the unit of its heights: set --unit (in a run: site.elevation_unit)", file=file.name
        )
    return 1.0


def source_of(layer: Layer, stated: Stated) -> dict[str, Any]:
    """Return what is noted about a file."""
    with rasterio.open(layer.name) as file:
        system, unit = crs_of(file, stated.crs).to_string(), unit_of(file, stated)
    return {"file": layer.shown, "sha256": sha256(layer.path), "crs": system, "unit_m": unit}


def sha256(path: Path) -> str:
    """Return the checksum of a file; empty for a folder, which some formats are."""
    if path.is_dir():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
