# SPDX-License-Identifier: GPL-3.0-or-later
"""The launcher converts elevation models that are not read without GDAL, once, and all samples depend on the result."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

pytestmark = pytest.mark.slow

CONVERTED = "is converted with GDAL"


def model(path: Path, shift: float = 0.0, **options: Any) -> Path:
    """Write hills in feet, in degrees, with a compression that is not read without GDAL."""
    row, column = np.indices((120, 150))
    heights = (3280.84 * (1 + 0.02 * np.sin(row / 9) * np.cos(column / 11)) + shift).astype("f4")
    options = {"crs": "EPSG:4326", "transform": from_origin(15.0, 46.9, 1.4e-4, 1e-4), "compress": "zstd", **options}
    with rasterio.open(path, "w", "GTiff", 150, 120, 1, dtype="float32", **options) as file:
        file.write(heights, 1)
    return path


def run(launcher: Any, model: Path, *arguments: str, images: int = 1) -> subprocess.CompletedProcess[str]:
    setting = ("--set", f"site.elevation_model={model}", "--set", "site.elevation_unit=ft")
    result: subprocess.CompletedProcess[str] = launcher.run(
        "--num_images", str(images), *setting, *arguments, needs_gdal=True
    )
    return result


def kept(out: Path) -> list[Path]:
    return list((out / ".work").glob("*.tif"))


def test_a_model_is_converted_once_and_takes_the_place_of_the_original(launcher: Any, tmp_path: Path) -> None:
    land = model(tmp_path / "land.tif")
    first = run(launcher, land, "--set", "site.place=center")
    assert first.returncode == 0, first.stderr
    assert f"{land} {CONVERTED}" in first.stdout
    (made,) = kept(launcher.out)
    settings = launcher.dataset()["settings"]["site"]
    assert (settings["elevation_model"], settings["elevation_unit"]) == (str(made), "auto")
    with rasterio.open(made) as file:
        assert (file.crs.to_epsg(), file.units) == (32633, ("m",))
        assert file.tags()["SOLAR_SITE_SOURCES"].count("land.tif") == 1
        assert np.nanmean(file.read(1, masked=True)) == pytest.approx(1000, rel=0.01), "feet have become meters"

    elsewhere = tmp_path / "moved.tif"
    land.rename(elsewhere)
    again = run(launcher, elsewhere, "--set", "site.place=center", images=2)
    assert again.returncode == 0, again.stderr
    assert CONVERTED not in again.stdout
    assert "1 complete already" in again.stdout
    assert kept(launcher.out) == [made]

    elsewhere.unlink()
    other = tmp_path / "other"
    shutil.move(launcher.out, other)
    launcher.out = other
    record = json.loads((other / ".work" / "run.json").read_text())
    assert record["settings"]["site"]["elevation_model"] == str(made), "the record holds where the folder was"
    settings_only = launcher.run("--num_images", "3", "--settings", str(other / "dataset.json"), needs_gdal=True)
    assert settings_only.returncode == 0, "a dataset that was moved goes on without the original and without GDAL"
    assert launcher.run("--rebuild").returncode == 0

    changed = run(launcher, model(tmp_path / "changed.tif", shift=9), "--set", "site.place=center", images=3)
    assert changed.returncode == 2
    assert "another file of site.elevation_model" in changed.stderr


def test_shards_with_folders_of_their_own_make_the_same_model(launcher: Any, tmp_path: Path) -> None:
    land, out = model(tmp_path / "land.tif"), launcher.out
    for number in range(2):
        launcher.out = tmp_path / f"part_{number}"
        assert run(launcher, land, "--shard", f"{number}/2", images=2).returncode == 0
    parts = [tmp_path / f"part_{number}" for number in range(2)]
    assert len({kept(part)[0].read_bytes() for part in parts}) == 1
    launcher.out = out
    merged = subprocess.run(
        [*launcher.start("--help").args[:2], "--rebuild", *map(str, parts), "--into", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert merged.returncode == 0, merged.stderr


def test_a_dry_run_converts_and_writes_nothing(launcher: Any, tmp_path: Path) -> None:
    result = run(launcher, model(tmp_path / "land.tif"), "--dry_run")
    assert result.returncode == 0, result.stderr
    assert CONVERTED in result.stdout
    assert "EPSG:32633" in result.stdout
    assert not launcher.out.exists()


def test_what_cannot_be_converted_is_told_in_one_sentence(launcher: Any, tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_text("no raster")
    nowhere = model(tmp_path / "nowhere.tif", crs=None)
    for land, words in (
        (tmp_path / "text.tif", "not recognized as being in a supported file format"),
        (nowhere, "states no coordinate system"),
        (model(tmp_path / "far.tif"), "it does not reach 10,45"),
    ):
        place = ("--set", "site.place=10,45") if land.name == "far.tif" else ()
        result = run(launcher, land, *place)
        assert result.returncode == 2
        assert f"site.elevation_model = {land} cannot be converted with GDAL (headless/terrain.py): " in result.stderr
        assert words in result.stderr
        assert result.stderr.count("\n") == 1
        assert not launcher.out.exists()


def test_without_gdal_the_command_is_named(launcher: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'rasterio' else find(name, *a)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(hidden))
    result = run(launcher, model(tmp_path / "land.tif"))
    assert (result.returncode, "cannot be read without GDAL" in result.stderr) == (2, True)
    monkeypatch.setenv("SOLAR_SITE_GDAL_PYTHON", "/nowhere/python")
    assert "/nowhere/python cannot be started" in run(launcher, model(tmp_path / "land.tif")).stderr
