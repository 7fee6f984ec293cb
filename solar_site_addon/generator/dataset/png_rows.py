# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of PNG files without numpy: for category masks as Solar Site writes them, and for masks of panoptic formats.

The launcher writes formats in Pythons that have neither bpy nor numpy. See the PNG specification (ISO/IEC 15948).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..domain.errors import SolarSiteError
from ..domain.json_file import RECORD_BYTES, read_bytes

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NONE, _UP = 0, 2
_LEVEL = 4


def read_rows(path: Path) -> Iterator[bytes]:
    """Yield the rows of an 8-bit grayscale or palette PNG with the filters None and Up; raise SolarSiteError otherwise.

    Bytes are added eight bits apart in one long integer, so that no carry reaches the next byte.
    """
    width, data = _pixel_data(path)
    low_bits, high_bits = (int.from_bytes(bytes([bits]) * width, "big") for bits in (0x7F, 0x80))
    above = 0
    for start in range(0, len(data), width + 1):
        kind, row = data[start], int.from_bytes(data[start + 1 : start + 1 + width], "big")
        if kind == _UP:
            row = ((row & low_bits) + (above & low_bits)) ^ ((row ^ above) & high_bits)
        elif kind != _NONE:
            raise _unusable(path)
        yield row.to_bytes(width, "big")
        above = row


def write_rgb(path: Path, width: int, height: int, rows: Iterable[bytes]) -> None:
    """Write an RGB PNG from rows of 3 ``width`` bytes."""
    packer = zlib.compressobj(_LEVEL)
    parts = [packer.compress(bytes([_NONE]) + row) for row in rows]
    data = b"".join([*parts, packer.flush()])
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b""))


def _pixel_data(path: Path) -> tuple[int, bytes]:
    """Return the width of an 8-bit image with one channel, and its filtered rows."""
    place, packed, width, height = len(_SIGNATURE), [], 0, 0
    try:
        content = read_bytes(path, RECORD_BYTES)
        while place < len(content):
            length, kind = struct.unpack_from(">I4s", content, place)
            data = content[place + 8 : place + 8 + length]
            if kind == b"IHDR":
                width, height, depth, color, _, _, interlaced = struct.unpack(">2I5B", data)
                if (depth, interlaced) != (8, 0) or color not in (0, 3):
                    raise _unusable(path)
            elif kind == b"IDAT":
                packed.append(data)
            place += 12 + length
        size = (width + 1) * height
        data = zlib.decompressobj().decompress(b"".join(packed), min(size, RECORD_BYTES) + 1)
    except (OSError, ValueError, struct.error, zlib.error) as error:
        raise _unusable(path) from error
    if not size or len(data) != size:
        raise _unusable(path)
    return width, data


def _unusable(path: Path) -> SolarSiteError:
    return SolarSiteError("{file} is not a mask as Solar Site writes it: restore it, or remove its folder.", file=path)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
