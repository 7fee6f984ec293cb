# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO's compressed run-length masks, encoded for all ids of an image at once.

A mask is a list of run lengths in column-major order, beginning with zeros, encoded as text like ``rleEncode`` and
``rleToString`` in maskApi.c of the COCO API (github.com/cocodataset/cocoapi).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Longs, Mask
from .run_lengths import decode_counts

_BITS = 5
"""Bits of a number in one character."""
_MAX_CHARACTERS = 7
"""Sufficient for numbers of 35 bits; the largest image has 2^28 pixels."""


@dataclass(frozen=True)
class Runs:
    """R runs of equal nonzero ids in column-major order."""

    ids: Longs
    """(R,) id of the run's pixels."""
    start: Longs
    """(R,) first pixel, as x * height + y."""
    length: Longs
    """(R,) number of pixels; a run may continue from the bottom of a column at the top of the next."""
    shape: tuple[int, int]
    """Height and width of the image."""


def column_runs(instances: NDArray[np.integer[Any]]) -> Runs:
    """Return the runs of an id image (H, W)."""
    height, width = instances.shape
    pixels = np.ascontiguousarray(instances.T).ravel()
    changes = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    start = np.concatenate([np.zeros(min(1, pixels.size), dtype=np.int64), changes])
    length = np.diff(start, append=pixels.size)
    ids = pixels[start].astype(np.int64)
    kept = ids != 0
    return Runs(ids[kept], start[kept], length[kept], (height, width))


def runs_of_pixels(number: int, pixels: Longs, shape: tuple[int, int]) -> Runs:
    """Return the runs of the id ``number`` on ``pixels`` (P,), ascending in column-major order."""
    first = np.flatnonzero(np.diff(pixels, prepend=-2) != 1)
    length = np.diff(first, append=len(pixels))
    return Runs(np.full(len(first), number, dtype=np.int64), pixels[first], length, shape)


def together(parts: Sequence[Runs]) -> Runs:
    """Return the runs of all parts, which belong to one image and have different ids."""
    ids, start, length = (
        np.concatenate(columns) for columns in zip(*((p.ids, p.start, p.length) for p in parts), strict=True)
    )
    return Runs(ids, start, length, parts[0].shape)


def merged(runs: Runs) -> Runs:
    """Return the runs, ascending for each id, with those joined that follow each other without a gap."""
    if len(runs.ids) == 0:
        return runs
    order = np.lexsort((runs.start, runs.ids))
    ids, start, end = runs.ids[order], runs.start[order], (runs.start + runs.length)[order]
    begins = np.flatnonzero(np.append(True, (ids[1:] != ids[:-1]) | (start[1:] != end[:-1])))
    last = np.append(begins[1:], len(ids)) - 1
    return Runs(ids[begins], start[begins], end[last] - start[begins], runs.shape)


def encode_masks(runs: Runs, num_ids: int) -> list[str]:
    """Return the COCO counts of the masks of the ids 1 to ``num_ids``; the size of each mask is ``runs.shape``."""
    order = np.argsort(runs.ids, kind="stable")
    ids, start, length = runs.ids[order], runs.start[order], runs.length[order]
    counts, first = _run_lengths(ids, start, length, num_ids, total=runs.shape[0] * runs.shape[1])
    place = np.arange(len(counts)) - np.repeat(first[:-1], np.diff(first))
    differences = counts.copy()  # the fourth and later counts are encoded as differences from the count two before
    later = np.flatnonzero(place > 2)
    differences[later] -= counts[later - 2]
    return _texts(differences, first)


def decode_mask(mask: Mapping[str, Any]) -> Mask:
    """Return the pixels (H, W) of a mask as sample.json and COCO's files hold it."""
    height, width = mask["size"]
    counts = decode_counts(mask["counts"])
    pixels = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    decoded: Mask = pixels.reshape(width, height).T
    return decoded


def _run_lengths(ids: Longs, start: Longs, length: Longs, num_ids: int, total: int) -> tuple[Longs, Longs]:
    """Return the lengths of the runs of zeros and ones of all masks, and the start (num_ids + 1,) of each mask's.

    A mask with k runs of ones has 2 k lengths, and one more if zeros follow its last run.
    """
    end = start + length
    before = np.zeros_like(start)
    follows = np.flatnonzero(ids[1:] == ids[:-1]) + 1
    before[follows] = end[follows - 1]
    number = np.bincount(ids, minlength=num_ids + 1)[1:]
    last_end = np.zeros(num_ids + 1, dtype=np.int64)
    last_end[ids] = end  # the runs are ascending, so the last one remains
    tail = total - last_end[1:]
    first = np.concatenate([[0], np.cumsum(2 * number + (tail > 0))]).astype(np.int64)
    counts = np.empty(first[-1], dtype=np.int64)
    place = np.arange(len(ids)) - np.concatenate([[0], np.cumsum(number)])[ids - 1]
    counts[first[ids - 1] + 2 * place] = start - before
    counts[first[ids - 1] + 2 * place + 1] = length
    counts[first[1:][tail > 0] - 1] = tail[tail > 0]
    return counts, first


def _texts(numbers: Longs, first: Longs) -> list[str]:
    """Return the numbers as text, split into the masks that begin at ``first``.

    A number is encoded in groups of 5 bits, lowest first. Bit 5 is set if more groups follow, and 48 is added. The
    highest bit of the last group is the sign.
    """
    groups = numbers[:, None] >> (_BITS * np.arange(_MAX_CHARACTERS))
    rest = numbers[:, None] >> (_BITS * np.arange(1, _MAX_CHARACTERS + 1))
    done = rest == np.where(groups & 0x10, -1, 0)
    used = np.cumsum(done, axis=1) - done == 0  # up to and including the first group after which nothing remains
    characters = ((groups & 0x1F) | np.where(done, 0, 0x20)) + 48
    text = characters[used].astype(np.uint8).tobytes().decode("ascii")
    ends = np.concatenate([[0], np.cumsum(used.sum(axis=1))])[first]
    return [text[begin:end] for begin, end in itertools.pairwise(ends.tolist())]
