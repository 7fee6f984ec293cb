# SPDX-License-Identifier: GPL-3.0-or-later
"""The site lies where the user wants it, or where a plant would be built."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from solar_site_addon.generator.domain.errors import ElevationError, SettingsError
from solar_site_addon.generator.plan.terrain.elevation.crs import Crs
from solar_site_addon.generator.plan.terrain.elevation.grid import Frame, Grid
from solar_site_addon.generator.plan.terrain.elevation.place import find_place

SIZE_M = 100.0


def grid_of(heights: np.ndarray, frame: Frame | None = None) -> Grid:
    frame = frame or Frame(step_x=5.0, step_y=5.0)
    return Grid(*heights.shape, frame, lambda rows, columns: heights[rows, columns])


def places(heights: np.ndarray, *, northern: bool = True) -> np.ndarray:
    """Return places (20, 2) that are drawn on a model."""
    rngs = (np.random.default_rng(seed) for seed in range(20))
    return np.array([find_place(grid_of(heights), SIZE_M, "drawn", northern, rng) for rng in rngs])


def test_drawn_places_differ_and_contain_the_site() -> None:
    drawn = places(np.zeros((80, 120)))
    assert (np.ptp(drawn, axis=0) > (20, 40)).all()
    assert (drawn >= 10 - 0.5).all()
    assert (drawn <= (79 - 10 + 0.5, 119 - 10 + 0.5)).all()


@pytest.mark.parametrize("northern", [True, False])
def test_slopes_away_from_the_equator_are_avoided(northern: bool) -> None:
    row = np.arange(200.0)
    roof = -np.abs(row - 99.5) * 5 * np.tan(np.radians(18))  # an east-west ridge, 18 degrees to both sides
    drawn = places(np.repeat(roof[:, None], 90, axis=1), northern=northern)[:, 0]
    assert ((drawn > 95) if northern else (drawn < 105)).all()


def test_slopes_along_the_rows_are_avoided() -> None:
    heights = np.zeros((90, 160))
    heights[:, :80] = 5 * np.tan(np.radians(20)) * np.arange(80)[::-1]
    assert (places(heights)[:, 1] > 75).all()


def test_steep_ground_and_gaps_are_avoided() -> None:
    heights = np.zeros((90, 160))
    heights[:, :60] = 5 * np.arange(60)[::-1]
    heights[:, 130:] = np.nan
    columns = places(heights)[:, 1]
    assert ((columns > 55) & (columns < 121)).all()


def test_models_without_a_place_say_so() -> None:
    for heights, words in ((np.full((50, 50), np.nan), "no heights"), (5.0 * np.indices((50, 50))[0], "no area")):
        with pytest.raises(ElevationError, match=words):
            find_place(grid_of(heights), SIZE_M, "drawn", True, np.random.default_rng(1))


def test_the_center_and_a_longitude_and_latitude_are_where_they_are() -> None:
    x, y = pyproj.Transformer.from_crs(4326, 32633, always_xy=True).transform(13.05, 47.32)
    grid = grid_of(np.zeros((100, 100)), Frame(Crs(code=32633), x - 200.0, y + 150.0, 5.0, 5.0))
    rng = np.random.default_rng(1)
    assert find_place(grid, SIZE_M, "center", True, rng) == (49.5, 49.5)
    for text in ("13.05,47.32", " 13.05 , 47.32 ", "13.05 47.32"):
        assert find_place(grid, SIZE_M, text, True, rng) == pytest.approx((29.5, 39.5), abs=0.01)


def test_longitudes_may_count_to_360() -> None:
    frame = Frame(Crs(geographic=True), 250.0, 41.0, 1e-4, 1e-4)
    grid = grid_of(np.zeros((400, 400)), frame)
    assert find_place(grid, SIZE_M, "-109.98,40.98", True, np.random.default_rng(1)) == pytest.approx((199.5, 199.5))


@pytest.mark.parametrize("text", ["13.05", "here", "13.05,97", "47,32,13", ""])
def test_places_that_mean_nothing_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(SettingsError, match=r"site.place = .*drawn, center, or longitude and latitude"):
        find_place(grid_of(np.zeros((50, 50))), SIZE_M, text, True, np.random.default_rng(1))


def test_places_outside_the_model_and_in_gaps_are_refused() -> None:
    heights = np.zeros((400, 400))
    heights[:, 150:] = np.nan
    grid = grid_of(heights, Frame(Crs(geographic=True), 10.0, 47.0, 1e-4, 1e-4))
    for text, words in (
        ("13,47", "does not contain"),
        ("10.0002,46.98", "does not contain"),
        ("10.02,46.98", "hardly"),
    ):
        with pytest.raises(ElevationError, match=words):
            find_place(grid, SIZE_M, text, True, np.random.default_rng(1))
