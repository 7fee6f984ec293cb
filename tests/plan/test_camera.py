# SPDX-License-Identifier: GPL-3.0-or-later
"""The drone flies at its height, looks as told, and sees modules."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.plan.camera import camera_axes, plan_camera, visible_modules
from solar_site_addon.generator.plan.draws import draw_settings
from solar_site_addon.generator.plan.site_plan import Camera, SitePlan
from solar_site_addon.generator.seeds import Stage, stage_generator
from solar_site_addon.generator.settings import CameraSettings, Range, Settings

Site = tuple[Settings, SitePlan]


def another_camera(plan: SitePlan, seed: int = 3, **changed: Any) -> Camera:
    settings = draw_settings(Settings(camera=dataclasses.replace(CameraSettings(), **changed)), seed).camera
    return plan_camera(settings, plan.terrain, plan.tables, plan.modules, stage_generator(seed, Stage.CAMERA))


def assert_flies_as_drawn(camera: Camera, plan: SitePlan) -> None:
    east, north, up = camera.position
    assert up - float(plan.terrain.height(east, north)) == pytest.approx(camera.altitude_agl_m, abs=1e-9)
    assert camera.gsd_m == pytest.approx(camera.altitude_agl_m / camera.focal_px)
    axes = camera.world_to_camera[:3, :3]
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    assert camera.world_to_camera[:3, :3] @ camera.position + camera.world_to_camera[:3, 3] == pytest.approx(
        0, abs=1e-9
    )
    forward = axes[2]
    assert np.degrees(np.arcsin(forward[2])) == pytest.approx(camera.gimbal_pitch_deg)
    assert axes[0, 2] == 0.0  # no roll: the picture's rows are level


def test_the_drone_flies_as_drawn_and_sees_modules(site: Site) -> None:
    settings, plan = site
    camera = plan.camera
    assert_flies_as_drawn(camera, plan)
    assert settings.camera.altitude_agl_m.low <= camera.altitude_agl_m <= settings.camera.altitude_agl_m.high
    assert settings.camera.gimbal_pitch_deg.low <= camera.gimbal_pitch_deg <= settings.camera.gimbal_pitch_deg.high
    assert visible_modules(camera, plan.terrain, plan.modules) >= 20
    # Something stands near the middle of the picture, where the camera aims.
    pixels, depth = camera.project(plan.modules.corners.mean(axis=1))
    inside = pixels[depth > 0] / [camera.width_px, camera.height_px] - 0.5
    assert np.abs(inside).max(axis=1).min() < 0.25


@pytest.mark.parametrize("pitch", [-90.0, -60.0, -20.0])
@pytest.mark.parametrize("altitude", [5.0, 60.0, 500.0])
def test_every_height_and_pitch_works(site: Site, pitch: float, altitude: float) -> None:
    _, plan = site
    camera = another_camera(plan, gimbal_pitch_deg=Range(pitch, pitch), altitude_agl_m=Range(altitude, altitude))
    assert_flies_as_drawn(camera, plan)
    assert visible_modules(camera, plan.terrain, plan.modules) >= 1


@given(heading=st.floats(0, 360))
def test_looking_straight_down_up_in_the_picture_is_the_heading(heading: float) -> None:
    _, down, forward = camera_axes(-90.0, heading)
    assert forward == pytest.approx([0, 0, -1])
    assert -down == pytest.approx([np.sin(np.radians(heading)), np.cos(np.radians(heading)), 0], abs=1e-12)


@given(pitch=st.floats(-89, -20), heading=st.floats(0, 360))
def test_an_oblique_camera_looks_towards_its_heading_and_has_the_sky_above(pitch: float, heading: float) -> None:
    right, down, forward = camera_axes(pitch, heading)
    assert np.cross(right, down) == pytest.approx(forward)
    horizontal = np.array([np.sin(np.radians(heading)), np.cos(np.radians(heading))]) * np.cos(np.radians(pitch))
    assert forward[:2] == pytest.approx(horizontal, abs=1e-9)
    assert down[2] < 0


def test_projections_agree_with_opencv(site: Site) -> None:
    cv2 = pytest.importorskip("cv2")
    _, plan = site
    camera = plan.camera
    pixels, depth = camera.project(plan.modules.corners.reshape(-1, 3))
    front = depth > 1
    rotation = cv2.Rodrigues(camera.world_to_camera[:3, :3])[0]
    points = plan.modules.corners.reshape(-1, 3)[front]
    expected = cv2.projectPoints(points, rotation, camera.world_to_camera[:3, 3], camera.matrix, None)[0][:, 0]
    near = np.abs(expected).max(axis=1) < 1e5
    assert np.abs(pixels[front][near] - expected[near]).max() < 1e-3


def test_a_module_counted_as_visible_has_a_free_line_of_sight(site: Site) -> None:
    _, plan = site
    camera = plan.camera
    corners, depth = camera.project(plan.modules.corners)
    whole = ((corners >= 0) & (corners <= [camera.width_px, camera.height_px])).all(axis=(1, 2)) & (depth > 0).all(
        axis=1
    )
    middles = plan.modules.corners[whole].mean(axis=1)
    steps = np.linspace(0, 1, 400)[:-4]
    free = 0
    for middle in middles:
        line = camera.position + steps[:, None] * (middle - camera.position)
        free += bool((line[:, 2] > plan.terrain.height(line[:, 0], line[:, 1])).all())
    counted = visible_modules(camera, plan.terrain, plan.modules)
    assert abs(counted - free) <= max(2, 0.02 * free)


def test_the_drone_keeps_its_distance_from_ground_and_modules(site: Site) -> None:
    _, plan = site
    camera = another_camera(plan, altitude_agl_m=Range(6.0, 6.0))
    angles = np.linspace(0, 2 * np.pi, 40)
    for radius in (0.5, 1.0, 1.5, 2.0):
        ground = plan.terrain.height(
            camera.position[0] + radius * np.cos(angles), camera.position[1] + radius * np.sin(angles)
        )
        assert (np.hypot(camera.position[2] - ground, radius) > 2.5).all()
    assert np.linalg.norm(plan.modules.corners - camera.position, axis=2).min() > 1.5
