# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, conditions, keypoints and boxes, compared with rays through each pixel and with OpenCV."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from pycocotools import mask as official

from solar_site_addon.generator.annotations.boxes import column_pieces, oriented_boxes
from solar_site_addon.generator.annotations.objects import Annotations, annotate_image
from solar_site_addon.generator.annotations.projected import box_outlines, flat_outlines
from solar_site_addon.generator.annotations.regions import polygon_pixels, silhouette
from solar_site_addon.generator.annotations.rle import column_runs
from solar_site_addon.generator.domain.lens import plan_lens
from solar_site_addon.generator.geometry.equipment import items_shape
from solar_site_addon.generator.plan.array.conditions import Condition
from solar_site_addon.generator.plan.objects import first_item_number

from ..small_site import HEIGHT, WIDTH, Planned, equipped_plan, painted, passes_of, small_camera, small_plan

BLIND = (slice(40, 60), slice(60, 75))
"""Rows and columns behind a thing 3 m in front of the camera."""


def with_condition(plan: Planned, modules: list[int], condition: Condition) -> Planned:
    """Return the plan with clean modules but for these."""
    conditions = np.zeros(len(plan.site.modules), np.int32)
    conditions[modules] = condition
    site = dataclasses.replace(plan.site, modules=dataclasses.replace(plan.site.modules, condition=conditions))
    return Planned(site, dataclasses.replace(plan.view, site=site))


def built(plan: Planned) -> Planned:
    """Return the plan as it is painted: without the missing modules, whose corners are moved away."""
    corners = plan.site.modules.corners.copy()
    corners[plan.site.modules.condition == Condition.MISSING] += [0, 0, 500.0]
    site = dataclasses.replace(plan.site, modules=dataclasses.replace(plan.site.modules, corners=corners))
    return Planned(site, plan.view)


def seen(plan: Planned) -> tuple[np.ndarray, np.ndarray]:
    """Return number and depth (H, W), partly behind a near thing."""
    numbers, depth = painted(built(plan))
    numbers[BLIND], depth[BLIND] = 0, 3.0
    return numbers, depth


def masks(annotations: Annotations) -> np.ndarray:
    counts = [{"size": [HEIGHT, WIDTH], "counts": mask.encode()} for mask in annotations.masks]
    return official.decode(counts).astype(bool).transpose(2, 0, 1)


def on_face(plan: Planned, corners: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return at which pixels (H, W) a ray reaches a rectangle (4, 3) before it has gone as far as ``depth``."""
    camera = plan.view.camera
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    rays = np.stack([x - WIDTH / 2, y - HEIGHT / 2, np.full(x.shape, camera.focal_px)], axis=-1) / camera.focal_px
    rays = rays @ camera.world_to_camera[:3, :3]
    edges = corners[[1, 3]] - corners[0]
    normal = np.cross(*edges)
    distance = (corners[0] - camera.position) @ normal / (rays @ normal)
    share = (camera.position + distance[..., None] * rays - corners[0]) @ edges.T / np.sum(edges**2, axis=1)
    return np.all((share > 0) & (share < 1), axis=-1) & (distance > 0) & (distance <= depth + 1e-3)


def test_a_table_is_its_modules_and_the_gaps_between_them_with_holes_where_things_stand_in_front(plan):
    numbers, depth = seen(plan)
    _, annotations = annotate_image(plan.site, plan.view.camera, passes_of(numbers, depth))
    tables, found = annotations.tables, masks(annotations.tables)
    assert len(tables) >= 10
    modules = np.concatenate([[-1], plan.site.modules.table])[numbers]
    gaps = 0
    for mask, number in zip(found, tables.number.tolist(), strict=True):
        corners = annotations.site_objects.corners(number)
        np.testing.assert_array_equal(mask, on_face(plan, corners, depth))
        gaps += (mask & (modules != number - 201)).sum()
        assert not mask[BLIND].any()
    assert gaps > 20
    hidden = [mask.sum() / on_face(plan, annotations.site_objects.corners(number), np.inf).sum()
              for mask, number in zip(found, tables.number.tolist(), strict=True)]  # fmt: skip
    inside = tables.truncation == 0
    np.testing.assert_allclose(tables.visible_fraction[inside], np.array(hidden)[inside], atol=0.05)
    assert min(hidden) < 0.9


def test_a_missing_module_is_the_place_through_which_something_else_is_seen(plan):
    gone = with_condition(plan, [45, 46, 90, 95], Condition.MISSING)
    numbers, depth = seen(gone)
    _, annotations = annotate_image(gone.site, gone.view.camera, passes_of(numbers, depth))
    places, found = annotations.conditions, masks(annotations.conditions)
    assert len(places) >= 3
    for mask, number in zip(found, places.number.tolist(), strict=True):
        expected = on_face(gone, gone.site.modules.corners[number - 1], depth)
        assert (mask != expected).sum() == 0 < expected.sum()
    assert places.outlines.complete.all()
    tables = masks(annotations.tables)
    assert all((mask & tables.any(axis=0)).sum() == mask.sum() for mask in found), "a place belongs to its table"


def test_a_mark_is_where_its_pass_shows_it_and_cracks_spread_over_the_whole_module(plan):
    numbers, depth = seen(plan)
    marked = np.random.default_rng(1).random((HEIGHT, WIDTH)) < 0.5
    for condition in (Condition.SNOW, Condition.CRACKED):
        struck = with_condition(plan, [50, 51, 80, 120], condition)
        _, annotations = annotate_image(struck.site, struck.view.camera, passes_of(numbers, depth, marked))
        found = annotations.conditions
        for mask, number in zip(masks(found), found.number.tolist(), strict=True):
            on_module = numbers == number
            np.testing.assert_array_equal(mask, on_module if condition == Condition.CRACKED else on_module & marked)
        assert found.outlines.complete.all() == (condition == Condition.CRACKED)
        assert np.isnan(found.visible_fraction).all() == (condition == Condition.SNOW)
        assert len(found) >= 3


def test_dust_and_clean_modules_have_no_extent_of_their_own(plan):
    numbers, depth = seen(plan)
    dusty = with_condition(plan, list(range(200)), Condition.DUST)
    _, annotations = annotate_image(dusty.site, dusty.view.camera, passes_of(numbers, depth, numbers > 0))
    assert len(annotations.conditions) == 0


def test_keypoints_are_the_corners_from_the_upper_left_and_know_what_hides_them(plan):
    wide = small_plan(num_tables=(6, 9))
    numbers, depth = seen(wide)
    camera = wide.view.camera
    _, annotations = annotate_image(wide.site, camera, passes_of(numbers, depth))
    modules = annotations.objects.number[annotations.objects.number <= len(wide.site.modules)] - 1
    places, depths = camera.project(wide.site.modules.corners[modules][:, [3, 2, 1, 0]])
    counts = np.zeros(3, dtype=int)
    for row, (points, far) in enumerate(zip(places, depths, strict=True)):
        for corner, (x, y) in enumerate(points):
            found = annotations.keypoints[row, corner]
            if not (0 <= x < WIDTH and 0 <= y < HEIGHT):
                assert found.tolist() == [0, 0, 0]
                counts[0] += 1
                continue
            np.testing.assert_allclose(found[:2], [x, y], atol=1e-9)
            near = depth[int(y), int(x)] < far[corner] - 1
            assert found[2] == (1 if near else 2)
            counts[int(found[2])] += 1
    assert counts.min() > 3


@pytest.mark.parametrize("turn", [0.0, 0.3, 1.2])
def test_an_oriented_box_is_near_the_smallest_rectangle_of_opencv(turn):
    corners = 60 + np.array([[-40, -15], [40, -15], [40, 15], [-40, 15]]) @ [
        [np.cos(turn), np.sin(turn)],
        [-np.sin(turn), np.cos(turn)],
    ]
    mask = np.zeros((HEIGHT, WIDTH), np.int32)
    pixels = polygon_pixels(corners, WIDTH, HEIGHT)
    mask[pixels % HEIGHT, pixels // HEIGHT] = 1
    outlines = flat_outlines(small_camera(), np.zeros((1, 4, 3)))
    known = dataclasses.replace(outlines, points=corners[None])
    center_x, center_y, long, short, angle = oriented_boxes(column_pieces(column_runs(mask)), known)[0]
    points = np.argwhere(mask)[:, ::-1].astype(np.float32) + 0.5
    (x, y), sides, _ = cv2.minAreaRect(points)
    assert [center_x, center_y] == pytest.approx([x, y], abs=0.5)
    assert [long, short] == pytest.approx([max(sides) + 1, min(sides) + 1], abs=0.7)
    assert [long, short] == pytest.approx([80, 30], abs=1.0)
    assert abs(np.sin(np.radians(angle) - turn)) < 0.02


def test_pixels_of_a_polygon_are_those_with_their_center_in_it():
    rng = np.random.default_rng(4)
    for _ in range(50):
        around = np.sort(rng.uniform(0, 2 * np.pi, 7))
        polygon = rng.uniform(20, 100, 2) + rng.uniform(3, 90) * np.stack([np.cos(around), np.sin(around)], axis=1)
        found = np.zeros(HEIGHT * WIDTH, dtype=bool)
        found[polygon_pixels(polygon, WIDTH, HEIGHT)] = True
        y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
        sides = np.roll(polygon, -1, axis=0) - polygon
        turns = [sx * (y - py) - sy * (x - px) for (px, py), (sx, sy) in zip(polygon, sides, strict=True)]
        np.testing.assert_array_equal(found.reshape(WIDTH, HEIGHT).T, np.all(np.array(turns) > 0, axis=0))


def in_faces(faces: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return which places (...) lie in one of the triangles (F, 3, 2)."""
    found = np.zeros(x.shape, dtype=bool)
    for face in faces:
        sides = np.roll(face, -1, axis=0) - face
        turns = np.array([sx * (y - py) - sy * (x - px) for (px, py), (sx, sy) in zip(face, sides, strict=True)])
        found |= np.all(turns > 0, axis=0) | np.all(turns < 0, axis=0)
    return found


def test_a_silhouette_is_the_union_of_its_faces_in_and_outside_the_image():
    rng = np.random.default_rng(5)
    faces = rng.uniform(-60, 220, (40, 1, 2)) + rng.uniform(-30, 30, (40, 3, 2))
    y, x = np.mgrid[-100:300, -100:300] + 0.5
    covered = in_faces(faces, x, y)
    inside = covered & (x > 0) & (x < WIDTH) & (y > 0) & (y < HEIGHT)
    assert silhouette(faces, WIDTH, HEIGHT) == (covered.sum(), inside.sum())
    large = np.array([[[0.0, 0], [2000, 0], [2000, 3000], [0, 3000]]])
    assert silhouette(large, 500, 500) == pytest.approx((6e6, 250_000), rel=0.01)


def test_the_outline_follows_the_lens():
    bent = small_camera(lens=plan_lens(-0.1, np.hypot(WIDTH, HEIGHT) / 2 / 120.0))
    plan = small_plan(bent)
    box = np.array([[x, y, z] for z in (0.0, 3.0) for x, y in ((-9, -4), (9, -4), (9, 4), (-9, 4))])
    for outlines, edges in (
        (flat_outlines(bent, plan.site.tables.centre[0] + box[None, :4]), [(0, 1), (1, 2), (2, 3), (3, 0)]),
        (box_outlines(bent, box[None]), [(0, 1), (1, 2), (4, 5)]),
    ):
        outline = outlines.points[0, : outlines.count[0]].astype(np.float32)
        base = plan.site.tables.centre[0] if len(edges) == 4 else np.zeros(3)
        distances = []
        for start, end in edges:
            points, _ = bent.project(base + box[start] + np.linspace(0, 1, 200)[:, None] * (box[end] - box[start]))
            distances += [cv2.pointPolygonTest(outline, (float(x), float(y)), measureDist=True) for x, y in points]
        if len(edges) == 4:
            assert np.abs(distances).max() < 0.11
        else:
            assert min(distances) > -0.11
    assert outlines.count[0] > 8


def test_the_visible_fraction_of_equipment_is_that_of_its_own_silhouette_not_of_its_box():
    plan = equipped_plan(small_camera(position=(0.5, -3.0, 6.0), pitch_deg=-60))
    number = first_item_number(plan.site.modules, plan.site.tables)
    shape = items_shape(plan.site.equipment.items, number)
    faces, _ = plan.view.camera.project(shape.vertices[shape.faces[shape.finish[:, 7] == number]])
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    whole = in_faces(faces, x, y)
    assert 300 < whole.sum() < 0.95 * cv2.contourArea(cv2.convexHull(faces.reshape(-1, 2).astype(np.float32)))
    for hidden, expected in ((x < 0, 1.0), (x < np.median(x[whole]), np.mean(x[whole] >= np.median(x[whole])))):
        numbers = np.where(whole & ~hidden, number, 0).astype(np.int32)
        found = annotate_image(plan.site, plan.view.camera, passes_of(numbers))[1].objects
        row = int(np.flatnonzero(found.number == number)[0])
        assert found.visible_fraction[row] == pytest.approx(expected, abs=0.01)
        assert found.truncation[row] == 0
