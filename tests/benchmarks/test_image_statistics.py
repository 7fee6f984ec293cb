# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of images whose contrast, tones, modules and seams are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks.image_statistics import (
    FIGURES,
    AnnotatedImage,
    ModuleView,
    block_contrast,
    fine,
    fine_contrast,
    lab_lightness,
    lightness_spread,
    main,
    measured,
    module_contrast,
    seam_ratio,
)
from solar_site_addon.generator.dataset.files import extension_version, json_bytes
from solar_site_addon.generator.dataset.schema import SCHEMA

GSD_M = 0.04
MODULE_PX = 25, 41
"""Width and height of a portrait module of 1 x 1.65 m."""
GAP_PX = 2
BRIGHT, LEVEL = 200, 100


def table(columns: int, rows: int) -> tuple[np.ndarray, list[tuple[slice, slice]], tuple[ModuleView, ...]]:
    """Return ids (H, W), and the pixels and records of the modules of a table whose lower edge is at the bottom."""
    width, height = MODULE_PX
    across, up = width + GAP_PX, height + GAP_PX
    ids = np.zeros((rows * up + 20, columns * across + 20), dtype=np.int64)
    places, views = [], []
    for row in range(rows):
        for column in range(columns):
            left, bottom = 10 + column * across, ids.shape[0] - 10 - row * up
            place = slice(bottom - height, bottom), slice(left, left + width)
            ids[place] = len(views) + 1
            right, top = left + width, bottom - height
            corners = np.array([(left, bottom), (right, bottom), (right, top), (left, top)], dtype=float)
            places.append(place)
            views.append(ModuleView(len(views) + 1, corners, (0, row, column)))
    return ids, places, tuple(views)


def image_of(grey: np.ndarray, ids: np.ndarray, modules: tuple[ModuleView, ...]) -> AnnotatedImage:
    semantic = np.where(ids > 0, 4, 1).astype(np.uint8)
    rgb = np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
    return AnnotatedImage(rgb, semantic, ids, modules, ids > 0, GSD_M)


def lined_table(line: int, seam: int, columns: int, rows: int) -> AnnotatedImage:
    """Return a table with two lines across each other in each module, 2 px wide, and seams of another strength."""
    ids, places, modules = table(columns, rows)
    grey = np.full(ids.shape, LEVEL + seam)
    for place in places:
        grey[place] = LEVEL
        grey[place[0], place[1].start + 7 : place[1].start + 9] = LEVEL + line
        grey[place[0].start + 12 : place[0].start + 14, place[1]] = LEVEL + line
    return image_of(grey, ids, modules)


def test_fine_contrast_of_white_noise_is_what_a_gaussian_takes_from_it() -> None:
    noise = np.random.default_rng(0).normal(0.5, 0.1, (400, 400))
    expected = (noise - cv2.GaussianBlur(noise, (0, 0), 1.5)).std()
    assert fine_contrast(fine(noise), np.ones(noise.shape, dtype=bool)) == pytest.approx(expected, rel=0.01)
    # The standard deviation of white noise minus its blur: 1 - 2 / (2 pi s^2) + 1 / (4 pi s^2) of its variance.
    assert expected == pytest.approx(0.1 * np.sqrt(1 - 0.75 / (np.pi * 1.5**2)), rel=0.02)


def test_a_smooth_gradient_has_no_fine_contrast() -> None:
    gradient = np.tile(np.linspace(0, 1, 300), (300, 1))
    assert fine_contrast(fine(gradient), np.ones((300, 300), dtype=bool)) < 0.002


def test_the_contrast_in_blocks_is_that_of_the_middle_block() -> None:
    detail = np.zeros((64 * 3 + 5, 64))
    for number, strength in enumerate((0.01, 0.05, 0.3)):
        detail[64 * number : 64 * (number + 1)] = strength * (1 - 2 * (np.indices((64, 64)).sum(axis=0) % 2))
    detail[64 * 3 :] = 9.0  # not a whole block
    assert block_contrast(detail) == pytest.approx(0.05)
    assert np.isnan(block_contrast(np.zeros((63, 500))))


def test_contrast_within_a_module_is_that_of_its_own_pixels() -> None:
    ids, places, modules = table(3, 1)
    grey = np.zeros(ids.shape)
    for rows, columns in places:
        grey[rows, columns] = 51
        grey[rows, columns.start : columns.start + 5] = 153  # a fifth of the module
    assert module_contrast(image_of(grey, ids, modules)) == pytest.approx(0.4 * np.sqrt(0.2 * 0.8))


def test_lightness_agrees_with_opencv_and_spreads_between_modules_only() -> None:
    colours = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    assert lab_lightness(colours) == pytest.approx(
        cv2.cvtColor((colours / 255).astype(np.float32), cv2.COLOR_RGB2LAB)[..., 0], abs=0.3
    )
    ids, places, modules = table(2, 1)
    grey = np.full(ids.shape, 250)
    for place, value in zip(places, (60, 119), strict=True):
        grey[place] = value
    image = image_of(grey, ids, modules)
    lightness = lab_lightness(np.array([[[60] * 3, [119] * 3]], dtype=np.uint8))[0]
    assert lightness_spread(image) == pytest.approx((lightness[1] - lightness[0]) / 2)


@pytest.mark.parametrize(("columns", "rows"), [(4, 1), (1, 4), (3, 3)])
@pytest.mark.parametrize("ratio", [1, 2, 4])
def test_the_seam_ratio_is_that_of_the_painted_lines(ratio: int, columns: int, rows: int) -> None:
    assert seam_ratio(lined_table(30, 30 * ratio, columns, rows)) == pytest.approx(ratio, rel=0.05)


def test_a_table_seen_at_an_angle_has_the_same_seam_ratio() -> None:
    upright = lined_table(30, 60, 4, 2)
    height, width = upright.instances.shape
    turn = np.array([[0.9, -0.3, 40.0], [0.3, 0.9, 5.0]])
    corners = [cv2.transform((view.polygon - 0.5)[None], turn)[0] + 0.5 for view in upright.modules]
    turned = AnnotatedImage(
        cv2.warpAffine(upright.rgb, turn, (width + 60, height + 60), flags=cv2.INTER_LINEAR),
        np.zeros((1, 1), dtype=np.uint8),
        np.zeros((1, 1), dtype=np.int64),
        tuple(
            ModuleView(view.number, corner, view.place) for view, corner in zip(upright.modules, corners, strict=True)
        ),
        np.zeros((1, 1), dtype=bool),
        GSD_M,
    )
    assert seam_ratio(turned) == pytest.approx(2, rel=0.2)


def test_a_broken_seam_counts_by_its_mean() -> None:
    image = lined_table(30, 90, 2, 1)
    seam = image.rgb[:, 10 + MODULE_PX[0] : 10 + MODULE_PX[0] + GAP_PX]
    seam[::2] = LEVEL
    assert seam_ratio(image) == pytest.approx(1.5, rel=0.1)


def test_images_without_modules_have_no_figures_of_modules() -> None:
    empty = image_of(np.full((128, 128), 90), np.zeros((128, 128), dtype=np.int64), ())
    values = measured([empty])
    missing = {name for name, (value,) in values.items() if np.isnan(value)}
    assert missing == {
        "fine contrast on modules",
        "contrast within a module",
        "seam ratio",
        "lightness of modules",
    }


def write_sample(folder: Path, image: AnnotatedImage, index: int) -> None:
    """Write the parts of a sample folder that the benchmark reads."""
    folder.mkdir(parents=True)
    Image.fromarray(image.rgb).save(folder / "rgb.png")
    Image.fromarray(image.semantic).save(folder / "semantic.png")
    Image.fromarray(image.instances.astype(np.uint16)).save(folder / "instances.png")
    camera = {"gsd_m": image.gsd_m}
    records = [
        {
            "id": view.number,
            "category": "module",
            "parent": 100,
            "row": view.place[1],
            "column": view.place[2],
            "kind": "poly_60",
            "polygon_px": view.polygon.tolist(),
            "truncation": 0.0,
            "visible_fraction": 1.0,
            "mask_rle": None,
        }
        for view in image.modules
    ]
    document = {
        "schema": SCHEMA,
        "generator": {"version": extension_version(), "blender": "", "settings_sha256": ""},
        "index": index,
        "site": index,
        "view": 0,
        "seed": index,
        "images": {"rgb": {"file": "rgb.png", "width": 0, "height": 0, "camera": camera}},
        "files": {"rgb.png": {"bytes": (folder / "rgb.png").stat().st_size, "sha256": ""}},
        "objects": records,
        "tables": [],
        "conditions": [],
    }
    (folder / "sample.json").write_bytes(json_bytes(document))


def test_the_command_reports_all_figures_of_a_dataset(tmp_path: Path, capsys: Any) -> None:
    for number, ratio in enumerate((2, 4)):
        write_sample(tmp_path / "batch_00" / f"image_{number:04d}", lined_table(20, 20 * ratio, 3, 2), number)
    assert main([str(tmp_path), "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["seam ratio"] == pytest.approx([2, 4], rel=0.05)
    assert set(values) == {figure.name for figure in FIGURES}
    assert main([str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:26].strip() for line in lines[1:]] == [figure.name for figure in FIGURES]
    row = next(line for line in lines if line.startswith("seam ratio")).split()
    assert (int(row[2]), float(row[4])) == (2, pytest.approx(3, rel=0.05))


def test_only_the_chosen_kinds_count(tmp_path: Path, capsys: Any) -> None:
    write_sample(tmp_path / "batch_00" / "image_0000", lined_table(20, 40, 2, 1), 0)
    assert main([str(tmp_path), "--kinds", "mono", "--json"]) == 0
    assert np.isnan(json.loads(capsys.readouterr().out)["seam ratio"][0])


def test_a_folder_without_samples_is_refused(tmp_path: Path, capsys: Any) -> None:
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} contains no samples.\n"


def test_the_quantiles_are_recorded_for_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, ratio in enumerate((2, 4)):
        write_sample(tmp_path / "batch_00" / f"image_{number:04d}", lined_table(20, 20 * ratio, 3, 2), number)
    monkeypatch.setattr("benchmarks.image_statistics.RESULT", tmp_path / "kept" / "result.json")
    assert main([str(tmp_path), "--record"]) == 0
    result = json.loads((tmp_path / "kept" / "result.json").read_text(encoding="utf-8"))
    assert result["images"] == 2
    assert result["figures"]["seam ratio"]["50%"] == pytest.approx(3, rel=0.05)
    assert set(result["figures"]) == {figure.name for figure in FIGURES}
