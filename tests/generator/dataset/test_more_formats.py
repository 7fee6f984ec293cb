# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO polygons, keypoints and panoptic, YOLO pose and Pascal VOC, with all kinds of classes."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as official
from pycocotools.coco import COCO

from solar_site_addon.generator.annotations.outlines import POLYGON_ERROR_PX, mask_polygons
from solar_site_addon.generator.annotations.rle import column_runs, encode_masks
from solar_site_addon.generator.dataset.content import Content, content_of
from solar_site_addon.generator.dataset.files import read_sample
from solar_site_addon.generator.dataset.index import assemble_dataset
from solar_site_addon.generator.dataset.png_rows import read_rows, write_rgb
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.imaging.png import palette_png
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from ..small_site import painted, passes_of, rgb_image, small_camera, small_plan

WIDTH, HEIGHT = 240, 180
CLASSES = "module,table,snow,cracked,stain"
SITES = 12


def content(**values: Any) -> Content:
    return content_of(RunSettings(**{"classes": CLASSES, "split": "0.8/0.1/0.1", **values}))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the samples of twelve sites, with marks and with something in front of some modules."""
    folder = tmp_path_factory.mktemp("made")
    camera = small_camera(width=WIDTH, height=HEIGHT, focal_px=180.0)
    numbers, depth = painted(small_plan(camera))
    numbers[75:95, 100:112] = numbers[84:86, 60:200] = 0
    numbers[100:104, 90:94] = 0
    depth[75:95, 100:112] = depth[84:86, 60:200] = depth[100:104, 90:94] = 3.0
    marked = np.zeros(numbers.shape, dtype=bool)
    marked[::7, :] = marked[:, ::5] = True
    for site in range(SITES):
        write_sample(
            folder / f"batch_00/image_{site:04d}",
            view=small_plan(camera, seed=site).view,
            settings=Settings(),
            number=image_number(site, 0, 1),
            images=[rgb_image(camera, np.full((HEIGHT, WIDTH, 3), 9 * site, np.uint8))],
            passes=passes_of(numbers, depth, marked),
            render_info={"device": "CPU"},
            blender="4.5.15",
        )
    names = ("coco", "coco_polygons", "coco_keypoints", "yolo_pose", "yolo_obb", "voc", "semantic")
    assemble_dataset(folder, {}, names, content())
    assemble_dataset(folder, {}, ("panoptic",), content(classes="module,rack", min_visible_px=120))
    return folder


def loaded(path: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def subset(site: int) -> str:
    return {4: "val", 9: "test"}.get(site, "train")


def expected(sample: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return class and record of each instance, by the rules of docs/formats.md."""
    records = [*sample["objects"], *sample["tables"], *sample["conditions"]]
    return [
        (record["category"], record)
        for record in records
        if record["category"] in CLASSES.split(",")
        and record["visible_px"] >= 9
        and (record["visible_fraction"] is None or record["visible_fraction"] >= 0.05)
    ]


def test_the_samples_have_instances_of_all_classes(out: Path) -> None:
    found = expected(read_sample(out / "batch_00/image_0000"))
    assert {name for name, _ in found} == set(CLASSES.split(","))


@pytest.mark.parametrize("name", ["instances", "polygons", "keypoints"])
def test_coco_files_hold_the_classes_in_order_and_one_file_for_each_subset(out: Path, name: str) -> None:
    whole = loaded(out / f"annotations/{name}.json")
    assert [one["name"] for one in whole.loadCats(sorted(whole.getCatIds()))] == CLASSES.split(",")
    parts = [loaded(out / f"annotations/{name}_{part}.json") for part in ("train", "val", "test")]
    assert [len(part.imgs) for part in parts] == [10, 1, 1]
    together: dict[int, Any] = {}
    for part, title in zip(parts, ("train", "val", "test"), strict=True):
        assert {one["subset"] for one in part.imgs.values()} == {title}
        assert {subset(one) for one in part.imgs} == {title}
        together |= part.anns
    assert together == whole.anns
    for site in (0, 4):
        anns = whole.loadAnns(whole.getAnnIds(imgIds=[site]))
        names = [whole.cats[one["category_id"]]["name"] for one in anns]
        found = expected(read_sample(out / f"batch_00/image_{site:04d}"))
        assert names == [title for title, _ in found]
        assert [one["area"] for one in anns] == [record["visible_px"] for _, record in found]


def test_annotations_carry_the_attributes_of_their_record(out: Path) -> None:
    coco = loaded(out / "annotations/instances.json")
    sample = read_sample(out / "batch_00/image_0000")
    anns = coco.loadAnns(coco.getAnnIds(imgIds=[0]))
    for ann, (name, record) in zip(anns, expected(sample), strict=True):
        attributes = ann["attributes"]
        assert attributes["category"] == name
        assert attributes["object_id"] == record.get("id", record.get("parent"))
        for key in ("condition", "dust", "tilt_deg", "azimuth_deg", "truncation", "visible_fraction", "cluster", "row"):
            assert attributes.get(key) == record.get(key)


def test_polygons_are_within_the_promised_distance_of_the_masks(out: Path) -> None:
    coco, masks = loaded(out / "annotations/polygons.json"), loaded(out / "annotations/instances.json")
    assert coco.dataset["info"]["polygon_error_px"] == POLYGON_ERROR_PX
    far = 0
    for ann in coco.loadAnns(coco.getAnnIds(imgIds=[0])):
        mask = masks.annToMask(masks.anns[ann["id"]]).astype(bool)
        drawn = coco.annToMask(ann).astype(bool)
        large = np.pad(mask, 2).astype(np.uint8)
        border = cv2.dilate(large, np.ones((3, 3))) - cv2.erode(large, np.ones((3, 3)))
        assert not ((drawn != mask) & (border[2:-2, 2:-2] == 0)).any(), "only pixels at the border differ"
        far += (drawn != mask).sum() > 0.12 * mask.sum() + 4
    assert far <= 0.05 * len(coco.getAnnIds(imgIds=[0]))


@pytest.mark.parametrize("seed", range(6))
def test_polygons_of_ragged_masks_keep_their_holes_and_distance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    smooth = cv2.GaussianBlur(rng.random((90, 110)).astype(np.float32), (0, 0), 2.0 + seed)
    mask = (smooth > np.median(smooth)).astype(np.int32)
    mask[:3] = mask[-3:] = mask[:, :3] = mask[:, -3:] = 0
    rle = {"size": [90, 110], "counts": encode_masks(column_runs(mask), 1)[0]}
    polygons = mask_polygons(rle)
    drawn = official.decode(official.merge(official.frPyObjects([np.ravel(p).tolist() for p in polygons], 90, 110)))
    union = (drawn > 0) | (mask > 0)
    assert ((drawn > 0) & (mask > 0)).sum() / union.sum() > 0.93
    area = sum(cv2.contourArea(np.array(p, np.float32)) for p in polygons)
    assert area == pytest.approx(mask.sum(), rel=0.05)
    contours, _ = cv2.findContours(
        np.kron(mask, np.ones((8, 8))).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    border = np.concatenate([one[:, 0] for one in contours]) / 8
    lines = np.zeros((90 * 8, 110 * 8), np.uint8)
    for polygon in polygons:
        cv2.polylines(lines, [np.round(np.array(polygon) * 8).astype(np.int32)], True, 1)
    away = cv2.distanceTransform(1 - lines, cv2.DIST_L2, 5)
    points = np.round(border * 8).astype(int)
    assert away[points[:, 1], points[:, 0]].max() / 8 <= POLYGON_ERROR_PX + 0.2


def test_keypoints_are_those_of_the_modules_and_zeros_for_others(out: Path) -> None:
    coco = loaded(out / "annotations/keypoints.json")
    category = coco.cats[1]
    assert category["keypoints"] == ["upper_left", "upper_right", "lower_right", "lower_left"]
    for ann, (name, record) in zip(
        coco.loadAnns(coco.getAnnIds(imgIds=[0])), expected(read_sample(out / "batch_00/image_0000")), strict=True
    ):
        points = np.reshape(ann["keypoints"], (4, 3))
        assert ann["num_keypoints"] == (points[:, 2] > 0).sum()
        if name == "module":
            np.testing.assert_array_equal(points, record["keypoints_px"])
        else:
            assert not points.any()


def test_keypoints_evaluated_against_themselves_are_perfect(out: Path) -> None:
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(out / "annotations/keypoints_val.json"))
        found = [{**one, "score": 1.0} for one in truth.loadAnns(truth.getAnnIds(catIds=[1])) if one["num_keypoints"]]
        evaluation = COCOeval(truth, truth.loadRes(found), "keypoints")
        evaluation.params.catIds = [1]
        evaluation.params.kpt_oks_sigmas = np.full(4, 0.05)
        evaluation.params.maxDets = [1000]
        evaluation.evaluate()
        evaluation.accumulate()
    assert evaluation.eval["precision"][:, :, 0, 0, 0].min() == 1.0


def test_yolo_pose_has_boxes_and_keypoints_in_one_line(out: Path) -> None:
    folder = out / "yolo_pose"
    text = (folder / "data.yaml").read_text()
    for line in ("kpt_shape: [4, 3]", "flip_idx: [1, 0, 3, 2]", "test: images/test", "  2: snow"):
        assert line in text.splitlines()
    rows = [[float(number) for number in line.split()] for line in (folder / "labels/train/image_0000.txt").open()]
    for row, (name, record) in zip(rows, expected(read_sample(out / "batch_00/image_0000")), strict=True):
        assert len(row) == 5 + 12
        assert row[0] == CLASSES.split(",").index(name)
        x, y, wide, high = np.array(row[1:5]) * [WIDTH, HEIGHT, WIDTH, HEIGHT]
        assert [x - wide / 2, y - high / 2, wide, high] == pytest.approx(record["bbox_px"], abs=1e-3)
        points = np.reshape(row[5:], (4, 3)) * [WIDTH, HEIGHT, 1]
        np.testing.assert_allclose(points, record.get("keypoints_px", np.zeros((4, 3))), atol=1e-3)


def test_rotated_rectangles_of_all_classes_lie_in_the_image(out: Path) -> None:
    rows = [[float(number) for number in line.split()] for line in (out / "yolo_obb/labels/test/image_0009.txt").open()]
    assert {row[0] for row in rows} == {0, 1, 2, 3, 4}
    assert all(len(row) == 9 and min(row[1:]) >= 0 and max(row[1:]) <= 1 for row in rows)


def test_voc_has_the_boxes_of_the_development_kit(out: Path) -> None:
    folder = out / "voc"
    assert (folder / "ImageSets/Main/val.txt").read_text().split() == ["image_0004"]
    assert "module:30,50,160::" in (folder / "labelmap.txt").read_text().splitlines()
    root = ElementTree.fromstring((folder / "Annotations/image_0000.xml").read_text())  # noqa: S314 - our own file
    assert (folder / "JPEGImages" / str(root.findtext("filename"))).samefile(out / "batch_00/image_0000/rgb.png")
    assert [root.findtext(f"size/{name}") for name in ("width", "height", "depth")] == [str(WIDTH), str(HEIGHT), "3"]
    masks = loaded(out / "annotations/instances.json")
    anns = masks.loadAnns(masks.getAnnIds(imgIds=[0]))
    objects = root.findall("object")
    for element, ann in zip(objects, anns, strict=True):
        assert element.findtext("name") == masks.cats[ann["category_id"]]["name"]
        y, x = np.nonzero(masks.annToMask(ann))
        box = [int(str(element.findtext(f"bndbox/{side}"))) for side in ("xmin", "ymin", "xmax", "ymax")]
        assert box == [x.min() + 1, y.min() + 1, x.max() + 1, y.max() + 1]
        truncated = bool(ann["attributes"]["truncation"])
        assert element.findtext("truncated") == str(int(truncated))
    assert {element.findtext("occluded") for element in objects} == {"0", "1"}


def test_every_pixel_of_a_panoptic_mask_has_a_segment_of_the_right_area_and_box(out: Path) -> None:
    document = json.loads((out / "panoptic/panoptic.json").read_text())
    names = {one["id"]: one["name"] for one in document["categories"]}
    things = {one["id"] for one in document["categories"] if one["isthing"]}
    assert {names[one] for one in things} == {"module", "rack"}
    assert {one.key for one in Category if one.is_surface} <= set(names.values())
    assert len(document["images"]) == len(document["annotations"]) == SITES
    entry = document["annotations"][3]
    assert document["images"][3]["id"] == entry["image_id"] == 3
    rgb = np.asarray(Image.open(out / "panoptic/masks" / entry["file_name"])).astype(np.int64)
    ids = rgb @ [1, 256, 65536]
    folder = out / "batch_00/image_0003"
    instances, semantic = (np.asarray(Image.open(folder / f"{name}.png")) for name in ("instances", "semantic"))
    listed = {one["id"]: one for one in entry["segments_info"]}
    assert set(np.unique(ids).tolist()) - {0} == set(listed)
    for number, segment in listed.items():
        here = ids == number
        y, x = np.nonzero(here)
        assert segment["area"] == here.sum()
        assert segment["bbox"] == [x.min(), y.min(), np.ptp(x) + 1, np.ptp(y) + 1]
        if segment["category_id"] in things:
            np.testing.assert_array_equal(here, instances == segment["attributes"]["object_id"])
        else:
            name = names[segment["category_id"]]
            np.testing.assert_array_equal(here, (semantic == Category[name.upper()]) & (ids >= 65536))
    void = ids == 0
    assert set(np.unique(semantic[void]).tolist()) == {Category.MODULE}, "modules of fewer than 120 pixels"
    assert void.sum() > 0


def test_panoptic_refuses_classes_that_cover_each_other(out: Path) -> None:
    before = (out / "panoptic/panoptic.json").read_bytes()
    for name in ("table", "snow"):
        with pytest.raises(SettingsError, match=f"classes contains {name}, which covers pixels of other instances"):
            assemble_dataset(out, {}, ("panoptic",), content(classes=f"module,{name}"))
    assert (out / "panoptic/panoptic.json").read_bytes() == before


def test_an_index_edited_by_hand_is_not_overwritten(out: Path) -> None:
    for name in ("yolo_pose/data.yaml", "voc/labelmap.txt"):
        path = out / name
        before = path.read_text()
        path.write_text(before.replace("snow", "ice"))
        with pytest.raises(SettingsError, match="was not written by Solar Site"):
            assemble_dataset(out, {}, (name.split("/")[0],), content())
        path.write_text(before)
        assemble_dataset(out, {}, (name.split("/")[0],), content())


def test_rows_of_masks_are_read_as_they_were_written(tmp_path: Path) -> None:
    values = np.random.default_rng(2).integers(0, 9, (30, 47), dtype=np.uint8)
    (tmp_path / "mask.png").write_bytes(palette_png(values, [(number, 0, 0) for number in range(9)]))
    assert b"".join(read_rows(tmp_path / "mask.png")) == values.tobytes()
    Image.fromarray(values.repeat(3, axis=0).repeat(3, axis=1)).resize((47, 30), Image.Resampling.BICUBIC).save(
        tmp_path / "other.png"
    )
    with pytest.raises(SolarSiteError, match="is not a mask as Solar Site writes it"):
        list(read_rows(tmp_path / "other.png"))
    colors = np.random.default_rng(3).integers(0, 256, (30, 47, 3), dtype=np.uint8)
    write_rgb(tmp_path / "rgb.png", 47, 30, (row.tobytes() for row in colors))
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "rgb.png")), colors)
