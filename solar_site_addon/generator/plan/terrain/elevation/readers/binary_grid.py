# SPDX-License-Identifier: GPL-3.0-or-later
"""Binary grids of Esri (.flt and .bil): numbers without a header, which a .hdr file beside them describes."""

from __future__ import annotations

import numpy as np

from .....domain.array_types import Floats, Indices
from .....domain.errors import ElevationError, UnsupportedElevationError
from ..crs import DEGREES_ASSUMED
from ..grid import Frame, Grid, looks_like_degrees, without_marks
from ..prj_file import crs_of_prj
from ..reader import Reader, never
from ..source import TRUNCATED, Source
from ..text_grid import real_number, whole_number

_KINDS = {"FLOAT": "f", "SIGNEDINT": "i", "UNSIGNEDINT": "u"}
_BITS = (8, 16, 32, 64)


def _read(source: Source, _cell_m: float) -> Grid:
    header = _header(source.text_beside(".hdr"))
    rows, columns = (whole_number(_needed(header, name), name) for name in ("NROWS", "NCOLS"))
    number = _number(header, source.name)
    nodata = header.get("NODATA_VALUE", header.get("NODATA"))
    unknown = None if nodata is None else real_number(nodata, "NODATA")
    start, line = (
        whole_number(header[name], name) if header.get(name, "0") != "0" else usual
        for name, usual in (("SKIPBYTES", 0), ("TOTALROWBYTES", columns * number.itemsize))
    )
    if line < columns * number.itemsize or start + rows * line > source.size:
        raise ElevationError.of(TRUNCATED)
    frame = _frame(header, rows, columns, source.text_beside(".prj"))

    def read(wanted: Indices, part: slice) -> Floats:
        first = int(wanted[0])
        data = source.read(start + first * line, (int(wanted[-1]) + 1 - first) * line)
        lines = np.frombuffer(data, dtype=np.uint8).reshape(-1, line)[:, : columns * number.itemsize]
        values = np.ascontiguousarray(lines).view(number)[wanted - first, part]
        return without_marks(values.astype(number.newbyteorder("=")), unknown)

    declared = unknown is not None
    return Grid(rows, columns, frame, read, unit_m=frame.crs.height_unit_m, declares_unknown=declared)


def _header(text: str) -> dict[str, str]:
    if not text:
        raise ElevationError("the .hdr file that describes it is missing")
    pairs = (line.split(maxsplit=1) for line in text.splitlines())
    return {pair[0].upper(): pair[1].strip() for pair in pairs if len(pair) == 2}


def _needed(header: dict[str, str], name: str) -> str:
    if name not in header:
        raise ElevationError("{name} is missing from its header", name=name)
    return header[name]


def _number(header: dict[str, str], name: str) -> np.dtype[np.generic]:
    """Return the type of the numbers: 32-bit floating-point in .flt files, else as the header says."""
    order = ">" if header.get("BYTEORDER", "I").upper() in ("M", "MSBFIRST") else "<"
    if header.get("NBANDS", "1") != "1":
        raise UnsupportedElevationError(
            "it has {count} bands, not one: extract the one with heights", count=header["NBANDS"]
        )
    is_float = name.lower().endswith(".flt")
    bits = whole_number(header.get("NBITS", "32" if is_float else "16"), "NBITS")
    kind = _KINDS.get(header.get("PIXELTYPE", "FLOAT" if is_float else "SIGNEDINT").upper(), "")
    if bits not in _BITS or not kind or (kind == "f" and bits < 32):
        raise UnsupportedElevationError(
            "its data type ({kind} numbers of {bits} bits) is not supported", kind=kind or "unknown", bits=bits
        )
    return np.dtype(f"{order}{kind}{bits // 8}")


def _frame(header: dict[str, str], rows: int, columns: int, wkt: str) -> Frame:
    """Return the frame: of the header of a .flt file (XLLCORNER ...) or of a .bil file (ULXMAP ...)."""
    step_x = real_number(header.get("CELLSIZE") or _needed(header, "XDIM"), "XDIM")
    step_y = real_number(header.get("CELLSIZE") or _needed(header, "YDIM"), "YDIM")
    if not (step_x > 0 and step_y > 0):
        raise ElevationError("its cell size is not a number above zero")
    if "ULXMAP" in header:  # the center of the first cell
        west = real_number(header["ULXMAP"], "ULXMAP") - step_x / 2
        north = real_number(_needed(header, "ULYMAP"), "ULYMAP") + step_y / 2
    else:
        west, south = (
            real_number(header[f"{axis}LLCENTER"], f"{axis}LLCENTER") - step / 2
            if f"{axis}LLCENTER" in header
            else real_number(_needed(header, f"{axis}LLCORNER"), f"{axis}LLCORNER")
            for axis, step in (("X", step_x), ("Y", step_y))
        )
        north = south + rows * step_y
    crs = crs_of_prj(wkt)
    if not crs.known and looks_like_degrees(west, north, columns * step_x, rows * step_y, step_y):
        crs = DEGREES_ASSUMED
    return Frame(crs, west, north, step_x, step_y)


READER = Reader("ESRI binary grid (.flt, .bil with .hdr)", (".flt", ".bil"), never, _read)
