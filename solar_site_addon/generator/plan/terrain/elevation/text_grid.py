# SPDX-License-Identifier: GPL-3.0-or-later
"""Grids of numbers in text files: encodings, decimal commas, and reading only the lines that are needed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ....domain.array_types import Floats, Indices
from ....domain.errors import ElevationError
from .grid import without_marks
from .reading import note_read
from .source import Source

_CHUNK_BYTES = 4_000_000
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",  # before those of UTF-16, with which they begin
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Encodings by byte order marks. That of UTF-8 is no character of a number or name, and is cut off with its line."""
_MOST_SHORT_LINES = 10_000
"""With more lines of one character or none, lines are no rows."""
_BLANK = b" \t\r\n\0\x1a"
"""What empty lines hold; old programs end files with \\x1a."""
_UNKNOWN_WORD = re.compile(rb"\*|-+|null|none|no[ _-]?data|n/?a|[-+]?1\.#[a-z]+0*", re.IGNORECASE)
"""Words for unknown heights: of GRASS, and of programs of the Windows runtime (1.#QNAN)."""


@dataclass(frozen=True)
class Body:
    """The numbers of a text grid: where they begin, and how many there are."""

    source: Source
    start: int
    """Offset of the first number, bytes."""
    rows: int
    columns: int
    nodata: float | None
    comma: bool
    """Whether numbers have decimal commas."""
    separator: bytes = b" "
    """What stands between numbers, beside blanks."""
    from_south: bool = False

    def read(self, rows: Indices, columns: slice) -> Floats:
        """Return the heights of rows (counted from the north, ascending) and columns."""
        order = self.rows - 1 - rows[::-1] if self.from_south else rows
        if len(self._lines) == self.rows:
            values = np.array([self._line(row, columns) for row in order], dtype=np.float64).reshape(len(order), -1)
        else:
            values = self._all[order, columns]
        heights = without_marks(values, self.nodata)
        return heights[::-1] if self.from_south else heights

    @cached_property
    def _lines(self) -> Indices:
        """Offsets (N, 2) of the beginnings and ends of all lines that hold numbers."""
        return _lines_with_words(self.source, self.start)

    def _line(self, row: int, columns: slice) -> Floats:
        note_read(row, self.rows)
        start, end = self._lines[row]
        words = self.source.read(int(start), int(end - start)).replace(self.separator, b" ").split()
        if len(words) != self.columns:
            raise ElevationError(
                "one of its rows contains {count} heights, not {columns}", count=len(words), columns=self.columns
            )
        return numbers(words[columns], comma=self.comma)

    @cached_property
    def _all(self) -> Floats:
        """All heights (rows, columns) of a file whose lines are not its rows."""
        chunks = chunks_of_words(self.source, self.start, self.separator)
        found = np.concatenate([np.empty(0), *(numbers(words, comma=self.comma) for words in chunks)])
        if len(found) != self.rows * self.columns:
            raise ElevationError(
                "it contains {count} heights, not {rows} x {columns}",
                count=len(found),
                rows=self.rows,
                columns=self.columns,
            )
        return found.reshape(self.rows, self.columns)


def numbers(words: list[bytes], *, comma: bool = False) -> Floats:
    """Return the numbers that ``words`` spell; raise ElevationError if a word is none."""
    if comma:
        words = [word.replace(b",", b".") for word in words]
    try:
        return np.array(words, dtype=np.bytes_).astype(np.float64)
    except ValueError:
        return np.array([_number(word) for word in words], dtype=np.float64)


def _number(word: bytes) -> float:
    try:
        # 1.5D+03 is Fortran's.
        return float("nan") if _UNKNOWN_WORD.fullmatch(word) else float(word.lower().replace(b"d", b"e"))
    except ValueError:
        shown = word[:20].decode("ascii", errors="replace")
        raise ElevationError("it contains {word} where a height is expected", word=shown) from None


def chunks_of_words(source: Source, start: int, separator: bytes = b" ") -> Iterator[list[bytes]]:
    """Yield the words from ``start``, between blanks and ``separator``, in chunks."""
    at, rest = start, b""
    while at < source.size:
        count = min(_CHUNK_BYTES, source.size - at)
        data = rest + source.read(at, count)
        at += count
        note_read(at, source.size)
        cut = max(data.rfind(b"\n"), data.rfind(b" "), data.rfind(b"\t"), data.rfind(b"\r")) + 1
        if at < source.size and cut:
            data, rest = data[:cut], data[cut:]
        else:
            rest = b""
        yield data.replace(separator, b" ").split()


def _lines_with_words(source: Source, start: int) -> Indices:
    found = [np.array([start])]
    for at in range(start, source.size, _CHUNK_BYTES):
        note_read(at, source.size)
        data = np.frombuffer(source.read(at, min(_CHUNK_BYTES, source.size - at)), dtype=np.uint8)
        found.append(at + 1 + np.flatnonzero(data == ord("\n")))
    bounds = np.concatenate([*found, [source.size]])
    lines = np.stack([bounds[:-1], bounds[1:]], axis=-1).astype(np.intp)
    lengths = lines[:, 1] - lines[:, 0]
    # All lines but short ones hold words.
    long = lengths > len("\r\n")
    if np.count_nonzero(~long) > _MOST_SHORT_LINES:
        return lines[:0]
    filled = [bool(source.read(int(first), int(last - first)).strip(_BLANK)) for first, last in lines[~long]]
    keep = long.copy()
    keep[~long] = filled
    return lines[keep]


def plain_text(source: Source) -> Source:
    """Return the source as ASCII or UTF-8: files in UTF-16 and UTF-32 are converted in memory."""
    head = source.read(0, min(4, source.size))
    encoding = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
    if not encoding and len(head) == 4 and head.count(b"\0") == 2:
        encoding = "utf-16-le" if head[1] == 0 else "utf-16-be"
    if not encoding:
        return source
    text = source.read(0, source.size).decode(encoding, errors="replace").encode()
    return replace(source, size=len(text), unpacked=text)


def separator_of(text: bytes) -> tuple[bytes, bool]:
    """Return what stands between the numbers of a text beside blanks, and whether they have decimal commas."""
    if b";" in text:
        return b";", b"," in text
    separates = b"." in text or any(line.count(b",") > len(line.split()) for line in text.splitlines())
    return (b",", False) if b"," in text and separates else (b" ", b"," in text)


def first_lines(source: Source, most: int = 40) -> list[tuple[int, str]]:
    """Return the first lines of a text file with the offsets at which they end, bytes."""
    head = source.head()
    lines, at = [], 0
    for line in head.splitlines(keepends=True)[:most]:
        at += len(line)
        lines.append((at, line.removeprefix(codecs.BOM_UTF8).decode("latin-1").strip()))
    return lines


def whole_number(text: str, what: str) -> int:
    """Return a positive whole number of a header; raise ElevationError if it is none."""
    value = real_number(text, what)
    if value != int(value) or not 0 < value < 1e9:
        raise ElevationError("{name} = {value} in its header is not a positive whole number", name=what, value=text)
    return int(value)


def real_number(text: str, what: str) -> float:
    """Return a finite number of a header; raise ElevationError if it is none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise ElevationError("{name} = {value} in its header is not a number", name=what, value=text)
    return value
