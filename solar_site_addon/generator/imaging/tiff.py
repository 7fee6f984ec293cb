# SPDX-License-Identifier: GPL-3.0-or-later
"""TIFF files of float32 numbers, for quantities that do not fit 8-bit images (temperatures, radiances).

They follow TIFF 6.0 (Adobe, 1992) with sample format 3 (IEEE floating point) and Adobe's Deflate compression (TIFF
Technical Note 2, 2002): little-endian, one channel, strips of several rows. The same numbers always give the same
bytes.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from ..domain.array_types import Singles

_SHORT, _LONG = 3, 4
_DEFLATE = 8
_BLACK_IS_ZERO = 1
_IEEE_FLOAT = 3
_LEVEL = 4
_STRIP_BYTES = 1 << 18

Tag = tuple[int, int, tuple[int, ...]]
"""Number, type and values of an entry in the image file directory."""


def float_tiff(values: Singles) -> bytes:
    """Return the bytes of a TIFF file with one float32 channel (H, W) and lossless compression."""
    height, width = values.shape
    rows = max(1, _STRIP_BYTES // (4 * width))
    data = np.ascontiguousarray(values, dtype="<f4")
    strips = [zlib.compress(data[top : top + rows].tobytes(), _LEVEL) for top in range(0, height, rows)]
    lengths = tuple(len(strip) for strip in strips)
    offsets = tuple(8 + sum(lengths[:number]) for number in range(len(strips)))
    tags: list[Tag] = [
        (256, _LONG, (width,)),
        (257, _LONG, (height,)),
        (258, _SHORT, (32,)),  # bits per sample
        (259, _SHORT, (_DEFLATE,)),
        (262, _SHORT, (_BLACK_IS_ZERO,)),
        (273, _LONG, offsets),
        (277, _SHORT, (1,)),  # samples per pixel
        (278, _LONG, (rows,)),
        (279, _LONG, lengths),
        (339, _SHORT, (_IEEE_FLOAT,)),
    ]
    padding = b"\0" * (sum(lengths) % 2)  # a directory must begin at an even offset
    directory_at = 8 + sum(lengths) + len(padding)
    return b"".join([struct.pack("<2sHI", b"II", 42, directory_at), *strips, padding, _directory(tags, directory_at)])


def _directory(tags: list[Tag], begin: int) -> bytes:
    """Return the image file directory at the offset ``begin``, followed by values too long for their entries."""
    behind, at = b"", begin + 2 + 12 * len(tags) + 4
    entries = struct.pack("<H", len(tags))
    for number, kind, values in tags:
        packed = struct.pack(f"<{len(values)}{'H' if kind == _SHORT else 'I'}", *values)
        if len(packed) > 4:
            entries += struct.pack("<HHII", number, kind, len(values), at + len(behind))
            behind += packed
        else:
            entries += struct.pack("<HHI", number, kind, len(values)) + packed.ljust(4, b"\0")
    return entries + struct.pack("<I", 0) + behind
