# SPDX-License-Identifier: GPL-3.0-or-later
"""Text grids of Golden Software Surfer (DSAA): rows from the south, positions of the outermost nodes in the header."""

from __future__ import annotations

from .....domain.errors import ElevationError
from ..crs import DEGREES_ASSUMED, UNKNOWN
from ..grid import Frame, Grid, looks_like_degrees
from ..reader import Reader
from ..source import Source
from ..text_grid import Body, first_lines, real_number, whole_number

_BLANK = 1.70141e38
_HEADER_LINES = 5


def _recognizes(head: bytes) -> bool:
    return head[:4] == b"DSAA"


def _read(source: Source, _cell_m: float) -> Grid:
    lines = first_lines(source)[:_HEADER_LINES]
    words = [line.split() for _, line in lines[1:]]
    if len(lines) < _HEADER_LINES or any(len(each) != 2 for each in words):
        raise ElevationError("its header is incomplete")
    columns, rows = (whole_number(word, name) for word, name in zip(words[0], ("nx", "ny"), strict=True))
    west, east = (real_number(word, "x") for word in words[1])
    south, north = (real_number(word, "y") for word in words[2])
    if not (east > west and north > south and min(rows, columns) > 1):
        raise ElevationError("its cell size is not a number above zero")
    step_x, step_y = (east - west) / (columns - 1), (north - south) / (rows - 1)
    west, north = west - step_x / 2, north + step_y / 2
    in_degrees = looks_like_degrees(west, north, columns * step_x, rows * step_y, step_y)
    frame = Frame(DEGREES_ASSUMED if in_degrees else UNKNOWN, west, north, step_x, step_y)
    body = Body(source, lines[-1][0], rows, columns, _BLANK, comma=False, from_south=True)
    return Grid(rows, columns, frame, body.read)


READER = Reader("Surfer text grid (.grd)", (), _recognizes, _read)
