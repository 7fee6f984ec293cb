# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles of a dataset agree with their whole images, and formats of them load; crops show modules from their front."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as official
from pycocotools.coco import COCO

from headless.export import main
from solar_site import Dataset
from solar_site_addon.batch.gallery import write_gallery
from solar_site_addon.generator.dataset.cropping import rectified
from solar_site_addon.generator.dataset.files import is_whole, json_bytes, read_sample
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.dataset.tiles import is_kept_empty, windows
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from ..generator.small_site import painted, passes_of, rgb_image, small_camera, small_plan

pytestmark = pytest.mark.slow

WIDTH, HEIGHT, TILE = 300, 220, 96
FLAGS = ("--tile", str(TILE), "--overlap", "0.25", "--empty", "1", "--formats", "coco,yolo_obb")
PLACES = ("batch_00/image_0000", "batch_00/image_0001", "batch_01/image_0002")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return three samples with modules, something in front of them, and empty corners."""
    out = tmp_path_factory.mktemp("made")
    for index, place in enumerate(PLACES):
        camera = small_camera(position=(4.0 * index, -6.0, 26.0), width=WIDTH, height=HEIGHT, focal_px=180.0)
        plan = small_plan(camera, seed=index)
        numbers, depth = painted(plan)
        numbers[90:110, 140:152] = 0
        depth[90:110, 140:152] = 3.0
        marked = np.zeros(numbers.shape, dtype=bool)
        marked[::3] = True
        rgb = np.random.default_rng(index).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        write_sample(
            out / place,
            view=plan.view,
            settings=Settings(),
            number=image_number(index, 0, 1),
            images=[rgb_image(camera, rgb)],
            passes=passes_of(numbers, depth, marked),
            render_info={},
            blender="4.5.15",
        )
    assert main([str(out), *FLAGS, "--processes", "1"]) == 0
    return out


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "out", ignore=shutil.ignore_patterns("tiles"))
    return tmp_path / "out"


def tiles(out: Path) -> list[Path]:
    return sorted((out / "tiles").glob("batch_*/image_*"))


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def decoded(record: dict[str, Any]) -> np.ndarray:
    return official.decode(record["mask_rle"]).astype(bool)


def part_of(whole: np.ndarray, tile: dict[str, Any]) -> np.ndarray:
    return whole[tile["y"] : tile["y"] + TILE, tile["x"] : tile["x"] + TILE]


def key(record: dict[str, Any]) -> tuple[str, int]:
    """Return what identifies a record in all tiles: its id, or that of the module of a condition."""
    return record["category"], record.get("id", record["parent"])


def test_tiles_cover_the_image_and_overlap(made: Path) -> None:
    found = windows(WIDTH, HEIGHT, TILE, 0.25)
    assert len(tiles(made)) == 3 * len(found)
    covered = np.zeros((HEIGHT, WIDTH), dtype=int)
    for window in found:
        assert (window.width, window.height) == (TILE, TILE)
        covered[window.y : window.y + TILE, window.x : window.x + TILE] += 1
    assert covered.min() >= 1
    starts = sorted({window.x for window in found})
    assert max(np.diff(starts)) <= 0.75 * TILE
    assert starts[-1] == WIDTH - TILE
    assert windows(50, 40, TILE, 0.2) == [(0, 0, 50, 40)]


def test_every_tile_pasted_back_agrees_with_its_whole_image(made: Path) -> None:
    assert all(is_whole(folder) for folder in tiles(made))
    for folder in tiles(made)[::5]:
        tile = read_sample(folder)
        place = tile["tile"]
        source = made / place["source"]
        whole = read_sample(source)
        assert place["source_index"] == whole["index"]
        assert [tile[name] for name in ("site", "view", "seed")] == [whole[name] for name in ("site", "view", "seed")]
        for name in ("rgb", "instances", "semantic"):
            np.testing.assert_array_equal(
                pixels(folder / f"{name}.png"), part_of(pixels(source / f"{name}.png"), place)
            )
        for kind in ("objects", "tables", "conditions"):
            parts = {key(record): record for record in tile[kind] if record["visible_px"]}
            full = {key(record): record for record in whole[kind] if record["visible_px"]}
            expected = {name: part_of(decoded(record), place) for name, record in full.items()}
            assert set(parts) == {name for name, mask in expected.items() if mask.any()}
            for name, record in parts.items():
                np.testing.assert_array_equal(decoded(record), expected[name])
                canonical = official.encode(np.asfortranarray(expected[name]))["counts"].decode()
                assert record["mask_rle"]["counts"] == canonical
                assert record["visible_px"] == expected[name].sum()
                assert record["bbox_px"] == official.toBbox(record["mask_rle"]).tolist()


def test_outlines_keypoints_and_camera_move_with_the_tile(made: Path) -> None:
    for folder in tiles(made)[::4]:
        tile = read_sample(folder)
        place, camera = tile["tile"], tile["images"]["rgb"]["camera"]
        modules = {one["id"]: one for one in read_sample(made / place["source"])["objects"]}
        pose, matrix = np.array(camera["world_to_camera"]), np.array(camera["K"])
        for record in tile["objects"]:
            full = modules[record["id"]]
            if record["category"] != "module":
                continue
            points = np.array(record["corners_world"]) @ pose[:3, :3].T + pose[:3, 3]
            projected = points[:, :2] / points[:, 2:] * matrix[0, 0] + matrix[:2, 2]
            np.testing.assert_allclose(projected, record["polygon_px"], atol=0.01)
            for (x, y, seen), (fx, fy, before) in zip(record["keypoints_px"], full["keypoints_px"], strict=True):
                inside = before and 0 <= fx - place["x"] < TILE and 0 <= fy - place["y"] < TILE
                assert seen == (before if inside else 0)
                assert [x, y] == (pytest.approx([fx - place["x"], fy - place["y"]]) if inside else [0, 0])


def test_visible_fraction_and_truncation_count_what_the_tile_shows(made: Path) -> None:
    cut = 0
    for folder in tiles(made)[::2]:
        tile = read_sample(folder)
        whole = {one["id"]: one for one in read_sample(made / tile["tile"]["source"])["objects"]}
        for record in tile["objects"]:
            full = whole[record["id"]]
            share = record["visible_px"] / full["visible_px"]
            assert record["visible_fraction"] == pytest.approx(full["visible_fraction"] * share, abs=1e-3)
            if record["category"] == "module" and full["visible_fraction"] > 0.97 and full["truncation"] == 0:
                assert record["truncation"] == pytest.approx(1 - share, abs=0.12)
                cut += 0.2 < share < 0.8
    assert cut > 20


def test_formats_of_the_tiles_leave_out_slivers(made: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(made / "tiles" / "annotations" / "instances.json"))
    assert len(coco.imgs) == len(tiles(made))
    fractions = [ann["attributes"]["visible_fraction"] for ann in coco.anns.values()]
    assert min(fractions) >= 0.05
    content = json.loads((made / "tiles" / "dataset.json").read_text())["content"]
    assert content["annotations"] == len(coco.anns)
    assert content["dropped"] > 0
    assert len(list((made / "tiles" / "yolo_obb" / "labels").glob("*/*.txt"))) == len(coco.imgs)


@pytest.mark.slow
def test_a_share_of_the_empty_tiles_is_kept(out: Path) -> None:
    assert main([str(out), "--tile", str(TILE), "--empty", "0", "--processes", "1"]) == 0
    assert all(
        any(one["category"] == "module" and one["visible_px"] >= 9 for one in read_sample(folder)["objects"])
        for folder in tiles(out)
    )
    found = windows(5280, 3956, 256, 0.2)
    kept = [is_kept_empty(index, found[index % 100], 0.3) for index in range(4000)]
    assert np.mean(kept) == pytest.approx(0.3, abs=0.03)


@pytest.mark.slow
def test_the_tiles_do_not_depend_on_the_number_of_processes(out: Path, made: Path) -> None:
    assert main([str(out), *FLAGS, "--processes", "2"]) == 0
    for path in (made / "tiles").rglob("*.*"):
        if path.is_file():
            assert path.read_bytes() == (out / "tiles" / path.relative_to(made / "tiles")).read_bytes(), path


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--tile", "32"], "tile = 32 is not allowed: it must be an integer from 64 to 16384 px."),
        (["--tile", "96", "--overlap", "1"], "overlap = 1 is not allowed: it must be a number from 0 to 0.9."),
        (["--tile", "96", "--classes", "modul"], "classes = modul: modul is not a category"),
        (["--formats", "cocoa"], "formats = cocoa is not allowed"),
        (["--tile", "96", "--crop", "64"], "--tile and --crop cannot be combined: run export.py twice."),
        (["--crop", "8"], "crop = 8 is not allowed: it must be an integer from 16 to 4096 px."),
        (["--tile", "96", "--to", "{out}/batch_00"], "exists already: remove it, or choose another folder with --to."),
    ],
)
def test_a_mistake_is_answered_in_one_sentence_and_touches_nothing(
    out: Path, flags: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(out.rglob("*"))
    assert main([str(out), *(flag.format(out=out) for flag in flags)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert sorted(out.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("rgb.png", ["--tile", "96"]),
        ("rgb.png", ["--crop", "64"]),
        ("rgb.png", ["--hdf5"]),
        ("instances.png", ["--tile", "96"]),
        ("instances.png", ["--hdf5"]),
        ("semantic.png", ["--tile", "96"]),
        ("semantic.png", ["--hdf5"]),
        ("sample.json", ["--tile", "96"]),
        ("sample.json", ["--crop", "64"]),
        ("sample.json", ["--hdf5"]),
        ("sample.json", ["--parquet"]),
    ],
)
def test_damage_that_keeps_the_size_of_a_file_is_told_in_one_sentence_and_leaves_nothing_behind(
    out: Path, name: str, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = out / PLACES[0] / name
    data = path.read_bytes()
    if name == "sample.json":
        path.write_bytes(data.replace(b'"category":', b'"categary":'))
    else:
        path.write_bytes(b"x" * len(data))
    before = sorted(out.rglob("*"))
    assert main([str(out), *flags, "--processes", "1"]) == 2
    error = capsys.readouterr().err
    assert str(path) in error
    assert error.count("\n") == 1
    assert sorted(out.rglob("*")) == before


def test_classes_that_a_format_cannot_hold_are_refused_before_anything_is_cut(out: Path) -> None:
    assert main([str(out), "--tile", "96", "--formats", "panoptic", "--classes", "module,table"]) == 2
    assert not (out / "tiles").exists()


@pytest.mark.slow
def test_a_dataset_that_cannot_be_read_is_refused_and_leaves_nothing_behind(out: Path) -> None:
    path = out / PLACES[1] / "sample.json"
    path.write_text(path.read_text().replace('"site_id":', '"site_id"'))
    before = sorted(out.rglob("*"))
    command = [sys.executable, str(Path(__file__).parents[2] / "headless" / "export.py"), str(out), "--tile", str(TILE)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert "sample.json cannot be read" in result.stderr
    assert result.stderr.count("\n") == 1
    assert sorted(out.rglob("*")) == before
    assert main([str(out / "nothing"), "--tile", str(TILE), "--processes", "1"]) == 2


def test_tiles_and_crops_keep_the_split_of_the_dataset_if_none_is_given(out: Path) -> None:
    assert main([str(out), "--formats", "coco", "--split", "0.5/0.5"]) == 0
    subsets = {one.index: one.subset for one in Dataset(out)}
    assert list(subsets.values()) == ["train", "val", "train"], "all would be for training by default"
    assert main([str(out), "--formats", "coco"]) == 0
    assert {one.index: one.subset for one in Dataset(out)} == subsets
    assert main([str(out), "--tile", "96", "--processes", "1"]) == 0
    assert {one.document["tile"]["source_index"]: one.subset for one in Dataset(out / "tiles")} == subsets
    assert main([str(out), "--crop", "32", "--processes", "1"]) == 0
    assert {int(path.stem.split("_")[1]): path.parts[-3] for path in (out / "crops").rglob("*.png")} == subsets


def test_a_mask_that_is_none_is_named_and_nothing_is_written(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = out / PLACES[1] / "sample.json"
    document = json.loads(path.read_text())
    place = next(number for number, one in enumerate(document["objects"]) if one["mask_rle"])
    document["objects"][place]["mask_rle"]["size"] = [10**6, 10**6]
    path.write_bytes(json_bytes(document))
    before = {path for path in out.rglob("*") if path.is_file()}
    for command in (
        ["--tile", "96"],
        ["--crop", "64"],
        ["--hdf5"],
        ["--parquet"],
        ["--pack", "webdataset"],
        ["--formats", "coco"],
    ):
        assert main([str(out), *command, "--processes", "1"]) == 2, command
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert f"{path} cannot be read (objects[{place}].mask_rle: its size is not {HEIGHT}, {WIDTH})" in error
    for read in (lambda: write_gallery(out), lambda: Dataset(out)[1].annotations("module")):
        with pytest.raises(SolarSiteError, match=rf"objects\[{place}\]\.mask_rle"):
            read()
    of_samples_before = {"webdataset/index.jsonl", "hdf5/0.hdf5"}
    left = {path for path in out.rglob("*") if path.is_file() and ".work" not in path.parts} - before
    assert {path.relative_to(out).as_posix() for path in left} == of_samples_before


def test_crops_show_each_module_from_its_front_in_folders_by_condition(out: Path) -> None:
    assert main([str(out), "--crop", "64", "--processes", "1"]) == 0
    folders = {path.name for path in (out / "crops" / "train").iterdir()}
    assert folders >= {"clean", "dust", "snow", "cracked"}
    modules = {one["id"]: one for one in read_sample(out / PLACES[0])["objects"] if one["category"] == "module"}
    crops = {int(path.stem.split("_")[-1]): path for path in (out / "crops").glob("*/*/image_0000_*.png")}
    whole = {
        number
        for number, one in modules.items()
        if one["visible_fraction"] >= 0.5 and all(seen for _, _, seen in one["keypoints_px"])
    }
    assert set(crops) == whole
    for number, path in crops.items():
        assert path.parent.name == modules[number]["condition"]
        with Image.open(path) as crop:
            assert crop.size == (32, 64), "1.134 x 2.278 m"


@pytest.mark.parametrize("flags", [["--formats", "coco"], ["--tile", "96"], ["--crop", "64"], ["--pack", "webdataset"]])
def test_incomplete_samples_are_left_out_and_named(
    out: Path, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (out / PLACES[1] / "rgb.png").unlink()
    shutil.rmtree(out / PLACES[2])
    assert main([str(out), *flags]) == 0
    assert f"1 incomplete sample left out, the first is {PLACES[1]}: " in capsys.readouterr().out


def edit_modules(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the records of the modules of a sample."""
    document: Any = read_sample(folder)
    for one in document["objects"]:
        if one["category"] == "module":
            change(one)
    (folder / "sample.json").write_bytes(json_bytes(document))


def test_modules_seen_from_behind_or_with_a_corner_outside_the_image_are_not_cropped(out: Path) -> None:
    edit_modules(out / PLACES[0], lambda one: one["keypoints_px"].reverse())
    edit_modules(out / PLACES[1], lambda one: one["keypoints_px"].__setitem__(2, [0, 0, 0]))
    assert main([str(out), "--crop", "64", "--processes", "1"]) == 0
    assert {path.stem.split("_")[1] for path in (out / "crops").rglob("*.png")} == {"0002"}


def test_all_subsets_of_crops_have_the_same_folders(out: Path) -> None:
    edit_modules(out / PLACES[1], lambda one: one.update(condition="clean"))
    assert main([str(out), "--crop", "64", "--processes", "1", "--split", "0.5/0.5"]) == 0
    train, val = ({path.name for path in (out / "crops" / subset).iterdir()} for subset in ("train", "val"))
    assert train == val > {"clean", "snow"}
    assert not list((out / "crops" / "val" / "snow").iterdir())


def test_a_crop_is_the_image_warped_like_opencv_does() -> None:
    y, x = np.mgrid[:200, :260]
    pixels = np.stack([x % 256, y, (x + y) // 2], axis=-1).astype(np.uint8)
    corners = [[60.0, 40.0], [150.5, 52.0], [170.0, 160.0], [48.0, 150.0]]
    module = {
        "keypoints_px": [[*corner, 2] for corner in corners],
        "corners_world": [[0, 0, 0], [1, 0, 0], [1, 2, 0], [0, 2, 0]],
    }
    found = np.asarray(rectified(pixels, module, 110)).astype(float)
    assert found.shape == (110, 55, 3)
    ends = np.array([[0, 0], [110, 0], [110, 220], [0, 220]], np.float32)
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])  # OpenCV counts from the center of the first pixel
    warp = half @ cv2.getPerspectiveTransform(np.array(corners, np.float32), ends) @ np.linalg.inv(half)
    fine = cv2.warpPerspective(pixels, warp, (110, 220), flags=cv2.INTER_LINEAR)
    expected = cv2.resize(fine, (55, 110), interpolation=cv2.INTER_AREA).astype(float)
    assert np.abs(found - expected)[2:-2, 2:-2].max() < 2.5


def test_formats_of_whole_images_are_written_without_a_run(out: Path) -> None:
    assert main([str(out), "--formats", "voc", "--classes", "module,snow"]) == 0
    assert (out / "voc" / "Annotations" / "image_0000.xml").is_file()
