# SPDX-License-Identifier: GPL-3.0-or-later
"""Compression and predictors of TIFF files (TIFF 6.0, and Adobe's technical notes on Deflate and predictors)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....domain.errors import ElevationError, UnsupportedElevationError
from .lzw import unpack_lzw
from .source import TRUNCATED

NONE, LZW, PACKBITS = 1, 5, 32773
_DEFLATE = (8, 32946)
_NAMES = {
    2: "CCITT",
    3: "CCITT",
    4: "CCITT",
    6: "JPEG",
    7: "JPEG",
    34887: "LERC",
    34925: "LZMA",
    34661: "JBIG",
    34712: "JPEG 2000",
    50000: "ZSTD",
    50001: "WebP",
    50002: "JPEG XL",
}
_PART_BYTES = 8_000_000
"""Bytes that are decompressed at a time."""
_HORIZONTAL, _FLOATING_POINT = 2, 3


def refuse_codec(compression: int, predictor: int) -> None:
    """Raise UnsupportedElevationError if data with this compression or predictor cannot be read."""
    if compression not in (NONE, LZW, PACKBITS, *_DEFLATE):
        name = _NAMES.get(compression, f"of kind {compression}")
        raise UnsupportedElevationError(
            "its compression ({name}) is not supported: only Deflate, LZW and PackBits are", name=name
        )
    if predictor not in (1, _HORIZONTAL, _FLOATING_POINT):
        raise UnsupportedElevationError("its predictor {number} is not supported", number=predictor)


def unpacked(data: bytes, compression: int, size: int) -> bytes:
    """Return the first ``size`` bytes of a decompressed strip or tile; raise ElevationError if there are fewer."""
    result = b"".join(unpacked_parts(data, compression, size))[:size]
    if len(result) < size:
        raise ElevationError.of(TRUNCATED)
    return result


def unpacked_parts(data: bytes, compression: int, size: int) -> Iterator[bytes]:
    """Yield a decompressed strip or tile in parts, until ``size`` bytes or its end."""
    if compression in _DEFLATE:
        return _unpack_deflate(data, size)
    if compression == LZW:
        return unpack_lzw(data, size)
    return iter((_unpack_bits(data, size) if compression == PACKBITS else data[:size],))


def _unpack_deflate(data: bytes, size: int) -> Iterator[bytes]:
    stream = zlib.decompressobj()
    while size > 0 and not stream.eof:
        try:
            part = stream.decompress(data, min(size, _PART_BYTES))
        except zlib.error as error:
            raise ElevationError.of(TRUNCATED) from error
        if not part:
            break
        size -= len(part)
        data = stream.unconsumed_tail
        yield part


def _unpack_bits(data: bytes, size: int) -> bytes:
    """Return PackBits data decompressed: runs of one byte, and bytes as they are (TIFF 6.0, section 9)."""
    result, at = bytearray(), 0
    while at < len(data) and len(result) < size:
        count = data[at]
        if count < 128:
            result += data[at + 1 : at + 2 + count]
            at += 2 + count
        elif count == 128:
            at += 1
        else:
            result += data[at + 1 : at + 2] * (257 - count)
            at += 2
    return bytes(result[:size])


def without_predictor(data: bytes, predictor: int, number: np.dtype[Any], columns: int, bands: int = 1) -> NDArray[Any]:
    """Return the values (rows, columns, bands) of decompressed data, of which each band has differences of its own."""
    if predictor == _FLOATING_POINT:
        lines = np.frombuffer(data, dtype=np.uint8).reshape(-1, columns * number.itemsize, bands)
        planes = np.cumsum(lines, axis=1, dtype=np.uint8).reshape(-1, number.itemsize, columns, bands)
        return np.ascontiguousarray(np.moveaxis(planes, 1, 3)).view(number.newbyteorder(">"))[..., 0]
    values = np.frombuffer(data, dtype=number).reshape(-1, columns, bands)
    if predictor == _HORIZONTAL:
        # Differences wrap around, which numpy guarantees for unsigned integers.
        whole = np.dtype(f"u{number.itemsize}")
        native = values.astype(number.newbyteorder("="))
        values = np.cumsum(native.view(whole), axis=1, dtype=whole).view(native.dtype)
    return values
