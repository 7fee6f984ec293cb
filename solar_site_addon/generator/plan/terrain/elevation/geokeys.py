# SPDX-License-Identifier: GPL-3.0-or-later
"""Georeferences in TIFF files: coordinate system, position and size of the pixels (OGC GeoTIFF 1.1)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ....domain.errors import ElevationError, UnsupportedElevationError
from . import tiff_file as tag
from .crs import (
    DEGREES_ASSUMED,
    FALSE_NORTHING,
    LATITUDE,
    OTHER_MAP,
    SCALE,
    STANDARD_PARALLEL,
    Crs,
    crs_of_wkt,
    height_unit_m,
    map_of,
    refuse_other_maps,
)
from .epsg_units import FOOT_M, US_SURVEY_FOOT_M, angle_deg, from_greenwich, projected_unit_m, vertical_unit_m
from .grid import Frame, looks_like_degrees
from .pam import Notes
from .prj_file import crs_of_prj

_MODEL_TYPE, _RASTER_TYPE, _CITATION, _GEOGRAPHIC_CRS, _ANGULAR_UNIT = 1024, 1025, 1026, 2048, 2054
_PROJECTED_CRS, _PROJECTED_CITATION, _METHOD, _LINEAR_UNIT, _LINEAR_SIZE = 3072, 3073, 3075, 3076, 3077
_VERTICAL_CRS, _VERTICAL_UNIT = 4096, 4099
_PROJECTED, _GEOGRAPHIC, _GEOCENTRIC = 1, 2, 3
_PIXEL_IS_POINT = 2
_USER_DEFINED = 32767
_WKT_IN_CITATION = "ESRI PE String ="
_LENGTHS_M = {9001: 1.0, 9002: FOOT_M, 9003: US_SURVEY_FOOT_M, 9036: 1000.0}
_ANGLES_DEG = {9101: math.degrees(1), 9102: 1.0, 9103: 1 / 60, 9104: 1 / 3600, 9105: 0.9, 9122: 1.0}
_METHODS = {
    7: "Mercator",
    15: "polar stereographic",
    17: "equirectangular",
    19: "gnomonic",
    20: "Miller",
    21: "orthographic",
    22: "polyconic",
    23: "Robinson",
    24: "sinusoidal",
    25: "VanDerGrinten",
    28: "cylindrical equal area",
}
"""GeoTIFF codes of projections that do not keep lengths."""
_AZIMUTHAL = {10: "azimuthal equal area", 12: "azimuthal equidistant", 14: "stereographic"}
"""Those that do not keep lengths if their center is a pole."""
_PARAMETERS = {3078: STANDARD_PARALLEL, 3081: LATITUDE, 3089: LATITUDE, 3083: FALSE_NORTHING, 3092: SCALE, 3093: SCALE}
"""Geokeys of the parameters of projections."""


WORLD_FILES = (".tfw", ".tifw", ".tiffw", ".wld")
"""Endings of world files beside TIFF files."""


@dataclass(frozen=True)
class Placement:
    """Frame of an image whose rows run from north to south after turning, and how it is turned."""

    frame: Frame
    rows_from_south: bool = False
    columns_from_east: bool = False


def read_placement(
    directory: tag.Directory, width: int, height: int, world_file: str, wkt: str, notes: Notes
) -> Placement:
    """Return the placement of an image; raise ElevationError if it is missing, rotated or contradictory.

    ``world_file`` (.tfw) and ``wkt`` (.prj) are texts beside the file, which count where the file itself is silent;
    ``notes`` count before the file.
    """
    keys = _keys(directory)
    a, b, c, d, e, f = notes.transform or _transform(directory, keys, world_file)
    if abs(b) > 1e-6 * abs(a) or abs(d) > 1e-6 * abs(e):
        raise UnsupportedElevationError("it is rotated: its rows do not run from west to east")
    if not (all(map(math.isfinite, (a, c, e, f))) and a and e):
        raise ElevationError("its cell size is not a number above zero")
    west, north = min(c, c + a * width), max(f, f + e * height)
    noted = crs_of_wkt(notes.wkt)
    crs = noted if noted.known else _crs(directory, keys, wkt)
    crs = replace(crs, height_unit_m=height_unit_m(notes.unit) or crs.height_unit_m)
    if not crs.known and looks_like_degrees(west, north, abs(a) * width, abs(e) * height, abs(e)):
        crs = DEGREES_ASSUMED
    return Placement(Frame(crs, west, north, abs(a), abs(e)), rows_from_south=e > 0, columns_from_east=a < 0)


def _keys(directory: tag.Directory) -> Mapping[int, int | float | str]:
    """Return the geokeys: whole numbers as int, others as float, and texts."""
    values = directory.numbers(tag.GEO_KEYS)
    texts = directory.text(tag.GEO_TEXTS)
    doubles = directory.numbers(tag.GEO_DOUBLES)
    keys: dict[int, int | float | str] = {}
    for at in range(4, len(values) - 3, 4):
        key, place, count, value = (int(each) for each in values[at : at + 4])
        if place == 0:
            keys[key] = value
        elif place == tag.GEO_TEXTS:
            keys[key] = texts[value : value + count].rstrip("|")
        elif place == tag.GEO_DOUBLES and value < len(doubles):
            keys[key] = float(doubles[value])
    return keys


def _transform(directory: tag.Directory, keys: Mapping[int, int | float | str], world_file: str) -> tuple[float, ...]:
    """Return (a, b, c, d, e, f) for x = a column + b row + c and y = d column + e row + f at the corners of pixels."""
    matrix, scale, ties = (directory.numbers(each) for each in (tag.TRANSFORMATION, tag.PIXEL_SCALE, tag.TIE_POINTS))
    if len(matrix) == 16:
        a, b, c, d, e, f = matrix[0], matrix[1], matrix[3], matrix[4], matrix[5], matrix[7]
    elif len(scale) >= 2:
        if scale[1] < 0:
            raise UnsupportedElevationError(
                "the height of its pixels is negative: programs disagree on which edge is north then"
            )
        column, row, _, x, y = ties[:5] if len(ties) >= 6 else (0.0, 0.0, 0.0, 0.0, 0.0)
        a, b, c, d, e, f = scale[0], 0.0, x - column * scale[0], 0.0, -scale[1], y + row * scale[1]
    elif world_file:
        return _world_file(world_file)
    elif len(ties) > 6:
        raise UnsupportedElevationError("it is placed by ground control points, not by the size of its pixels")
    else:
        raise ElevationError(
            "its tag {tag} is missing: it does not state the size of its pixels", tag="ModelPixelScale"
        )
    if keys.get(_RASTER_TYPE) == _PIXEL_IS_POINT:
        # The coordinates are those of the centers of pixels.
        c, f = c - (a + b) / 2, f - (d + e) / 2
    return a, b, c, d, e, f


def _world_file(text: str) -> tuple[float, ...]:
    """Return the transform in a world file: six numbers, the last two for the center of the first pixel."""
    try:
        a, d, b, e, c, f = (float(word.replace(",", ".")) for word in text.split()[:6])
    except ValueError:
        raise ElevationError("the world file beside it is damaged") from None
    return a, b, c - (a + b) / 2, d, e, f - (d + e) / 2


def _crs(directory: tag.Directory, keys: Mapping[int, int | float | str], wkt: str) -> Crs:
    """Return the coordinate system of an image."""
    model = keys.get(_MODEL_TYPE)
    if model == _GEOCENTRIC:
        raise UnsupportedElevationError("its coordinate system is geocentric")
    if model not in (_PROJECTED, _GEOGRAPHIC):
        # Systems that GeoTIFF has no codes for are described in a citation.
        own = str(keys.get(_PROJECTED_CITATION, "")).partition(_WKT_IN_CITATION)[2]
        crs = crs_of_wkt(own) if own else crs_of_prj(wkt)
        if not crs.known and _LINEAR_UNIT in keys:
            crs = Crs(unit=_linear_unit(keys))
        return replace(crs, height_unit_m=_height_unit(directory, keys) or crs.height_unit_m)
    height_unit = _height_unit(directory, keys)
    if model == _GEOGRAPHIC:
        unit, code = _ANGLES_DEG.get(_short(keys, _ANGULAR_UNIT, 0), 0.0), _short(keys, _GEOGRAPHIC_CRS, 0)
        if _ANGULAR_UNIT not in keys:
            unit = angle_deg(code)
        if not unit:
            raise UnsupportedElevationError("its unit of angles is not supported")
        return Crs(geographic=True, unit=unit, height_unit_m=height_unit, from_greenwich=from_greenwich(code))
    code, method = _short(keys, _PROJECTED_CRS, 0), _short(keys, _METHOD, 0)
    code = 0 if code == _USER_DEFINED else code
    name = {**_METHODS, **_AZIMUTHAL}.get(method) or " ".join(
        str(keys.get(each, "")) for each in (_CITATION, _PROJECTED_CITATION)
    )
    kind = map_of(code, name) or (OTHER_MAP if method in _METHODS else "")
    crs = Crs(unit=_linear_unit(keys), projection=kind, code=code, height_unit_m=height_unit)
    stated = ((name, keys.get(key)) for key, name in _PARAMETERS.items())
    parameters = {name: value for name, value in stated if isinstance(value, float)}
    return refuse_other_maps(crs, name, parameters)


def _short(keys: Mapping[int, int | float | str], key: int, default: int) -> int:
    value = keys.get(key, default)
    return value if isinstance(value, int) else default


def _linear_unit(keys: Mapping[int, int | float | str]) -> float:
    """Return the unit of positions, m: as stated, else that of the coordinate system."""
    if _LINEAR_UNIT not in keys:
        return projected_unit_m(_short(keys, _PROJECTED_CRS, 0))
    code = _short(keys, _LINEAR_UNIT, 0)
    if code in _LENGTHS_M:
        return _LENGTHS_M[code]
    size = keys.get(_LINEAR_SIZE, 0.0)
    if not isinstance(size, float) or not 0 < size < 1e6:
        raise UnsupportedElevationError("its unit of length (EPSG:{code}) is not supported", code=code)
    return size


def _height_unit(directory: tag.Directory, keys: Mapping[int, int | float | str]) -> float | None:
    """Return the length of the unit of heights, m; None if the file does not state it."""
    match = re.search(r'role="unittype"[^>]*>([^<]*)<', directory.text(tag.GDAL_METADATA))
    stated = height_unit_m(match[1]) if match else None
    if stated is not None:
        return stated
    code, vertical = _short(keys, _VERTICAL_UNIT, 0), _short(keys, _VERTICAL_CRS, 0)
    if code in _LENGTHS_M:
        return _LENGTHS_M[code]
    return vertical_unit_m(vertical) if vertical else None
