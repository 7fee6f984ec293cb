# SPDX-License-Identifier: GPL-3.0-or-later
"""LZW as in TIFF 6.0, section 13, decoded with numpy: many codes at a time instead of one after the other.

Between two clear codes, the widths of all codes are known in advance, and so is what each code stands for: literal
codes for themselves, and code 258 + i for the string of code number i with the first byte of the next one. So the codes
form trees, whose depths are the lengths of the strings, and each byte is a copy of an earlier one: both follow for all
codes at once, by doubling the length of steps toward the roots.
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
_PLACES = [((_STARTS + bit) >> 3, 32 - ((_STARTS + bit) & 7) - _WIDTHS) for bit in range(8)]
"""Byte of each code, and the bits behind it in 32 bits from there, if the first one begins at this bit of a byte."""
_WINDOW_BYTES, _MOST_BYTES = 1_000_000, int(_ENDS[-1]) // 8 + 2
"""Packed bytes that are looked at together, and most bytes between two clear codes."""
_TOGETHER = 20_000
"""Codes that are decoded together: many enough to hide the cost of calls, few enough for the cache of the processor."""


def unpack_lzw(data: bytes, size: int) -> Iterator[bytes]:
    """Yield decompressed data in parts until ``size`` bytes or the end; raise ElevationError if the data is damaged."""
    waiting: list[Indices] = []
    expected = 0
    for codes in _runs(data, size):
        waiting.append(codes)
        expected += len(codes)
        if expected >= min(_TOGETHER, size):
            part = _strings(waiting)
            yield part
            size -= len(part)
            waiting, expected = [], 0
        if size <= 0:
            return
    if waiting:
        yield _strings(waiting)


def _runs(data: bytes, size: int) -> Iterator[Indices]:
    """Yield the codes between two clear codes, until the end of the data or ``size`` codes without another one."""
    position, bits = 0, 8 * len(data)
    begin, words = 0, _words(data, 0)
    while True:
        if position // 8 - begin > _WINDOW_BYTES:
            begin = position // 8
            words = _words(data, begin)
        number = int(np.searchsorted(_ENDS, bits - position, side="right"))
        # Each code stands for a byte or more, but for the one that may clear.
        codes = _codes(words, position - 8 * begin, min(number, size + 1))
        stops = np.flatnonzero(codes >> 1 == _CLEAR >> 1)  # clear or end
        number = int(stops[0]) if len(stops) else len(codes)
        if number:
            yield codes[:number]
        if not len(stops) or codes[number] == _END:
            return
        position += int(_ENDS[number])


def _words(data: bytes, begin: int) -> NDArray[np.uint32]:
    """Return the 32 bits from each byte of a window of the data on; the window begins at the byte ``begin``."""
    window = data[begin : begin + _WINDOW_BYTES + _MOST_BYTES] + bytes(4)
    return np.ndarray(len(window) - 3, dtype=">u4", buffer=window, strides=(1,))


def _codes(words: NDArray[np.uint32], position: int, number: int) -> Indices:
    """Return the codes that follow a clear code, from the bit ``position`` of a window of ``words`` on."""
    at, shift = _PLACES[position % 8]
    wide = words[at[:number] + position // 8].astype(np.intp)
    codes: Indices = (wide >> shift[:number]) & _MASKS[:number]
    return codes


def _strings(runs: list[Indices]) -> bytes:
    """Return the bytes that the codes (N,) of some runs stand for."""
    codes = np.concatenate(runs)
    lengths = [len(run) for run in runs]
    begin = np.repeat(np.cumsum(lengths) - lengths, lengths)
    own = np.arange(len(codes))
    parent = codes - _FIRST + begin
    deeper = np.flatnonzero(codes >= _FIRST)
    inner = parent[deeper]
    if (inner >= deeper).any():
        raise ElevationError.of(_DAMAGED)
    parent = own.copy()
    parent[deeper] = inner
    root, depth = _roots(parent, deeper)
    first = codes.astype(np.uint8)[root]
    last = first.copy()
    last[deeper] = first[np.minimum(inner + 1, len(codes) - 1)]
    place = np.cumsum(depth + 1) - 1
    result = np.empty(place[-1] + 1, dtype=np.uint8)
    result[place] = last
    node, at, left = inner, place[deeper] - 1, depth[deeper]
    while len(node):
        result[at] = last[node]
        more = np.flatnonzero(left > 1)
        node, at, left = parent[node[more]], at[more] - 1, left[more] - 1
    return result.tobytes()


def _roots(parent: Indices, deeper: Indices) -> tuple[Indices, Indices]:
    """Return the root of each node and the number of steps to it; roots are their own parents, ``deeper`` are not."""
    depth = np.zeros(len(parent), dtype=np.intp)
    depth[deeper] = 1
    root = parent.copy()
    while len(deeper):
        above = root[deeper]
        further = np.flatnonzero(depth[above])
        deeper, above = deeper[further], above[further]
        steps, target = depth[above], root[above]
        depth[deeper] += steps
        root[deeper] = target
    return root, depth
