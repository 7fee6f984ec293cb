# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a dataset: valid for Hugging Face and Croissant, true to the samples, and never in place of yours."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from headless.batch import plotter
from solar_site_addon.batch.dataset_card import write_card
from solar_site_addon.generator.dataset.card import is_our_card
from solar_site_addon.generator.dataset.content import content_of
from solar_site_addon.generator.dataset.countable import is_visible_enough
from solar_site_addon.generator.dataset.croissant import CONFORMS_TO
from solar_site_addon.generator.dataset.files import read_sample
from solar_site_addon.generator.dataset.index import DatasetSummary, assemble_dataset
from solar_site_addon.generator.dataset.registry import find_formats
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.licenses import LICENSES
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from ..generator.small_site import HEIGHT, WIDTH, painted_numbers, passes_of, rgb_image, small_camera, small_plan

pytestmark = pytest.mark.slow

FORMATS = tuple(name for name in find_formats() if name != "panoptic")
NUM = 6
CLASSES = "module,table,snow"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DatasetSummary]:
    out = tmp_path_factory.mktemp("made")
    for index in range(NUM):
        plan = small_plan(small_camera(position=(0.0, -6.0, 18.0 + index)), seed=index)
        write_sample(
            out / f"batch_00/image_{index:04d}",
            view=plan.view,
            settings=Settings(),
            number=image_number(index, 0, 1),
            images=[rgb_image(plan.view.camera, np.full((HEIGHT, WIDTH, 3), 20 * index, np.uint8))],
            passes=passes_of(painted_numbers(plan), marked=np.ones((HEIGHT, WIDTH), dtype=bool)),
            render_info={},
            blender="4.5.15",
        )
    return out, assemble_dataset(out, {}, FORMATS, content_of(RunSettings(classes=CLASSES)))


@pytest.fixture
def out(made: tuple[Path, DatasetSummary]) -> Path:
    """Return the dataset without a card."""
    for name in ("README.md", "metadata.json", "statistics.png"):
        (made[0] / name).unlink(missing_ok=True)
    return made[0]


@pytest.fixture
def summary(made: tuple[Path, DatasetSummary]) -> DatasetSummary:
    return made[1]


def cells(text: str, name: str) -> dict[str, list[float]]:
    """Return the numbers in the rows of a table of the card."""
    lines = text.split(f"| {name} | ")[1].partition("\n\n")[0].splitlines()[2:]
    return {key.strip(): [float(number) for number in numbers] for _, key, *numbers, _ in (r.split("|") for r in lines)}


def rows(text: str, name: str) -> dict[str, float]:
    """Return the counts of a table of the card."""
    return {key: numbers[0] for key, numbers in cells(text, name).items()}


def test_the_front_matter_is_that_of_a_dataset_card(out: Path, summary: DatasetSummary) -> None:
    assert write_card(out, summary, "cc-by-4.0", plotter()) == []
    text = (out / "README.md").read_text()
    assert text.startswith("---\n")
    matter = yaml.safe_load(text.split("---\n")[1])
    assert matter["license"] == "cc-by-4.0"
    assert matter["size_categories"] == ["n<1K"]
    assert {"object-detection", "image-segmentation"} <= set(matter["task_categories"])
    assert matter["pretty_name"] in text.split("---\n")[2]
    assert LICENSES["cc-by-4.0"] in text
    assert is_our_card(text)


def test_versions_that_made_samples_of_several_settings_are_named_once(out: Path, summary: DatasetSummary) -> None:
    write_card(out, summary._replace(generators=summary.generators * 3), "unknown", None)
    assert (out / "README.md").read_text().count("with Blender") == 1


def test_its_numbers_are_those_of_the_samples(out: Path, summary: DatasetSummary) -> None:
    write_card(out, summary, "unknown", None)
    text = (out / "README.md").read_text()
    samples = [read_sample(folder) for folder in sorted(out.glob("batch_*/image_*"))]
    modules = [one for sample in samples for one in sample["objects"] if one["category"] == "module"]
    visible = [one for one in modules if is_visible_enough(one)]
    assert len(visible) < sum(one["visible_px"] > 0 for one in modules), "slivers are counted"
    assert rows(text, "Subset") == {"train": 5, "val": 1}
    in_images = [sample["counts"]["module"] for sample in samples]
    assert sum(in_images) == len(visible)
    mean = pytest.approx(len(visible) / NUM, abs=0.06)
    assert cells(text, "Category")["module"] == [len(visible), min(in_images), mean, max(in_images)]
    assert rows(text, "Condition") == dict(Counter(one["condition"] for one in visible))
    coco = json.loads((out / "annotations/instances.json").read_text())
    by_class = Counter(one["category_id"] for one in coco["annotations"])
    assert rows(text, "Class of the annotation formats") == {
        name: by_class[number] for number, name in enumerate(CLASSES.split(","), start=1)
    }
    longest = max(one["oriented_box_px"][2] for one in visible)
    assert f"| {longest:.3g} |" in re.search(r"\| longer side.*", text)[0]  # type: ignore[index]


def test_the_lines_of_each_format_load_it(
    out: Path, summary: DatasetSummary, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_card(out, summary, "unknown", None)
    text = (out / "README.md").read_text()
    monkeypatch.chdir(out)
    blocks = dict(zip(["reader", *FORMATS], re.findall(r"```python\n(.*?)```", text, re.DOTALL), strict=True))
    loaded: dict[str, dict[str, Any]] = {}
    for name, lines in blocks.items():
        assert len(lines.splitlines()) == 3, name
        if "ultralytics" in lines or "supervision" in lines:
            compile(lines, name, "exec")  # run by tests/examples where these are installed
            assert all((out / path).exists() for path in re.findall(r'"((?:voc|yolo_\w+)/[^"]*)"', lines))
        else:
            exec(lines, loaded.setdefault(name, {}))  # noqa: S102 - our own card
    assert loaded["reader"]["image"].shape == (HEIGHT, WIDTH, 3)
    first = read_sample(out / "batch_00/image_0000")
    for name in ("coco", "coco_polygons"):
        assert len(loaded[name]["masks"]) > len(first["tables"])
    assert len(loaded["coco_keypoints"]["keypoints"][0]) == 12
    assert loaded["semantic"]["categories"].shape == (HEIGHT, WIDTH)
    assert loaded["density"]["density"].sum() > 10


def test_metadata_is_valid_croissant_and_leads_to_every_sample(
    out: Path, summary: DatasetSummary, caplog: pytest.LogCaptureFixture
) -> None:
    import mlcroissant

    write_card(out, summary, "cc-by-4.0", None)
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(jsonld=str(out / "metadata.json"))
    assert "not standard" not in caplog.text
    assert dataset.metadata.conforms_to == [CONFORMS_TO]
    assert not dataset.metadata.ctx.issues.errors
    samples = list(dataset.records("samples"))
    assert [one["samples/index"] for one in samples] == list(range(NUM))
    assert {(out / one["samples/path"].decode()).is_dir() for one in samples} == {True}
    for name in ("rgb", "instances", "semantic"):
        records = list(dataset.records(name))
        assert {(out / one[f"{name}/path"].decode()).is_file() for one in records} == {True}
        assert len(records) == NUM
    np.testing.assert_array_equal(
        np.asarray(list(dataset.records("rgb"))[2]["rgb/image"]), np.full((HEIGHT, WIDTH, 3), 40)
    )


def test_plots_are_drawn_if_there_is_a_library_and_said_to_be_missing_otherwise(
    out: Path, summary: DatasetSummary
) -> None:
    assert write_card(out, summary, "unknown", plotter()) == []
    assert "](statistics.png)" in (out / "README.md").read_text()
    with Image.open(out / "statistics.png") as image:
        assert image.info["Software"] == "Solar Site"
        shades = np.asarray(image.convert("L"))
    assert (shades < 128).mean() > 0.05
    (remark,) = write_card(out, summary, "unknown", None)
    assert "has no plots: matplotlib is missing" in remark
    assert not (out / "statistics.png").exists(), "it would show the numbers of an earlier dataset"
    assert "statistics.png" not in (out / "README.md").read_text()


def test_the_same_dataset_gives_the_same_card(out: Path, summary: DatasetSummary) -> None:
    files = [out / name for name in ("README.md", "metadata.json", "statistics.png")]
    written = []
    for _ in range(2):
        write_card(out, summary, "unknown", plotter())
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]


@pytest.mark.parametrize("name", ["README.md", "metadata.json", "statistics.png"])
def test_a_file_of_yours_is_kept(out: Path, summary: DatasetSummary, name: str) -> None:
    (out / name).write_bytes(b"mine")
    (remark,) = write_card(out, summary, "unknown", plotter())
    assert remark == f"Not written by Solar Site, or edited, and therefore kept as it is: {name}"
    assert (out / name).read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["README.md", "metadata.json"])
def test_a_card_that_was_edited_is_kept(out: Path, summary: DatasetSummary, name: str) -> None:
    write_card(out, summary, "unknown", plotter())
    edited = (out / name).read_text().replace("photovoltaic plants", "solar farms")
    (out / name).write_text(edited)
    (remark,) = write_card(out, summary, "cc0-1.0", plotter())
    assert name in remark
    assert (out / name).read_text() == edited


@pytest.mark.parametrize(
    "content", ["[]", '{"description": 3}', "\0", '{"description": "; made by Solar Site, checksum x"}']
)
def test_a_strange_metadata_file_is_kept(out: Path, summary: DatasetSummary, content: str) -> None:
    (out / "metadata.json").write_text(content)
    assert write_card(out, summary, "unknown", plotter())
    assert (out / "metadata.json").read_text() == content


def test_a_library_that_cannot_be_imported_costs_only_the_plots(out: Path, summary: DatasetSummary) -> None:
    def draw_plots(*_: Any) -> None:
        raise ImportError("this matplotlib was built for another numpy")

    (remark,) = write_card(out, summary, "unknown", draw_plots)
    assert "has no plots" in remark
    assert is_our_card((out / "README.md").read_text(encoding="utf-8"))
    assert not (out / "statistics.png").exists()
