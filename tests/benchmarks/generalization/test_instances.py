# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects found in a prediction, and their average precision beside that of pycocotools."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from benchmarks.generalization.instances import (
    Found,
    average_precision,
    find_objects,
    interiors,
    numbered,
    overlaps,
)


def tiles(rows: int = 3, columns: int = 4, side: int = 9) -> np.ndarray:
    """Return square objects (H, W) side by side, numbered from 1."""
    return np.kron(np.arange(1, rows * columns + 1).reshape(rows, columns), np.ones((side, side))).astype(np.int32)


def test_interiors_are_one_pixel_away_from_every_neighbor() -> None:
    inside = interiors(tiles())
    assert not inside[8].any()
    assert not inside[9].any()
    assert inside[4, 4]
    assert inside[1:8, 1:8].all()
    assert not interiors(np.zeros((2, 5, 5), dtype=np.int32)).any()
    assert interiors(np.stack([tiles(), tiles()])).sum() == 2 * inside.sum()


def test_a_perfect_prediction_finds_every_object() -> None:
    truth = tiles()
    found = find_objects(np.ones(truth.shape, np.float32), interiors(truth).astype(np.float32))
    assert len(found.scores) == truth.max()
    assert overlaps(truth, found.ids).max(axis=1).min() > 0.9
    assert average_precision([truth], [found], 0.75) == 1.0


def test_modules_without_a_seam_between_them_are_one() -> None:
    truth = tiles(1, 2)
    joined = np.ones(truth.shape, np.float32)
    found = find_objects(joined, joined)
    assert len(found.scores) == 1
    # Half of the object found is one module: the intersection over union is just one half.
    assert average_precision([truth], [found], 0.75) == 0.0
    assert average_precision([truth], [found], 0.5) == pytest.approx(0.5)


def test_nothing_found_and_nothing_there() -> None:
    nothing = find_objects(np.zeros((9, 9), np.float32), np.zeros((9, 9), np.float32))
    assert average_precision([tiles()[:9, :9]], [nothing], 0.5) == 0.0
    assert np.isnan(average_precision([np.zeros((9, 9), np.int32)], [nothing], 0.5))


def test_small_objects_do_not_count_and_the_others_are_numbered_from_one() -> None:
    ids = np.zeros((20, 20), dtype=np.int32)
    ids[:5, :5], ids[10:12, 10:12], ids[15:, 15:] = 7, 8, 90
    assert np.unique(numbered(ids)).tolist() == [0, 1, 2]
    assert numbered(ids)[17, 17] == 2
    assert numbered(ids)[10, 10] == 0


def coco_precision(truths: list[np.ndarray], found: list[Found], least_overlap: float) -> float:
    """Return the average precision by pycocotools."""
    images = [{"id": number + 1, "height": one.shape[0], "width": one.shape[1]} for number, one in enumerate(truths)]

    def records(ids: np.ndarray, image: int) -> list[dict[str, Any]]:
        return [
            {
                "image_id": image,
                "category_id": 1,
                "segmentation": masks.encode(np.asfortranarray(ids == number, dtype=np.uint8)),
                "area": int((ids == number).sum()),
                "iscrowd": 0,
            }
            for number in range(1, int(ids.max()) + 1)
        ]

    true_ones = [record for number, one in enumerate(truths) for record in records(one, number + 1)]
    found_ones = []
    for number, one in enumerate(found):
        for record, score in zip(records(one.ids, number + 1), one.scores, strict=True):
            found_ones.append(record | {"score": float(score)})
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "info": {},
            "images": images,
            "categories": [{"id": 1, "name": "module"}],
            "annotations": [record | {"id": number + 1} for number, record in enumerate(true_ones)],
        }
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(found_ones), "segm")
        evaluation.params.iouThrs = np.array([least_overlap])
        evaluation.params.maxDets = [1, 10, 1000]
        evaluation.evaluate()
        evaluation.accumulate()
    return float(evaluation.eval["precision"][0, :, 0, 0, 2].mean())


@pytest.mark.parametrize("least_overlap", [0.5, 0.75])
def test_average_precision_agrees_with_pycocotools(least_overlap: float) -> None:
    rng = np.random.default_rng(4)
    truths, found = [], []
    for _ in range(4):
        truth = tiles(5, 6)
        ids = np.roll(truth, rng.integers(0, 3, 2), axis=(0, 1))
        ids[ids % 7 == rng.integers(7)] = 0
        ids = numbered(np.where(rng.random(ids.shape) < 0.06, 0, ids).astype(np.int32))
        truths.append(truth)
        found.append(Found(ids, rng.random(int(ids.max()))))
    # pycocotools averages the curve at 101 recalls.
    expected = coco_precision(truths, found, least_overlap)
    assert 0.05 < expected < 0.95
    assert average_precision(truths, found, least_overlap) == pytest.approx(expected, abs=0.02)
