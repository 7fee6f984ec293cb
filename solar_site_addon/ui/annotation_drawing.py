# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations drawn on an image: masks, boxes and ids of objects, colored by table, category or condition. No bpy."""

from __future__ import annotations

import colorsys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..generator.domain.array_types import Longs, Singles
from ..generator.domain.categories import Category

MASKS, BOXES, IDS, CATEGORIES, CONDITIONS = "masks", "boxes", "ids", "categories", "conditions"
PARTS = {
    MASKS: "Masks",
    BOXES: "Boxes",
    IDS: "Ids",
    CATEGORIES: "Categories",
    CONDITIONS: "Conditions",
}
"""The parts of the annotations that can be switched, with their names. The last two are colors: by default, objects
that belong to one table share a color."""
AT_FIRST = frozenset({MASKS})
TINT = 0.35
OUTLINE = 0.4
CLEAN = (110, 190, 120)
"""Color of modules without a condition of their own, where conditions are shown."""
HUE_STEP = 0.618
"""Change of hue from one table to the next: the golden ratio makes neighbors differ."""
SMALLEST_FOR_ID_PX = 12
"""Width of the narrowest box that gets a number: anything smaller would be hidden by it."""
DIGITS = {
    "0": (7, 5, 5, 5, 7), "1": (2, 6, 2, 2, 7), "2": (7, 1, 7, 4, 7), "3": (7, 1, 7, 1, 7), "4": (5, 5, 7, 1, 1),
    "5": (7, 4, 7, 1, 7), "6": (7, 4, 7, 5, 7), "7": (7, 1, 2, 2, 2), "8": (7, 5, 7, 5, 7), "9": (7, 5, 7, 1, 7),
}  # fmt: skip
"""Rows of each digit, from the top, as bits."""


def draw_annotations(
    image: Singles, ids: Longs, objects: Sequence[Mapping[str, Any]], shown: Collection[str]
) -> Singles:
    """Return a copy of ``image`` (H, W, 4) with the annotations ``shown`` of the ``objects`` at their pixels.

    ``ids`` (H, W) holds the id of the object at each pixel, 0 for none. The first row is at the top; boxes are in
    pixels of ``image``.
    """
    result = image.copy()
    colours = object_colours(objects, shown)
    if MASKS in shown:
        _tint(result, ids, colours)
    if BOXES in shown:
        for record in objects:
            _outline(result, record["bbox_px"], colours[record["id"]])
    if IDS in shown:
        for record in objects:
            _number(result, record["id"], record["bbox_px"])
    return result


def object_colours(objects: Sequence[Mapping[str, Any]], shown: Collection[str]) -> Singles:
    """Return the color (N, 3) of each id, sRGB from 0 to 1: by condition, by category, or by table."""
    colours = np.zeros((max((record["id"] for record in objects), default=0) + 1, 3), dtype=np.float32)
    for record in objects:
        colours[record["id"]] = _colour(record, shown)
    return colours


def category_colour(key: str) -> tuple[float, ...]:
    """Return the color of a category or condition in masks, sRGB from 0 to 1."""
    return tuple(part / 255 for part in Category[key.upper()].color)


def hue_of(number: int) -> tuple[float, float, float]:
    """Return a color for a number that differs from those of its neighbors, sRGB from 0 to 1."""
    return colorsys.hsv_to_rgb(number * HUE_STEP % 1.0, 0.75, 1.0)


def _colour(record: Mapping[str, Any], shown: Collection[str]) -> Iterable[float]:
    condition = record.get("condition")
    if CONDITIONS in shown and condition is not None:
        return tuple(part / 255 for part in CLEAN) if condition == "clean" else category_colour(condition)
    if CATEGORIES in shown:
        return category_colour(record["category"])
    return hue_of(record["parent"] or record["id"])


def _tint(result: Singles, ids: Longs, colours: Singles) -> None:
    """Tint the objects and lighten their borders."""
    known = np.where(ids < len(colours), ids, 0)
    inside = known > 0
    result[inside, :3] = (1 - TINT) * result[inside, :3] + TINT * colours[known[inside]]
    edge = np.zeros(ids.shape, dtype=bool)
    edge[:, 1:] |= known[:, 1:] != known[:, :-1]
    edge[1:] |= known[1:] != known[:-1]
    result[edge, :3] = (1 - OUTLINE) * result[edge, :3] + OUTLINE


def _outline(result: Singles, box: Sequence[float], colour: Singles) -> None:
    """Draw a box, given by left, top, width and height."""
    height, width = result.shape[:2]
    left, top = (int(np.clip(value, 0, size - 1)) for value, size in zip(box[:2], (width, height), strict=True))
    right = int(np.clip(box[0] + box[2], 0, width - 1))
    bottom = int(np.clip(box[1] + box[3], 0, height - 1))
    result[(top, bottom), left : right + 1, :3] = colour
    result[top : bottom + 1, (left, right), :3] = colour


def _number(result: Singles, number: int, box: Sequence[float]) -> None:
    """Write a number at the middle of a box, white on black, if there is room for it."""
    rows = [np.array([[bits >> 2 & 1, bits >> 1 & 1, bits & 1, 0] for bits in DIGITS[digit]]) for digit in str(number)]
    text = np.pad(np.concatenate(rows, axis=1), ((1, 1), (1, 0))).astype(np.float32)
    height, width = text.shape
    top, left = int(box[1] + (box[3] - height) / 2), int(box[0] + (box[2] - width) / 2)
    inside = 0 <= top <= len(result) - height and 0 <= left <= result.shape[1] - width
    if inside and box[2] >= SMALLEST_FOR_ID_PX:
        result[top : top + height, left : left + width, :3] = text[..., None]
