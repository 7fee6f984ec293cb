# SPDX-License-Identifier: GPL-3.0-or-later
"""The published JSON Schemas are up to date and valid, and the documents follow them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from solar_site_addon.generator.dataset.index import assemble_dataset
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.lens import plan_lens
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings
from tools import dataset_reference

from ..small_site import HEIGHT, WIDTH, equipped_plan, painted_numbers, passes_of, rgb_image, small_camera

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def schema(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dataset of two samples with equipment, one with a pinhole camera and one with lens distortion."""
    folder = tmp_path_factory.mktemp("made")
    lens = plan_lens(-0.03, np.hypot(WIDTH, HEIGHT) / 2 / 120.0)
    for index, camera in enumerate((small_camera(), small_camera(lens=lens))):
        plan = equipped_plan(camera)
        write_sample(
            folder / "batch_00" / f"image_{index:04d}",
            view=plan.view,
            settings=Settings(),
            number=image_number(index, 7, 1),
            images=[rgb_image(camera, np.zeros((HEIGHT, WIDTH, 3), np.uint8))],
            passes=passes_of(painted_numbers(plan)),
            render_info={"device": "CPU"},
            blender="4.5.15",
        )
    assemble_dataset(folder, {"settings": {}, "failures": []})
    return folder


def test_the_published_files_are_up_to_date() -> None:
    for path, text in dataset_reference.schema_files().items():
        assert path.read_text(encoding="utf-8") == text, f"{path} is out of date: run make docs"
    page = dataset_reference.PAGE.read_text(encoding="utf-8")
    assert page == dataset_reference.page(page), "docs/formats.md is out of date: run make docs"


@pytest.mark.parametrize("name", ["sample", "dataset"])
def test_the_schemas_are_valid(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_samples_follow_their_schema(out: Path) -> None:
    for path in sorted(out.glob("batch_*/image_*/sample.json")):
        document = json.loads(path.read_text())
        jsonschema.validate(document, schema("sample"))
        assert {record["category"] for record in document["objects"]} == {"module", "rack", "inverter", "tarpaulin"}


def test_the_dataset_follows_its_schema(out: Path) -> None:
    jsonschema.validate(json.loads((out / "dataset.json").read_text()), schema("dataset"))


def test_every_key_is_described(out: Path) -> None:
    document = json.loads((out / "batch_00" / "image_0001" / "sample.json").read_text())
    described = schema("sample")
    definitions = described["$defs"]
    assert set(document) | {"tile"} == set(described["properties"])
    # Piles have keys of their own: tests/generator/annotations/test_pile_heads.py.
    of_piles = {"state", "size_m", "exposed_m", "head_world", "head_px", "head_bbox_px"}
    assert set(document["objects"][0]) | of_piles == set(definitions["ObjectRecord"]["properties"])
    assert set(document["tables"][0]) == set(definitions["TableRecord"]["properties"])
    assert set(document["images"]["rgb"]["camera"]) == set(definitions["CameraRecord"]["properties"])


@pytest.mark.parametrize(
    "damage",
    [
        lambda document: document.update(schema=1),
        lambda document: document.pop("images"),
        lambda document: document["objects"][0].update(id="1"),
        lambda document: document["objects"][0].pop("category"),
        lambda document: document["images"]["rgb"]["camera"].update(K=None),
    ],
)
def test_an_invalid_document_is_refused(out: Path, damage: Any) -> None:
    document = copy.deepcopy(json.loads((out / "batch_00" / "image_0000" / "sample.json").read_text()))
    damage(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema("sample"))
