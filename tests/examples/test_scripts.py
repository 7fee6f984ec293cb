# SPDX-License-Identifier: GPL-3.0-or-later
"""The example scripts, run as their first lines say; those whose library is not installed are skipped."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from solar_site import Category, Dataset
from solar_site_addon.generator.dataset.content import content_of
from solar_site_addon.generator.dataset.index import assemble_dataset
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from ..generator.small_site import HEIGHT, WIDTH, painted_numbers, passes_of, rgb_image, small_camera, small_plan

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two samples with more than 100 modules each."""
    folder = tmp_path_factory.mktemp("made")
    for index in range(2):
        plan = small_plan(small_camera(), seed=index)
        write_sample(
            folder / f"batch_00/image_{index:04d}",
            view=plan.view,
            settings=Settings(),
            number=image_number(index, 0, 1),
            images=[rgb_image(plan.view.camera, np.full((HEIGHT, WIDTH, 3), 90, np.uint8))],
            passes=passes_of(painted_numbers(plan)),
            render_info={},
            blender="4.5.15",
        )
    assemble_dataset(folder, {}, ("coco", "yolo_detect"), content_of(RunSettings()))
    return folder


def run(name: str, *arguments: str | Path) -> str:
    """Return the output of an example."""
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_every_example_has_a_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert not [path.name for path in EXAMPLES.glob("*.py") if f'run("{path.name}"' not in text]


def test_load_sample(out: Path) -> None:
    text = run("load_sample.py", out)
    sample = Dataset(out)[0]
    assert f"image_0000: {WIDTH} x {HEIGHT} px" in text
    number, pixels, distance = re.search(r"module (\d+): (\d+) px, ([\d.]+) m away", text).groups()  # type: ignore[union-attr]
    mask = sample.instances() == int(number)
    assert mask.sum() == int(pixels)
    assert sample.depth()[mask].mean() == pytest.approx(float(distance), abs=0.051)


def test_project_point(out: Path) -> None:
    lines = run("project_point.py", out).splitlines()
    sample = Dataset(out)[0]
    assert len(lines) == len(sample.tables) + 1
    by_id = {table["id"]: table for table in sample.tables}
    for number, x, y in re.findall(r"table (\d+): x ([-\d.]+) px, y ([-\d.]+) px", "\n".join(lines)):
        outline = np.array(by_id[int(number)]["polygon_px"])
        assert np.hypot(*(outline.mean(axis=0) - [float(x), float(y)])) < 3


def test_read_depth(out: Path) -> None:
    depth = Dataset(out)[0].depth()
    low, high = depth[np.isfinite(depth)].min(), depth[np.isfinite(depth)].max()
    text = run("read_depth.py", out / "batch_00/image_0000")
    assert text.strip() == f"{WIDTH} x {HEIGHT} px, {low:.2f} to {high:.2f} m"


def test_read_semantic(out: Path) -> None:
    counts = dict(line.split(": ") for line in run("read_semantic.py", out, "1").splitlines())
    assert counts["module"] == f"{(Dataset(out)[1].semantic() == Category.MODULE).sum()} px"


def test_evaluate_coco_finds_perfect_detections_perfect(out: Path, tmp_path: Path) -> None:
    truth = json.loads((out / "annotations/instances.json").read_text())
    keys = ("image_id", "category_id", "bbox")
    found = [{**{key: one[key] for key in keys}, "score": 1.0} for one in truth["annotations"]]
    (tmp_path / "found.json").write_text(json.dumps(found))
    text = run("evaluate_coco.py", out / "annotations/instances.json", tmp_path / "found.json")
    by_limit = {int(limit): float(value) for limit, value in re.findall(r"at most (\d+) .*: ([\d.]+)", text)}
    assert by_limit[100] < 0.9
    assert by_limit[max(by_limit)] == 1.0


@pytest.mark.skipif(importlib.util.find_spec("ultralytics") is None, reason="ultralytics is not installed")
def test_train_ultralytics(out: Path) -> None:
    run("train_ultralytics.py", out / "yolo_detect/data.yaml", "yolo11n.yaml", "64", "1")
    assert list((out / "yolo_detect/runs").rglob("last.pt"))


@pytest.mark.skipif(importlib.util.find_spec("fiftyone") is None, reason="fiftyone is not installed")
def test_open_in_fiftyone(out: Path) -> None:
    number = len(json.loads((out / "annotations/instances.json").read_text())["annotations"])
    assert f"2 images, {number} instances" in run("open_in_fiftyone.py", out, "--no-app")
