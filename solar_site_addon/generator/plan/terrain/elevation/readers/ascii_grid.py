# SPDX-License-Identifier: GPL-3.0-or-later
"""Text grids with a header of names and numbers: of Esri (ncols, nrows, xllcorner ...) and of GRASS (north, south ...).

The names come in any order, case and punctuation, numbers with decimal points or commas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .....domain.errors import ElevationError
from ..crs import DEGREES_ASSUMED, Crs
from ..grid import Frame, Grid, looks_like_degrees
from ..prj_file import crs_of_prj
from ..reader import Reader
from ..source import Source
from ..text_grid import Body, first_lines, plain_text, real_number, separator_of, whole_number

_ENTRY = re.compile(r"^([a-z][a-z_]*)\s*[:=\s]\s*(\S+)$", re.IGNORECASE)
_SIZES = re.compile(r"^cellsize\s*[:=]?\s*([^\s:=]\S*)\s+(\S+)$", re.IGNORECASE)
_SAME = {
    "rows": "nrows",
    "cols": "ncols",
    "columns": "ncols",
    "ncol": "ncols",
    "nrow": "nrows",
    "cell_size": "cellsize",
    "xdim": "dx",
    "ydim": "dy",
    "xllcentre": "xllcenter",
    "yllcentre": "yllcenter",
    "xulcentre": "xulcenter",
    "yulcentre": "yulcenter",
    "null": "nodata_value",
    "nodata": "nodata_value",
    "nodatavalue": "nodata_value",
    "no_data_value": "nodata_value",
}
_COMMENT = "#"
_NOT_NAMES = ("nan", "inf", "infinity")
_SEXAGESIMAL = re.compile(r"(\d+)(?::(\d+))?(?::(\d+(?:\.\d+)?))?([NSEW])", re.IGNORECASE)
_USUAL_NODATA = -9999.0
_START = re.compile(
    rb"^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*\0?(n\0?c\0?o\0?l|n\0?r\0?o\0?w|x\0?l\0?l|y\0?l\0?l|c\0?e\0?l\0?l"
    rb"|n\0?o\0?d\0?a\0?t\0?a|d\0?x|d\0?y|north:|south:|east:|west:|rows:|cols:|proj:|zone:)",
    re.IGNORECASE,
)


def _recognizes(head: bytes) -> bool:
    return _START.match(head) is not None


def _read(source: Source, _cell_m: float) -> Grid:
    source = plain_text(source)
    header, start = _header(source)
    rows, columns = (whole_number(_needed(header, name), name) for name in ("nrows", "ncols"))
    frame = _frame(header, rows, columns, source.text_beside(".prj"))
    nodata = _nodata(header.get("nodata_value", ""))
    separator, comma = separator_of(source.read(start, min(4096, source.size - start)))
    body = Body(source, start, rows, columns, nodata, comma, separator)
    declared = "nodata_value" in header
    return Grid(rows, columns, frame, body.read, unit_m=frame.crs.height_unit_m, declares_unknown=declared)


def _header(source: Source) -> tuple[dict[str, str], int]:
    """Return the entries of the header by their usual names, and where the heights begin."""
    header: dict[str, str] = {}
    start = 0
    for end, line in first_lines(source):
        sizes = _SIZES.match(line)
        if sizes:
            header["dx"], header["dy"] = sizes[1], sizes[2]
            start = end
            continue
        match = _ENTRY.match(line)
        if line and not line.startswith(_COMMENT) and (match is None or match[1].lower() in _NOT_NAMES):
            break
        if match:
            name = match[1].lower()
            header[_SAME.get(name, name)] = match[2]
        start = end
    return header, start


def _needed(header: Mapping[str, str], name: str) -> str:
    if name not in header:
        raise ElevationError("{name} is missing from its header", name=name)
    return header[name]


def _nodata(text: str) -> float:
    """Return the mark of unknown heights; some programs write words, which are no heights in any case."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return _USUAL_NODATA


def _frame(header: Mapping[str, str], rows: int, columns: int, wkt: str) -> Frame:
    if "north" in header:
        west, east, south, north = (
            _position(_needed(header, name), name) for name in ("west", "east", "south", "north")
        )
        step_x, step_y = (east - west) / columns, (north - south) / rows
    else:
        step_x, step_y = _steps(header)
        west = _corner(header, "x", step_x)
        north = _corner(header, "y", step_y, rows) + rows * step_y
    if not (step_x > 0 and step_y > 0):
        raise ElevationError("its cell size is not a number above zero")
    crs = crs_of_prj(wkt)
    return Frame(_assumed(crs, west, north, columns * step_x, rows * step_y, step_y), west, north, step_x, step_y)


def _position(text: str, name: str) -> float:
    """Return a border in the header of GRASS: a number, or degrees, minutes and seconds such as 47:30:00N."""
    match = _SEXAGESIMAL.fullmatch(text)
    if match is None:
        return real_number(text, name)
    size = sum(float(part or 0) / 60**power for power, part in enumerate(match.groups()[:3]))
    return -size if match[4].upper() in "SW" else size


def _assumed(crs: Crs, west: float, north: float, width: float, height: float, step: float) -> Crs:
    in_degrees = not crs.known and looks_like_degrees(west, north, width, height, step)
    return DEGREES_ASSUMED if in_degrees else crs


def _steps(header: Mapping[str, str]) -> tuple[float, float]:
    if "cellsize" in header:
        cell = real_number(header["cellsize"], "cellsize")
        return cell, cell
    if "dx" not in header or "dy" not in header:
        raise ElevationError("{name} is missing from its header", name="cellsize")
    return real_number(header["dx"], "dx"), real_number(header["dy"], "dy")


def _corner(header: Mapping[str, str], axis: str, step: float, rows: int = 0) -> float:
    """Return the southern or western edge of the grid; ``rows`` lie between a northern edge and the southern one."""
    for corner, up in (("ll", 0), ("ul", rows)):
        for point, shift in ((f"{axis}{corner}center", 0.5), (f"{axis}{corner}corner", 0.0)):
            if point in header:
                return real_number(header[point], point) + (shift * (1 if up else -1) - up) * step
    # Far from all degrees: a grid without a place is one in meters.
    return 1e9


READER = Reader("ESRI or GRASS ASCII grid (.asc)", (".asc", ".agr", ".arc"), _recognizes, _read)
