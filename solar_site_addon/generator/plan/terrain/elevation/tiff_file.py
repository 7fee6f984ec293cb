# SPDX-License-Identifier: GPL-3.0-or-later
"""The container of TIFF and BigTIFF files: directories of tags (TIFF 6.0; the BigTIFF design of libtiff)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from ....domain.errors import ElevationError, UnrecognizedElevationError
from .source import TRUNCATED, Source

_FORMATS = {
    1: "B",
    2: "c",
    3: "H",
    4: "I",
    6: "b",
    7: "c",
    8: "h",
    9: "i",
    11: "f",
    12: "d",
    13: "I",
    16: "Q",
    17: "q",
    18: "Q",
}
"""Format of each type of values; rational numbers (5 and 10) are not used by elevation models."""
_TEXT = (2, 7)
_MAX_DIRECTORIES = 64
_MAX_TAGS = 4096

IMAGE_WIDTH, IMAGE_LENGTH, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 256, 257, 258, 259, 262, 266
STRIP_OFFSETS, SAMPLES, STRIP_ROWS, STRIP_COUNTS, PLANAR, PREDICTOR = 273, 277, 278, 279, 284, 317
TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, TILE_COUNTS, EXTRA_SAMPLES, SAMPLE_FORMAT = 322, 323, 324, 325, 338, 339
SUBFILE_TYPE, PIXEL_SCALE, TIE_POINTS, TRANSFORMATION = 254, 33550, 33922, 34264
GEO_KEYS, GEO_DOUBLES, GEO_TEXTS, GDAL_METADATA, GDAL_NODATA = 34735, 34736, 34737, 42112, 42113
NAMES = {
    256: "ImageWidth",
    257: "ImageLength",
    273: "StripOffsets",
    279: "StripByteCounts",
    322: "TileWidth",
    323: "TileLength",
    324: "TileOffsets",
    325: "TileByteCounts",
    33550: "ModelPixelScale",
    33922: "ModelTiepoint",
    34264: "ModelTransformation",
}


@dataclass(frozen=True)
class Directory:
    """The tags of one image."""

    order: str
    """Byte order as in ``struct``."""
    tags: Mapping[int, tuple[int | float, ...] | bytes]

    def __contains__(self, tag: int) -> bool:
        return tag in self.tags

    def integers(self, tag: int) -> tuple[int, ...]:
        """Return the integers of a tag; raise ElevationError if it is missing or holds anything else."""
        if tag not in self.tags:
            raise ElevationError("its tag {tag} is missing", tag=NAMES.get(tag, tag))
        values = self.tags[tag]
        if isinstance(values, bytes) or not values or not all(isinstance(each, int) for each in values):
            raise ElevationError.of(TRUNCATED)
        return tuple(int(each) for each in values)

    def integer(self, tag: int, default: int | None = None) -> int:
        """Return the first integer of a tag, or ``default`` if the tag is missing."""
        return default if default is not None and tag not in self.tags else self.integers(tag)[0]

    def numbers(self, tag: int) -> tuple[float, ...]:
        """Return the numbers of a tag; none if it is missing or holds text."""
        values = self.tags.get(tag, ())
        return () if isinstance(values, bytes) else tuple(float(each) for each in values)

    def text(self, tag: int) -> str:
        """Return the text of a tag; empty if it is missing or holds numbers."""
        values = self.tags.get(tag, b"")
        return values.split(b"\0")[0].decode("utf-8", errors="replace").strip() if isinstance(values, bytes) else ""


def is_tiff(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is a TIFF or BigTIFF file."""
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read_directories(source: Source) -> list[Directory]:
    """Return the directories of all images in a TIFF file; raise ElevationError if the file is damaged."""
    head = source.read(0, min(16, source.size))
    if not is_tiff(head) or len(head) < 8:
        raise UnrecognizedElevationError("it is not a TIFF file")
    order = "<" if head[:2] == b"II" else ">"
    layout = _Layout(order, big=head[2:4] in (b"+\0", b"\0+"))
    if layout.big and (len(head) < 16 or head[4:6] != struct.pack(order + "H", 8)):
        raise ElevationError.of(TRUNCATED)
    (start,) = struct.unpack_from(order + layout.offset, head, 8 if layout.big else 4)
    directories: list[Directory] = []
    seen: set[int] = set()
    while start and start not in seen and len(directories) < _MAX_DIRECTORIES:
        seen.add(start)
        directory, start = _read_directory(source, layout, start)
        directories.append(directory)
    if not directories:
        raise ElevationError.of(TRUNCATED)
    return directories


@dataclass(frozen=True)
class _Layout:
    """The sizes of fields, which differ between TIFF and BigTIFF."""

    order: str
    big: bool

    @property
    def offset(self) -> str:
        return "Q" if self.big else "I"

    @property
    def count(self) -> str:
        return "Q" if self.big else "H"

    @property
    def entry(self) -> str:
        return self.order + ("HHQ" if self.big else "HHI")


def _read_directory(source: Source, layout: _Layout, start: int) -> tuple[Directory, int]:
    """Return the directory at ``start``, and where the next one begins, or 0."""
    width = struct.calcsize(layout.order + layout.count)
    (number,) = struct.unpack(layout.order + layout.count, source.read(start, width))
    if number > _MAX_TAGS:
        raise ElevationError.of(TRUNCATED)
    offset_size = struct.calcsize(layout.order + layout.offset)
    entry_size = struct.calcsize(layout.entry) + offset_size
    data = source.read(start + width, number * entry_size + offset_size)
    tags: dict[int, tuple[int | float, ...] | bytes] = {}
    for entry in range(number):
        tag, kind, count = struct.unpack_from(layout.entry, data, entry * entry_size)
        if kind not in _FORMATS:
            continue
        place = (entry + 1) * entry_size - offset_size
        size = count * struct.calcsize(layout.order + _FORMATS[kind])
        if size <= offset_size:
            values = data[place : place + size]
        else:
            values = source.read(struct.unpack_from(layout.order + layout.offset, data, place)[0], size)
        tags[tag] = values if kind in _TEXT else struct.unpack(f"{layout.order}{count}{_FORMATS[kind]}", values)
    (following,) = struct.unpack_from(layout.order + layout.offset, data, number * entry_size)
    return Directory(layout.order, tags), following
