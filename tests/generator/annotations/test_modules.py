# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels against OpenCV's projection and against pixels counted one module at a time."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pycocotools import mask as official

from solar_site_addon.generator.annotations import modules as labels_module
from solar_site_addon.generator.annotations.modules import label_modules, meets_picture, polygon_areas
from solar_site_addon.generator.domain.errors import RenderError, SiteError

from ..small_site import HEIGHT, WIDTH, painted_numbers, small_camera, small_plan


def labelled(plan, numbers):
    return label_modules(plan.modules.corners, plan.camera, numbers)


def opencv_projection(plan) -> np.ndarray:
    """(M, 4, 2) pixels; OpenCV has the centre of the first pixel at 0, 0 or 0.5, 0.5, as its matrix says."""
    camera = plan.camera
    rotation, _ = cv2.Rodrigues(camera.world_to_camera[:3, :3])
    corners = plan.modules.corners.reshape(-1, 1, 3)
    points, _ = cv2.projectPoints(corners, rotation, camera.world_to_camera[:3, 3], camera.matrix, None)
    return points.reshape(-1, 4, 2)


def area_in_picture(polygon: np.ndarray) -> float:
    """Area of the part of a polygon in the picture, cut off side by side (Sutherland and Hodgman, 1974)."""
    corners = [tuple(corner) for corner in polygon]
    for axis, sign, limit in ((0, 1, 0), (1, 1, 0), (0, -1, -WIDTH), (1, -1, -HEIGHT)):
        kept = []
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            a, b = sign * start[axis] - limit, sign * end[axis] - limit
            if a >= 0:
                kept.append(start)
            if (a >= 0) != (b >= 0):
                kept.append(tuple(s + (e - s) * a / (a - b) for s, e in zip(start, end, strict=True)))
        corners = kept
    return float(polygon_areas(np.array([corners]))[0]) if corners else 0.0


def test_polygons_are_where_opencv_projects_the_corners(plan, numbers):
    _, labels = labelled(plan, numbers)
    np.testing.assert_allclose(labels.polygon_px, opencv_projection(plan)[labels.module], atol=1e-6)


def test_ids_count_the_modules_in_the_picture_in_the_plans_order(plan, numbers):
    instances, labels = labelled(plan, numbers)
    assert instances.dtype == np.uint16
    assert np.all(np.diff(labels.module) > 0)
    for number, module in enumerate(labels.module, start=1):
        np.testing.assert_array_equal(instances == number, numbers == module + 1)
    assert np.array_equal(instances == 0, numbers == 0)


def test_boxes_counts_and_masks_are_those_of_the_pixels(plan, numbers):
    instances, labels = labelled(plan, numbers)
    assert len(labels) > 50
    for number in range(1, len(labels) + 1):
        mask = instances == number
        row, column = np.nonzero(mask)
        box = [0, 0, 0, 0]
        if len(row):
            box = [column.min(), row.min(), np.ptp(column) + 1, np.ptp(row) + 1]
        assert labels.bbox_px[number - 1].tolist() == box
        assert labels.visible_px[number - 1] == mask.sum()
        decoded = official.decode({"size": [HEIGHT, WIDTH], "counts": labels.masks[number - 1].encode()})
        np.testing.assert_array_equal(decoded, mask)


def test_an_unhidden_module_is_seen_whole_and_a_half_hidden_one_by_half(plan, numbers):
    _, labels = labelled(plan, numbers)
    in_view = ~labels.truncated
    assert labels.visible_fraction[in_view].min() > 0.8  # of some 60 pixels each: the edges cut some off
    assert labels.visible_fraction.max() <= 1
    module = labels.module[in_view][np.argmin(np.abs(labels.polygon_px[in_view].mean(axis=1) - 70).sum(axis=1))]
    _, columns = np.nonzero(numbers == module + 1)
    hidden = numbers.copy()
    hidden[:, int(np.median(columns)) :][hidden[:, int(np.median(columns)) :] == module + 1] = 0
    _, labels = labelled(plan, hidden)
    assert 0.3 < labels.visible_fraction[labels.module == module][0] < 0.7


def test_a_hidden_module_stays_in_the_list_without_pixels(plan, numbers):
    _, labels = labelled(plan, numbers)
    module = int(labels.module[~labels.truncated][10])
    hidden = np.where(numbers == module + 1, 0, numbers)
    _, labels = labelled(plan, hidden)
    row = int(np.flatnonzero(labels.module == module)[0])
    assert labels.visible_px[row] == 0
    assert labels.visible_fraction[row] == 0
    assert not labels.truncated[row]
    assert np.isfinite(labels.polygon_px[row]).all()


def test_modules_that_reach_over_the_edge_are_truncated_and_those_beyond_are_left_out():
    plan = small_plan(num_tables=(6, 9))
    numbers = painted_numbers(plan)
    instances, labels = labelled(plan, numbers)
    polygons = opencv_projection(plan)
    inside = ((polygons >= 0) & (polygons <= [WIDTH, HEIGHT])).all(axis=(1, 2))
    assert 0 < labels.truncated.sum() < len(labels)
    np.testing.assert_array_equal(labels.truncated, ~inside[labels.module])
    apart = (polygons.max(axis=1) < 0).any(axis=1) | (polygons.min(axis=1) > [WIDTH, HEIGHT]).any(axis=1)
    assert apart.sum() > 10
    assert not set(labels.module) & set(np.flatnonzero(apart))
    assert set(np.unique(instances)) - {0} == set(np.flatnonzero(labels.visible_px) + 1)


def test_a_module_half_behind_the_camera_has_no_polygon_but_its_pixels():
    plan = small_plan(camera=small_camera(position=(0.3, -3.5, 2.6), pitch_deg=-20))
    _, depths = plan.camera.project(plan.modules.corners)
    cut = np.flatnonzero((depths <= 0).any(axis=1) & (depths > 0).any(axis=1))
    assert len(cut) > 0
    numbers = np.zeros((HEIGHT, WIDTH), np.int32)
    numbers[-1, :5] = cut[0] + 1
    _, labels = labelled(plan, numbers)
    row = int(np.flatnonzero(labels.module == cut[0])[0])
    assert np.isnan(labels.polygon_px[row]).any()
    assert np.isnan(labels.visible_fraction[row])
    assert labels.truncated[row]
    assert labels.bbox_px[row].tolist() == [0, HEIGHT - 1, 5, 1]
    assert not set(labels.module) & set(cut[1:])


def test_a_picture_without_modules_has_no_labels():
    plan = small_plan(camera=small_camera(position=(500.0, 500.0, 22.0)))
    instances, labels = labelled(plan, np.zeros((HEIGHT, WIDTH), np.int32))
    assert (len(labels), labels.masks, instances.max()) == (0, [], 0)


@pytest.mark.parametrize("wrong", [-1, 201])
def test_a_number_that_no_module_has_is_refused(plan, numbers, wrong):
    damaged = numbers.copy()
    damaged[0, 0] = wrong
    assert len(plan.modules) == 200
    with pytest.raises(RenderError, match="outside 0 to 200"):
        labelled(plan, damaged)


def test_more_modules_than_sixteen_bits_can_number_are_refused(plan, numbers, monkeypatch):
    monkeypatch.setattr(labels_module, "_MAX_IDS", 20)
    with pytest.raises(SiteError, match="more than the 20"):
        labelled(plan, numbers)


@settings(max_examples=300)
@given(
    centre=st.tuples(st.floats(-80, 240), st.floats(-80, 200)),
    radii=st.tuples(st.floats(1, 120), st.floats(1, 120)),
    turn=st.floats(0, np.pi),
)
def test_meeting_the_picture_is_having_a_common_area(centre, radii, turn):
    angle = turn + np.arange(4) * np.pi / 2
    polygon = np.array(centre) + np.stack([radii[0] * np.cos(angle), radii[1] * np.sin(angle)], axis=1)
    area = area_in_picture(polygon)
    assume(not 0 < area < 1e-6)  # closer than rounding lets one tell
    assert meets_picture(polygon[None], WIDTH, HEIGHT)[0] == (area > 0)


def test_a_polygon_across_a_corner_but_outside_does_not_meet_the_picture():
    beyond_the_corner = np.array([[-30.0, 5], [5, -30], [6, -29], [-29, 6]])
    over_the_corner = beyond_the_corner + 14
    around_it = np.array([[-9.0, -9], [999, -9], [999, 999], [-9, 999]])
    polygons = np.stack([beyond_the_corner, over_the_corner, around_it, np.full((4, 2), np.nan)])
    assert meets_picture(polygons, WIDTH, HEIGHT).tolist() == [False, True, True, False]


def test_areas_are_opencvs():
    polygons = np.array([[[0, 0], [4, 0], [5, 3], [1, 3]], [[0, 0], [0, 2], [2, 2], [2, 0]]], np.float64)
    expected = [cv2.contourArea(polygon.astype(np.float32)) for polygon in polygons]
    np.testing.assert_allclose(polygon_areas(polygons), expected)
