# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenEXR files: reads what Blender writes without compression, writes and reads depth.exr and normals.exr.

Blender's Python has no OpenEXR module, so this module implements the format as described in "The OpenEXR File Layout"
(openexr.com, technical documents): a header of attributes, a table of offsets, then blocks of lines.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Singles
from ..domain.errors import RenderError
from ..domain.messages import system_reason

_MAGIC = 20000630
_VERSION = 2
_LONG_NAMES = 0x400
"""The only supported flag of the version field: long names. The others are tiled, deep and multipart."""

_NO_COMPRESSION = 0
_ZIP_COMPRESSION = 3
_LINES_PER_ZIP_BLOCK = 16
_ZIP_LEVEL = 4
"""Measured on 5280 x 3956 depths: level 6 takes twice the time and saves 6 % of the bytes."""

_MOST_PIXELS = 1 << 16
"""Most columns and lines that are read: four times those of the largest camera."""
_LARGEST_RATIO = 1100
"""More than zlib can compress: a file with fewer bytes than its lines divided by this is cut short."""

_HALF, _FLOAT = 1, 2
_NUMPY_TYPES = {_HALF: "<f2", _FLOAT: "<f4"}


class _Header(NamedTuple):
    """The parts of a header that the reader needs."""

    channels: dict[str, str]
    """numpy types of the channels by name, in the order of the file."""
    first_line: int
    width: int
    height: int
    compression: int

    @property
    def line(self) -> list[tuple[str, str, tuple[int]]]:
        """The channels of a line, as numpy describes the fields of a type."""
        return [(name, kind, (self.width,)) for name, kind in self.channels.items()]


def read_exr(path: Path, endings: Iterable[str] = ("",)) -> dict[str, Singles]:
    """Return the channels (H, W) of an OpenEXR file whose names end in one of ``endings``, by default all.

    Raises RenderError if the file is missing, truncated, or not a single-part scan line file without compression, or
    with ZIP compression, and with half or float channels.
    """
    try:
        with path.open("rb") as file:
            header = _read_header(file, path)
            if header.compression == _ZIP_COMPRESSION:
                lines = _zip_lines(file, header, path)
            else:
                lines = _plain_lines(file, header, path)
    except OSError as error:
        raise RenderError("{file} cannot be read ({reason}).", file=path, reason=system_reason(error)) from error
    wanted = [name for name in header.channels if name.endswith(tuple(endings))]
    return {name: np.ascontiguousarray(lines[name], dtype=np.float32) for name in wanted}


def _plain_lines(file: IO[bytes], header: _Header, path: Path) -> NDArray[np.void]:
    """Return the lines (H,) of an uncompressed file, with a field (W,) per channel, as a map of the file."""
    start = file.tell() + 8 * header.height  # after the table of line offsets
    line = np.dtype([("y", "<i4"), ("size", "<i4"), *header.line])
    if file.seek(0, 2) < start + header.height * line.itemsize:
        raise RenderError("{file} is truncated: lines of pixels are missing.", file=path)
    lines = np.memmap(path, dtype=line, mode="r", offset=start, shape=(header.height,))
    _check_lines(lines, header, path)
    return lines


def _zip_lines(file: IO[bytes], header: _Header, path: Path) -> NDArray[np.void]:
    """Return the lines (H,) of a file with ZIP compression, with a field (W,) per channel."""
    line = np.dtype(header.line)
    if header.height * line.itemsize > _LARGEST_RATIO * path.stat().st_size:
        raise RenderError("{file} is truncated.", file=path)
    lines = np.empty(header.height, dtype=line)
    starts = range(0, header.height, _LINES_PER_ZIP_BLOCK)
    file.seek(8 * len(starts), 1)  # the table of block offsets
    for start in starts:
        block = lines[start : start + _LINES_PER_ZIP_BLOCK]
        first_line, size = _unpack(file, "<ii", path)
        if first_line != header.first_line + start:
            raise _damaged(path)
        block[:] = np.frombuffer(_unpacked(_read(file, size, path), block.nbytes, path), dtype=block.dtype)
    return lines


def _unpacked(packed: bytes, size: int, path: Path) -> bytes:
    """Return the ``size`` bytes of the lines of a block: the inverse of ``_zip_block``."""
    if len(packed) == size:
        return packed
    try:
        differences = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).copy()
    except zlib.error as error:
        raise _damaged(path) from error
    if len(differences) != size:
        raise _damaged(path)
    differences[1:] -= 128
    apart = np.cumsum(differences, dtype=np.uint8)
    pairs = np.empty(size, dtype=np.uint8)
    pairs[::2], pairs[1::2] = apart[: (size + 1) // 2], apart[(size + 1) // 2 :]
    return pairs.tobytes()


def float_exr(channels: Mapping[str, Singles]) -> bytes:
    """Return the bytes of an OpenEXR file with float channels (H, W) and lossless ZIP compression (blocks of 16 lines).

    The same channels always give the same bytes: the header holds neither a date nor the name of a program.
    """
    names = sorted(channels)  # the format requires alphabetical order
    lines = np.stack([np.asarray(channels[name], dtype="<f4") for name in names], axis=1)  # (H, C, W)
    header = _header_bytes(names, width=lines.shape[2], height=lines.shape[0])
    starts = range(0, len(lines), _LINES_PER_ZIP_BLOCK)
    blocks = [_zip_block(start, lines[start : start + _LINES_PER_ZIP_BLOCK]) for start in starts]
    sizes = np.array([0, *(len(block) for block in blocks[:-1])], dtype="<u8")
    offsets = len(header) + 8 * len(blocks) + np.cumsum(sizes, dtype="<u8")
    return b"".join([header, offsets.astype("<u8").tobytes(), *blocks])


def half_exr(path: Path, channels: Iterable[str], width: int, height: int) -> NDArray[np.void]:
    """Create an uncompressed OpenEXR file with half channels, each named by a letter, and return its lines (H,).

    Each line has a field (W,) per channel. What is written to them goes to the file, which never lies in memory.
    """
    names = sorted(channels)
    line = np.dtype([("y", "<i4"), ("size", "<i4"), *((name, "<f2", (width,)) for name in names)])
    header = _header_bytes(names, width, height, _HALF, _NO_COMPRESSION)
    start = len(header) + 8 * height
    offsets = start + line.itemsize * np.arange(height, dtype="<u8")
    path.write_bytes(header + offsets.tobytes())
    lines = np.memmap(path, dtype=line, mode="r+", offset=start, shape=(height,))
    lines["y"], lines["size"] = np.arange(height), line.itemsize - 8
    return lines


def _read_header(file: IO[bytes], path: Path) -> _Header:
    magic, version = _unpack(file, "<iI", path)
    if magic != _MAGIC:
        raise RenderError("{file} is not an OpenEXR file.", file=path)
    if version & 0xFF != _VERSION or (version & ~0xFF) & ~_LONG_NAMES:
        raise RenderError(
            "{file} is a tiled, deep or multi-part OpenEXR file: only single-part scan line files are supported.",
            file=path,
        )
    attributes = dict(_attributes(file, path))
    try:
        (compression,) = attributes["compression"]
        (line_order,) = attributes["lineOrder"]
        x_min, y_min, x_max, y_max = struct.unpack("<4i", attributes["dataWindow"])
        channels = _channels(attributes["channels"], path)
    except (KeyError, ValueError, struct.error) as error:
        raise RenderError("The header of {file} is incomplete ({reason}).", file=path, reason=error) from error
    if compression not in (_NO_COMPRESSION, _ZIP_COMPRESSION):
        raise RenderError("{file} is compressed: only ZIP and no compression are supported.", file=path)
    if line_order != 0:
        raise RenderError(
            "The lines of {file} are not in increasing order, which is the only supported one.", file=path
        )
    width, height = x_max - x_min + 1, y_max - y_min + 1
    if not (channels and 1 <= width <= _MOST_PIXELS and 1 <= height <= _MOST_PIXELS):
        raise RenderError(
            "{file} is damaged: it claims {width} x {height} pixels and {count} channels.",
            file=path,
            width=width,
            height=height,
            count=len(channels),
        )
    return _Header(channels, y_min, width, height, compression)


def _unpack(file: IO[bytes], layout: str, path: Path) -> tuple[Any, ...]:
    return struct.unpack(layout, _read(file, struct.calcsize(layout), path))


def _read(file: IO[bytes], size: int, path: Path) -> bytes:
    data = file.read(size) if size >= 0 else b""
    if len(data) != size:
        raise RenderError("{file} is truncated.", file=path)
    return data


def _read_name(file: IO[bytes], path: Path) -> str:
    name = b""
    while not name.endswith(b"\0"):
        name += _read(file, 1, path)
    return name[:-1].decode("utf-8", "replace")


def _attributes(file: IO[bytes], path: Path) -> Iterator[tuple[str, bytes]]:
    while name := _read_name(file, path):
        _read_name(file, path)  # the type, which the name implies
        (size,) = _unpack(file, "<i", path)
        yield name, _read(file, size, path)


def _channels(data: bytes, path: Path) -> dict[str, str]:
    channels = {}
    while data and data[0]:
        name, _, data = data.partition(b"\0")
        pixel_type, _linear, x_sampling, y_sampling = struct.unpack_from("<iB3xii", data)
        if pixel_type not in _NUMPY_TYPES or (x_sampling, y_sampling) != (1, 1):
            raise RenderError(
                "The channel {channel} of {file} holds integers or is subsampled, which is not supported.",
                channel=name.decode(),
                file=path,
            )
        channels[name.decode()] = _NUMPY_TYPES[pixel_type]
        data = data[16:]
    return channels


def _check_lines(lines: NDArray[np.void], header: _Header, path: Path) -> None:
    in_order = np.array_equal(lines["y"], header.first_line + np.arange(header.height))
    if not in_order or np.any(lines["size"] != lines.dtype.itemsize - 8):
        raise _damaged(path)


def _damaged(path: Path) -> RenderError:
    return RenderError("{file} is damaged: its pixel rows are out of order or have the wrong size.", file=path)


def _header_bytes(
    names: list[str], width: int, height: int, kind: int = _FLOAT, compression: int = _ZIP_COMPRESSION
) -> bytes:
    channels = b"".join(name.encode() + b"\0" + struct.pack("<iB3xii", kind, 0, 1, 1) for name in names) + b"\0"
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    attributes = [
        ("channels", "chlist", channels),
        ("compression", "compression", bytes([compression])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
        ("lineOrder", "lineOrder", bytes([0])),
        ("pixelAspectRatio", "float", struct.pack("<f", 1.0)),
        ("screenWindowCenter", "v2f", struct.pack("<2f", 0.0, 0.0)),
        ("screenWindowWidth", "float", struct.pack("<f", 1.0)),
    ]
    packed = [f"{name}\0{kind}\0".encode() + struct.pack("<i", len(value)) + value for name, kind, value in attributes]
    return struct.pack("<iI", _MAGIC, _VERSION) + b"".join(packed) + b"\0"


def _zip_block(first_line: int, lines: Singles) -> bytes:
    """Return one block: the bytes of the lines, split into even and odd ones, differenced and deflated."""
    data = lines.tobytes()
    pairs = np.frombuffer(data, dtype=np.uint8).reshape(-1, 2)
    apart = np.concatenate([pairs[:, 0], pairs[:, 1]])
    differences = apart.copy()
    differences[1:] -= apart[:-1]
    differences[1:] += 128
    packed = zlib.compress(differences.tobytes(), _ZIP_LEVEL)
    if len(packed) >= len(data):  # readers treat a block of full size as uncompressed
        packed = data
    return struct.pack("<ii", first_line, len(packed)) + packed
