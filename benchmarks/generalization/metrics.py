# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute IoU and F1 of predicted masks, with bootstrap intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


def pixel_counts(truth: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return (N, 3) true positives, false positives and false negatives per image; the masks are (N, H, W)."""
    cells = (truth & predicted, ~truth & predicted, truth & ~predicted)
    return np.stack([cell.sum(axis=(1, 2), dtype=np.int64) for cell in cells], axis=1)


def iou(counts: NDArray[np.int64]) -> float:
    """Return the intersection over union TP / (TP + FP + FN) of all images together; 1 if all masks are empty.

    ``counts`` is (..., 3), as returned by ``pixel_counts``.
    """
    hit, false, missed = counts.reshape(-1, 3).sum(axis=0).tolist()
    union = hit + false + missed
    return hit / union if union else 1.0


def f1(counts: NDArray[np.int64]) -> float:
    """Return the F1 score 2 TP / (2 TP + FP + FN) of all images together."""
    hit, false, missed = counts.reshape(-1, 3).sum(axis=0).tolist()
    total = 2 * hit + false + missed
    return 2 * hit / total if total else 1.0


def bootstrap_of_difference(
    first: NDArray[np.int64], second: NDArray[np.int64], rounds: int, seed: int
) -> NDArray[np.float64]:
    """Return (R,) bootstrapped values of ``iou(first) - iou(second)`` for two (S, N, 3) counts of the same N images.

    Each round draws N images with replacement, the same ones for both, and pools the counts of the S networks
    (percentile bootstrap, Efron 1979).
    """
    rng = np.random.default_rng(seed)
    images = first.shape[1]
    drawn = rng.integers(0, images, size=(rounds, images))
    return np.array([iou(first[:, chosen]) - iou(second[:, chosen]) for chosen in drawn])


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the bounds of the central 95 % of bootstrapped ``values`` (R,)."""
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [outside, 1 - outside])
    return float(low), float(high)
