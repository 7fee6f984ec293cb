# SPDX-License-Identifier: GPL-3.0-or-later
"""NumPy arrays (.npy): rows from the north, with the cell size that the settings give."""

from __future__ import annotations

import re
import struct
from typing import Any

import numpy as np

from .....domain.array_types import Floats, Indices
from .....domain.errors import ElevationError
from ..grid import Frame, Grid, without_marks
from ..reader import Reader
from ..source import TRUNCATED, Source

_MAGIC = b"\x93NUMPY"
_HEADER = re.compile(
    rb"\{\s*'descr'\s*:\s*'([<>|=][iuf][1248])'\s*,\s*'fortran_order'\s*:\s*(True|False)\s*,"
    rb"\s*'shape'\s*:\s*\((\d{1,9})\s*,\s*(\d{1,9})\)\s*,?\s*\}\s*"
)


def _recognizes(head: bytes) -> bool:
    return head.startswith(_MAGIC)


def _read(source: Source, cell_m: float) -> Grid:
    if not _recognizes(source.head()):
        raise ElevationError("it is not a NumPy file")
    kind, by_columns, rows, columns, start = _header(source)
    if start + rows * columns * kind.itemsize > source.size:
        raise ElevationError.of(TRUNCATED)

    def read(wanted: Indices, part: slice) -> Floats:
        # Rows of the array as it is stored, which are columns of the grid in Fortran's order.
        wide, lines = (rows, np.arange(part.start, part.stop)) if by_columns else (columns, wanted)
        first, line = int(lines[0]), wide * kind.itemsize
        data = source.read(start + first * line, (int(lines[-1]) + 1 - first) * line)
        values = np.frombuffer(data, dtype=kind).reshape(-1, wide)[lines - first]
        return without_marks((values[:, wanted].T if by_columns else values[:, part]).astype(kind.newbyteorder("=")))

    return Grid(rows, columns, Frame(north=1e9, west=1e9, step_x=cell_m, step_y=cell_m), read)


def _header(source: Source) -> tuple[np.dtype[Any], bool, int, int, int]:
    """Return type, whether columns are stored one after the other, rows, columns, and where the numbers begin.

    This is version 1 to 3 of the format of numpy.lib.format. NumPy's own reader raises whatever Python's parser does.
    """
    wide = 2 if source.read(6, 1) == b"\1" else 4
    (length,) = struct.unpack("<H" if wide == 2 else "<I", source.read(8, wide))
    match = _HEADER.fullmatch(source.read(8 + wide, length))
    if match is None:
        raise ElevationError("it does not contain a two-dimensional array of numbers")
    try:
        kind = np.dtype(match[1].decode())
    except TypeError:
        raise ElevationError("it does not contain a two-dimensional array of numbers") from None
    return kind, match[2] == b"True", int(match[3]), int(match[4]), 8 + wide + length


READER = Reader("NumPy (.npy)", (".npy",), _recognizes, _read)
