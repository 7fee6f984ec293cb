# SPDX-License-Identifier: GPL-3.0-or-later
"""The surface through a grid against the quadratic B-spline summed over all nodes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solar_site_addon.generator.plan.numerics.spline import quadratic_taps, surface

PLACE = st.floats(1.0, 5.0)
"""Inside a grid of 7, so that all three nodes around it exist."""


def bell(distance: float) -> float:
    """The uniform quadratic B-spline: a box of width 1 convolved with itself twice."""
    away = abs(distance)
    if away <= 0.5:
        return 0.75 - away * away
    return (1.5 - away) ** 2 / 2 if away <= 1.5 else 0.0


def at(values: np.ndarray, row: float, column: float) -> float:
    return float(surface(values, quadratic_taps(np.array([row])), quadratic_taps(np.array([column])))[0, 0])


@given(arrays(np.float64, (7, 7), elements=st.floats(-100, 100)), PLACE, PLACE)
def test_the_surface_is_the_sum_of_bells_over_all_nodes(values: np.ndarray, row: float, column: float) -> None:
    expected = sum(values[r, c] * bell(row - r) * bell(column - c) for r in range(7) for c in range(7))
    found = at(values, row, column)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert values.min() - 1e-9 <= found <= values.max() + 1e-9


@given(st.floats(-1e4, 1e4))
def test_weights_add_up_to_one_and_balance_at_the_place(place: float) -> None:
    taps = quadratic_taps(np.array([place]))
    weights = np.array([weight[0] for _, weight in taps])
    index = np.array([number[0] for number, _ in taps])
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(), 1.0, atol=1e-12)
    np.testing.assert_allclose((weights * index).sum(), place, atol=1e-8)


def test_planes_stay_planes_and_a_spike_is_rounded() -> None:
    row, column = np.indices((7, 7)).astype(float)
    place = np.linspace(1, 5, 33)
    found = surface(3 * row - 2 * column, quadratic_taps(place), quadratic_taps(place))
    np.testing.assert_allclose(found, 3 * place[:, None] - 2 * place, atol=1e-9)
    spike = np.zeros((7, 7))
    spike[3, 3] = 1.0
    assert at(spike, 3, 3) == 0.75**2
    assert at(spike, 3, 4) == 0.75 * 0.125


def test_the_slope_has_no_steps() -> None:
    values = np.random.default_rng(3).normal(size=(7, 7))
    place = np.linspace(1, 5, 4001)
    along = surface(values, quadratic_taps(np.array([2.3])), quadratic_taps(place))[0]
    slope = np.diff(along) / np.diff(place)
    # Values of about 1 bend by at most about 10 per cell squared: 0.01 from one place to the next.
    assert np.abs(np.diff(slope)).max() < 0.01
