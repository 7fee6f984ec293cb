# SPDX-License-Identifier: GPL-3.0-or-later
"""Running means against sums written out one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from solar_site_addon.generator.plan.numerics.blur import box_blur, running_mean

HEIGHTS = st.floats(-1000, 1000, allow_subnormal=False)
ROUNDING = 1e-9
"""Sums of a few hundred numbers of at most 1000 are exact to about 1e-11."""


def mean_of_row(row: list[float], half: int) -> list[float]:
    last = len(row) - 1
    return [
        sum(row[min(max(at + step, 0), last)] for step in range(-half, half + 1)) / (2 * half + 1)
        for at in range(len(row))
    ]


def blurred_by_hand(values: np.ndarray, half: int) -> np.ndarray:
    for _ in range(2):
        values = np.array([mean_of_row(column, half) for column in values.T.tolist()]).T
        values = np.array([mean_of_row(row, half) for row in values.tolist()])
    return values


@given(arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=7), elements=HEIGHTS), st.integers(0, 4))
def test_a_blur_is_the_mean_over_a_square_taken_twice_with_the_border_repeated(values: np.ndarray, half: int) -> None:
    np.testing.assert_allclose(box_blur(values, 2.0 * half), blurred_by_hand(values, half), atol=ROUNDING)


def test_a_blur_leaves_planes_alone_away_from_the_border_and_its_argument_everywhere() -> None:
    row, column = np.indices((30, 40)).astype(float)
    plane = 2 * row - 0.5 * column
    before = plane.copy()
    blurred = box_blur(plane, 6.0)
    np.testing.assert_allclose(blurred[7:-7, 7:-7], plane[7:-7, 7:-7], atol=ROUNDING)
    assert (plane == before).all()


@given(arrays(np.float64, st.integers(1, 25), elements=HEIGHTS), st.integers(0, 12))
def test_a_running_mean_reflects_the_curve_about_its_ends(values: np.ndarray, reach: int) -> None:
    last = len(values) - 1
    reach = min(reach, last)

    def value(at: int) -> float:
        if at < 0:
            return 2 * values[0] - values[-at]
        return 2 * values[last] - values[2 * last - at] if at > last else values[at]

    wide = range(-reach, reach + 1)
    expected = [sum(value(at + step) for step in wide) / len(wide) for at in range(len(values))]
    np.testing.assert_allclose(running_mean(values, reach), expected, atol=ROUNDING)


@given(arrays(np.float64, st.tuples(st.integers(2, 25), st.just(2)), elements=HEIGHTS), st.integers(0, 30))
def test_a_running_mean_keeps_the_ends_and_is_never_steeper(values: np.ndarray, reach: int) -> None:
    result = running_mean(values, reach)
    assert result[0] == pytest.approx(values[0], abs=ROUNDING)
    assert result[-1] == pytest.approx(values[-1], abs=ROUNDING)
    assert np.abs(np.diff(result, axis=0)).max() <= np.abs(np.diff(values, axis=0)).max() + ROUNDING
