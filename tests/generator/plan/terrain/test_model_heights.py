# SPDX-License-Identifier: GPL-3.0-or-later
"""Heights from files of known land, without the mountain that is made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.terrain.elevation_model import model_heights
from solar_site_addon.generator.settings.drawn import DrawnSite

from ...hand_made import drawn

AXIS = np.linspace(-60, 60, 41)


def written(folder: Path, heights: np.ndarray, cell_m: float = 5.0) -> DrawnSite:
    """A site of 100 m on the model."""
    path = folder / "model.npy"
    np.save(path, heights)
    return drawn(site__elevation_model=str(path), site__elevation_cell_m=cell_m, site__size_m=100.0).site


def heights_of(site: DrawnSite, seed: int = 1) -> tuple[np.ndarray, float]:
    return model_heights(site, AXIS, np.random.default_rng(seed))[:2]


def test_a_plane_stays_a_plane_with_north_at_the_top(tmp_path: Path) -> None:
    row, column = np.indices((80, 100)).astype(float)
    # A row further south falls by 0.5 m a cell of 5 m, a column further east rises by 1 m.
    found, cell = heights_of(written(tmp_path, 100 - 0.5 * row + column))
    assert cell == 5.0
    along = np.diff(AXIS)[0]
    np.testing.assert_allclose(np.diff(found, axis=0), along * 0.5 / 5, atol=1e-9)
    np.testing.assert_allclose(np.diff(found, axis=1), along / 5, atol=1e-9)


def test_the_site_lies_within_the_model_and_elsewhere_for_another_seed(tmp_path: Path) -> None:
    column = np.indices((80, 100))[1].astype(float)
    places = []
    for seed in range(8):
        # What is read tells where: 0.05 a cell is gentle ground.
        found, _ = heights_of(written(tmp_path, 0.05 * column + 50), seed)
        places.append((found[20, 20] - 50) / 0.05)
    assert np.ptp(places) > 10
    assert min(places) >= 10  # cells from the border to the middle of a site of 100 m
    assert max(places) <= 99 - 10


def test_gentle_ground_is_preferred(tmp_path: Path) -> None:
    column = np.indices((80, 160))[1].astype(float)
    steep = np.where(column < 100, 5.0 * column, 500.0)  # 45 degrees up to a plateau
    site = written(tmp_path, steep)
    for seed in range(5):
        found, _ = heights_of(site, seed)
        inside = np.abs(AXIS) <= 50
        slopes = np.abs(np.gradient(found, AXIS, axis=1))[np.ix_(inside, inside)]
        assert np.mean(slopes < np.tan(np.radians(24.5))) > 0.45


def test_beyond_the_border_the_land_is_mirrored(tmp_path: Path) -> None:
    column = np.indices((24, 24))[1].astype(float)
    site = written(tmp_path, 50 + 0.1 * column)
    far = np.linspace(-200, 200, 81)
    found, *_ = model_heights(site, far, np.random.default_rng(1))
    assert found.min() >= 50 - 1e-9
    assert found.max() <= 50 + 2.3 + 1e-9
    assert (np.diff(found[40]) < -1e-6).any()
    assert (np.diff(found[40]) > 1e-6).any()


@pytest.mark.parametrize(
    ("heights", "words"),
    [
        (np.zeros((15, 40)), "too small"),
        (np.full((40, 40), 99_999.0), "no heights"),
        (np.zeros(40), "two-dimensional array of numbers"),
        (np.zeros((4, 40)), "fewer than"),
    ],
)
def test_files_that_do_not_serve_are_refused_by_name(tmp_path: Path, heights: np.ndarray, words: str) -> None:
    site = written(tmp_path, heights)
    with pytest.raises(SettingsError, match=words) as error:
        heights_of(site)
    assert "model.npy" in str(error.value)


def test_cells_are_the_users_and_may_not_be_absurd(tmp_path: Path) -> None:
    assert heights_of(written(tmp_path, np.zeros((40, 40)), 7.5))[1] == 7.5
    assert heights_of(written(tmp_path, np.zeros((40, 40)), 12.0))[1] == 12.0
