# SPDX-License-Identifier: GPL-3.0-or-later
"""Formats other than COCO, parsed by the rules of their readers and compared with the id images."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from solar_site_addon.generator.dataset.files import read_sample
from solar_site_addon.generator.dataset.index import assemble_dataset
from solar_site_addon.generator.dataset.registry import find_formats
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings, iter_settings

from ..small_site import painted_numbers, passes_of, rgb_image, small_camera, small_plan

WIDTH, HEIGHT, FOCAL_PX = 240, 180, 180.0
PLACES = {index: f"batch_0{index // 3}/image_{index:04d}" for index in range(6)}
EMPTY = 1
"""Index of an image without a module."""
TASKS = ("detect", "segment", "obb")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Return six samples, in each of which some modules near the center are partly hidden."""
    out = tmp_path_factory.mktemp("made")
    camera = small_camera(width=WIDTH, height=HEIGHT, focal_px=FOCAL_PX)
    numbers = painted_numbers(small_plan(camera))
    numbers[75:95, 100:112] = numbers[75:150, 130:133] = 0
    for index, place in PLACES.items():
        write_sample(
            out / place,
            view=small_plan(camera, seed=index).view,
            settings=Settings(),
            number=image_number(index, 0, 1),
            images=[rgb_image(camera, np.full((HEIGHT, WIDTH, 3), 40 * index, np.uint8))],
            passes=passes_of(numbers * (index != EMPTY)),
            render_info={"device": "CPU"},
            blender="4.5.15",
        )
    assemble_dataset(out, {}, tuple(find_formats()))
    return out


@pytest.fixture
def out(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "out"))


def subset(index: int) -> str:
    return "val" if index == 4 else "train"


def yolo_lines(out: Path, task: str, index: int) -> list[np.ndarray]:
    """Return the numbers of each line after the category, which is always 0, in pixels."""
    path = out / f"yolo_{task}" / "labels" / subset(index) / f"image_{index:04d}.txt"
    rows = [np.array(line.split(), dtype=float) for line in path.read_text().splitlines()]
    assert all(row[0] == 0 and (row[1:] >= 0).all() and (row[1:] <= 1).all() for row in rows)
    return [row[1:].reshape(-1, 2) * [WIDTH, HEIGHT] for row in rows]


def annotated_masks(out: Path, index: int) -> list[np.ndarray]:
    """Return the masks of the modules that the formats annotate, in the order of their ids."""
    instances = cv2.imread(str(out / PLACES[index] / "instances.png"), cv2.IMREAD_UNCHANGED)
    modules = read_sample(out / PLACES[index])["objects"]
    return [
        instances == module["id"]
        for module in modules
        if module["category"] == "module" and module["visible_px"] >= 9 and module["visible_fraction"] >= 0.05
    ]


def filled(polygon: np.ndarray) -> np.ndarray:
    """Return a mask of the pixels whose centers lie in the polygon; OpenCV takes fixed-point numbers with 4 bits."""
    canvas = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(canvas, [np.round((polygon - 0.5) * 16).astype(np.int32)], 1, shift=4)
    return canvas > 0


@pytest.mark.parametrize("task", TASKS)
def test_ultralytics_finds_the_text_file_of_every_image(made: Path, task: str) -> None:
    folder = made / f"yolo_{task}"
    description = dict(
        line.split(": ") for line in (folder / "data.yaml").read_text().replace(":\n", ": \n").splitlines()[1:]
    )
    assert {name: text for name, text in description.items() if text} == {
        "train": "images/train", "val": "images/val", "  0": "module",
    }  # fmt: skip
    for index, place in PLACES.items():
        image = folder / "images" / subset(index) / f"image_{index:04d}.png"
        assert image.samefile(made / place / "rgb.png"), "a hard link, not a copy"
        before, _, after = str(image).rpartition("/images/")
        assert Path(f"{before}/labels/{after}").with_suffix(".txt").is_file()
    assert yolo_lines(made, task, EMPTY) == []


def test_boxes_enclose_the_masks(made: Path) -> None:
    masks = annotated_masks(made, 0)
    found = yolo_lines(made, "detect", 0)
    assert len(found) == len(masks) > 50
    for (centre, size), mask in zip(found, masks, strict=True):
        expected = cv2.boundingRect(mask.astype(np.uint8))
        assert np.concatenate([centre - size / 2, size]) == pytest.approx(expected, abs=1e-3)


def test_polygons_cover_the_masks(made: Path) -> None:
    masks = annotated_masks(made, 0)
    found = yolo_lines(made, "segment", 0)
    assert len(found) == len(masks)
    assert {4, 6} <= {len(polygon) for polygon in found}, "some are complete and some partly hidden"
    for polygon, mask in zip(found, masks, strict=True):
        area = cv2.contourArea(polygon.astype(np.float32))
        assert area == pytest.approx(mask.sum(), rel=0.03, abs=4)
        pixels = filled(polygon)  # fillPoly also fills the outline
        inside = cv2.dilate(pixels.astype(np.uint8), np.ones((3, 3)))
        assert not (mask & (inside == 0)).any()
        assert (pixels & ~mask).sum() <= cv2.arcLength(polygon.astype(np.float32), True)


def test_rotated_rectangles_agree_with_opencv(made: Path) -> None:
    found, polygons = yolo_lines(made, "obb", 0), yolo_lines(made, "segment", 0)
    assert len(found) == len(polygons)
    for corners, polygon in zip(found, polygons, strict=True):
        assert corners.shape == (4, 2)
        within = ((corners > 0) & (corners < [WIDTH, HEIGHT])).all()
        _, (wide, high), _ = cv2.minAreaRect(polygon.astype(np.float32))
        area = cv2.contourArea(corners.astype(np.float32))
        assert area == pytest.approx(wide * high, rel=1e-2) if within else area < 1.01 * wide * high


def test_the_lists_of_category_masks_name_all_images(made: Path) -> None:
    categories = (made / "semantic" / "labels.txt").read_text().splitlines()
    assert categories[Category.MODULE] == "module"
    assert len(categories) == len(Category)
    for name, indices in {"train": (0, 1, 2, 3, 5), "val": (4,)}.items():
        pairs = [line.split(" ") for line in (made / "semantic" / f"{name}.txt").read_text().splitlines()]
        assert [image for image, _ in pairs] == [f"{PLACES[index]}/rgb.png" for index in indices]
        for image, mask in pairs:
            assert (
                cv2.imread(str(made / image)).shape[:2] == cv2.imread(str(made / mask), cv2.IMREAD_UNCHANGED).shape[:2]
            )


def test_a_small_dataset_uses_the_training_images_for_validation(out: Path) -> None:
    for index in (3, 4, 5):
        shutil.rmtree(out / PLACES[index])
    assemble_dataset(out, {}, ("yolo_detect",))
    assert (out / "yolo_detect" / "data.yaml").read_text().splitlines()[1:3] == [
        "train: images/train",
        "val: images/train",
    ]


def test_formats_made_again_are_byte_identical(out: Path, made: Path) -> None:
    assemble_dataset(out, {}, tuple(find_formats()))
    for path in [*made.glob("yolo_*/**/*.*"), *made.glob("semantic/*"), made / "dataset.json"]:
        assert path.is_dir() or path.read_bytes() == (out / path.relative_to(made)).read_bytes()
    assert not list(out.rglob(".*"))


def test_a_damaged_sample_leaves_all_formats_unchanged(out: Path) -> None:
    before = {path: path.read_bytes() for path in out.glob("yolo_*/labels/*/*.txt")}
    path = out / PLACES[2] / "sample.json"
    path.write_text(path.read_text().replace('"site_id":', '"site_id"'))
    with pytest.raises(SolarSiteError, match="remove its folder"):
        assemble_dataset(out, {}, tuple(find_formats()))
    assert {path: path.read_bytes() for path in out.glob("yolo_*/labels/*/*.txt")} == before
    assert not list(out.rglob(".*"))


def test_a_file_system_without_links_gets_copies(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assemble_dataset(out, {}, ("yolo_detect",))
    copy = out / "yolo_detect" / "images" / "train" / "image_0000.png"
    assert copy.read_bytes() == (out / PLACES[0] / "rgb.png").read_bytes()
    assert not copy.samefile(out / PLACES[0] / "rgb.png")


def test_the_setting_names_every_format() -> None:
    setting = next(setting for setting in iter_settings(RunSettings) if setting.name == "formats")
    assert setting.spec.choices == tuple(find_formats())
