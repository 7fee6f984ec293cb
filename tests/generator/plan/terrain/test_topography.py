# SPDX-License-Identifier: GPL-3.0-or-later
"""Slopes and gullies of land whose shape is known."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.terrain.topography import survey

from ...hand_made import land, plane

BORDER = 20
"""Meters along the border where maps know only one side of the ground: over a table's length."""
MARGIN = 80
"""The same for gullies, whose surroundings are wider; the fine ground goes on so far beyond every site."""


@pytest.mark.parametrize(("rise_x", "rise_y"), [(0.0, 0.0), (0.3, 0.0), (-0.1, 0.25)])
def test_on_an_even_slope_the_maps_hold_its_slope(rise_x: float, rise_y: float) -> None:
    maps = survey(land(plane(rise_x, rise_y), half_m=120.0))
    inner = np.s_[BORDER:-BORDER, BORDER:-BORDER]
    np.testing.assert_allclose(maps.gradient_x[inner], rise_x, atol=1e-9)
    np.testing.assert_allclose(maps.gradient_y[inner], rise_y, atol=1e-9)
    np.testing.assert_allclose(maps.slope_deg[inner], np.degrees(np.arctan(np.hypot(rise_x, rise_y))), atol=1e-7)
    assert not maps.gully[MARGIN:-MARGIN, MARGIN:-MARGIN].any()


def test_only_the_bottom_of_a_deep_cut_is_a_gully() -> None:
    def cut(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return -np.maximum(5.0 - np.abs(x) / 3.0, 0.0) + 0.2 * y

    maps = survey(land(cut))
    middle = maps.gully[BORDER:-BORDER]
    across = np.abs(maps.axis)
    assert middle[:, across < 3].all()
    assert not middle[:, across > 15].any()
    ridge = survey(land(lambda x, y: -cut(x, y)))
    assert not ridge.gully[:, np.abs(ridge.axis) < 10].any()


def test_bumps_smaller_than_a_table_are_smoothed_and_hills_are_not() -> None:
    bumps, hills = (survey(land(lambda x, _, w=wave: np.sin(2 * np.pi * x / w))) for wave in (4.0, 100.0))
    assert np.abs(bumps.smooth[:, BORDER:-BORDER]).max() < 0.1
    assert np.abs(hills.smooth[:, BORDER:-BORDER]).max() > 0.85


def test_maps_cover_the_fine_ground_only() -> None:
    maps = survey(land(plane(0.1), half_m=60.0, fine_half_m=40.0))
    assert (maps.axis[0], maps.axis[-1]) == (-40.0, 40.0)
    assert maps.smooth.shape == (81, 81)


def test_the_nearest_point_of_the_maps_is_found_by_looking_at_all() -> None:
    maps = survey(land(plane(), half_m=20.0, spacing_m=0.5))
    x, y = np.random.default_rng(1).uniform(-25, 25, (2, 200))
    row, column = maps.nearest(x, y)
    for place, number in ((y, row), (x, column)):
        assert (np.abs(maps.axis[number] - place) <= np.abs(maps.axis[:, None] - place).min(axis=0) + 1e-12).all()
