# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO's compressed run-length masks, for all ids of an image at once.

A mask is a list of run lengths in column-major order, zeros first, written as text: the encoding of
``rleEncode`` and ``rleToString`` in maskApi.c of the COCO API (github.com/cocodataset/cocoapi).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Longs

_BITS = 5
_MAX_CHARACTERS = 7
"""Enough for numbers of 35 bits; the largest image has 2^28 pixels."""


@dataclass(frozen=True)
class Runs:
    """R runs of equal ids other than 0, in column-major order: down the columns, column after column."""

    ids: Longs
    """(R,) the id of the run's pixels."""
    start: Longs
    """(R,) first pixel, as x * height + y."""
    length: Longs
    """(R,) number of pixels; a run may go on from the foot of a column to the head of the next."""
    shape: tuple[int, int]
    """Height and width of the image."""


def column_runs(instances: NDArray[np.integer[Any]]) -> Runs:
    """The runs of an id image (H, W)."""
    height, width = instances.shape
    pixels = np.ascontiguousarray(instances.T).ravel()
    changes = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    start = np.concatenate([np.zeros(min(1, pixels.size), dtype=np.int64), changes])
    length = np.diff(start, append=pixels.size)
    ids = pixels[start].astype(np.int64)
    kept = ids != 0
    return Runs(ids[kept], start[kept], length[kept], (height, width))


def encode_masks(runs: Runs, num_ids: int) -> list[str]:
    """The COCO counts of the masks of the ids 1 to ``num_ids``; the size of each is ``runs.shape``."""
    order = np.argsort(runs.ids, kind="stable")
    ids, start, length = runs.ids[order], runs.start[order], runs.length[order]
    counts, first = _run_lengths(ids, start, length, num_ids, total=runs.shape[0] * runs.shape[1])
    place = np.arange(len(counts)) - np.repeat(first[:-1], np.diff(first))
    differences = counts.copy()  # from the fourth on, a count is written as its difference from the last but one
    later = np.flatnonzero(place > 2)
    differences[later] -= counts[later - 2]
    return _texts(differences, first)


def _run_lengths(ids: Longs, start: Longs, length: Longs, num_ids: int, total: int) -> tuple[Longs, Longs]:
    """Lengths of the runs of zeros and ones of all masks in turn, and where each mask's begin (num_ids + 1).

    A mask of k runs of ones has 2 k lengths, and one more where zeros follow its last run.
    """
    end = start + length
    before = np.zeros_like(start)
    follows = np.flatnonzero(ids[1:] == ids[:-1]) + 1
    before[follows] = end[follows - 1]
    number = np.bincount(ids, minlength=num_ids + 1)[1:]
    last_end = np.zeros(num_ids + 1, dtype=np.int64)
    last_end[ids] = end  # the runs are in order: the last one stays
    tail = total - last_end[1:]
    first = np.concatenate([[0], np.cumsum(2 * number + (tail > 0))]).astype(np.int64)
    counts = np.empty(first[-1], dtype=np.int64)
    place = np.arange(len(ids)) - np.concatenate([[0], np.cumsum(number)])[ids - 1]
    counts[first[ids - 1] + 2 * place] = start - before
    counts[first[ids - 1] + 2 * place + 1] = length
    counts[first[1:][tail > 0] - 1] = tail[tail > 0]
    return counts, first


def _texts(numbers: Longs, first: Longs) -> list[str]:
    """The numbers as text, cut into the masks that begin at ``first``.

    A number is written in groups of 5 bits, lowest first; bit 5 says that more follow; 48 is added.
    The highest bit of the last group is the sign.
    """
    groups = numbers[:, None] >> (_BITS * np.arange(_MAX_CHARACTERS))
    rest = numbers[:, None] >> (_BITS * np.arange(1, _MAX_CHARACTERS + 1))
    done = rest == np.where(groups & 0x10, -1, 0)
    used = np.cumsum(done, axis=1) - done == 0  # up to and with the first group behind which nothing is left
    characters = ((groups & 0x1F) | np.where(done, 0, 0x20)) + 48
    text = characters[used].astype(np.uint8).tobytes().decode("ascii")
    ends = np.concatenate([[0], np.cumsum(used.sum(axis=1))])[first]
    return [text[begin:end] for begin, end in itertools.pairwise(ends.tolist())]
