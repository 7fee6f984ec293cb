# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores compared with set operations on pixels, and intervals with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from benchmarks.generalization.metrics import bootstrap_of_difference, f1, interval, iou, pixel_counts

MASKS = arrays(np.bool_, (3, 4, 5))


@given(truth=MASKS, predicted=MASKS)
def test_scores_are_those_of_sets_of_pixels(truth: np.ndarray, predicted: np.ndarray) -> None:
    there, found = set(np.flatnonzero(truth)), set(np.flatnonzero(predicted))
    counts = pixel_counts(truth, predicted)
    assert counts.shape == (3, 3)
    assert iou(counts) == pytest.approx(len(there & found) / len(there | found) if there | found else 1.0)
    if there and found and there & found:
        precision, recall = len(there & found) / len(found), len(there & found) / len(there)
        assert f1(counts) == pytest.approx(2 / (1 / precision + 1 / recall))


@given(truth=MASKS)
def test_a_perfect_mask_scores_one_and_its_negative_nothing(truth: np.ndarray) -> None:
    assert iou(pixel_counts(truth, truth)) == f1(pixel_counts(truth, truth)) == 1.0
    assert iou(pixel_counts(truth, ~truth)) == f1(pixel_counts(truth, ~truth)) == 0.0


def test_an_interval_holds_the_difference_and_narrows_with_more_images() -> None:
    rng = np.random.default_rng(np.random.SeedSequence([1]))

    def counts(images: int, share: float) -> np.ndarray:
        hits = rng.binomial(1000, share, size=(2, images)) * rng.integers(1, 4, size=images)
        return np.stack([hits, np.full_like(hits, 100), 3000 - hits], axis=-1)

    widths = []
    for images in (5, 80):
        first, second = counts(images, 0.9), counts(images, 0.5)
        low, high = interval(bootstrap_of_difference(first, second, 400, 0))
        assert low <= iou(first) - iou(second) <= high
        assert (low, high) == interval(bootstrap_of_difference(first, second, 400, 0))
        widths.append(high - low)
    assert widths[1] < widths[0] / 2


def test_the_same_networks_differ_by_nothing() -> None:
    counts = np.arange(18).reshape(2, 3, 3)
    assert not bootstrap_of_difference(counts, counts, 50, 0).any()
