# SPDX-License-Identifier: GPL-3.0-or-later
"""LZW as in TIFF 6.0, section 13, decoded with numpy: many codes at a time instead of one after the other.

Between two clear codes, the widths of all codes are known in advance, and so is what each code stands for: literal
codes for themselves, and code 258 + i for the string of code number i with the first byte of the next one. So the codes
form trees, and the strings follow from walking all codes toward their roots at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ....domain.array_types import Indices
from ....domain.errors import ElevationError
from ....domain.messages import Message

_CLEAR, _END, _FIRST = 256, 257, 258
_DAMAGED = Message("its LZW data is damaged")
_TABLE = 4096
_KNOWN = _FIRST + np.maximum(np.arange(_TABLE) - 1, 0)
"""Strings that are known before the code number i after a clear code."""
_WIDTHS = np.select([_KNOWN + 1 < 512, _KNOWN + 1 < 1024, _KNOWN + 1 < 2048], [9, 10, 11], 12)
"""Bits of each code: encoders change the width one code early."""
_ENDS = np.cumsum(_WIDTHS)
_STARTS = _ENDS - _WIDTHS
_MASKS = (1 << _WIDTHS) - 1


def unpack_lzw(data: bytes, size: int) -> Iterator[bytes]:
    """Yield decompressed data in parts until ``size`` bytes or the end; raise ElevationError if the data is damaged."""
    position, unpacked, bits = 0, 0, 8 * len(data)
    while unpacked < size:
        number = int(np.searchsorted(_ENDS, bits - position, side="right"))
        # Each code stands for a byte or more, but for the one that may clear.
        codes = _codes(data, position, min(number, size - unpacked + 1))
        stops = np.flatnonzero((codes == _CLEAR) | (codes == _END))
        number = int(stops[0]) if len(stops) else len(codes)
        if number:
            string = _strings(codes[:number])
            unpacked += len(string)
            yield string.tobytes()
        if not len(stops) or codes[number] == _END:
            break
        position += int(_ENDS[number])


def _codes(data: bytes, position: int, number: int) -> Indices:
    """Return the codes that follow a clear code, from the bit ``position`` on."""
    if number == 0:
        return np.empty(0, dtype=np.intp)
    start = position % 8 + _STARTS[:number]
    end = (position + int(_ENDS[number - 1])) // 8 + 1
    raw = np.frombuffer(data[position // 8 : end] + b"\0\0\0", dtype=np.uint8).astype(np.uint32)
    words = (raw[:-2] << 16) | (raw[1:-1] << 8) | raw[2:]
    shift = (24 - (start & 7) - _WIDTHS[:number]).astype(np.uint32)
    codes: Indices = (words[start >> 3] >> shift).astype(np.intp) & _MASKS[:number]
    return codes


def _strings(codes: Indices) -> NDArray[np.uint8]:
    """Return the bytes that ``codes`` (N,) stand for, which follow a clear code."""
    own = np.arange(len(codes))
    literal = codes < _CLEAR
    parent = np.where(literal, own, codes - _FIRST)
    if (parent >= own)[~literal].any():
        raise ElevationError.of(_DAMAGED)
    root, depth = _roots(parent, ~literal)
    first = codes[root].astype(np.uint8)
    last = np.where(literal, first, first[np.minimum(parent + 1, len(codes) - 1)])
    ends = np.cumsum(depth + 1)
    result = np.empty(ends[-1], dtype=np.uint8)
    place = ends - 1
    result[place] = last
    at = np.flatnonzero(depth)
    node, place, left = parent[at], place[at] - 1, depth[at]
    while len(node):
        result[place] = last[node]
        inner = left > 1
        node, place, left = parent[node[inner]], place[inner] - 1, left[inner] - 1
    return result


def _roots(parent: Indices, deeper: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Return the root of each node and the number of steps to it; roots are their own parents."""
    root, depth = parent, deeper.astype(np.intp)
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return root, depth
        depth = depth + depth[root]
        root = above
