# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of points (.xyz): x, y and height in each line, at the nodes of an upright grid, in any order.

Columns are separated by blanks, tabs, commas or semicolons. Nodes that are not listed are unknown.
"""

from __future__ import annotations

import re

import numpy as np

from .....domain.array_types import Floats, Indices
from .....domain.errors import ElevationError, UnrecognizedElevationError, UnsupportedElevationError
from .....domain.messages import Message
from ..crs import DEGREES_ASSUMED
from ..grid import Frame, Grid, looks_like_degrees, without_marks
from ..prj_file import crs_of_prj
from ..reader import Reader
from ..source import Source
from ..text_grid import chunks_of_words, first_lines, numbers, plain_text, separator_of

_MAX_BYTES = 200_000_000
_MAX_CELLS = 40_000_000
_COMMENT = ("#", "//", ";")
_JUDGED = 20
"""Lines that are looked at to recognize a list of points."""
_SEPARATORS = re.compile("[;\t]|,(?= )|(?<=\\d),(?=-?\\d+\\.)")
_ONLY_COMMAS = re.compile(r"[-+.\deE,]*")
"""A line in which nothing but commas can separate numbers."""
_NUMBERS = re.compile(r"\s*(?:[-+]?[\d.,]+(?:e[-+]?\d+)?(?:\s+|$)){3,9}", re.IGNORECASE)
_OFF_GRID = 0.05
"""Largest distance of a point from its node, in cells."""
_NO_GRID = Message(
    "its points do not lie on the nodes of an upright grid: make a grid of them first, for example with gdal_grid"
)
_LEAST_SHARE = 0.05
"""Least share of the nodes that are listed: fewer are points along a line, or no positions at all. Estimate."""
_NAMES = (
    ("x", "lon", "long", "longitude", "lng", "east", "easting", "e", "x_coord", "xcoord"),
    ("y", "lat", "latitude", "north", "northing", "n", "y_coord", "ycoord"),
    ("z", "h", "height", "elev", "elevation", "alt", "altitude", "dem", "dtm", "z_coord", "zcoord"),
)
"""Names of the columns with x, y and height."""


def _recognizes(head: bytes) -> bool:
    """Return whether most lines hold the same few numbers."""
    lines = head.replace(b"\0", b"").replace(b'"', b" ").decode("latin-1").splitlines()[1:_JUDGED]
    counts = [len(line.split()) for line in map(_with_blanks, lines) if _NUMBERS.fullmatch(line)]
    return len(counts) > len(lines) / 2 and len(set(counts)) == 1


def _with_blanks(line: str) -> str:
    """Return a line with blanks instead of separators; commas within numbers stay."""
    if _ONLY_COMMAS.fullmatch(line.strip()):
        return line.replace(",", " ")
    return _SEPARATORS.sub(" ", line)


def _read(source: Source, _cell_m: float) -> Grid:
    source = plain_text(source)
    if source.size > _MAX_BYTES:
        raise UnsupportedElevationError("it is larger than {limit:.0f} MB", limit=_MAX_BYTES / 1e6)
    points = _points(source)
    (west, step_x, column, columns), (south, step_y, row, rows) = (_nodes(points[:, axis]) for axis in (0, 1))
    if rows * columns > min(_MAX_CELLS, len(points) / _LEAST_SHARE):
        raise ElevationError.of(_NO_GRID)
    heights = np.full((rows, columns), np.nan)
    heights[rows - 1 - row, column] = without_marks(points[:, 2])

    def read(wanted: Indices, part: slice) -> Floats:
        return heights[wanted, part]

    west, north = west - step_x / 2, south + (rows - 0.5) * step_y
    wkt = source.text_beside(".prj")
    crs = crs_of_prj(wkt)
    if not crs.known and looks_like_degrees(west, north, columns * step_x, rows * step_y, step_y):
        crs = DEGREES_ASSUMED
    return Grid(rows, columns, Frame(crs, west, north, step_x, step_y), read, unit_m=crs.height_unit_m)


def _points(source: Source) -> Floats:
    """Return the points (N, 3)."""
    lines = [(end, line.replace('"', " ")) for end, line in first_lines(source) if line]
    at = next((at for at, (_, line) in enumerate(lines) if not _is_words(line)), None)
    if at is None:
        raise UnrecognizedElevationError("it contains no points")
    start = lines[at - 1][0] if at else 0
    first = lines[at][1]
    separator, comma = separator_of(first.encode())
    wide = len(first.replace(separator.decode(), " ").split())
    if wide < 3:
        raise UnrecognizedElevationError("its lines do not hold x, y and height")
    chunks = (
        [word.strip(b'"') for word in words] if '"' in source.head().decode("latin-1") else words
        for words in chunks_of_words(source, start, separator)
    )
    values = np.concatenate([numbers(words, comma=comma) for words in chunks])
    if len(values) % wide:
        raise ElevationError("its lines do not all hold x, y and height")
    points = values.reshape(-1, wide)[:, _columns(lines[at - 1][1] if at else "", wide)]
    if not np.isfinite(points[:, :2]).all():
        raise ElevationError("its lines do not all hold x, y and height")
    return points


def _is_words(line: str) -> bool:
    """Return whether a line holds a comment or names of columns, not numbers."""
    return line.startswith(_COMMENT) or re.search("[a-df-z]", line, re.IGNORECASE) is not None


def _columns(header: str, wide: int) -> list[int]:
    """Return the columns of x, y and height: those with such names, else the first three."""
    names = [name.lower() for name in re.split(r"[\s,;#/]+", header) if name]
    if len(names) != wide:
        return [0, 1, 2]
    found = [next((at for at, name in enumerate(names) if name in known), None) for known in _NAMES]
    return [0, 1, 2] if None in found else [at for at in found if at is not None]


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
        raise ElevationError.of(_NO_GRID)
    return first, step, node.astype(np.intp), count + 1


READER = Reader("points (.xyz)", (".xyz", ".csv", ".pts"), _recognizes, _read)
