# SPDX-License-Identifier: GPL-3.0-or-later
"""Headroom below tables and distance to them, compared with points sampled on the glass."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.tables import Tables
from solar_site_addon.generator.plan.vegetation.headroom import headroom

from ...hand_made import tables_at

SIZE = (12.0, 4.5)
STEP_M = 0.05
"""Spacing of the samples on the glass: every point of it is within half a diagonal, 0.036 m, of a sample."""


def tables() -> Tables:
    return tables_at(
        np.array([[0.0, 0, 2], [14, 3, 3], [-20, 10, 2.5]]),
        SIZE,
        azimuth_deg=np.array([180.0, 150.0, 200.0]),
        roll_deg=np.array([0.0, 9.0, -6.0]),
    )


def glass(found: Tables) -> np.ndarray:
    """Return points (P, 3) on all tables."""
    along, up = np.meshgrid(np.arange(-6, 6.01, STEP_M), np.arange(-2.25, 2.26, STEP_M))
    return (
        found.centre[:, None]
        + along.reshape(-1, 1) * found.axes[:, None, 0]
        + up.reshape(-1, 1) * found.axes[:, None, 1]
    ).reshape(-1, 3)


def from_above(samples: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the horizontal distances (N, P) of things to the samples."""
    # Row by row in a small array: a table of all pairs at once does not fit the processor's cache.
    apart = np.empty((len(x), len(samples)), np.float32)
    for row, east, north in zip(apart, x, y, strict=True):
        row[:] = np.sqrt((samples[:, 0] - east) ** 2 + (samples[:, 1] - north) ** 2)
    return apart


def things(count: int = 500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.uniform(-30, 26, count), rng.uniform(-8, 18, count), rng.uniform(0.1, 1.0, count)


def test_distances_are_those_to_the_nearest_glass_seen_from_above() -> None:
    x, y, radius = things()
    found = headroom(tables(), x, y, radius, 5.0)
    samples = glass(tables())
    sampled = from_above(samples, x, y).min(axis=1)
    near = sampled < 4
    assert 100 < near.sum() < 400
    distance = found.distance_m[near]
    assert (distance <= sampled[near] + 0.005).all()
    # Beyond the corners of a rolled table, whose outline is sheared, things count as up to a few percent too near.
    assert (distance >= 0.95 * sampled[near] - STEP_M).all()
    assert np.median(np.abs(distance - sampled[near])) < 0.01
    # Square windows around the tables are looked at: none reaches farther than 1.5 times its half side of 11.5 m.
    assert (found.distance_m[sampled > 17] == np.inf).all()


def test_ceilings_are_nowhere_above_the_glass_and_not_much_below_it() -> None:
    x, y, radius = things()
    found = headroom(tables(), x, y, radius, 5.0)
    samples = glass(tables())
    above = from_above(samples, x, y) <= radius[:, None]
    lowest = np.array([samples[each, 2].min(initial=np.inf) for each in above])
    covered = np.isfinite(lowest)
    assert covered.sum() > 50
    assert (found.ceiling_m[covered] <= lowest[covered] + STEP_M).all()
    # A square around the disc is looked at: at its corners, 0.42 radii farther out, the glass of 25 degrees is lower.
    assert (lowest[covered] - found.ceiling_m[covered] < 0.5 * radius[covered] + STEP_M).all()
    assert not np.isfinite(found.ceiling_m[found.distance_m > 1.5 * radius]).any()


def test_under_the_middle_of_a_level_row_the_ceiling_is_lower_by_the_radius_up_the_table() -> None:
    found = headroom(tables(), np.zeros(2), np.zeros(2), np.array([0.0, 1.0]), 5.0)
    assert found.distance_m.tolist() == [0, 0]
    assert found.ceiling_m == pytest.approx([2.0, 2.0 - np.tan(np.radians(25))])


def test_the_order_of_the_things_is_kept_and_none_is_fine() -> None:
    x, y, radius = things()
    found = headroom(tables(), x, y, radius, 5.0)
    back = headroom(tables(), x[::-1], y[::-1], radius[::-1], 5.0)
    np.testing.assert_array_equal(back.distance_m[::-1], found.distance_m)
    np.testing.assert_array_equal(back.ceiling_m[::-1], found.ceiling_m)
    assert len(headroom(tables(), x[:0], y[:0], radius[:0], 5.0).distance_m) == 0
