# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps are closed smoothly, and known heights stay."""

from __future__ import annotations

import numpy as np

from solar_site_addon.generator.plan.terrain.elevation.gaps import without_gaps


def test_gaps_are_filled_from_around_and_what_is_known_stays() -> None:
    heights = np.indices((90, 90))[1].astype(float)
    gappy = heights.copy()
    gappy[30:60, 33:61] = np.nan
    gappy[:9] = np.nan
    filled = without_gaps(gappy)
    known = ~np.isnan(gappy)
    np.testing.assert_array_equal(filled[known], heights[known])
    assert np.isfinite(filled).all()
    assert ((filled[30:60, 33:61] >= 32) & (filled[30:60, 33:61] <= 61)).all()
    # No steps steeper than a few cells' worth of the slope.
    assert np.abs(np.diff(filled[45])).max() < 6


def test_land_without_any_height_is_level() -> None:
    assert (without_gaps(np.full((9, 9), np.nan)) == 0).all()


def test_land_without_gaps_is_untouched() -> None:
    heights = np.random.default_rng(1).random((9, 9))
    assert without_gaps(heights) is heights
