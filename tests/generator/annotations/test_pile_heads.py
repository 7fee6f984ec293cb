# SPDX-License-Identifier: GPL-3.0-or-later
"""Piles in the annotations of an image: one object each, with boxes of the pile and of its head."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytest

from solar_site_addon.generator.annotations.pile_heads import head_boxes
from solar_site_addon.generator.annotations.solids import solid_faces
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.geometry.piles import pile_shape
from solar_site_addon.generator.plan.array.piles import PileType, pile_axes, pile_kinds
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.model import View
from solar_site_addon.generator.plan.objects import first_pile_number, table_number
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.settings.schema import Settings, with_values

from ..planned import planned_site
from ..small_site import passes_of, rgb_image

SETTINGS = with_values(
    Settings(),
    {
        "site.size_m": 140.0,
        "array.progress": 0.4,
        "array.piles": "phc",
        "camera.width_px": 1200,
        "camera.height_px": 900,
        "camera.altitude_agl_m": 30.0,
        "camera.gimbal_pitch_deg": -90.0,
        "vegetation.grass": 0.0,
    },
)


class Made(NamedTuple):
    """A view, the piles that are painted into its object pass, and the sample."""

    view: View
    first: int
    """Number of the first pile."""
    painted: list[int]
    """Indices of the piles that are seen."""
    numbers: np.ndarray
    document: dict[str, Any]

    def records(self) -> dict[int, dict[str, Any]]:
        """Return the records of the piles by the index of the pile."""
        found = [record for record in self.document["objects"] if record["category"] == "pile"]
        return {record["site_id"] - self.first: record for record in found}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    site = planned_site(SETTINGS, 4)
    view = plan_view(site, SETTINGS, 0)
    first = first_pile_number(site.modules, site.tables, site.equipment, site.surroundings)
    numbers = np.zeros((view.camera.height_px, view.camera.width_px), np.int32)
    painted = []
    # OpenCV draws the silhouettes of the piles that stand, from their meshes.
    for number, faces in solid_faces(site, first + np.flatnonzero(site.piles.standing)):
        pixels, _ = view.camera.project(faces)
        before = (numbers == number).sum()
        for face in pixels:
            cv2.fillConvexPoly(numbers, np.round(face * 16 - 8).astype(np.int32), number, shift=4)
        if (numbers == number).sum() > before:
            painted.append(number - first)
    painted = [index for index in painted if (numbers == first + index).any()]
    folder = tmp_path_factory.mktemp("piles") / "batch_00" / "image_0000"
    image = rgb_image(view.camera, np.zeros((*numbers.shape, 3), np.uint8))
    write_sample(
        folder,
        view=view,
        settings=SETTINGS,
        number=image_number(0, 4, 1),
        images=[image],
        passes=passes_of(numbers),
        render_info={},
        blender="4.5.15",
    )
    return Made(view, first, painted, numbers, json.loads((Path(folder) / "sample.json").read_text()))


def test_every_pile_that_is_seen_is_one_object_with_its_table_as_parent(made: Made) -> None:
    site, records = made.view.site, made.records()
    assert len(made.painted) > 10
    assert set(made.painted) <= set(records)
    countable = [records[index] for index in made.painted]
    countable = [one for one in countable if one["visible_px"] >= 9 and one["visible_fraction"] >= 0.05]
    assert made.document["counts"]["pile"] == len(countable) > 10
    for index in made.painted:
        record = records[index]
        assert record["parent"] == table_number(site.modules, int(site.piles.table[index]))
        assert (record["kind"], record["size_m"]) == ("phc", site.pile_type.size_m)
        assert record["state"] == pile_kinds()["phc"].all_states[site.piles.state[index]]
        assert record["exposed_m"] == pytest.approx(site.piles.exposed_m[index], abs=1e-4)
        np.testing.assert_allclose(record["head_world"], site.piles.head[index], atol=1e-4)


def test_piles_that_are_only_planned_or_hidden_below_modules_are_not_listed(made: Made) -> None:
    site, records = made.view.site, made.records()
    listed = np.array(sorted(records))
    assert site.piles.standing[listed].all()
    unseen = np.array(sorted(set(records) - set(made.painted)), dtype=int)
    assert (site.tables.stage[site.piles.table[unseen]] < Stage.PARTLY_MOUNTED).all()


def test_boxes_are_those_of_the_visible_pixels_and_heads_lie_within_them(made: Made) -> None:
    records, camera = made.records(), made.view.camera
    for index in made.painted:
        record = records[index]
        y, x = np.nonzero(made.numbers == made.first + index)
        assert record["bbox_px"] == [x.min(), y.min(), np.ptp(x) + 1, np.ptp(y) + 1]
        head = record["head_bbox_px"]
        box = record["bbox_px"]
        if head is None:  # outside the image
            continue
        assert box[0] <= head[0] < head[0] + head[2] <= box[0] + box[2]
        assert box[1] <= head[1] < head[1] + head[3] <= box[1] + box[3]
        expected = cv2.projectPoints(
            made.view.site.piles.head[index][None],
            cv2.Rodrigues(camera.world_to_camera[:3, :3])[0],
            camera.world_to_camera[:3, 3],
            camera.matrix,
            np.zeros(4),
        )[0].ravel()
        np.testing.assert_allclose(record["head_px"], expected, atol=1e-2)


def test_a_pile_that_nothing_hides_is_visible_as_a_whole(made: Made) -> None:
    records = made.records()
    whole = [records[index] for index in made.painted if records[index]["truncation"] == 0]
    assert len(whole) > 5
    assert np.mean([record["visible_fraction"] for record in whole]) > 0.9


def test_tables_state_what_stands_and_what_is_planned(made: Made) -> None:
    site = made.view.site
    assert made.document["tables"]
    for record in made.document["tables"]:
        table = record["site_id"] - table_number(site.modules, 0)
        assert record["stage"] == Stage(site.tables.stage[table]).key
        own = site.piles.table == table
        assert record["piles"] == [int((own & site.piles.standing).sum()), int(own.sum())]
        mounted, planned = record["modules"]
        assert mounted == (site.modules.table == table).sum()
        assert planned >= mounted
        assert (planned == mounted) == (record["stage"] == "complete")


@pytest.mark.parametrize("kind", pile_kinds())
def test_the_box_of_a_head_holds_its_corners_ears_and_bars_and_no_more(made: Made, kind: str) -> None:
    site, camera, size_m = made.view.site, made.view.camera, pile_kinds()[kind].sizes_m[0]
    made_as = PileType(kind, size_m, np.array([0.9, 0.9, 0.9, 0.9]))  # helical piles have a square flange
    height_m = pile_kinds()[kind].head_m(size_m)[1]
    for fitted in (False, True):
        piles = dataclasses.replace(
            site.piles,
            state=np.zeros_like(site.piles.state),
            turn_deg=site.piles.turn_deg + 45.0,
            fitted=np.full(len(site.piles), fitted),
            exposed_m=np.full(len(site.piles), 0.8),
        )
        chosen = np.array(made.painted[:5])
        image = np.tile([0, 0, camera.width_px, camera.height_px], (5, 1))
        boxes = head_boxes(camera, piles, made_as, chosen, image)
        vertices = pile_shape(made_as, 0, 0, fitted).vertices
        at_head = np.column_stack([vertices[:, :2], np.maximum(vertices[:, 2], -height_m)])
        for index, box in zip(chosen.tolist(), boxes, strict=True):
            axes = pile_axes(piles)[index]
            pixels, _ = camera.project(piles.head[index] + at_head @ axes)
            low = np.clip(np.floor(pixels.min(axis=0)), 0, [camera.width_px, camera.height_px])
            high = np.clip(np.ceil(pixels.max(axis=0)), 0, [camera.width_px, camera.height_px])
            np.testing.assert_allclose(np.concatenate([box[:2], box[:2] + box[2:]]), [*low, *high], atol=1)


def test_the_head_of_a_hidden_pile_has_no_box(made: Made) -> None:
    site = made.view.site
    chosen = np.array(made.painted[:3])
    nothing = np.zeros((3, 4), dtype=np.int64)
    assert not head_boxes(made.view.camera, site.piles, site.pile_type, chosen, nothing).any()
    behind = dataclasses.replace(made.view.camera, world_to_camera=np.diag([1.0, -1, -1, 1]))
    assert not head_boxes(behind, site.piles, site.pile_type, chosen, nothing + 5000).any()
