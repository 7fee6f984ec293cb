# SPDX-License-Identifier: GPL-3.0-or-later
"""Decoding of COCO's compressed run-length masks, which a file holds, and the check that they are such masks.

Standard library only: the launcher writes datasets in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..domain.errors import UnusableError

Run = tuple[int, int]

_NUMBER = re.compile("[P-o]{0,6}[0-O]")
"""A number: groups of 5 bits, lowest first, each in a character; all but the last have bit 5 set, and 48 is added."""
_GROUP, _SIGN, _FIRST = 0x1F, 0x10, 48


def decode_counts(text: str) -> list[int]:
    """Return the run lengths of a compressed COCO mask: the inverse of ``rle.encode_masks``.

    Raise UnusableError if the text is not a compressed mask.
    """
    words = _NUMBER.findall(text)
    if sum(map(len, words)) != len(text):
        raise UnusableError("its counts are not those of a compressed mask")
    counts = list(map(_number, words))
    # From the fourth on, they are differences from the count two before.
    counts[1::2] = itertools.accumulate(counts[1::2])
    counts[2::2] = itertools.accumulate(counts[2::2])
    return counts


def pixel_runs(mask: Mapping[str, Any]) -> Iterator[Run]:
    """Yield the runs of a COCO mask in column-major order: first pixel, and last + 1."""
    ends = list(itertools.accumulate(decode_counts(mask["counts"])))
    yield from zip(ends[::2], ends[1::2], strict=False)


def check_mask(mask: Any, width: int, height: int) -> None:
    """Raise UnusableError if ``mask`` is not a compressed mask of an image of this size."""
    if not isinstance(mask, dict) or not isinstance(mask.get("counts"), str):
        raise UnusableError("it is not a size with compressed counts")
    size = mask.get("size")
    if size != [height, width] or not all(isinstance(side, int) for side in size):
        raise UnusableError("its size is not {height}, {width}", height=height, width=width)
    counts = decode_counts(mask["counts"])
    if min(counts, default=0) < 0:
        raise UnusableError("one of its runs is negative")
    if sum(counts) != width * height:
        raise UnusableError(
            "its runs have {number} pixels, not {expected}", number=sum(counts), expected=width * height
        )


@functools.lru_cache(maxsize=1 << 16)
def _number(word: str) -> int:
    """Return the number that a word of ``_NUMBER`` encodes; the highest bit of its last group is the sign."""
    groups = [(character - _FIRST) & _GROUP for character in word.encode("ascii")]
    value = sum(group << 5 * place for place, group in enumerate(groups))
    return value - ((groups[-1] & _SIGN) << (5 * len(groups) - 4))
