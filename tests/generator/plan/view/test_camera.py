# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera has the requested altitude and orientation and sees modules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.domain.lens import plan_lens
from solar_site_addon.generator.domain.projection import Camera
from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.view.camera import camera_axes, plan_camera, visible_targets
from solar_site_addon.generator.plan.view.targets import targets_of
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import array_site
from ..conftest import SITES, settings_of

Planned = tuple[Settings, Site]


@pytest.fixture
def plan() -> Site:
    """Return one of the sites, for what is the same over all of them."""
    return array_site(settings_of("one field"), SITES["one field"][0])


def first_camera(plan: Site, settings: Settings) -> Camera:
    """Return the camera of the first view of the site."""
    drawn = draw_settings(settings, plan.seed, 0)
    return plan_camera(drawn, plan.terrain, plan.tables, targets_of(plan, drawn.camera.aim), ViewSeed(plan.seed, 0))


def another_camera(plan: Site, seed: int = 3, **changed: Any) -> Camera:
    """Return a camera over the site with changed settings, given as ``group__name``."""
    defaults = {"camera.altitude_agl_m": 60, "camera.gimbal_pitch_deg": -70}
    values = defaults | {name.replace("__", "."): value for name, value in changed.items()}
    settings = draw_settings(with_values(Settings(), values), seed)
    return plan_camera(settings, plan.terrain, plan.tables, plan.modules, ViewSeed(seed))


def assert_flies_as_drawn(camera: Camera, plan: Site) -> None:
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
    assert axes[0, 2] == 0.0  # no roll: the rows of the image are level


def test_the_drone_flies_as_drawn_and_sees_modules(site: Planned) -> None:
    settings, plan = site
    camera = first_camera(plan, settings)
    assert_flies_as_drawn(camera, plan)
    assert settings.camera.altitude_agl_m.low <= camera.altitude_agl_m <= settings.camera.altitude_agl_m.high
    assert settings.camera.gimbal_pitch_deg.low <= camera.gimbal_pitch_deg <= settings.camera.gimbal_pitch_deg.high
    assert visible_targets(camera, plan.terrain, plan.modules) >= 20
    # The camera aims at a module near the image center.
    pixels, depth = camera.project(plan.modules.corners.mean(axis=1))
    inside = pixels[depth > 0] / [camera.width_px, camera.height_px] - 0.5
    assert np.abs(inside).max(axis=1).min() < 0.25


@pytest.mark.parametrize("pitch", [-90.0, -60.0, -20.0])
@pytest.mark.parametrize("altitude", [5.0, 60.0, 500.0])
def test_every_altitude_and_pitch_works(site: Planned, pitch: float, altitude: float) -> None:
    _, plan = site
    camera = another_camera(plan, camera__gimbal_pitch_deg=pitch, camera__altitude_agl_m=altitude)
    assert_flies_as_drawn(camera, plan)
    assert visible_targets(camera, plan.terrain, plan.modules) >= 1


@given(heading=st.floats(0, 360))
def test_up_in_an_image_taken_straight_down_is_the_heading(heading: float) -> None:
    _, down, forward = camera_axes(-90.0, heading)
    assert forward == pytest.approx([0, 0, -1])
    assert -down == pytest.approx([np.sin(np.radians(heading)), np.cos(np.radians(heading)), 0], abs=1e-12)


@given(pitch=st.floats(-89, -20), heading=st.floats(0, 360))
def test_an_oblique_camera_looks_toward_its_heading_with_the_sky_above(pitch: float, heading: float) -> None:
    right, down, forward = camera_axes(pitch, heading)
    assert np.cross(right, down) == pytest.approx(forward)
    horizontal = np.array([np.sin(np.radians(heading)), np.cos(np.radians(heading))]) * np.cos(np.radians(pitch))
    assert forward[:2] == pytest.approx(horizontal, abs=1e-9)
    assert down[2] < 0


def test_projections_agree_with_opencv(site: Planned) -> None:
    cv2 = pytest.importorskip("cv2")
    settings, plan = site
    camera = first_camera(plan, settings)
    pixels, depth = camera.project(plan.modules.corners.reshape(-1, 3))
    front = depth > 1
    rotation = cv2.Rodrigues(camera.world_to_camera[:3, :3])[0]
    points = plan.modules.corners.reshape(-1, 3)[front]
    expected = cv2.projectPoints(points, rotation, camera.world_to_camera[:3, 3], camera.matrix, None)[0][:, 0]
    near = np.abs(expected).max(axis=1) < 1e5
    assert np.abs(pixels[front][near] - expected[near]).max() < 1e-3


def test_visible_targets_have_a_clear_line_of_sight(site: Planned) -> None:
    settings, plan = site
    camera = first_camera(plan, settings)
    corners, depth = camera.project(plan.modules.corners)
    whole = ((corners >= 0) & (corners <= [camera.width_px, camera.height_px])).all(axis=(1, 2)) & (depth > 0).all(
        axis=1
    )
    middles = plan.modules.corners[whole].mean(axis=1)
    steps = np.linspace(0, 1, 400)[:-4]
    lines = camera.position + steps[:, None] * (middles[:, None] - camera.position)
    free = int((lines[..., 2] > plan.terrain.height(lines[..., 0], lines[..., 1])).all(axis=1).sum())
    counted = visible_targets(camera, plan.terrain, plan.modules)
    assert abs(counted - free) <= max(2, 0.02 * free)


def test_the_drone_keeps_its_distance_from_ground_and_modules(site: Planned) -> None:
    _, plan = site
    camera = another_camera(plan, camera__altitude_agl_m=6.0)
    angles = np.linspace(0, 2 * np.pi, 40)
    for radius in (0.5, 1.0, 1.5, 2.0):
        ground = plan.terrain.height(
            camera.position[0] + radius * np.cos(angles), camera.position[1] + radius * np.sin(angles)
        )
        assert (np.hypot(camera.position[2] - ground, radius) > 2.5).all()
    assert np.linalg.norm(plan.modules.corners - camera.position, axis=2).min() > 1.5


def test_a_named_camera_has_its_published_field_of_view_at_any_image_size(plan: Site) -> None:
    fields = {"mavic_3e": 84, "mavic_3t": 84, "phantom_4_rtk": 84, "zenmuse_h20": 82.9, "zenmuse_p1_35mm": 63.5}
    for name, diagonal_deg in fields.items():
        for size in ({}, {"camera__width_px": 320}, {"camera__height_px": 240}):
            camera = another_camera(plan, camera__model=name, **size)
            assert camera.name == name
            assert camera.width_px == size.get("camera__width_px", camera.width_px)
            assert camera.height_px == size.get("camera__height_px", camera.height_px)
            corner = np.hypot(camera.width_px, camera.height_px) / 2
            # Manufacturers publish rounded values that include the distortion of the lens.
            assert 2 * np.degrees(np.arctan(corner / camera.focal_px)) == pytest.approx(diagonal_deg, abs=2.5)


def test_another_aspect_ratio_keeps_the_horizontal_field_of_view(plan: Site) -> None:
    whole = another_camera(plan, camera__model="phantom_4_rtk")
    square = another_camera(plan, camera__model="phantom_4_rtk", camera__width_px=400, camera__height_px=400)
    assert (whole.width_px, whole.height_px, square.width_px, square.height_px) == (5472, 3648, 400, 400)
    assert whole.focal_px / whole.width_px == pytest.approx(square.focal_px / 400)


def test_a_custom_camera_follows_the_settings(plan: Site) -> None:
    camera = another_camera(
        plan, camera__model="custom", camera__width_px=640, camera__sensor_width_mm=10, camera__focal_length_mm=20
    )
    assert (camera.name, camera.focal_px) == ("custom", pytest.approx(1280))


@pytest.mark.parametrize(("mode", "off_row"), [("along_rows", 0.0), ("across_rows", 90.0)])
def test_headings_by_rows_occur_in_both_directions(site: Planned, mode: str, off_row: float) -> None:
    _, plan = site
    ways = set()
    for seed in range(8):
        camera = another_camera(plan, seed, camera__heading_mode=mode)
        row = np.degrees(np.arctan2(plan.tables.axes[:, 0, 0], plan.tables.axes[:, 0, 1]))
        away = (camera.heading_deg - row - off_row + 90) % 180 - 90
        assert np.abs(away).min() <= 5.0
        ways.add(round(((camera.heading_deg - row[np.abs(away).argmin()] - off_row) % 360) / 180) % 2)
    assert len(ways) == 2


@given(distortion=st.sampled_from([-0.1, -0.03, 0.005, 0.03]), corner=st.floats(0.3, 0.95), share=st.floats(0, 1.3))
def test_radius_is_the_inverse_of_angle_for_a_distorted_lens(distortion: float, corner: float, share: float) -> None:
    lens = plan_lens(distortion, corner)
    assert lens is not None
    radius = np.array([corner * share])
    assert lens.radius(lens.angle(radius)) == pytest.approx(radius, abs=1e-12)


@given(distortion=st.floats(-0.05, 0.05).filter(lambda value: abs(value) > 1e-4), corner=st.floats(0.3, 0.95))
def test_a_distorted_lens_follows_browns_model_to_two_pixels(distortion: float, corner: float) -> None:
    lens = plan_lens(distortion, corner)
    assert lens is not None
    rho = np.linspace(0, 0.9 * corner, 50)
    drawn = lens.radius(np.arctan(rho))
    corner_px = 3300  # of an image with 5280 x 3956 pixels
    assert np.abs(drawn - rho * (1 + distortion * rho**2)).max() * corner_px / corner < 2


def test_the_opencv_coefficients_project_like_the_lens(site: Planned) -> None:
    cv2 = pytest.importorskip("cv2")
    _, plan = site
    camera = another_camera(plan, effects__distortion=-0.03)
    assert camera.lens is not None
    coefficients, error = camera.lens.opencv()
    assert error * camera.focal_px < 0.1
    pixels, depth = camera.project(plan.modules.corners.reshape(-1, 3))
    inside = (depth > 0) & ((pixels >= 0) & (pixels <= [camera.width_px, camera.height_px])).all(axis=1)
    rotation = cv2.Rodrigues(camera.world_to_camera[:3, :3])[0]
    points = plan.modules.corners.reshape(-1, 3)[inside]
    drawn = cv2.projectPoints(points, rotation, camera.world_to_camera[:3, 3], camera.matrix, coefficients)[0][:, 0]
    assert inside.sum() > 50
    assert np.abs(drawn - pixels[inside]).max() < error * camera.focal_px + 0.05
    straight = cv2.projectPoints(points, rotation, camera.world_to_camera[:3, 3], camera.matrix, None)[0][:, 0]
    assert np.abs(straight - pixels[inside]).max() > 5


def test_distortion_that_would_fold_the_image_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"effects\.distortion = -0\.2 is too strong"):
        plan_lens(-0.2, 1.3)


def test_without_distortion_there_is_no_lens() -> None:
    assert plan_lens(0.0, 0.8) is None
