# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines, compared with polygon filling and minimum-area rectangles by OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solar_site_addon.generator.annotations.outlines import (
    clip_to_image,
    mask_outlines,
    polygon_area,
    smallest_rectangle,
    visible_outline,
    visible_rectangle,
)
from solar_site_addon.generator.annotations.rle import column_runs, encode_masks

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 12))
MASKS = SHAPES.flatmap(lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 1)))
COORDINATES = st.integers(-30, 60)


def encoded(mask: np.ndarray) -> dict[str, object]:
    return {"size": list(mask.shape), "counts": encode_masks(column_runs(mask), 1)[0]}


def filled(outlines: list, shape: tuple[int, int]) -> np.ndarray:
    """Return a mask of the pixels whose centers lie in one of the polygons."""
    result = np.zeros(shape, dtype=np.uint8)
    for outline in outlines:
        contour = np.array(outline, dtype=np.float32).reshape(-1, 1, 2)
        for y, x in np.ndindex(shape):
            result[y, x] |= cv2.pointPolygonTest(contour, (x + 0.5, y + 0.5), measureDist=False) > 0
    return result


def entry(mask: np.ndarray, polygon: list | None = None) -> dict[str, object]:
    return {"polygon_px": polygon, "visible_px": int(mask.sum()), "mask_rle": encoded(mask)}


@given(MASKS)
def test_filled_outlines_are_the_mask_without_holes(mask: np.ndarray) -> None:
    pieces, _ = cv2.connectedComponents(mask, connectivity=4)
    outlines = mask_outlines(encoded(mask))
    assert len(outlines) == pieces - 1
    around = np.pad(mask, 1)
    cv2.floodFill(around, None, (0, 0), 2, flags=8)
    closed = (around != 2)[1:-1, 1:-1].astype(np.uint8)
    assert np.array_equal(filled(outlines, mask.shape), closed)
    assert sum(polygon_area(outline) for outline in outlines) >= mask.sum()


@given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=3, max_size=8))
def test_clipped_polygons_agree_with_opencv(points: list[tuple[int, int]]) -> None:
    hull = cv2.convexHull(np.array(points, dtype=np.float32)).reshape(-1, 2)
    image = np.array([[0, 0], [30, 0], [30, 20], [0, 20]], dtype=np.float32)
    clipped = clip_to_image([(float(x), float(y)) for x, y in hull], 30, 20)
    assert all(0 <= x <= 30 and 0 <= y <= 20 for x, y in clipped)
    if len(hull) > 2:
        assert polygon_area(clipped) == pytest.approx(cv2.intersectConvexConvex(hull, image)[0], abs=0.05)


@given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=12))
def test_the_smallest_rectangle_agrees_with_opencv(points: list[tuple[int, int]]) -> None:
    corners = np.array(smallest_rectangle([(float(x), float(y)) for x, y in points]))
    assert corners.shape == (4, 2)
    _, (wide, high), _ = cv2.minAreaRect(np.array(points, dtype=np.float32))
    assert polygon_area([(x, y) for x, y in corners]) == pytest.approx(wide * high, rel=1e-3, abs=0.05)
    assert np.allclose(corners[0] - corners[1], corners[3] - corners[2])
    around = cv2.convexHull(corners.astype(np.float32))
    assert all(cv2.pointPolygonTest(around, point, measureDist=True) >= -1e-2 for point in points)


def test_the_outline_of_an_unhidden_module_is_its_corners() -> None:
    corners = [[3.2, 2.1], [17.4, 4.0], [16.1, 11.3], [2.0, 9.5]]
    mask = np.zeros((20, 30), dtype=np.uint8)
    mask[:] = filled([corners], mask.shape)
    assert visible_outline(entry(mask, corners), 30, 20) == [tuple(corner) for corner in corners]


def test_the_outline_of_a_half_hidden_module_encloses_its_visible_part() -> None:
    corners = [[3.2, 2.1], [17.4, 4.0], [16.1, 11.3], [2.0, 9.5]]
    mask = filled([corners], (20, 30))
    mask[:, 10:] = 0
    outline = visible_outline(entry(mask, corners), 30, 20)
    assert np.array_equal(filled([outline], mask.shape), mask)


def test_a_mask_of_specks_is_outlined_whole() -> None:
    mask = np.zeros((20, 30), dtype=np.uint8)
    mask[2::5, 3::6] = 1
    mask[10:12, 9:11] = 1
    outline = visible_outline(entry(mask), 30, 20)
    kept = filled([outline], mask.shape)
    assert not np.any(kept > mask)
    assert kept.sum() >= 0.9 * mask.sum()


@given(MASKS.filter(lambda mask: bool(mask.any())))
def test_the_rectangle_of_a_hidden_object_encloses_all_its_pixels(mask: np.ndarray) -> None:
    x, y = np.nonzero(mask.T)
    corners = np.concatenate([np.stack([x + i, y + j], axis=1) for i in (0, 1) for j in (0, 1)]).astype(np.float32)
    _, (wide, high), _ = cv2.minAreaRect(corners)
    rectangle = visible_rectangle(entry(mask), mask.shape[1], mask.shape[0])
    assert polygon_area(rectangle) == pytest.approx(wide * high, rel=1e-3, abs=0.05)
    around = np.array(rectangle, dtype=np.float32)
    assert min(cv2.pointPolygonTest(around, corner.tolist(), measureDist=True) for corner in corners) > -1e-3


def test_pieces_are_joined_and_tiny_ones_left_out() -> None:
    mask = np.zeros((20, 30), dtype=np.uint8)
    mask[2:8, 2:8], mask[2:8, 12:20] = 1, 1
    large = mask.copy()
    mask[15, 25] = 1
    outline = visible_outline(entry(mask), 30, 20)
    assert polygon_area(outline) == large.sum()
    assert np.array_equal(filled([outline], mask.shape), large)
