# SPDX-License-Identifier: GPL-3.0-or-later
"""``from solar_site import Dataset`` reads what is in a dataset, also as an installed package without Blender."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
from PIL import Image
from pycocotools import mask as official

from solar_site import Category, Dataset, Sample, SolarSiteError
from solar_site_addon.generator.dataset.content import content_of
from solar_site_addon.generator.dataset.index import assemble_dataset
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.lens import plan_lens
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings, with_values

from ..generator.small_site import FOCAL_PX, HEIGHT, WIDTH, painted, passes_of, rgb_image, small_camera, small_plan

LENS = plan_lens(-0.05, np.hypot(WIDTH, HEIGHT) / 2 / FOCAL_PX)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return three samples of three sites, with normals, a lens that distorts, and a split."""
    folder = tmp_path_factory.mktemp("made")
    for index in range(3):
        camera = small_camera(position=(3.0 * index, -6.0, 22.0), lens=LENS if index == 1 else None)
        plan = small_plan(camera, seed=index)
        numbers, depth = painted(plan)
        depth[0] = np.inf
        write_sample(
            folder / f"batch_00/image_{index:04d}",
            view=plan.view,
            settings=with_values(Settings(), {"render.normals": True}),
            number=image_number(index, 0, 1),
            images=[rgb_image(camera, np.random.default_rng(index).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8))],
            passes=passes_of(numbers, depth),
            render_info={},
            blender="4.5.15",
        )
    assemble_dataset(folder, {}, ("coco",), content_of(RunSettings(split="0.5/0.5")))
    return folder


@pytest.fixture
def sample(out: Path) -> Sample:
    return Dataset(out)[0]


def test_it_is_a_sequence_of_samples(out: Path) -> None:
    dataset = Dataset(str(out))
    assert len(dataset) == 3
    assert [one.index for one in dataset] == [0, 1, 2]
    assert [one.index for one in dataset[1:]] == [1, 2]
    assert dataset[-1].folder == out / "batch_00/image_0002"
    assert [one.subset for one in dataset] == ["train", "val", "train"]
    with pytest.raises(IndexError):
        dataset[3]


def test_images_are_those_of_the_files(sample: Sample) -> None:
    folder = sample.folder
    np.testing.assert_array_equal(sample.image(), cv2.imread(str(folder / "rgb.png"))[..., ::-1])
    np.testing.assert_array_equal(sample.instances(), cv2.imread(str(folder / "instances.png"), cv2.IMREAD_UNCHANGED))
    assert sample.instances().dtype == np.uint16
    np.testing.assert_array_equal(sample.semantic(), np.asarray(Image.open(folder / "semantic.png")))
    depth = OpenEXR.File(str(folder / "depth.exr")).channels()["Y"].pixels
    np.testing.assert_array_equal(sample.depth(), depth)
    assert np.isinf(sample.depth()[0]).all()
    np.testing.assert_array_equal(sample.normals()[..., 2], 1)


def test_masks_are_those_of_the_official_decoder(sample: Sample) -> None:
    assert sample.conditions
    for record in (*sample.objects, *sample.tables, *sample.conditions):
        mask = sample.mask(record)
        assert mask.shape == (HEIGHT, WIDTH)
        assert mask.sum() == record["visible_px"]
        if record["mask_rle"]:
            np.testing.assert_array_equal(mask, official.decode(record["mask_rle"]).astype(bool))


def test_annotations_of_a_category_include_its_kinds_but_not_its_parts(sample: Sample) -> None:
    assert len(sample.annotations("table")) == len(sample.tables)
    racks = sample.annotations("mounting_structure")
    assert {one["category"] for one in racks} == {"rack"}
    assert sample.annotations("vehicle") == []
    assert Category(4).key == "module"
    with pytest.raises(SolarSiteError, match="panel is not a category; these are sky, terrain"):
        sample.annotations("panel")


@pytest.mark.parametrize("index", [0, 1])
def test_the_camera_projects_corners_to_the_keypoints(out: Path, index: int) -> None:
    sample = Dataset(out)[index]
    modules = sample.annotations("module")
    pixels, depths = sample.camera.project(np.array([one["corners_world"] for one in modules]))
    keypoints = np.array([one["keypoints_px"][::-1] for one in modules])  # clockwise, corners are counterclockwise
    seen = keypoints[..., 2] > 0
    assert np.abs(pixels - keypoints[..., :2])[seen].max() < 0.01
    assert (depths > 0).all()
    record = sample.document["images"]["rgb"]["camera"]
    pose = np.array(record["world_to_camera"])
    coefficients = np.array(record.get("opencv_distortion", [0.0] * 8))
    by_opencv, _ = cv2.projectPoints(
        np.array([one["corners_world"] for one in modules]).reshape(-1, 3),
        cv2.Rodrigues(pose[:3, :3])[0],
        pose[:3, 3],
        np.array(record["K"]),
        coefficients,
    )
    inside = ((pixels > 0) & (pixels < [WIDTH, HEIGHT])).all(axis=-1).ravel()
    assert np.abs(pixels.reshape(-1, 2) - by_opencv[:, 0])[inside].max() < 0.5


def test_points_at_the_depth_of_a_pixel_project_to_it(sample: Sample) -> None:
    y, x = np.mgrid[10:HEIGHT:20, 10:WIDTH:20] + 0.5
    pixels = np.stack([x, y], axis=-1).reshape(-1, 2)
    depth = sample.depth()[pixels[:, 1].astype(int), pixels[:, 0].astype(int)]
    points = sample.camera.position + depth[:, None] * sample.camera.rays(pixels)
    back, depths = sample.camera.project(points)
    np.testing.assert_allclose(back, pixels, atol=1e-6)
    np.testing.assert_allclose(depths, depth, rtol=1e-6)


def test_the_camera_of_a_tile_projects_into_the_tile(out: Path, tmp_path: Path) -> None:
    from headless.export import main

    assert main([str(out), "--to", str(tmp_path / "tiles"), "--tile", "64", "--empty", "1", "--processes", "1"]) == 0
    whole = Dataset(out)
    for tile in list(Dataset(tmp_path / "tiles"))[::5]:
        place = tile.document["tile"]
        points = np.array([[0.0, 0.0, 0.0], [2.0, -3.0, 1.0]])
        expected, _ = whole[place["source_index"]].camera.project(points)
        np.testing.assert_allclose(tile.camera.project(points)[0], expected - [place["x"], place["y"]], atol=1e-9)
        assert tile.image().shape == (64, 64, 3)
        with pytest.raises(SolarSiteError, match=r"has no depth\.exr"):
            tile.depth()


def test_a_folder_without_samples_and_a_damaged_image_are_told_in_one_sentence(out: Path, tmp_path: Path) -> None:
    with pytest.raises(SolarSiteError, match="contains no samples"):
        Dataset(tmp_path)
    broken = Sample(tmp_path, Dataset(out)[0]._split)
    with pytest.raises(SolarSiteError, match=r"sample\.json cannot be read"):
        _ = broken.document
    (tmp_path / "semantic.png").write_bytes(b"\x89PNG\r\n\x1a\n and nothing else")
    with pytest.raises(SolarSiteError, match=r"semantic\.png cannot be read"):
        broken.semantic()


def test_iterating_keeps_no_sample(out: Path) -> None:
    dataset = Dataset(out)
    first = [id(one.document) for one in dataset]
    assert first
    assert not any("document" in vars(one) for one in dataset)


def test_a_dataset_of_another_split_is_told_by_dataset_json(out: Path, tmp_path: Path) -> None:
    document = json.loads((out / "dataset.json").read_text())
    assert document["content"]["split"] == "0.5/0.5/0"
    (tmp_path / "batch_00").symlink_to(out / "batch_00")
    assert {one.subset for one in Dataset(tmp_path)} == {"train"}, "the default split, since there is no dataset.json"


WITHOUT_BLENDER = """
import importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"bpy", "bmesh", "mathutils", "headless"}:
            raise ImportError(name)

sys.meta_path.insert(0, Refuse())
sys.path.insert(0, sys.argv[1])
import solar_site
assert solar_site.__file__.startswith(sys.argv[1])
(first, *_) = solar_site.Dataset(sys.argv[2])
print(first.image().shape, first.depth().shape, len(first.objects))
"""


def test_the_wheel_works_without_blender_and_without_the_checkout(out: Path, root: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert {name.partition("/")[0].partition("-")[0] for name in archive.namelist()} <= {
            "solar_site",
            "solar_site_addon",
        }
        archive.extractall(tmp_path / "installed")
    command = [sys.executable, "-I", "-c", WITHOUT_BLENDER, str(tmp_path / "installed"), str(out)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    sample = Dataset(out)[0]
    assert result.stdout.strip() == f"{(HEIGHT, WIDTH, 3)} {(HEIGHT, WIDTH)} {len(sample.objects)}"


def test_camera_and_lens_survive_being_written(out: Path) -> None:
    camera = Dataset(out)[1].camera
    expected = small_camera(position=(3.0, -6.0, 22.0), lens=LENS)
    assert camera.lens is not None
    assert LENS is not None
    np.testing.assert_array_equal(camera.lens.coefficients, LENS.coefficients)
    assert camera.lens.reach == pytest.approx(LENS.reach)
    np.testing.assert_allclose(camera.matrix, expected.matrix)
    np.testing.assert_allclose(camera.position, expected.position)
    assert dataclasses.replace(camera, lens=None).width_px == WIDTH
