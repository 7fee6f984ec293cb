# SPDX-License-Identifier: GPL-3.0-or-later
"""SRTM tiles (.hgt): big-endian 16-bit numbers over one square degree; the file name gives the southwest corner."""

from __future__ import annotations

import math
import re

import numpy as np

from .....domain.array_types import Floats, Indices
from .....domain.errors import ElevationError
from ..crs import Crs
from ..grid import Frame, Grid, without_marks
from ..reader import Reader, never
from ..source import Source

_NAME = re.compile(r"([NS])(\d{2})_?([EW])(\d{3})", re.IGNORECASE)
_SHAPES = ((1201, 1201), (3601, 3601), (3601, 1801))
"""Rows and columns: of 3 and of 1 arc second, and of 1 by 2 arc seconds near the poles."""
_NODATA = -32768
_NUMBER = np.dtype(">i2")


def _read(source: Source, _cell_m: float) -> Grid:
    name = _NAME.search(source.name) or _NAME.search(source.path.name)
    if name is None:
        raise ElevationError("its name does not state the location (for example, N47E013.hgt)")
    shapes = [shape for shape in _SHAPES if math.prod(shape) * _NUMBER.itemsize == source.size]
    if not shapes:
        raise ElevationError("it contains neither 1201 x 1201 nor 3601 x 3601 heights")
    rows, columns = shapes[0]
    south = int(name[2]) * (1 if name[1].upper() == "N" else -1)
    west = int(name[4]) * (1 if name[3].upper() == "E" else -1)

    def read(wanted: Indices, part: slice) -> Floats:
        first, last = int(wanted[0]), int(wanted[-1]) + 1
        line = columns * _NUMBER.itemsize
        values = np.frombuffer(source.read(first * line, (last - first) * line), dtype=_NUMBER).reshape(-1, columns)
        return without_marks(values[wanted - first, part].astype(np.int16), _NODATA)

    # The outermost numbers lie on the borders of the square degree.
    step_x, step_y = 1 / (columns - 1), 1 / (rows - 1)
    crs = Crs(geographic=True, code=4326, height_unit_m=1.0)
    frame = Frame(crs, west - step_x / 2, south + 1 + step_y / 2, step_x, step_y)
    return Grid(rows, columns, frame, read, unit_m=1.0)


READER = Reader("SRTM (.hgt)", (".hgt",), never, _read)
