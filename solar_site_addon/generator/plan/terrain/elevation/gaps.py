# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps in elevation models, closed smoothly from their borders."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats

_SMOOTHINGS = 8


def without_gaps(heights: Floats) -> Floats:
    """Return heights (R, C) in which unknown ones (NaN) follow from those around; the known ones stay as they are.

    A pyramid of means is built until no gap is left, and the gaps are filled from coarse to fine ("The Lumigraph",
    Gortler et al., 1996), and smoothed at each level. A grid without any height becomes level ground.
    """
    gaps = np.isnan(heights)
    if not gaps.any():
        return heights
    if gaps.all():
        return np.zeros_like(heights)
    coarse = without_gaps(_halved(heights))
    rows, columns = heights.shape
    result = np.where(gaps, np.repeat(np.repeat(coarse, 2, axis=0), 2, axis=1)[:rows, :columns], heights)
    # Only the part around gaps changes.
    at_rows, at_columns = (np.flatnonzero(gaps.any(axis=axis)) for axis in (1, 0))
    part = slice(max(at_rows[0] - 1, 0), at_rows[-1] + 2), slice(max(at_columns[0] - 1, 0), at_columns[-1] + 2)
    inner, unknown = result[part], gaps[part]
    for _ in range(_SMOOTHINGS):
        padded = np.pad(inner, 1, mode="edge")
        around = (padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]) / 4
        inner = np.where(unknown, around, inner)
    result[part] = inner
    return result


def _halved(heights: Floats) -> Floats:
    """Return the means of blocks of 2 x 2 heights, of the known ones only."""
    rows, columns = heights.shape
    padded = np.pad(heights, ((0, rows % 2), (0, columns % 2)), constant_values=np.nan)
    blocks = padded.reshape(len(padded) // 2, 2, -1, 2)
    known = ~np.isnan(blocks)
    count = known.sum(axis=(1, 3))
    total = np.where(known, blocks, 0.0).sum(axis=(1, 3))
    result: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return result
