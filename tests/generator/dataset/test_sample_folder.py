# SPDX-License-Identifier: GPL-3.0-or-later
"""Sample folders: complete or absent, and readable with common tools."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as official

from solar_site_addon.generator.dataset import sample_folder as folder_module
from solar_site_addon.generator.dataset.files import is_whole, read_head, read_sample, rgb_file
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.errors import RenderError, SolarSiteError
from solar_site_addon.generator.domain.lens import plan_lens
from solar_site_addon.generator.domain.numbering import ImageNumber
from solar_site_addon.generator.plan.array.conditions import Condition
from solar_site_addon.generator.settings.schema import RenderSettings, Settings, settings_sha256

from ..official import official_channels
from ..small_site import HEIGHT, WIDTH, rgb_image, small_camera, small_plan

DEFAULTS = Settings()
FILES = {"rgb.png", "instances.png", "semantic.png", "depth.exr", "sample.json"}


@pytest.fixture
def write(plan, image, passes):
    """Return a function that writes the sample of the small site into a folder."""

    def write_into(folder: Path, settings: Settings = DEFAULTS, image: Any = image, **changed) -> Path:
        camera = changed.get("view", plan.view).camera
        arguments = {
            "view": plan.view,
            "settings": settings,
            "number": ImageNumber(index=3, site=1, view=1, seed=7),
            "images": [rgb_image(camera, image)],
            "passes": passes,
            "render_info": {"device": "CPU", "samples": 16},
            "blender": "4.5.15",
        }
        write_sample(folder, **(arguments | changed))
        return folder

    return write_into


@pytest.fixture
def sample(write, tmp_path) -> Path:
    return write(tmp_path / "batch_00" / "image_0003")


def modules_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [record for record in document["objects"] if record["category"] == "module"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_sample_contains_the_expected_files(sample):
    assert set(contents(sample)) == FILES
    assert [path.name for path in sample.parent.iterdir()] == ["image_0003"]


def test_normals_are_written_if_the_settings_enable_them(write, tmp_path):
    folder = write(tmp_path / "image_0000", settings=Settings(render=RenderSettings(normals=True)))
    assert set(contents(folder)) == FILES | {"normals.exr"}
    channels = official_channels(folder / "normals.exr")
    normals = np.stack([channels[name] for name in "RGB"], axis=-1)
    assert normals.shape == (HEIGHT, WIDTH, 3)
    assert (normals == [0, 0, 1]).all()


def test_files_contain_the_rendered_image_and_passes(sample, image, passes):
    np.testing.assert_array_equal(np.asarray(Image.open(sample / "rgb.png")), image)
    np.testing.assert_array_equal(np.asarray(Image.open(sample / "semantic.png")), passes.categories)
    instances = cv2.imread(str(sample / "instances.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(instances > 0, passes.numbers > 0)
    depth = official_channels(sample / "depth.exr")["Y"]
    assert (depth.dtype, depth.shape) == (np.float32, (HEIGHT, WIDTH))
    assert np.isinf(depth[0]).all()
    np.testing.assert_allclose(depth, passes.depth, atol=1 / 8000)


def test_sample_json_records_numbers_sun_render_and_camera(sample, plan):
    document = json.loads((sample / "sample.json").read_text())
    assert document["schema"] == 2
    assert [document[name] for name in ("index", "site", "view", "seed")] == [3, 1, 1, plan.site.seed]
    assert document["generator"]["blender"] == "4.5.15"
    assert document["generator"]["settings_sha256"] == settings_sha256(Settings())
    image = document["images"]["rgb"]
    assert (image["file"], image["width"], image["height"]) == ("rgb.png", WIDTH, HEIGHT)
    assert document["sun"] == {"azimuth_deg": 160.0, "elevation_deg": 45.0, "turbidity": 3.0}
    assert document["render"] == {"device": "CPU", "samples": 16}
    assert image["camera"]["altitude_agl_m"] == 22.0
    assert image["camera"]["gimbal_pitch_deg"] == -75.0


def test_sample_json_contains_the_drawn_values(sample, plan):
    drawn = json.loads((sample / "sample.json").read_text())["drawn"]
    assert drawn["site"]["relief"] == pytest.approx(plan.view.settings.site.relief.value, abs=1e-6)
    low, high = Settings().camera.altitude_agl_m
    assert low <= drawn["camera"]["altitude_agl_m"] <= high
    assert "tilt_deg" not in drawn["array"]  # differs from cluster to cluster
    assert "date" not in drawn["light"]  # the same for all images, so it is in dataset.json


def test_sample_json_lists_every_file_with_its_checksum(sample):
    files = read_sample(sample)["files"]
    assert set(files) == FILES - {"sample.json"}
    for name, file in files.items():
        data = (sample / name).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_projected_corners_of_sample_json_are_its_polygons(sample):
    document = read_sample(sample)
    camera = document["images"]["rgb"]["camera"]
    transform = np.array(camera["world_to_camera"])
    corners = np.array([module["corners_world"] for module in modules_of(document)])
    points, _ = cv2.projectPoints(
        corners.reshape(-1, 1, 3), cv2.Rodrigues(transform[:3, :3])[0], transform[:3, 3], np.array(camera["K"]), None
    )
    polygons = np.array([module["polygon_px"] for module in modules_of(document)])
    np.testing.assert_allclose(points.reshape(-1, 4, 2), polygons, atol=0.002)


def test_the_modules_of_sample_json_match_instances_png(sample):
    document = read_sample(sample)
    instances = cv2.imread(str(sample / "instances.png"), cv2.IMREAD_UNCHANGED)
    ids = [module["id"] for module in document["objects"]]
    assert ids == sorted(set(ids))
    assert {module["category"] for module in document["objects"]} == {"module", "rack"}
    for module in document["objects"]:
        mask = instances == module["id"]
        assert module["visible_px"] == mask.sum()
        if mask.any():
            np.testing.assert_array_equal(official.decode(module["mask_rle"]), mask)
            assert module["bbox_px"] == official.toBbox(module["mask_rle"]).tolist()
        else:
            assert (module["mask_rle"], module["bbox_px"]) == (None, None)


def test_sample_json_describes_the_tables_of_its_modules(sample, plan):
    document = read_sample(sample)
    tables = {table["id"]: table for table in document["tables"]}
    assert set(tables) == {module["parent"] for module in modules_of(document)}
    for table in tables.values():
        number = table["site_id"] - len(plan.site.modules) - 1
        assert (table["category"], table["parent"]) == ("table", None)
        assert (table["row"], table["column"]) == (plan.site.tables.row[number], plan.site.tables.column[number])
        assert table["tilt_deg"] == 20.0
        assert (table["type"], table["module"]["kind"], table["module"]["frame"]) == ("2P", "mono", "silver")
        assert table["module"] | {"length_m": 2.278, "width_m": 1.134, "cells": [24, 6]} == table["module"]
    modules = modules_of(document)
    assert {module["kind"] for module in modules} == {"mono"}
    assert {(module["tilt_deg"], module["azimuth_deg"]) for module in modules} == {(20.0, 180.0)}
    places = {(module["parent"], module["row"], module["column"]) for module in modules}
    assert len(places) == len(modules)


def test_each_module_has_its_condition_and_dust(sample):
    names = ["clean", "dust", "stain", "bird_droppings", "leaves", "snow", "cracked", "hot_spot"]
    for module in modules_of(read_sample(sample)):
        index = module["site_id"] - 1
        assert module["condition"] == names[index % 8]
        assert module["dust"] == pytest.approx(index / 200, abs=0.001)


def test_conditions_name_their_module_and_have_masks_of_their_own(write, tmp_path, passes, numbers):
    marked = np.zeros_like(passes.marked)
    marked[::2] = True
    document = read_sample(write(tmp_path / "marked", passes=dataclasses.replace(passes, marked=marked)))
    modules = {module["id"]: module for module in modules_of(document)}
    for shown in document["conditions"]:
        module = modules[shown["parent"]]
        assert shown["category"] == module["condition"] not in ("clean", "dust")
        on_module = numbers == module["site_id"]
        expected = on_module if shown["category"] == "cracked" else on_module & marked
        np.testing.assert_array_equal(official.decode(shown["mask_rle"]), expected)
        assert shown["bbox_px"] == official.toBbox(shown["mask_rle"]).tolist()
        assert (shown["polygon_px"] is None) == (shown["category"] != "cracked")
    assert {shown["category"] for shown in document["conditions"]} == {
        "stain", "bird_droppings", "leaves", "snow", "cracked", "hot_spot",
    }  # fmt: skip


def test_keypoints_are_the_polygon_from_its_upper_left_corner(sample):
    for module in modules_of(read_sample(sample)):
        for (x, y, seen), corner in zip(module["keypoints_px"], module["polygon_px"][::-1], strict=True):
            assert seen in (0, 1, 2)
            assert [x, y] == (corner if seen else [0, 0])


def test_a_missing_module_has_corners_but_no_pixels(write, tmp_path, plan, passes):
    there = read_sample(write(tmp_path / "there"))["objects"]
    whole = next(module for module in there if module["visible_fraction"] == 1)
    index = whole["site_id"] - 1
    condition = plan.site.modules.condition.copy()
    condition[index] = Condition.MISSING
    without = dataclasses.replace(plan.site, modules=dataclasses.replace(plan.site.modules, condition=condition))
    numbers = np.where(passes.numbers == index + 1, 0, passes.numbers)
    folder = write(
        tmp_path / "missing",
        view=dataclasses.replace(plan.view, site=without),
        passes=dataclasses.replace(passes, numbers=numbers),
    )
    (missing,) = [module for module in modules_of(read_sample(folder)) if module["condition"] == "missing"]
    assert (missing["visible_px"], missing["bbox_px"], missing["mask_rle"]) == (0, None, None)
    for name in ("id", "parent", "row", "column", "corners_world", "polygon_px"):
        assert missing[name] == whole[name]


def test_a_module_without_a_polygon_has_null_in_valid_json(write, tmp_path, passes):
    near = small_plan(camera=small_camera(position=(0.3, -3.5, 2.6), pitch_deg=-20))
    _, depths = near.view.camera.project(near.site.modules.corners)
    cut = int(np.flatnonzero((depths <= 0).any(axis=1) & (depths > 0).any(axis=1))[0])
    numbers = np.zeros_like(passes.numbers)
    numbers[-1, :5] = cut + 1
    folder = write(tmp_path / "image_0000", view=near.view, passes=dataclasses.replace(passes, numbers=numbers))
    text = (folder / "sample.json").read_text()
    assert "NaN" not in text
    seen = [module for module in json.loads(text)["objects"] if module["visible_px"]]
    assert [(module["polygon_px"], module["visible_fraction"], module["truncation"]) for module in seen] == [
        (None, None, None)
    ]


def test_the_same_sample_gives_the_same_bytes(sample, write, tmp_path):
    assert contents(write(tmp_path / "elsewhere" / "image_0003")) == contents(sample)


def test_a_complete_sample_is_not_written_again(sample, write, image):
    before = {path: path.stat().st_mtime_ns for path in sample.iterdir()}
    write(sample, image=255 - image)
    assert {path: path.stat().st_mtime_ns for path in sample.iterdir()} == before


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_sample_with_a_missing_or_truncated_file_is_incomplete_and_made_again(sample, write, name):
    before = contents(sample)
    assert is_whole(sample)
    with (sample / name).open("r+b") as file:
        file.truncate((sample / name).stat().st_size - 1)
    assert not is_whole(sample)
    assert contents(write(sample)) == before
    (sample / name).unlink()
    assert not is_whole(sample)
    assert contents(write(sample)) == before


def test_other_folders_are_not_complete_samples(tmp_path):
    assert not is_whole(tmp_path / "missing")
    for text in ("", "[]", "{}", '{"schema":2}', '{"schema":2,"files":[]}', '{"schema":"2"}', "\xff"):
        (tmp_path / "sample.json").write_text(text, encoding="latin-1")
        assert not is_whole(tmp_path), text


def test_a_sample_json_in_another_layout_is_read(sample):
    document = read_sample(sample)
    (sample / "sample.json").write_text(json.dumps(document, indent=4))
    assert is_whole(sample)
    assert read_head(sample)["index"] == 3
    (sample / "sample.json").write_text(json.dumps(document))
    assert is_whole(sample)


def test_the_head_of_a_sample_is_everything_but_its_lists(sample):
    document = read_sample(sample)
    head = read_head(sample)
    assert head == {key: value for key, value in document.items() if key not in ("objects", "tables", "conditions")}


def test_a_sample_of_another_schema_is_refused_in_one_sentence_and_kept(sample, write):
    path = sample / "sample.json"
    path.write_text(path.read_text().replace('"schema": 2', '"schema": 3'))
    for read in (read_head, read_sample, is_whole, write):
        with pytest.raises(SolarSiteError, match=r"has schema 3, and this version reads schema 2") as raised:
            read(sample)
        assert str(raised.value).count(". ") == 0
    assert json.loads(path.read_text())["schema"] == 3


def test_a_damaged_sample_json_is_named_in_the_error(sample):
    (sample / "sample.json").write_text("{")
    with pytest.raises(SolarSiteError, match=r"sample\.json cannot be read"):
        read_sample(sample)


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_interrupted_write_leaves_no_sample_and_the_next_one_is_complete(write, sample, tmp_path, monkeypatch, name):
    write_durably = folder_module.write_durably

    def stop_at(path: Path, data: bytes) -> None:
        if path.name == name:
            path.write_bytes(data[: len(data) // 2])
            raise KeyboardInterrupt
        write_durably(path, data)

    folder = tmp_path / "batch_01" / "image_0003"
    with monkeypatch.context() as patched:
        patched.setattr(folder_module, "write_durably", stop_at)
        with pytest.raises(KeyboardInterrupt):
            write(folder)
    assert not folder.exists()
    assert all(path.name.startswith(".") for path in folder.parent.iterdir())
    assert contents(write(folder)) == contents(sample)
    assert [path.name for path in folder.parent.iterdir()] == ["image_0003"]


def test_passes_of_another_size_are_refused(write, tmp_path, passes):
    small = dataclasses.replace(passes, numbers=passes.numbers[:8, :10])
    with pytest.raises(RenderError, match="object pass has 10 x 8 pixels instead of 160 x 120"):
        write(tmp_path / "image_0000", passes=small)
    assert list(tmp_path.iterdir()) == []


def test_a_jpeg_image_is_stored_unchanged(write, tmp_path, image):
    encoded = cv2.imencode(".jpg", image)[1].tobytes()
    folder = write(tmp_path / "image_0000", image=encoded)
    assert set(contents(folder)) == FILES - {"rgb.png"} | {"rgb.jpg"}
    assert rgb_file(folder).read_bytes() == encoded
    document = json.loads((folder / "sample.json").read_text())
    assert document["images"]["rgb"]["file"] == "rgb.jpg" in document["files"]
    assert is_whole(folder)


def test_a_distorted_lens_has_coefficients_for_opencv(plan, write, tmp_path):
    lens = plan_lens(-0.03, np.hypot(WIDTH, HEIGHT) / 2 / plan.view.camera.focal_px)
    bent = dataclasses.replace(plan.view, camera=dataclasses.replace(plan.view.camera, lens=lens))
    camera = json.loads((write(tmp_path / "image_0000", view=bent) / "sample.json").read_text())["images"]["rgb"][
        "camera"
    ]
    assert (camera["model"], camera["name"]) == ("angle_polynomial", "custom")
    pose = np.array(camera["world_to_camera"])
    points = plan.site.modules.corners.reshape(-1, 3)
    drawn = cv2.projectPoints(
        points,
        cv2.Rodrigues(pose[:3, :3])[0],
        pose[:3, 3],
        np.array(camera["K"]),
        np.array(camera["opencv_distortion"]),
    )[0][:, 0]
    pixels = bent.camera.project(points)[0]
    inside = ((pixels >= 0) & (pixels <= [WIDTH, HEIGHT])).all(axis=1)
    assert np.abs(drawn - pixels)[inside].max() < camera["opencv_error_px"] + 0.01


@pytest.mark.parametrize("name", ["image_0000", ".image_0000.partial"])
def test_a_folder_with_a_foreign_file_is_not_replaced(write, tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "notes_of_mine.txt").write_text("mine")
    (tmp_path / name / "rgb.png").write_text("half")
    with pytest.raises(SolarSiteError, match=r"notes_of_mine\.txt was not written by Solar Site"):
        write(tmp_path / "image_0000")
    assert contents(tmp_path / name) == {"notes_of_mine.txt": b"mine", "rgb.png": b"half"}
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_sample_json_of_another_program_is_not_a_sample(tmp_path):
    for text in ('{"schema":1,"files":{}}', '{"schema":1,"files":{},"index":"0","seed":0,"generator":{}}'):
        (tmp_path / "sample.json").write_text(text)
        assert not is_whole(tmp_path), text
