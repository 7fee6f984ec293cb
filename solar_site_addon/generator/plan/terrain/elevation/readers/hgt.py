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

_NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
_SIDES = (1201, 3601)
_NODATA = -32768
_NUMBER = np.dtype(">i2")


def _read(source: Source, _cell_m: float) -> Grid:
    name = _NAME.search(source.name) or _NAME.search(source.path.name)
    if name is None:
        raise ElevationError("its name does not state the location (for example, N47E013.hgt)")
    side = math.isqrt(source.size // _NUMBER.itemsize)
    if side not in _SIDES or side * side * _NUMBER.itemsize != source.size:
        raise ElevationError("it contains neither 1201 x 1201 nor 3601 x 3601 heights")
    south = int(name[2]) * (1 if name[1].upper() == "N" else -1)
    west = int(name[4]) * (1 if name[3].upper() == "E" else -1)

    def read(rows: Indices, columns: slice) -> Floats:
        first, last = int(rows[0]), int(rows[-1]) + 1
        line = side * _NUMBER.itemsize
        values = np.frombuffer(source.read(first * line, (last - first) * line), dtype=_NUMBER).reshape(-1, side)
        return without_marks(values[rows - first, columns].astype(np.int16), _NODATA)

    # The outermost numbers lie on the borders of the square degree.
    step = 1 / (side - 1)
    frame = Frame(Crs(geographic=True, code=4326, height_unit_m=1.0), west - step / 2, south + 1 + step / 2, step, step)
    return Grid(side, side, frame, read, unit_m=1.0)


READER = Reader("SRTM (.hgt)", (".hgt",), never, _read)
