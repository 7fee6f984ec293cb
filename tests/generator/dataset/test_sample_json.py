# SPDX-License-Identifier: GPL-3.0-or-later
"""The document of a sample holds plain JSON types, rounded, with null where there is nothing to say."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.annotations.objects import annotate_image
from solar_site_addon.generator.dataset.sample_json import sample_document
from solar_site_addon.generator.domain.numbering import ImageNumber
from solar_site_addon.generator.settings.schema import Settings

from ..small_site import HEIGHT, WIDTH, equipped_plan, painted_numbers, passes_of, rgb_image


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Return the document of the small site with equipment, of which only modules are visible."""
    plan = equipped_plan()
    _, annotations = annotate_image(plan.site, plan.view.camera, passes_of(painted_numbers(plan)))
    made = sample_document(
        view=plan.view,
        settings=Settings(),
        number=ImageNumber(index=5, site=2, view=1, seed=9),
        annotations=annotations,
        images=[rgb_image(plan.view.camera, np.zeros((HEIGHT, WIDTH, 3), np.uint8))],
        files={"rgb.png": {"bytes": 3, "sha256": "abc"}},
        render_info={"device": "CPU"},
        blender="4.5.15",
    )
    return dict(made)


def test_the_document_is_json_as_it_is(document: dict[str, Any]) -> None:
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_numbers_and_facts_are_passed_on(document: dict[str, Any]) -> None:
    assert [document[name] for name in ("index", "site", "view", "seed")] == [5, 2, 1, 9]
    assert document["files"] == {"rgb.png": {"bytes": 3, "sha256": "abc"}}
    assert (document["render"], document["generator"]["blender"]) == ({"device": "CPU"}, "4.5.15")
    assert document["images"]["rgb"]["file"] == "rgb.png"


def test_modules_come_first_and_ids_are_unique(document: dict[str, Any]) -> None:
    categories = [record["category"] for record in document["objects"]]
    assert categories == sorted(categories, key=lambda name: name != "module")
    assert {"module", "rack", "inverter", "tarpaulin"} == set(categories)
    ids = [record["id"] for record in (*document["objects"], *document["tables"])]
    assert len(set(ids)) == len(ids)


def test_only_modules_have_a_condition_and_only_they_and_racks_a_parent(document: dict[str, Any]) -> None:
    tables = {table["id"] for table in document["tables"]}
    for record in document["objects"]:
        assert ("condition" in record) == (record["category"] == "module")
        of_table = record["category"] in ("module", "rack")
        assert (record["parent"] in tables) if of_table else record["parent"] is None


def test_an_object_without_visible_pixels_has_neither_box_nor_mask(document: dict[str, Any]) -> None:
    for record in document["objects"]:
        hidden = record["visible_px"] == 0
        assert (record["bbox_px"] is None, record["mask_rle"] is None) == (hidden, hidden)
    assert {record["visible_px"] == 0 for record in document["objects"]} == {True, False}


def test_lengths_are_rounded_to_hundredths_of_a_millimeter(document: dict[str, Any]) -> None:
    corners = np.array([record["corners_world"] for record in document["objects"] if record["category"] == "module"])
    np.testing.assert_allclose(corners * 1e5, np.rint(corners * 1e5), atol=1e-4)
    assert not (np.signbit(corners) & (corners == 0)).any()
