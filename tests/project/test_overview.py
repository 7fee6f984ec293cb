# SPDX-License-Identifier: GPL-3.0-or-later
"""The contact sheet of a small dataset made by hand."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from headless.overview import main

WIDTH, HEIGHT = 120, 90
MARGIN = 2


def module(identity: int, left: int) -> dict[str, Any]:
    """Return a module that fills a square of 20 pixels."""
    polygon = [[left, 60], [left + 20, 60], [left + 20, 40], [left, 40]]
    return {
        "id": identity,
        "parent": 100 + identity,
        "category": "module",
        "row": 0,
        "column": 0,
        "polygon_px": polygon,
        "visible_px": 400,
        "mask_rle": None,
    }


def write_sample(folder: Path, seed: int, modules: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True)
    Image.new("RGB", (WIDTH, HEIGHT), (100, 100, 100)).save(folder / "rgb.png")
    ids = np.zeros((HEIGHT, WIDTH), np.uint16)
    for one in modules:
        left = one["polygon_px"][0][0]
        ids[40:60, left : left + 20] = one["id"]
    Image.fromarray(ids).save(folder / "instances.png")
    camera = {"altitude_agl_m": 61.7, "gimbal_pitch_deg": -74.2, "gsd_m": 0.0166}
    sizes = {name: (folder / name).stat().st_size for name in ("rgb.png", "instances.png")}
    files = {name: {"bytes": size, "sha256": ""} for name, size in sizes.items()}
    sample = {
        "schema": 2,
        "generator": {"version": "0", "blender": "0", "settings_sha256": "0"},
        "index": seed,
        "site": seed,
        "view": 0,
        "seed": seed,
        "images": {"rgb": {"file": "rgb.png", "width": WIDTH, "height": HEIGHT, "camera": camera}},
        "files": files,
        "objects": modules,
        "tables": [],
        "conditions": [],
    }
    (folder / "sample.json").write_text(json.dumps(sample))


class Result(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def overview(*arguments: object) -> Result:
    """Call the command in this process."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(list(map(str, arguments)))
    return Result(code, out.getvalue(), err.getvalue())


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    for index in range(3):
        write_sample(tmp_path / f"batch_0{index % 2}" / f"image_000{index}", index, [module(1, 20), module(300, 60)])
    return tmp_path


def test_modules_are_tinted_in_their_own_colors_and_the_rest_is_unchanged(dataset: Path) -> None:
    result = overview(dataset, "--width", WIDTH, "--max_images", 1)
    assert result.returncode == 0, result.stderr
    sheet = np.asarray(Image.open(dataset / "overview.png")).astype(int)
    image = sheet[MARGIN : MARGIN + HEIGHT, MARGIN : MARGIN + WIDTH]
    first, second, ground = image[50, 30], image[50, 70], image[10, 10]
    assert tuple(ground) == (100, 100, 100)
    assert np.ptp(first) > 50
    assert np.ptp(second) > 50
    assert np.abs(first - second).max() > 50


def test_outlines_follow_the_polygons(dataset: Path) -> None:
    overview(dataset, "--width", WIDTH, "--max_images", 1)
    sheet = np.asarray(Image.open(dataset / "overview.png")).astype(int)
    image = sheet[MARGIN : MARGIN + HEIGHT, MARGIN : MARGIN + WIDTH].sum(axis=2)
    assert image[45:55, 19:21].max() > image[50, 30] + 60
    assert image[45:55, 45:55].max() == 300


def test_the_sheet_contains_every_image(root: Path, dataset: Path) -> None:
    command = [sys.executable, str(root / "headless" / "overview.py"), str(dataset), "--width", str(WIDTH)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "3 images" in result.stdout
    with Image.open(dataset / "overview.png") as sheet:
        assert sheet.width > 2 * WIDTH
        assert sheet.height > 2 * HEIGHT


def test_a_module_with_a_corner_behind_the_camera_is_tinted_without_an_outline(tmp_path: Path) -> None:
    hidden = module(1, 20)
    write_sample(tmp_path / "batch_00" / "image_0000", 0, [hidden])
    path = tmp_path / "batch_00" / "image_0000" / "sample.json"
    document = json.loads(path.read_text())
    document["objects"][0]["polygon_px"] = None
    path.write_text(json.dumps(document))
    assert overview(tmp_path, "--width", WIDTH).returncode == 0


def test_an_id_that_sample_json_does_not_list_is_reported(tmp_path: Path) -> None:
    write_sample(tmp_path / "batch_00" / "image_0000", 0, [module(7, 20)])
    path = tmp_path / "batch_00" / "image_0000" / "sample.json"
    path.write_text(path.read_text().replace('"id": 7', '"id": 6'))
    result = overview(tmp_path)
    assert result.returncode == 2
    assert "has the id 7" in result.stderr
    assert not (tmp_path / "overview.png").exists()


def test_a_folder_without_samples_gives_one_sentence(tmp_path: Path) -> None:
    result = overview(tmp_path)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "no complete sample" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [('"schema": 2', '"schema": 9', "has schema 9"), ('"polygon_px"', '"polygons"', "cannot be drawn")],
)
def test_samples_of_another_version_and_damaged_ones_give_one_sentence(
    dataset: Path, old: str, new: str, message: str
) -> None:
    path = dataset / "batch_00" / "image_0000" / "sample.json"
    path.write_text(path.read_text().replace(old, new))
    result = overview(dataset)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr


def test_our_sheet_is_drawn_again_and_a_foreign_image_is_not_overwritten(dataset: Path) -> None:
    assert overview(dataset, "--width", WIDTH).returncode == 0
    assert overview(dataset, "--width", WIDTH, "--max_images", 1).returncode == 0
    target = dataset / "overview.png"
    Image.new("RGB", (4, 4)).save(target)
    for content in (target.read_bytes(), b"no image", target.read_bytes()[:40]):
        target.write_bytes(content)
        result = overview(dataset)
        assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
        assert str(target) in result.stderr
        assert target.read_bytes() == content
    assert not list(dataset.glob(".overview*"))


def test_incomplete_and_foreign_samples_are_not_drawn(dataset: Path) -> None:
    for folder in dataset.glob("batch_*/image_*"):
        (folder / "rgb.png").write_bytes(b"cut")
    before = sorted(dataset.rglob("*"))
    result = overview(dataset)
    assert (result.returncode, "no complete sample" in result.stderr) == (2, True)
    assert sorted(dataset.rglob("*")) == before
