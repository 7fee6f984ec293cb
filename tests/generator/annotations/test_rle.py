# SPDX-License-Identifier: GPL-3.0-or-later
"""Run-length encoded masks, compared with pycocotools."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as official

from solar_site_addon.generator.annotations.rle import column_runs, decode_mask, encode_masks

id_images = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=25).flatmap(
    lambda shape: arrays(np.uint16, shape, elements=st.integers(0, 5), fill=st.integers(0, 5))
)


def official_counts(mask: np.ndarray) -> str:
    return official.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()


@settings(max_examples=100)
@given(instances=id_images)
def test_encoded_masks_agree_with_pycocotools(instances):
    masks = encode_masks(column_runs(instances), num_ids=6)
    assert masks == [official_counts(instances == number) for number in range(1, 7)]


def test_encoded_long_runs_and_large_steps_agree_with_pycocotools():
    instances = np.zeros((1500, 1400), np.uint16)
    instances[3:1490, 5] = 1
    instances[7, 700:1390:70] = 1
    instances[:, 900:1200] = 2
    instances[-1, -1] = 3
    masks = encode_masks(column_runs(instances), num_ids=3)
    assert masks == [official_counts(instances == number) for number in (1, 2, 3)]


def test_decoded_masks_are_the_pixels_of_each_id():
    instances = np.random.default_rng(4).integers(0, 300, (90, 70)).astype(np.uint16)
    for number, counts in enumerate(encode_masks(column_runs(instances), num_ids=299), start=1):
        decoded = official.decode({"size": [90, 70], "counts": counts.encode()})
        np.testing.assert_array_equal(decoded, instances == number)
        np.testing.assert_array_equal(decode_mask({"size": [90, 70], "counts": counts}), instances == number)


def test_runs_cover_all_pixels_with_an_id():
    instances = np.array([[0, 2, 2], [1, 2, 0]])
    runs = column_runs(instances)
    assert (runs.ids.tolist(), runs.start.tolist(), runs.length.tolist()) == ([1, 2], [1, 2], [1, 3])


def test_an_image_without_ids_has_no_runs_and_no_masks():
    runs = column_runs(np.zeros((5, 4), np.uint16))
    assert len(runs.ids) == 0
    assert encode_masks(runs, num_ids=0) == []
