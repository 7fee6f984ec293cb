# SPDX-License-Identifier: GPL-3.0-or-later
"""Reader for elevation models in GeoTIFF files: one band, strips or tiles, uncompressed, Deflate or LZW.

It follows the TIFF 6.0 specification, Adobe's technical notes on predictors and Deflate, and OGC GeoTIFF 1.1.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...domain.array_types import Floats
from ...domain.errors import UnusableError

_FORMATS = {1: "B", 2: "c", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d"}
_KINDS = {1: "u", 2: "i", 3: "f"}
_PLAIN, _LZW, _DEFLATE = 1, 5, (8, 32946)
_FLOATING_POINT_PREDICTOR = 3
_GEOGRAPHIC = 2
_MODEL_TYPE_KEY, _LINEAR_UNITS_KEY = 1024, 3076
_UNITS_M = {9001: 1.0, 9002: 0.3048, 9003: 1200 / 3937}
"""Length of the EPSG units meter, foot and US survey foot."""
_MAX_PIXELS = 100_000_000
"""Most pixels that are read."""


@dataclass(frozen=True)
class Raster:
    """Heights (R, C) in m, first row in the north and NaN where unknown, and the side lengths of a cell in m."""

    heights: Floats
    cell_x_m: float
    cell_y_m: float


def read_geotiff(data: bytes) -> Raster:
    """Return the heights in a GeoTIFF file; raise a ValueError that explains what is wrong or unsupported."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or struct.unpack(order + "H", data[2:4])[0] != 42:
        raise UnusableError("it is not a TIFF file, or it is a BigTIFF file, which is not supported")
    tags = _tags(data, order)
    for tag, what in ((256, "ImageWidth"), (257, "ImageLength"), (33550, "ModelPixelScale")):
        if tag not in tags:
            raise UnusableError("its tag {tag} is missing", tag=what)
    if tags.get(277, [1])[0] != 1:
        raise UnusableError("it has more than one band")
    heights = _pixels(data, order, tags)
    nodata = _number(tags.get(42113))
    if nodata is not None:
        heights[heights == nodata] = np.nan
    cell_x, cell_y = _cell(tags, len(heights))
    return Raster(heights, cell_x, cell_y)


def metres_per_degree(latitude_deg: float) -> tuple[float, float]:
    """Return the length of a degree of longitude and of latitude on the WGS 84 ellipsoid, m.

    The series is accurate to a few centimeters.
    """
    latitude = math.radians(latitude_deg)
    east = 111412.84 * math.cos(latitude) - 93.5 * math.cos(3 * latitude) + 0.118 * math.cos(5 * latitude)
    north = 111132.92 - 559.82 * math.cos(2 * latitude) + 1.175 * math.cos(4 * latitude)
    return east, north


def _tags(data: bytes, order: str) -> dict[int, Any]:
    """Return the values of all tags of the first image: tuples of numbers, or bytes for text."""
    (start,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, start)
    tags: dict[int, Any] = {}
    for entry in range(count):
        at = start + 2 + 12 * entry
        tag, kind, number = struct.unpack_from(order + "HHI", data, at)
        if kind not in _FORMATS:
            continue
        code = f"{order}{number}{_FORMATS[kind]}" if len(_FORMATS[kind]) == 1 else order + _FORMATS[kind] * number
        size = struct.calcsize(code)
        place = at + 8 if size <= 4 else struct.unpack_from(order + "I", data, at + 8)[0]
        values = struct.unpack_from(code, data, place)
        tags[tag] = b"".join(values) if kind == 2 else values
    return tags


def _pixels(data: bytes, order: str, tags: dict[int, Any]) -> Floats:
    """Return the values (R, C) of the band."""
    width, height = int(tags[256][0]), int(tags[257][0])
    kind, bits = _KINDS.get(tags.get(339, [1])[0]), int(tags.get(258, [1])[0])
    if kind is None or bits not in (8, 16, 32, 64) or (kind == "f" and bits < 32):
        raise UnusableError("its data type is not supported")
    if not 0 < width * height <= _MAX_PIXELS:
        raise UnusableError("its size of {width} x {height} pixels is not supported", width=width, height=height)
    number = np.dtype(f"{order}{kind}{bits // 8}")
    if 322 in tags:
        across, down, offsets, counts = tags[322][0], tags[323][0], tags[324], tags[325]
    else:
        across, down = width, min(int(tags.get(278, [height])[0]), height)
        offsets, counts = tags[273], tags[279]
    columns, rows = -(-width // across), -(-height // down)
    result = np.full((rows * down, columns * across), np.nan)
    for index, (offset, count) in enumerate(zip(offsets, counts, strict=True)):
        row, column = divmod(index, columns)
        if offset + count > len(data):
            raise UnusableError("the file is damaged or truncated")
        lines = down if 322 in tags else min(down, height - row * down)
        block = _block(data[offset : offset + count], tags, number, lines, across)
        result[row * down : row * down + lines, column * across : (column + 1) * across] = block
    return result[:height, :width]


def _block(data: bytes, tags: dict[int, Any], number: np.dtype[Any], rows: int, columns: int) -> NDArray[Any]:
    """Return the values (rows, columns) of one strip or tile."""
    compression, predictor = tags.get(259, [_PLAIN])[0], tags.get(317, [1])[0]
    if compression == _LZW:
        data = _unpacked_lzw(data)
    elif compression in _DEFLATE:
        data = zlib.decompress(data)
    elif compression != _PLAIN:
        raise UnusableError(
            "its compression {number} is not supported: save it uncompressed, or with Deflate or LZW",
            number=compression,
        )
    size = rows * columns * number.itemsize
    if len(data) < size:
        raise UnusableError("the file is damaged or truncated")
    if predictor == _FLOATING_POINT_PREDICTOR:
        lines = np.frombuffer(data[:size], dtype=np.uint8).reshape(rows, -1)
        planes = np.cumsum(lines, axis=1, dtype=np.uint8).reshape(rows, number.itemsize, columns)
        return np.ascontiguousarray(planes.swapaxes(1, 2)).view(number.newbyteorder(">"))[..., 0]
    block = np.frombuffer(data[:size], dtype=number).reshape(rows, columns)
    if predictor == 2:
        # Differences wrap around, which numpy guarantees for unsigned integers.
        whole = np.dtype(f"u{number.itemsize}")
        native = block.astype(number.newbyteorder("="))
        block = np.cumsum(native.view(whole), axis=1, dtype=whole).view(native.dtype)
    return block


def _unpacked_lzw(data: bytes) -> bytes:
    """Return the data decompressed as in TIFF 6.0, section 13: codes of 9 to 12 bits, most significant bit first."""
    table: list[bytes] = []
    output: list[bytes] = []
    previous = b""
    width, buffer, held, position = 9, 0, 0, 0
    while True:
        while held < width:
            if position == len(data):
                return b"".join(output)
            buffer = (buffer << 8 | data[position]) & 0xFFFFFF
            held, position = held + 8, position + 1
        held -= width
        code = buffer >> held & ((1 << width) - 1)
        if code == 257:
            return b"".join(output)
        if code == 256:
            table = [bytes([value]) for value in range(256)] + [b"", b""]
            width, previous = 9, b""
            continue
        if code > len(table) or (code == len(table) and not previous):
            raise UnusableError("its LZW data is damaged")
        entry = table[code] if code < len(table) else previous + previous[:1]
        output.append(entry)
        if previous:
            table.append(previous + entry[:1])
        previous = entry
        # TIFF encoders change the width one code early.
        width = min(max((len(table) + 1).bit_length(), 9), 12)


def _number(text: bytes | None) -> float | None:
    try:
        return None if text is None else float(text.decode("ascii").strip("\0 "))
    except ValueError:
        return None


def _cell(tags: dict[int, Any], rows: int) -> tuple[float, float]:
    """Return the side lengths of a pixel, m."""
    keys = tags.get(34735, ())
    entries = {keys[at]: keys[at + 3] for at in range(4, len(keys) - 3, 4) if keys[at + 1] == 0}
    scale_x, scale_y = abs(tags[33550][0]), abs(tags[33550][1])
    if entries.get(_MODEL_TYPE_KEY) == _GEOGRAPHIC:
        tie = tags.get(33922, (0.0,) * 6)
        east, north = metres_per_degree(tie[4] + (tie[1] - rows / 2) * scale_y)
        return scale_x * east, scale_y * north
    unit = _UNITS_M.get(entries.get(_LINEAR_UNITS_KEY, 9001), 1.0)
    return scale_x * unit, scale_y * unit
