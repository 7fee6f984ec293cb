# SPDX-License-Identifier: GPL-3.0-or-later
"""Elevation models match what other libraries wrote, lie under the site, and bad files get one clear sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from rasterio.transform import from_origin

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.terrain import elevation_model
from solar_site_addon.generator.plan.terrain.elevation import tiff_image
from solar_site_addon.generator.plan.terrain.elevation.shared_land import share_land_in
from solar_site_addon.generator.plan.terrain.elevation_model import model_heights
from solar_site_addon.generator.plan.terrain.terrain import Terrain, plan_terrain
from solar_site_addon.generator.settings.schema import SiteSettings
from solar_site_addon.generator.settings.types import Range

from .elevation.gdal_files import write


def hills(rows: int = 90, columns: int = 110) -> np.ndarray:
    """Return smooth ground with heights from 0 to 60 m."""
    y, x = np.mgrid[:rows, :columns]
    return 30 + 20 * np.sin(x / 17) + 10 * np.cos(y / 11)


def land(path: Path, **values: Any) -> Terrain:
    ranges = {"relief": Range(0.5, 0.5), "roughness": Range(0.0, 0.0), "terraces": Range(0.0, 0.0)}
    site = SiteSettings(elevation_model=str(path), **{"size_m": 150.0, **ranges, **values})
    return plan_terrain(site, 5)


def write_ascii(path: Path, heights: np.ndarray, cell: float) -> None:
    head = f"ncols {heights.shape[1]}\nnrows {heights.shape[0]}\nxllcorner 500000\nyllcorner 4100000\n"
    head += f"cellsize {cell}\nNODATA_value -9999\n"
    path.write_text(head + "\n".join(" ".join(f"{value:.4f}" for value in row) for row in heights))


@pytest.mark.parametrize("kind", ["tif", "asc", "npy", "hgt"])
def test_the_terrain_equals_the_model(tmp_path: Path, kind: str) -> None:
    """On a plane that rises to the northeast, the slopes are those of the plane wherever the site lies."""
    side = 1201 if kind == "hgt" else 100
    y, x = np.mgrid[:side, :side]
    heights = 1000 + 1.0 * x - 0.5 * y
    path = tmp_path / f"N00E010.{kind}"
    cell = 5.0
    if kind == "tif":
        write(path, heights.astype("f4"), from_origin(600_000, 5_000_000, 5, 5), compress="lzw")
    elif kind == "asc":
        write_ascii(path, heights, 5.0)
    elif kind == "npy":
        np.save(path, heights)
    else:
        heights.round().astype(">i2").tofile(path)
        cell = 110_950 / 1200
    terrain = land(path, elevation_cell_m=5.0)
    ticks = np.arange(-60.0, 61.0, 20.0)
    grid = terrain.height(*np.meshgrid(ticks, ticks))
    along_y, along_x = np.gradient(grid, 20.0)
    tolerance = 0.15 if kind == "hgt" else 0.02  # whole meters, and synthetic relief between cells of 93 m
    assert along_x * cell == pytest.approx(np.full_like(grid, 1.0), abs=tolerance * cell / 5)
    assert along_y * cell == pytest.approx(np.full_like(grid, 0.5), abs=tolerance * cell / 5)


def test_gaps_are_filled_and_the_site_avoids_them(tmp_path: Path) -> None:
    heights = hills(200, 200)
    heights[:, :90] = -9999.0
    write_ascii(tmp_path / "a.asc", heights, 5.0)
    terrain = land(tmp_path / "a.asc")
    assert np.isfinite(terrain.heights).all()
    assert np.ptp(terrain.heights) < 70


def test_the_same_seed_gives_the_same_place(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", hills(200, 200))
    one, other = (land(tmp_path / "a.npy", elevation_cell_m=5.0) for _ in range(2))
    assert (one.heights == other.heights).all()


def refusal(path: Path, **values: Any) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(SettingsError) as error:
        land(path, **values)
    message = str(error.value)
    assert message.startswith(f"site.elevation_model = {path}")
    assert "\n" not in message
    return message


def test_a_missing_file_is_told_without_what_is_allowed(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.tif").endswith("absent.tif cannot be read (No such file or directory).")


def test_a_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    data = write(tmp_path / "good.tif", hills().astype("f4")).read_bytes()
    (tmp_path / "cut.tif").write_bytes(data[: len(data) // 2])
    assert "cannot be used: the file is damaged or truncated." in refusal(tmp_path / "cut.tif")


def test_a_file_that_only_gdal_reads_is_refused_with_the_command_that_converts_it(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", hills().astype("f4"), compress="zstd")
    message = refusal(tmp_path / "a.tif")
    assert "compression (ZSTD) is not supported" in message
    assert "headless/terrain.py FILE --at LON,LAT" in message


def test_a_fault_of_ours_is_not_told_as_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.tif", hills(200, 200).astype("f4"))
    for fault in (IndexError, ValueError, MemoryError):
        monkeypatch.setattr(tiff_image, "without_predictor", Mock(side_effect=fault))
        with pytest.raises(fault):
            land(tmp_path / "a.tif")


def test_too_little_land_is_told_with_both_sizes(tmp_path: Path) -> None:
    np.save(tmp_path / "small.npy", hills(20, 20))
    assert "covers 20 m x 20 m, which is too small for site.size_m = 150 m" in refusal(tmp_path / "small.npy")


def test_heights_in_feet_become_meters_by_file_or_by_setting(tmp_path: Path) -> None:
    """The same land in two units gives the same terrain, and a file whose unit is open is refused."""
    heights, plain = hills(200, 200).astype("f4"), from_origin(600_000, 5_000_000, 5, 5)
    metres = land(write(tmp_path / "m.tif", heights, plain)).heights
    feet = (heights / 0.3048).astype("f4")
    for name, crs, unit in (
        ("v", "EPSG:26913+8228", "auto"),
        ("s", "EPSG:26913", "ft"),
        ("c", "EPSG:26913+6360", "ft"),
    ):
        path = write(tmp_path / f"{name}.tif", feet, plain, crs)
        np.testing.assert_allclose(land(path, elevation_unit=unit).heights, metres, atol=1e-3)
    path = write(tmp_path / "o.tif", feet, from_origin(1e6, 2e5, 5 / 0.3048, 5 / 0.3048), "EPSG:2222")
    assert "does not state the unit of its heights: set site.elevation_unit" in refusal(path)
    np.testing.assert_allclose(land(path, elevation_unit="ft").heights, metres, atol=1e-3)


def test_a_path_may_begin_with_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    np.save(tmp_path / "a.npy", hills(200, 200))
    assert np.ptp(land(Path("~/a.npy"), elevation_cell_m=5.0).heights) > 5


@pytest.mark.slow
def test_a_large_model_is_read_near_the_site_in_full_and_elsewhere_coarsely(tmp_path: Path) -> None:
    """The land around the site is as if all had been read; far away, it follows the large forms."""
    step = np.arange(3200, dtype="f4")
    heights = 100 + 0.05 * step + 20 * np.sin(step[:, None] / 400) + np.sin(step / 7)
    options = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"}
    path = write(tmp_path / "a.tif", heights, from_origin(600_000, 5_000_000, 1, 1), **options)
    axis = np.r_[np.arange(-1500.0, -300, 100), np.arange(-300.0, 301, 1), np.arange(400.0, 1501, 100)]
    site = SiteSettings(elevation_model=str(path), size_m=150.0, place="center")
    found, *_ = model_heights(site, axis, np.random.default_rng(1))
    place = 1599.5 + axis
    wanted = 100 + 0.05 * place[None] + 20 * np.sin(place[::-1, None] / 400) + np.sin(place[None] / 7)
    near = np.abs(axis) <= 300
    assert np.abs(found - wanted)[np.ix_(near, near)].max() < 0.02
    assert np.abs(found - wanted).max() < 5


def test_the_land_at_a_chosen_place_is_read_once_for_all_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.tif", hills(200, 200).astype("f4"), from_origin(600_000, 5_000_000, 5, 5))
    share_land_in(tmp_path / "land")
    try:
        first = land(path, place="center").heights
        monkeypatch.setattr(elevation_model, "_land", Mock(side_effect=AssertionError))
        np.testing.assert_array_equal(land(path, place="center").heights, first)
        with pytest.raises(AssertionError):
            land(path, place="drawn")
    finally:
        share_land_in(None)
    assert len(list((tmp_path / "land").iterdir())) == 1
