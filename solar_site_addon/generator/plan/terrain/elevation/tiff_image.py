# SPDX-License-Identifier: GPL-3.0-or-later
"""The pixels of one image in a TIFF file: only the strips or tiles, and of these only the lines, that are asked for."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ....domain.array_types import Indices, Mask
from ....domain.errors import ElevationError, UnsupportedElevationError
from . import tiff_file as tag
from .reading import note_read
from .source import TRUNCATED, Source
from .tiff_codecs import NONE, refuse_codec, unpacked, unpacked_parts, without_predictor

_KINDS = {1: "u", 2: "i", 3: "f"}
_MAX_BLOCK_BYTES = 1_500_000_000
"""Most bytes of a strip or tile."""
_KEPT_BYTES = 64_000_000
"""Decoded strips and tiles that are kept for the next window."""
_IN_MEMORY_BYTES = 100_000_000
"""Larger strips and tiles are unpacked to disk."""
_PART_BYTES = 16_000_000
"""Most bytes of lines that are decoded together, of strips and tiles in which lines can be read alone."""
_PALETTE, _YCBCR, _RGB = 3, 6, 2
_ALPHA = (1, 2)
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True)
class Layout:
    """How the pixels of an image are stored."""

    width: int
    height: int
    number: np.dtype[Any]
    bits: int
    """Bits of a pixel: 1, or those of ``number``."""
    across: int
    """Columns and rows of a strip or tile."""
    down: int
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    compression: int
    predictor: int
    tiled: bool
    reversed_bits: bool
    bands: int
    """Bands that are stored together: 1, or 2 if the second one is a mask."""

    @property
    def line_bytes(self) -> int:
        """Bytes of a line of a strip or tile."""
        return -(-self.across * self.bands * self.bits // 8)

    @property
    def blocks_across(self) -> int:
        """Strips or tiles side by side."""
        return -(-self.width // self.across)


def read_layout(directory: tag.Directory) -> Layout:
    """Return the layout of an image; raise ElevationError if it cannot be read."""
    width, height = directory.integer(tag.IMAGE_WIDTH), directory.integer(tag.IMAGE_LENGTH)
    tiled = tag.TILE_WIDTH in directory
    if tiled:
        across, down = directory.integer(tag.TILE_WIDTH), directory.integer(tag.TILE_LENGTH)
        offsets = directory.integers(tag.TILE_OFFSETS)
    else:
        across, down = width, min(directory.integer(tag.STRIP_ROWS, height), height)
        offsets = directory.integers(tag.STRIP_OFFSETS)
    if min(width, height, across, down) < 1:
        raise ElevationError.of(TRUNCATED)
    number, bits = _number(directory)
    layout = Layout(
        width=width,
        height=height,
        number=number,
        bits=bits,
        across=across,
        down=down,
        offsets=offsets,
        counts=(),
        compression=directory.integer(tag.COMPRESSION, NONE),
        predictor=directory.integer(tag.PREDICTOR, 1),
        tiled=tiled,
        reversed_bits=directory.integer(tag.FILL_ORDER, 1) == 2,
        bands=_bands(directory),
    )
    refuse_codec(layout.compression, layout.predictor)
    if layout.predictor == 3 and (number.kind != "f" or number.itemsize < 2):
        raise ElevationError.of(TRUNCATED)
    if layout.line_bytes * down > _MAX_BLOCK_BYTES:
        raise UnsupportedElevationError(
            "its strips or tiles of {columns} x {rows} pixels are too large", columns=across, rows=down
        )
    if len(offsets) < layout.blocks_across * -(-height // down):
        raise ElevationError.of(TRUNCATED)
    return replace(layout, counts=_counts(directory, layout))


def _number(directory: tag.Directory) -> tuple[np.dtype[Any], int]:
    """Return type and bits of the pixels."""
    bits, kind = directory.integer(tag.BITS, 1), directory.integer(tag.SAMPLE_FORMAT, 1)
    if directory.integer(tag.PHOTOMETRIC, 1) in (_PALETTE, _YCBCR, _RGB):
        raise UnsupportedElevationError("it is an image in colors, not a grid of heights")
    if bits == 1 and kind == 1:
        return np.dtype(np.uint8), 1
    name = _KINDS.get(kind, "")
    if not name or bits not in (8, 16, 32, 64) or (name == "f" and bits < 16):
        words = {"u": "unsigned", "i": "signed", "f": "floating-point"}.get(name, "complex or unknown")
        raise UnsupportedElevationError(
            "its data type ({kind} numbers of {bits} bits) is not supported", kind=words, bits=bits
        )
    return np.dtype(f"{directory.order}{name}{bits // 8}"), bits


def _bands(directory: tag.Directory) -> int:
    """Return 1, or 2 if a second band masks the first one; raise UnsupportedElevationError for other bands."""
    bands = directory.integer(tag.SAMPLES, 1)
    if bands == 1:
        return 1
    extra = directory.integer(tag.EXTRA_SAMPLES, 0)
    if bands == 2 and extra in _ALPHA and directory.integer(tag.PLANAR, 1) == 1:
        return 2
    raise UnsupportedElevationError("it has {count} bands, not one: extract the one with heights", count=bands)


def _counts(directory: tag.Directory, layout: Layout) -> tuple[int, ...]:
    name = tag.TILE_COUNTS if layout.tiled else tag.STRIP_COUNTS
    if name not in directory and layout.compression == NONE:
        return (layout.line_bytes * layout.down,) * len(layout.offsets)
    counts = directory.integers(name)
    if len(counts) < len(layout.offsets):
        raise ElevationError.of(TRUNCATED)
    return counts


class _Blocks:
    """Decoded strips and tiles, of which the latest are kept."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[tuple[int, int, int], NDArray[Any]] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[int, int, int], decode: Callable[[int, int, int], NDArray[Any]]) -> NDArray[Any]:
        """Return a block, from ``decode`` if it is not kept."""
        if key not in self._blocks:
            self._blocks[key] = decode(*key)
            self._bytes += self._blocks[key].nbytes
            while len(self._blocks) > 1 and self._bytes > _KEPT_BYTES:
                self._bytes -= self._blocks.popitem(last=False)[1].nbytes
        self._blocks.move_to_end(key)
        return self._blocks[key]


@dataclass(frozen=True)
class TiffImage:
    """An image in a TIFF file, of which any rows and columns can be read."""

    source: Source
    layout: Layout
    _blocks: _Blocks = field(default_factory=_Blocks, repr=False)
    _files: dict[int, IO[bytes]] = field(default_factory=dict, repr=False)

    def read(self, rows: Indices, columns: slice) -> tuple[NDArray[Any], Mask]:
        """Return pixels (R, C) in their own type, and where there are any: not in absent tiles, nor in masked pixels.

        ``rows`` ascend.
        """
        layout = self.layout
        values = np.zeros((len(rows), columns.stop - columns.start), dtype=layout.number.newbyteorder("="))
        present = np.zeros(values.shape, dtype=bool)
        parts = self._parts(rows)
        for done, (first, last) in enumerate(parts):
            note_read(done, len(parts))
            row = int(rows[first]) // layout.down
            lines = rows[first:last] - row * layout.down
            for column in range(columns.start // layout.across, -(-columns.stop // layout.across)):
                west = column * layout.across
                part = slice(max(columns.start - west, 0), min(columns.stop - west, layout.across))
                block = self._block(row, column, int(lines[0]), int(lines[-1]) + 1)
                if block is None:
                    continue
                target = slice(first, last), slice(west + part.start - columns.start, west + part.stop - columns.start)
                pixels = block[lines - lines[0], part]
                values[target] = pixels[..., 0]
                present[target] = pixels[..., 1] != 0 if layout.bands == 2 else True
        return values, present

    def _parts(self, rows: Indices) -> list[tuple[int, int]]:
        """Return the ranges of ``rows`` to decode together: those in the same strip or tile.

        Of strips and tiles in which lines can be read alone, these are neighboring lines.
        """
        apart = np.diff(rows // self.layout.down) > 0
        if self.layout.compression == NONE or self._is_large:
            most = max(_PART_BYTES // self.layout.line_bytes, 1)
            apart |= (np.diff(rows) > 1) | (np.diff(np.arange(len(rows)) // most) > 0)
        bounds = [0, *(np.flatnonzero(apart) + 1), len(rows)]
        return list(pairwise(map(int, bounds))) if len(rows) else []

    @property
    def _is_large(self) -> bool:
        """Whether strips and tiles are unpacked to disk."""
        return self.layout.line_bytes * self.layout.down > _IN_MEMORY_BYTES

    def _block(self, row: int, column: int, first: int, last: int) -> NDArray[Any] | None:
        """Return the lines ``first`` to ``last`` (rows, columns, bands) of a strip or tile; None if it is absent."""
        index = row * self.layout.blocks_across + column
        if self.layout.offsets[index] == 0 or self.layout.counts[index] == 0:
            return None
        return self._blocks.get((index, first, last), self._decoded)

    def _packed(self, offset: int, count: int) -> bytes:
        data = self.source.read(offset, count)
        return data.translate(_REVERSED) if self.layout.reversed_bits else data

    def _from_disk(self, index: int, offset: int, count: int) -> bytes:
        """Return a part of a strip or tile that is too large for the memory: it is unpacked once, to a file."""
        layout = self.layout
        if index not in self._files:
            file = tempfile.TemporaryFile()  # noqa: SIM115 - stays open as long as this image
            size = layout.line_bytes * layout.down
            for part in unpacked_parts(
                self._packed(layout.offsets[index], layout.counts[index]), layout.compression, size
            ):
                file.write(part)
                note_read(file.tell(), size)
            self._files[index] = file
        self._files[index].seek(offset)
        data = self._files[index].read(count)
        if len(data) < count:
            raise ElevationError.of(TRUNCATED)
        return data

    def _decoded(self, index: int, first: int, last: int) -> NDArray[Any]:
        layout = self.layout
        offset, count, line = layout.offsets[index], layout.counts[index], layout.line_bytes
        if layout.compression == NONE:
            if line * last > count:
                raise ElevationError.of(TRUNCATED)
            data = self._packed(offset + line * first, line * (last - first))
        elif self._is_large:
            data = self._from_disk(index, line * first, line * (last - first))
        else:
            data = unpacked(self._packed(offset, count), layout.compression, line * last)[line * first :]
        if layout.bits == 1:
            packed = np.frombuffer(data, dtype=np.uint8).reshape(last - first, line)
            return np.unpackbits(packed, axis=1)[:, : layout.across, None]
        return without_predictor(data, layout.predictor, layout.number, layout.across, layout.bands)
