# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of fences: their openings and how straight they run."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.equipment.fence import openings, straightened
from solar_site_addon.generator.plan.placement.clearance import distance_to_segments


def test_openings_are_found_also_where_a_line_begins_within_one() -> None:
    closed = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 0], [5, 6], [6, 7], [7, 5]])
    assert openings(closed, closed).tolist() == []
    assert openings(closed, closed[[1, 3, 5, 6, 7]]).tolist() == [[2, 3], [4, 1]]
    assert openings(closed, closed[1:4]).tolist() == [[4, 1]]


@pytest.mark.parametrize("tolerance", [0.5, 2.0, 6.0])
def test_a_straightened_line_stays_within_its_tolerance(tolerance: float) -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = 40 + 5 * np.sin(7 * angle) + np.random.default_rng(2).normal(0, 0.4, 200)
    line = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    less = straightened(line, tolerance)
    assert 3 <= len(less) < len(line)
    segments = np.stack([less, np.roll(less, -1, axis=0)], axis=1)
    assert distance_to_segments(line, segments, 99.0).max() <= tolerance + 1e-9
