# SPDX-License-Identifier: GPL-3.0-or-later
"""Compressed run-length masks: compared with pycocotools, and refused where a file holds something else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as official

from solar_site_addon.generator.annotations.run_lengths import check_mask, decode_counts, pixel_runs
from solar_site_addon.generator.domain.errors import UnusableError

MASKS = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=24), elements=st.integers(0, 1))
HEIGHT, WIDTH = 3, 4


def encoded(mask: np.ndarray) -> dict[str, Any]:
    """Return a mask as sample.json holds it, encoded by pycocotools."""
    return {"size": list(mask.shape), "counts": official.encode(np.asfortranarray(mask))["counts"].decode()}


def compressed(counts: list[int]) -> str:
    """Return run lengths, which may be wrong, as pycocotools compresses them."""
    mask = {"size": [HEIGHT, WIDTH], "counts": counts}
    return str(official.frPyObjects(mask, HEIGHT, WIDTH)["counts"].decode())


@given(MASKS)
def test_decoded_counts_agree_with_pycocotools(mask: np.ndarray) -> None:
    lengths = decode_counts(encoded(mask)["counts"])
    assert sum(lengths) == mask.size
    assert np.array_equal(np.repeat(np.arange(len(lengths)) % 2, lengths), mask.ravel(order="F"))


@given(st.lists(st.integers(0, 2**28), min_size=1, max_size=9))
def test_long_runs_are_decoded(counts: list[int]) -> None:
    assert decode_counts(compressed(counts)) == counts


@given(MASKS)
def test_masks_of_the_image_are_accepted(mask: np.ndarray) -> None:
    height, width = mask.shape
    check_mask(encoded(mask), width, height)
    assert sum(end - start for start, end in pixel_runs(encoded(mask))) == mask.sum()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"counts": compressed([2, 5, 4])}, "its runs have 11 pixels, not 12"),
        ({"counts": compressed([2, 5, 6])}, "its runs have 13 pixels, not 12"),
        ({"counts": compressed([2**30, 2**30])}, "its runs have 2147483648 pixels, not 12"),
        ({"counts": ""}, "its runs have 0 pixels, not 12"),
        ({"counts": "2K?"}, "one of its runs is negative"),
        ({"counts": "o" * 99}, "its counts are not those of a compressed mask"),
        ({"counts": "25P"}, "its counts are not those of a compressed mask"),
        ({"counts": "2 5\n5"}, "its counts are not those of a compressed mask"),
        ({"counts": "\u0661\ud800"}, "its counts are not those of a compressed mask"),
        ({"counts": [2, 5, 5]}, "it is not a size with compressed counts"),
        ({"counts": None}, "it is not a size with compressed counts"),
        ({"size": [WIDTH, HEIGHT]}, "its size is not 3, 4"),
        ({"size": [10**9, 10**9]}, "its size is not 3, 4"),
        ({"size": [3.0, 4.0]}, "its size is not 3, 4"),
        ({"size": "3, 4"}, "its size is not 3, 4"),
    ],
)
def test_anything_else_is_refused_with_the_reason(changed: dict[str, Any], reason: str) -> None:
    mask = {"size": [HEIGHT, WIDTH], "counts": compressed([2, 5, 5])}
    check_mask(mask, WIDTH, HEIGHT)
    with pytest.raises(UnusableError) as caught:
        check_mask(mask | changed, WIDTH, HEIGHT)
    assert str(caught.value) == reason


@pytest.mark.parametrize("mask", [[], "mask", 7, True, {}])
def test_other_types_are_refused(mask: Any) -> None:
    with pytest.raises(UnusableError, match="it is not a size with compressed counts"):
        check_mask(mask, WIDTH, HEIGHT)
