# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataset index and COCO file, read with pycocotools and assembled without numpy."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO

from solar_site_addon.generator.dataset.files import read_sample
from solar_site_addon.generator.dataset.index import assemble_dataset, find_samples
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from ..small_site import HEIGHT, WIDTH, painted_numbers, passes_of, rgb_image, small_camera, small_plan

RUN = {"settings": {"site": {"size_m": 300}}, "run": {"seed": 7}, "failures": [], "timings": {"seconds": 1.5}}
PLACES = {0: "batch_00/image_0000", 1: "batch_00/image_0001", 2: "batch_01/image_0002"}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Return three samples, one of them without modules."""
    out = tmp_path_factory.mktemp("made")
    for index, place in PLACES.items():
        far = 500.0 if index == 1 else 0.0
        plan = small_plan(small_camera(position=(far + 2 * index, -6.0, 22.0)), seed=7 + index)
        numbers = painted_numbers(plan)
        write_sample(
            out / place,
            view=plan.view,
            settings=Settings(),
            number=image_number(index, 7, 1),
            images=[rgb_image(plan.view.camera, np.full((HEIGHT, WIDTH, 3), 50 * index, np.uint8))],
            passes=passes_of(numbers),
            render_info={"device": "CPU"},
            blender="4.5.15",
        )
    return out


@pytest.fixture
def out(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "out"))


def loaded(path: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def test_pycocotools_finds_the_images_and_the_category(out):
    coco = loaded(assemble_dataset(out, RUN).formats["coco"])
    assert coco.loadCats(coco.getCatIds())[0]["name"] == "module"
    assert {image["id"]: image["file_name"] for image in coco.loadImgs(coco.getImgIds())} == {
        index: f"{place}/rgb.png" for index, place in PLACES.items()
    }
    for image in coco.loadImgs(coco.getImgIds()):
        assert cv2.imread(str(out / image["file_name"])).shape == (image["height"], image["width"], 3)


def test_every_annotation_is_the_mask_of_one_module(out):
    summary = assemble_dataset(out, RUN)
    coco = loaded(summary.formats["coco"])
    seen = dropped = 0
    for index, place in PLACES.items():
        instances = cv2.imread(str(out / place / "instances.png"), cv2.IMREAD_UNCHANGED)
        annotations = coco.loadAnns(coco.getAnnIds(imgIds=[index]))
        fractions = {item["id"]: item["visible_fraction"] for item in read_sample(out / place)["objects"]}
        numbers, counts = np.unique(instances, return_counts=True)
        enough = {
            number
            for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
            if number and count >= 9 and fractions[number] >= 0.05
        }
        assert {item["attributes"]["object_id"] for item in annotations} == enough
        dropped += len(numbers) - 1 - len(enough)
        for item in annotations:
            mask = instances == item["attributes"]["object_id"]
            np.testing.assert_array_equal(coco.annToMask(item), mask)
            assert item["area"] == mask.sum()
            assert item["bbox"] == list(cv2.boundingRect(mask.astype(np.uint8)))
            seen += 1
    assert seen == summary.num_annotations > 100
    assert dropped == summary.num_dropped > 0
    assert sorted(coco.getAnnIds()) == list(range(1, seen + 1))


def test_a_dataset_evaluated_against_itself_is_perfect(out):
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = loaded(assemble_dataset(out, RUN).formats["coco"])
        found = [{**item, "score": 1.0} for item in truth.loadAnns(truth.getAnnIds())]
        evaluation = COCOeval(truth, truth.loadRes(found), "segm")
        evaluation.params.maxDets = [1, 100, 1000]
        evaluation.evaluate()
        evaluation.accumulate()
    assert evaluation.eval["precision"][:, :, 0, 0, 2].min() == 1.0


def test_dataset_json_contains_the_run_and_all_samples_with_checksums(out):
    summary = assemble_dataset(out, RUN)
    document = json.loads(summary.dataset_json.read_text())
    assert document["schema"] == 2
    assert {key: document[key] for key in RUN} == RUN
    assert [(item["index"], item["seed"], item["path"]) for item in document["samples"]] == [
        (index, 7 + index, place) for index, place in PLACES.items()
    ]
    for item in document["samples"]:
        files = sorted((out / item["path"]).iterdir())
        assert item["sha256"] == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    assert [item["blender"] for item in document["generators"]] == ["4.5.15"]
    assert document["categories"][4] == {"id": 4, "name": "module", "parent": "table", "color": [30, 50, 160]}


def test_a_dataset_assembled_twice_is_byte_identical(out):
    first = assemble_dataset(out, RUN)
    before = first.formats["coco"].read_bytes(), first.dataset_json.read_bytes()
    second = assemble_dataset(out, RUN)
    assert (second.formats["coco"].read_bytes(), second.dataset_json.read_bytes()) == before
    assert not list(out.rglob(".*"))


def test_annotations_do_not_depend_on_which_process_made_a_sample(out):
    before = loaded(assemble_dataset(out, RUN).formats["coco"]).anns
    (out / "batch_02").mkdir()
    (out / PLACES[0]).rename(out / "batch_02" / "image_0000")
    assert loaded(assemble_dataset(out, RUN).formats["coco"]).anns == before


def test_half_samples_and_leftovers_are_left_out(out):
    shutil.copytree(out / PLACES[0], out / "batch_00" / ".image_0009.partial")
    (out / "batch_00" / "image_0004").mkdir()
    (out / PLACES[2] / "depth.exr").unlink()
    assert find_samples(out) == {index: out / PLACES[index] for index in (0, 1)}
    assert assemble_dataset(out, RUN).num_samples == 2


def test_a_dataset_without_samples_is_still_valid(tmp_path):
    summary = assemble_dataset(tmp_path, RUN)
    assert (summary.num_samples, summary.num_annotations) == (0, 0)
    assert json.loads(summary.dataset_json.read_text())["samples"] == []
    assert loaded(summary.formats["coco"]).getImgIds() == []


def test_a_damaged_sample_stops_the_assembly_and_keeps_the_old_index(out):
    summary = assemble_dataset(out, RUN)
    before = summary.formats["coco"].read_bytes()
    path = out / PLACES[2] / "sample.json"
    path.write_text(path.read_text().replace('"site_id":', '"site_id"'))
    with pytest.raises(SolarSiteError, match="remove its folder"):
        assemble_dataset(out, RUN)
    assert summary.formats["coco"].read_bytes() == before
    assert not list(out.rglob(".*"))


def test_the_dataset_is_assembled_without_numpy(out, root):
    program = (
        "import sys; sys.modules['numpy'] = sys.modules['bpy'] = None\n"
        "from pathlib import Path\n"
        "from solar_site_addon.generator.dataset.index import assemble_dataset, is_whole\n"
        "from solar_site_addon.generator.dataset.registry import find_formats\n"
        "print(assemble_dataset(Path(sys.argv[1]), {}, tuple(find_formats())).num_samples)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(out)], cwd=root, capture_output=True, text=True, check=True
    )
    assert result.stdout == "3\n"


def test_annotations_are_made_from_sample_json_only(out):
    before = loaded(assemble_dataset(out, RUN).formats["coco"]).dataset["annotations"]
    modules = [
        record
        for place in PLACES.values()
        for record in read_sample(out / place)["objects"]
        if record["category"] == "module" and record["visible_px"] >= 9 and record["visible_fraction"] >= 0.05
    ]
    assert [item["segmentation"] for item in before] == [module["mask_rle"] for module in modules]
