# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances to segments against points set closely along them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.plan.numerics.segments import distance_along, nearest_on_segments

METRES = st.floats(-200, 200, allow_subnormal=False)
MICROMETRE = 1e-6
"""Far below what is built; a shorter segment may as well be a point."""


def test_the_distance_along_a_chain_is_its_length_seen_from_above() -> None:
    chain = np.array([[0.0, 0.0, 5.0], [3.0, 4.0, 99.0], [3.0, 4.0, 0.0], [3.0, -8.0, 1.0]])
    assert distance_along(chain).tolist() == [0, 5, 5, 17]
    assert distance_along(chain[:, :2]).tolist() == [0, 5, 5, 17]
    assert distance_along(chain[:1]).tolist() == [0]


@given(METRES, METRES, METRES, METRES)
def test_no_point_of_a_segment_is_nearer_than_the_one_found(x: float, y: float, run_x: float, run_y: float) -> None:
    distance, share = nearest_on_segments(*(np.array(value) for value in (x, y, run_x, run_y)))
    along = np.linspace(0, 1, 1001)
    sampled = np.hypot(x - along * run_x, y - along * run_y).min()
    between = np.hypot(run_x, run_y) / 1000  # from one sample to the next
    assert distance <= sampled + MICROMETRE
    # Half way between two samples the true distance is at most half a step less.
    assert distance >= sampled - between / 2 - MICROMETRE
    assert 0 <= share <= 1
    assert np.hypot(x - share * run_x, y - share * run_y) == pytest.approx(float(distance), abs=MICROMETRE)


def test_points_and_segments_are_broadcast_and_a_segment_without_length_is_a_point() -> None:
    x, y = np.array([[0.0], [3.0]]), np.array([[4.0], [4.0]])
    distance, share = nearest_on_segments(x, y, np.array([0.0, 6.0]), np.array([0.0, 0.0]))
    assert distance.tolist() == [[4, 4], [5, 4]]
    assert share[:, 1].tolist() == [0, 0.5]
