# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of points (.xyz): x, y and height in each line, at the nodes of an upright grid, in any order.

Columns are separated by blanks, tabs, commas or semicolons. Nodes that are not listed are unknown.
"""

from __future__ import annotations

import re

import numpy as np

from .....domain.array_types import Floats, Indices
from .....domain.errors import ElevationError, UnsupportedElevationError
from ..crs import DEGREES_ASSUMED, UNKNOWN, crs_of_wkt
from ..grid import Frame, Grid, looks_like_degrees, without_marks
from ..reader import Reader
from ..source import Source
from ..text_grid import chunks_of_words, first_lines, numbers, plain_text

_MAX_BYTES = 200_000_000
_MAX_CELLS = 40_000_000
_COMMENT = ("#", "//", ";")
_JUDGED = 20
"""Lines that are looked at to recognize a list of points."""
_SEPARATORS = re.compile("[;\t]|,(?= )|(?<=\\d),(?=-?\\d+\\.)")
_NUMBERS = re.compile(r"\s*(?:[-+]?[\d.,]+(?:e[-+]?\d+)?(?:\s+|$)){3,9}", re.IGNORECASE)
_OFF_GRID = 0.05
"""Largest distance of a point from its node, in cells."""


def _recognizes(head: bytes) -> bool:
    """Return whether most lines hold the same few numbers."""
    lines = head.replace(b"\0", b"").decode("latin-1").splitlines()[1:_JUDGED]
    counts = [len(line.split()) for line in (_SEPARATORS.sub(" ", each) for each in lines) if _NUMBERS.fullmatch(line)]
    return len(counts) > len(lines) / 2 and len(set(counts)) == 1


def _read(source: Source, _cell_m: float) -> Grid:
    source = plain_text(source)
    if source.size > _MAX_BYTES:
        raise UnsupportedElevationError("it is larger than {limit:.0f} MB", limit=_MAX_BYTES / 1e6)
    points = _points(source)
    (west, step_x, column, columns), (south, step_y, row, rows) = (_nodes(points[:, axis]) for axis in (0, 1))
    if rows * columns > _MAX_CELLS:
        raise UnsupportedElevationError("its points do not lie on the nodes of an upright grid")
    heights = np.full((rows, columns), np.nan)
    heights[rows - 1 - row, column] = without_marks(points[:, 2])

    def read(wanted: Indices, part: slice) -> Floats:
        return heights[wanted, part]

    west, north = west - step_x / 2, south + (rows - 0.5) * step_y
    wkt = source.text_beside(".prj")
    crs = crs_of_wkt(wkt) if wkt else UNKNOWN
    if not crs.known and looks_like_degrees(west, north, columns * step_x, rows * step_y, step_y):
        crs = DEGREES_ASSUMED
    return Grid(rows, columns, Frame(crs, west, north, step_x, step_y), read, unit_m=crs.height_unit_m)


def _points(source: Source) -> Floats:
    """Return the points (N, 3)."""
    lines = [(end, line) for end, line in first_lines(source) if line]
    start, previous = 0, 0
    separator, comma = " ", False
    for end, line in lines:
        start = previous
        separator, comma = _dialect(line)
        if not line.startswith(_COMMENT) and not re.search("[a-df-z]", line, re.IGNORECASE):
            break
        previous = end
    else:
        raise UnsupportedElevationError("it contains no points")
    first = next(line for end, line in lines if end > start)
    wide = len(first.replace(separator, " ").split())
    if wide < 3:
        raise UnsupportedElevationError("its lines do not hold x, y and height")
    chunks = chunks_of_words(source, start, separator.encode())
    values = np.concatenate([numbers(words, comma=comma) for words in chunks])
    if len(values) % wide or not np.isfinite(values.reshape(-1, wide)[:, :2]).all():
        raise ElevationError("its lines do not all hold x, y and height")
    return values.reshape(-1, wide)[:, :3]


def _dialect(line: str) -> tuple[str, bool]:
    """Return what separates the numbers of a line, and whether they have decimal commas."""
    if ";" in line:
        return ";", "," in line
    if "," in line:
        separates = (line.count(",") <= 3 and "." in line) or len(line.split()) < 3
        return ("," if separates else " "), not separates
    return " ", False


def _nodes(values: Floats) -> tuple[float, float, Indices, int]:
    """Return the first node along an axis, the spacing, the node of each value, and the number of nodes."""
    different = np.unique(values)
    steps = np.diff(different)
    if len(steps) == 0:
        raise ElevationError("its points lie on one line")
    # Rounded coordinates give spacings that differ a little; those of the same node nearly vanish.
    steps = steps[steps > 1e-3 * float(np.median(steps))]
    first = float(different[0])
    step = float(np.min(steps))
    count = max(round((float(different[-1]) - first) / step), 1)
    step = (float(different[-1]) - first) / count
    node = np.rint((values - first) / step)
    if np.abs((values - first) / step - node).max() > _OFF_GRID:
        raise UnsupportedElevationError("its points do not lie on the nodes of an upright grid")
    return first, step, node.astype(np.intp), count + 1


READER = Reader("points (.xyz)", (".xyz", ".csv", ".pts"), _recognizes, _read)
