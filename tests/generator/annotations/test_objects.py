# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations of objects, compared with OpenCV's projection and with pixels counted for each module."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as official

from solar_site_addon.generator.annotations import objects as objects_module
from solar_site_addon.generator.annotations.objects import annotate_image
from solar_site_addon.generator.annotations.projected import meets_image, polygon_areas
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import RenderError, SiteError
from solar_site_addon.generator.plan.objects import first_item_number

from ..small_site import (
    HEIGHT,
    WIDTH,
    equipped_plan,
    painted_numbers,
    passes_of,
    small_camera,
    small_objects,
    small_plan,
)


def annotated(plan, numbers):
    """Return the id image and the annotations of all objects other than tables."""
    instances, annotations = annotate_image(plan.site, plan.view.camera, passes_of(numbers))
    return instances, annotations.objects


def annotated_modules(plan, numbers):
    """Return the annotations of the modules, and their outlines (M, 4, 2)."""
    objects = annotated(plan, numbers)[1]
    count = int((objects.number <= len(plan.site.modules)).sum())
    fields = (objects.number, objects.truncation, objects.visible_px, objects.visible_fraction)
    return SimpleNamespace(
        **dict(
            zip(("number", "truncation", "visible_px", "visible_fraction"), (f[:count] for f in fields), strict=True)
        ),
        polygon_px=objects.outlines.points[:count, :4],
    )


def opencv_projection(plan) -> np.ndarray:
    """Return the corners (M, 4, 2) in pixels; the matrix sets the center of OpenCV's first pixel to 0.5, 0.5."""
    camera = plan.view.camera
    rotation, _ = cv2.Rodrigues(camera.world_to_camera[:3, :3])
    corners = plan.site.modules.corners.reshape(-1, 1, 3)
    points, _ = cv2.projectPoints(corners, rotation, camera.world_to_camera[:3, 3], camera.matrix, None)
    return points.reshape(-1, 4, 2)


def area_in_image(polygon: np.ndarray) -> float:
    """Return the area of the part of a polygon in the image, clipped at each side (Sutherland and Hodgman, 1974)."""
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
    annotations = annotated_modules(plan, numbers)
    np.testing.assert_allclose(annotations.polygon_px, opencv_projection(plan)[annotations.number - 1], atol=1e-6)


def test_ids_are_the_numbers_of_the_site(plan, numbers):
    instances, annotations = annotate_image(plan.site, plan.view.camera, passes_of(numbers))
    assert instances.dtype == np.uint16
    assert np.all(np.diff(annotations.objects.number) > 0)
    np.testing.assert_array_equal(instances, numbers)
    assert annotations.ids.tolist() == list(range(241))


def test_a_site_with_too_many_objects_for_16_bits_has_ids_per_image(plan, numbers, monkeypatch):
    monkeypatch.setattr(objects_module, "_MAX_IDS", 210)
    instances, annotations = annotate_image(plan.site, plan.view.camera, passes_of(numbers))
    assert len(small_objects(plan)) == 240
    listed = np.union1d(annotations.objects.number, annotations.tables.number)
    assert annotations.ids[listed].tolist() == list(range(1, len(listed) + 1))
    np.testing.assert_array_equal(annotations.ids[numbers], instances)


def test_two_views_of_a_site_have_the_same_ids_for_the_same_modules(plan):
    other = small_plan(camera=small_camera(position=(3.0, -4.0, 25.0)))
    passes = [passes_of(painted_numbers(view)) for view in (plan, other)]
    views = [
        annotate_image(plan.site, view.view.camera, seen)[1] for view, seen in zip((plan, other), passes, strict=True)
    ]
    both = np.intersect1d(views[0].objects.number, views[1].objects.number)
    assert len(both) > 20
    np.testing.assert_array_equal(views[0].ids[both], views[1].ids[both])


def test_boxes_counts_and_masks_match_the_pixels(plan, numbers):
    instances, annotations = annotated(plan, numbers)
    assert len(annotations) > 50
    for row, number in enumerate(annotations.number.tolist()):
        mask = instances == number
        y, x = np.nonzero(mask)
        box = [x.min(), y.min(), np.ptp(x) + 1, np.ptp(y) + 1] if len(x) else [0, 0, 0, 0]
        assert annotations.bbox_px[row].tolist() == box
        assert annotations.visible_px[row] == mask.sum()
        decoded = official.decode({"size": [HEIGHT, WIDTH], "counts": annotations.masks[row].encode()})
        np.testing.assert_array_equal(decoded, mask)


def test_the_visible_fraction_of_a_half_hidden_module_is_about_one_half(plan, numbers):
    annotations = annotated_modules(plan, numbers)
    in_view = annotations.truncation == 0
    assert annotations.visible_fraction[in_view].min() > 0.8  # about 60 pixels each: some are lost at the edges
    assert annotations.visible_fraction.max() <= 1
    distance = np.abs(annotations.polygon_px[in_view].mean(axis=1) - 70).sum(axis=1)
    module = annotations.number[in_view][np.argmin(distance)] - 1
    _, columns = np.nonzero(numbers == module + 1)
    hidden = numbers.copy()
    hidden[:, int(np.median(columns)) :][hidden[:, int(np.median(columns)) :] == module + 1] = 0
    annotations = annotated_modules(plan, hidden)
    assert 0.3 < annotations.visible_fraction[annotations.number - 1 == module][0] < 0.7


def test_a_hidden_module_is_listed_without_pixels(plan, numbers):
    annotations = annotated_modules(plan, numbers)
    module = int(annotations.number[annotations.truncation == 0][10]) - 1
    hidden = np.where(numbers == module + 1, 0, numbers)
    annotations = annotated_modules(plan, hidden)
    row = int(np.flatnonzero(annotations.number - 1 == module)[0])
    assert annotations.visible_px[row] == 0
    assert annotations.visible_fraction[row] == 0
    assert annotations.truncation[row] == 0
    assert np.isfinite(annotations.polygon_px[row]).all()


def test_modules_across_the_image_border_are_truncated_and_those_outside_are_left_out():
    plan = small_plan(num_tables=(6, 9))
    numbers = painted_numbers(plan)
    instances, annotations = annotated(plan, numbers)[0], annotated_modules(plan, numbers)
    polygons = opencv_projection(plan)
    areas = polygon_areas(polygons)
    outside = 1 - np.array([area_in_image(polygon) for polygon in polygons]) / areas
    assert 10 < (annotations.truncation > 0.1).sum() < len(annotations.number)
    np.testing.assert_allclose(annotations.truncation, outside[annotations.number - 1], atol=1e-6)
    apart = (polygons.max(axis=1) < 0).any(axis=1) | (polygons.min(axis=1) > [WIDTH, HEIGHT]).any(axis=1)
    assert apart.sum() > 10
    assert not set(annotations.number - 1) & set(np.flatnonzero(apart))
    assert set(np.unique(instances)) - {0} == set(annotations.number[annotations.visible_px > 0].tolist())


def test_a_module_partly_behind_the_camera_has_pixels_but_no_polygon():
    plan = small_plan(camera=small_camera(position=(0.3, -3.5, 2.6), pitch_deg=-20))
    _, depths = plan.view.camera.project(plan.site.modules.corners)
    cut = np.flatnonzero((depths <= 0).any(axis=1) & (depths > 0).any(axis=1))
    assert len(cut) > 0
    numbers = np.zeros((HEIGHT, WIDTH), np.int32)
    numbers[-1, :5] = cut[0] + 1
    _, annotations = annotated(plan, numbers)
    row = int(np.flatnonzero(annotations.number - 1 == cut[0])[0])
    assert not annotations.outlines.complete[row]
    assert np.isnan([annotations.visible_fraction[row], annotations.truncation[row]]).all()
    assert annotations.bbox_px[row].tolist() == [0, HEIGHT - 1, 5, 1]
    assert not set(annotations.number - 1) & set(cut[1:])


def test_an_image_without_modules_has_no_annotations():
    plan = small_plan(camera=small_camera(position=(500.0, 500.0, 22.0)))
    instances, annotations = annotated(plan, np.zeros((HEIGHT, WIDTH), np.int32))
    assert (len(annotations), annotations.masks, instances.max()) == (0, [], 0)


@pytest.mark.parametrize("wrong", [-1, 241])
def test_a_number_without_an_object_is_refused(plan, numbers, wrong):
    damaged = numbers.copy()
    damaged[0, 0] = wrong
    with pytest.raises(RenderError, match="outside 0 to 240"):
        annotated(plan, damaged)


def test_more_objects_than_sixteen_bits_can_number_are_refused(plan, numbers, monkeypatch):
    monkeypatch.setattr(objects_module, "_MAX_IDS", 20)
    with pytest.raises(SiteError, match="more than the 20"):
        annotated(plan, numbers)


@settings(max_examples=300)
@given(
    centre=st.tuples(st.floats(-80, 240), st.floats(-80, 200)),
    radii=st.tuples(st.floats(1, 120), st.floats(1, 120)),
    turn=st.floats(0, np.pi),
)
def test_a_polygon_meets_the_image_if_they_share_an_area(centre, radii, turn):
    angle = turn + np.arange(4) * np.pi / 2
    around = np.stack([radii[0] * np.cos(angle), radii[1] * np.sin(angle)], axis=1)
    meets = meets_image((np.array(centre) + around)[None], WIDTH, HEIGHT)[0]
    # Of two that only touch, rounding decides: a millionth of the size to either side.
    if area_in_image(np.array(centre) + (1 - 1e-6) * around) > 0:
        assert meets
    if area_in_image(np.array(centre) + (1 + 1e-6) * around) == 0:
        assert not meets


def test_a_polygon_across_a_corner_but_outside_does_not_meet_the_image():
    beyond_the_corner = np.array([[-30.0, 5], [5, -30], [6, -29], [-29, 6]])
    over_the_corner = beyond_the_corner + 14
    around_it = np.array([[-9.0, -9], [999, -9], [999, 999], [-9, 999]])
    polygons = np.stack([beyond_the_corner, over_the_corner, around_it, np.full((4, 2), np.nan)])
    assert meets_image(polygons, WIDTH, HEIGHT).tolist() == [False, True, True, False]


def test_areas_agree_with_opencv():
    polygons = np.array([[[0, 0], [4, 0], [5, 3], [1, 3]], [[0, 0], [0, 2], [2, 2], [2, 0]]], np.float64)
    expected = [cv2.contourArea(polygon.astype(np.float32)) for polygon in polygons]
    np.testing.assert_allclose(polygon_areas(polygons), expected)


@pytest.fixture
def equipped():
    return equipped_plan()


def test_the_outline_of_equipment_is_the_hull_of_its_projected_box(equipped, numbers):
    first = first_item_number(equipped.site.modules, equipped.site.tables)
    seen = numbers.copy()
    seen[60:64, 80:84] = first
    _, annotations = annotated(equipped, seen)
    objects = small_objects(equipped)
    assert annotations.number[-2:].tolist() == [first, first + 2], "the inverter far away is not in the image"
    assert [Category(objects.category[number - 1]).key for number in (first, first + 2)] == ["inverter", "tarpaulin"]
    row = len(annotations) - 2
    camera = equipped.view.camera
    corners = objects.corners(first).reshape(-1, 1, 3)
    rotation, _ = cv2.Rodrigues(camera.world_to_camera[:3, :3])
    points, _ = cv2.projectPoints(corners, rotation, camera.world_to_camera[:3, 3], camera.matrix, None)
    hull = cv2.convexHull(points.astype(np.float32))[:, 0]
    outline = annotations.outlines.points[row, : annotations.outlines.count[row]]
    assert len(outline) == len(hull)
    assert polygon_areas(outline[None])[0] == pytest.approx(cv2.contourArea(hull), rel=1e-4)
    assert (annotations.visible_px[row], annotations.bbox_px[row].tolist()) == (16, [80, 60, 4, 4])
    assert annotations.visible_px[row + 1] == 0


def test_the_parents_of_modules_are_their_tables(plan, numbers):
    tables = annotate_image(plan.site, plan.view.camera, passes_of(numbers))[1].tables
    seen, objects = annotated_modules(plan, numbers).number, small_objects(plan)
    assert set(objects.category[tables.number - 1].tolist()) == {Category.TABLE}
    expected = plan.site.modules.table[seen - 1] + len(plan.site.modules) + 1
    np.testing.assert_array_equal(objects.parent[seen - 1], expected)
    np.testing.assert_array_equal(tables.number, np.unique(expected))
