# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a model are read at the spacing that is needed, at the right place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solar_site_addon.generator.plan.terrain.elevation.grid import Frame, Grid
from solar_site_addon.generator.plan.terrain.elevation.level import Level, coarse_level, fine_level


def grid_of(heights: np.ndarray, cell_m: float = 1.0) -> Grid:
    return Grid(*heights.shape, Frame(step_x=cell_m, step_y=cell_m), lambda rows, columns: heights[rows, columns])


PLANE = np.add.outer(np.arange(200) * 0.5, np.arange(300) * 2.0)


@pytest.mark.parametrize(
    "level",
    [
        Level(grid_of(PLANE)),
        Level(grid_of(PLANE), 4, 4, 3),
        Level(grid_of(PLANE), 16, 1, 5, first_row=7),
        replace(Level(grid_of(PLANE.reshape(100, 2, 150, 2).mean(axis=(1, 3)))), scale=(2.0, 2.0)),
    ],
)
def test_every_level_shows_the_same_plane(level: Level) -> None:
    rows, columns = np.linspace(60, 140, 9), np.linspace(50, 250, 7)
    wanted = np.add.outer(rows * 0.5, columns * 2.0)
    np.testing.assert_allclose(level.surface(rows, columns), wanted, atol=1e-9)


def test_means_count_known_cells_only() -> None:
    heights = np.arange(64.0).reshape(8, 8)
    heights[0, :2] = np.nan
    heights[2:4, 2:4] = np.nan
    found = Level(grid_of(heights), 2, 2, 2).read(slice(0, 4), slice(0, 4))
    assert found[0, 0] == np.mean([8, 9])
    assert np.isnan(found[1, 1])
    assert found[3, 3] == np.mean([54, 55, 62, 63])


def test_beyond_the_edge_the_land_is_mirrored() -> None:
    rows = np.array([-10.0, 10.0])
    found = Level(grid_of(PLANE)).surface(rows, np.array([100.0]))
    assert found[0] == pytest.approx(found[1])
    found = Level(grid_of(PLANE)).surface(np.array([50.0]), np.array([290.0, 308.0]))
    assert found[0, 0] == pytest.approx(found[0, 1])


def test_fine_cells_are_averaged_to_the_spacing() -> None:
    level = fine_level(grid_of(PLANE, 0.25), 1.0, 100)
    assert (level.every_row, level.mean_rows, level.every_column) == (4, 4, 4)
    assert fine_level(grid_of(PLANE, 5.0), 1.0, 100).every_row == 1


def test_far_land_is_read_from_rows_that_begin_a_block_or_from_overviews() -> None:
    tiled = replace(grid_of(PLANE), block_rows=64, block_start=5)
    level = coarse_level(tiled, 30.0, 100)
    assert (level.every_row, level.mean_rows, level.first_row) == (64, 1, 5)
    assert coarse_level(grid_of(PLANE), 30.0, 100).every_row == 30
    whole = replace(tiled, block_rows=200)
    assert coarse_level(whole, 10.0, 100).every_row == 100
    smaller = [grid_of(PLANE[::step, ::step], float(step)) for step in (4, 16, 64)]
    level = coarse_level(replace(tiled, overviews=tuple(smaller)), 30.0, 100)
    assert (level.grid, level.scale) == (smaller[1], (200 / 13, 300 / 19))
