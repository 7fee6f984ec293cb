# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations are drawn at the pixels of their objects, each part by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.ui.annotation_drawing import (
    BOXES,
    CATEGORIES,
    CONDITIONS,
    IDS,
    MASKS,
    PARTS,
    draw_annotations,
    object_colours,
)

GREY = np.full((40, 60, 4), 0.5, dtype=np.float32)
OBJECTS: list[dict[str, Any]] = [
    {"id": 7, "parent": 1, "category": "module", "condition": "clean", "bbox_px": [2, 10, 20, 10]},
    {"id": 9, "parent": 2, "category": "module", "condition": "cracked", "bbox_px": [30, 10, 20, 10]},
    {"id": 12, "parent": None, "category": "inverter", "bbox_px": [30, 30, 5, 5]},
]


def ids() -> Any:
    numbers = np.zeros((40, 60), dtype=np.int64)
    for record in OBJECTS:
        left, top, width, height = record["bbox_px"]
        numbers[top : top + height, left : left + width] = record["id"]
    return numbers


def changed(shown: set[str]) -> Any:
    """Return the pixels (H, W) that the annotations change."""
    drawn = draw_annotations(GREY, ids(), OBJECTS, shown)
    assert np.array_equal(drawn[..., 3], GREY[..., 3])
    return (drawn != GREY).any(axis=-1)


def test_nothing_is_drawn_without_annotations() -> None:
    assert not changed(set()).any()
    assert not changed({CATEGORIES, CONDITIONS}).any(), "colors alone show nothing"


def test_masks_cover_their_objects_and_tables_differ_in_color() -> None:
    covered = changed({MASKS})
    assert covered[ids() > 0].all()
    assert not covered[:9].any()
    drawn = draw_annotations(GREY, ids(), OBJECTS, {MASKS})
    assert not np.allclose(drawn[15, 10, :3], drawn[15, 40, :3])


def test_a_box_is_an_outline() -> None:
    covered = changed({BOXES})
    assert covered[10, 2:23].all()
    assert covered[10:21, 22].all()
    assert not covered[12:19, 4:20].any()


def test_ids_are_written_only_where_there_is_room() -> None:
    covered = changed({IDS})
    assert covered[10:20, 2:22].any()
    assert not covered[28:].any(), "the number would hide the small object"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({CATEGORIES}, [Category.MODULE, Category.MODULE, Category.INVERTER]),
        ({CONDITIONS}, [None, Category.CRACKED, None]),
    ],
)
def test_colors_follow_the_registry_of_categories(shown: set[str], expected: list[Category | None]) -> None:
    colours = object_colours(OBJECTS, shown)
    for record, category in zip(OBJECTS, expected, strict=True):
        if category is not None:
            assert colours[record["id"]] * 255 == pytest.approx(category.color)
    assert not np.allclose(colours[7], colours[9]) or shown == {CATEGORIES}


def test_every_label_has_a_name() -> None:
    assert set(PARTS) == {MASKS, BOXES, IDS, CATEGORIES, CONDITIONS}


def test_an_image_whose_ids_are_not_listed_is_drawn_without_them() -> None:
    assert not (draw_annotations(GREY, np.full((40, 60), 99), [], {MASKS, BOXES, IDS}) != GREY).any()
