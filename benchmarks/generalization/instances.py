# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules as single objects: their interiors, the objects in a prediction, and the average precision of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, label

Mask = NDArray[np.bool_]
Ids = NDArray[np.int32]

SMALLEST_PX = 12
"""Objects with fewer pixels are neither counted nor expected."""
REACH_PX = 3.0
"""Distance from an interior up to which the area belongs to its object, px."""
THRESHOLD = 0.5


@dataclass(frozen=True)
class Found:
    """The objects found in one image."""

    ids: Ids
    """(H, W): 0 for none, otherwise 1 to the number of objects."""
    scores: NDArray[np.float64]
    """(N,) confidence of each object."""


def interiors(ids: Ids) -> Mask:
    """Return the pixels (..., H, W) whose eight neighbors all belong to the same object; ``ids`` are 0 for none."""
    inside = ids > 0
    padded = np.pad(ids, [(0, 0)] * (ids.ndim - 2) + [(1, 1), (1, 1)], mode="edge")
    height, width = ids.shape[-2:]
    for down in range(3):
        for right in range(3):
            inside &= padded[..., down : down + height, right : right + width] == ids
    return inside


def find_objects(area: NDArray[np.float32], interior: NDArray[np.float32]) -> Found:
    """Return the objects in predicted probabilities (H, W): connected interiors, grown over the area around them.

    The score of an object is the mean probability of its interior.
    """
    cores, count = label((interior > THRESHOLD) & (area > THRESHOLD))
    if count == 0:
        return Found(np.zeros(area.shape, dtype=np.int32), np.zeros(0))
    distance, nearest = distance_transform_edt(cores == 0, return_indices=True)
    grown = np.where((area > THRESHOLD) & (distance <= REACH_PX), cores[tuple(nearest)], 0)
    sizes = np.bincount(grown.ravel(), minlength=count + 1)[1:]
    sums = np.bincount(cores.ravel(), interior.ravel(), minlength=count + 1)[1:]
    scores = sums / np.maximum(np.bincount(cores.ravel(), minlength=count + 1)[1:], 1)
    kept = sizes >= SMALLEST_PX
    number = np.concatenate([[0], np.where(kept, np.cumsum(kept), 0)]).astype(np.int32)
    return Found(number[grown], scores[kept])


def overlaps(truth: Ids, found: Ids) -> NDArray[np.float64]:
    """Return the intersection over union (F, T) of each found object with each true one, by their numbers from 1."""
    objects, true_objects = int(found.max()), int(truth.max())
    pairs = np.bincount((found.astype(np.int64) * (true_objects + 1) + truth).ravel())
    shared = np.zeros((objects + 1) * (true_objects + 1))
    shared[: len(pairs)] = pairs
    shared = shared.reshape(objects + 1, true_objects + 1)
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    result: NDArray[np.float64] = shared[1:, 1:] / np.maximum(union[1:, 1:], 1)
    return result


def numbered(ids: Ids) -> Ids:
    """Return ``ids`` (H, W) renumbered from 1, without objects smaller than SMALLEST_PX."""
    values, inverse, counts = np.unique(ids, return_inverse=True, return_counts=True)
    kept = (values > 0) & (counts >= SMALLEST_PX)
    number = np.where(kept, np.cumsum(kept), 0).astype(np.int32)
    return number[inverse].reshape(ids.shape)


def average_precision(truths: Sequence[Ids], found: Sequence[Found], least_overlap: float) -> float:
    """Return the area under the curve of precision over recall for objects of all images; NaN without any true object.

    Objects are assigned in the order of their scores, each to the true object with the largest intersection over union
    of at least ``least_overlap`` that no other has. Precision is made monotonic, as in the PASCAL VOC challenge (2010).
    """
    scores, hits = [], []
    for truth, objects in zip(truths, found, strict=True):
        scores.append(objects.scores)
        hits.append(_hits(overlaps(truth, objects.ids), objects.scores, least_overlap))
    expected = sum(int(truth.max()) for truth in truths)
    if expected == 0:
        return float("nan")
    order = np.argsort(-np.concatenate(scores), kind="stable")
    right = np.cumsum(np.concatenate(hits)[order])
    if len(right) == 0:
        return 0.0
    precision = np.maximum.accumulate((right / np.arange(1, len(right) + 1))[::-1])[::-1]
    recall = np.concatenate([[0.0], right / expected])
    return float((np.diff(recall) * precision).sum())


def _hits(overlap: NDArray[np.float64], scores: NDArray[np.float64], least_overlap: float) -> Mask:
    """Return whether each found object (F,) is assigned to a true one."""
    hits = np.zeros(len(scores), dtype=bool)
    free = np.ones(overlap.shape[1], dtype=bool)
    for number in np.argsort(-scores, kind="stable"):
        candidates = np.where(free, overlap[number], 0.0)
        if candidates.size and candidates.max() >= least_overlap:
            hits[number] = True
            free[candidates.argmax()] = False
    return hits
