# SPDX-License-Identifier: GPL-3.0-or-later
"""A gray card in the sun has the planned brightness in every Blender."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.domain.random_streams import ViewSeed  # noqa: E402
from solar_site_addon.generator.plan.atmosphere import CLEAR, Clouds, Sun, Weather  # noqa: E402
from solar_site_addon.generator.plan.view.sky import direction, plan_sky  # noqa: E402
from solar_site_addon.generator.render.passes import render_radiance  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.light import build_cloud_shadows, build_sun, build_world  # noqa: E402
from solar_site_addon.generator.scene.meshes import mesh_object  # noqa: E402
from solar_site_addon.generator.scene.nodes import new_material  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import RenderSettings  # noqa: E402

pytestmark = pytest.mark.bpy


def cloudy(kind: str, thickness: np.ndarray) -> Weather:
    return Weather(kind, 0.0, np.ones(3), Clouds(thickness, np.zeros(2)))


def card_radiance(scene: bpy.types.Scene) -> np.ndarray:
    renderer = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
    settings = RenderSettings(max_samples=256, noise_threshold=0.001)
    return render_radiance(scene, settings, ViewSeed(1), renderer).mean(axis=(0, 1))


def grey_card_scene(sun: Sun, weather: Weather = CLEAR, at: tuple[float, float] = (0.0, 0.0)) -> bpy.types.Scene:
    """Return an 18 % gray card, horizontal and unshaded, seen from above."""
    sky = plan_sky(sun, weather)
    material, graph = new_material("card", Category.OTHER)
    graph.surface(graph.node("ShaderNodeBsdfDiffuse", Color=(0.18, 0.18, 0.18, 1)).outputs[0])
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], dtype=float)
    card = mesh_object("card", corners + np.array([*at, 0]), np.array([[0, 1, 2, 3]]), material)
    camera = own(bpy.data.objects.new("camera", own(bpy.data.cameras.new("camera"))))
    camera.location = (*at, 2)
    scene = own(bpy.data.scenes.new("grey card"))
    for thing in (card, camera, build_sun(sky)):
        scene.collection.objects.link(thing)
    scene.world, scene.camera = build_world(sky), camera
    scene.render.resolution_x, scene.render.resolution_y = 32, 24
    return scene


@pytest.mark.parametrize("sun", [Sun(180, 60, 3), Sun(110, 25, 2.2), Sun(250, 40, 8)], ids=["noon", "morning", "haze"])
def test_an_unshaded_gray_card_renders_as_18_percent_gray(sun):
    try:
        scene = grey_card_scene(sun)
        renderer = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
        radiance = render_radiance(scene, RenderSettings(max_samples=256, noise_threshold=0.001), ViewSeed(1), renderer)
    finally:
        remove_owned()
    assert radiance.shape == (24, 32, 3)
    np.testing.assert_allclose(radiance.mean(axis=(0, 1)), 0.18, rtol=0.02)


def test_the_sky_is_bluest_away_from_the_sun_and_brightest_around_it():
    sky = plan_sky(Sun(180, 45, 2.5))
    height = len(sky.radiance)
    elevation_row = height // 4  # 45 degrees
    south, north = sky.radiance[elevation_row, 3 * height // 2], sky.radiance[elevation_row, height // 2]
    assert south.sum() > 2 * north.sum()
    assert north[2] / north[0] > south[2] / south[0]


def test_sun_and_sky_together_light_a_horizontal_surface_with_pi():
    sky = plan_sky(Sun(200, 35, 4), height=128)
    elevation = (0.5 - (np.arange(128) + 0.5) / 128) * np.pi
    weight = np.clip(np.sin(elevation), 0, None) * np.cos(elevation) * (np.pi / 128) ** 2
    horizontal = (sky.radiance * weight[:, None, None]).sum(axis=(0, 1)) + sky.sun_irradiance * sky.sun_direction[2]
    np.testing.assert_allclose(horizontal, np.pi, rtol=1e-9)


def test_sunlight_comes_from_the_position_of_the_sun():
    try:
        sun = build_sun(plan_sky(Sun(azimuth_deg=90, elevation_deg=30, turbidity=3)))
        towards_sun = sun.matrix_basis.to_3x3().col[2]
    finally:
        remove_owned()
    np.testing.assert_allclose(towards_sun, [np.cos(np.radians(30)), 0, 0.5], atol=1e-6)


@pytest.mark.parametrize("azimuth_deg", [20.0, 110.0, 250.0])
def test_the_world_shows_the_planned_sky_in_every_direction(azimuth_deg):
    sky = plan_sky(Sun(200, 40, 3))
    elevation_deg = 35.0
    try:
        scene = grey_card_scene(Sun(200, 40, 3))
        # A Blender camera looks along -z: pitched up from straight down, then turned clockwise from north.
        scene.camera.rotation_euler = np.radians([90 + elevation_deg, 0, -azimuth_deg]).tolist()
        scene.camera.data.angle = np.radians(2)
        renderer = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
        seen = render_radiance(scene, RenderSettings(max_samples=16), ViewSeed(1), renderer).mean(axis=(0, 1))
    finally:
        remove_owned()
    height = len(sky.radiance)
    row = round((0.5 - elevation_deg / 180) * height - 0.5)
    # Blender's equirectangular maps: u = 0.5 - atan2(y, x) / 2 pi.
    counter_clockwise_from_east = np.radians(90 - azimuth_deg)
    u = (0.5 - np.arctan2(np.sin(counter_clockwise_from_east), np.cos(counter_clockwise_from_east)) / (2 * np.pi)) % 1
    np.testing.assert_allclose(seen, sky.radiance[row, int(u * 2 * height)], rtol=0.05)


@pytest.mark.parametrize("kind", ["thin_cloud", "overcast"])
def test_a_gray_card_under_clouds_renders_as_18_percent_gray(kind):
    sun = Sun(180, 40, 3)
    try:
        scene = grey_card_scene(sun, cloudy(kind, np.random.default_rng(1).standard_normal((64, 64))))
        radiance = card_radiance(scene)
    finally:
        remove_owned()
    np.testing.assert_allclose(radiance, 0.18, rtol=0.02)


def test_a_cloud_in_front_of_the_sun_does_not_change_the_light_of_the_sky():
    sun = Sun(150, 40, 3)
    thickness = np.ones((64, 64))
    sky = plan_sky(sun, cloudy("cloud_shadows", thickness))
    direct = sky.sun_irradiance * sky.sun_direction[2] / np.pi
    try:
        scene = grey_card_scene(sun, cloudy("cloud_shadows", thickness))
        scene.collection.objects.link(build_cloud_shadows(sun, Clouds(thickness, np.zeros(2)), 0.0))
        radiance = card_radiance(scene)
    finally:
        remove_owned()
    np.testing.assert_allclose(radiance, 0.18 * (1 - direct * (1 - np.exp(-4.0))), rtol=0.03)


@pytest.mark.parametrize("sun", [Sun(150, 40, 3), Sun(280, 15, 3)], ids=["high", "low"])
def test_a_cloud_casts_its_shadow_away_from_the_sun(sun):
    """One cloud, 600 m wide, between the site and the sun: shade at the center of its shadow, sun 700 m away."""
    towards = direction(sun.azimuth_deg, sun.elevation_deg)
    above = towards[:2] / towards[2] * Clouds.HEIGHT_M
    pixels = 128
    centres = (np.arange(pixels) + 0.5) / pixels * Clouds.TILE_M - Clouds.TILE_M / 2
    thickness = ((np.abs(centres)[:, None] < 300) & (np.abs(centres) < 300)).astype(float)
    clouds = Clouds(thickness, above - Clouds.TILE_M / 2)
    brightness = []
    for east, north in ((0, 0), (250, 250), (-250, 250), (700, 0), (0, -700)):
        try:
            scene = grey_card_scene(sun, CLEAR, at=(east, north))
            scene.collection.objects.link(build_cloud_shadows(sun, clouds, 0.0))
            brightness.append(card_radiance(scene).mean())
        finally:
            remove_owned()
    shaded, sunny = brightness[:3], brightness[3:]
    np.testing.assert_allclose(sunny, 0.18, rtol=0.03)
    assert max(shaded) < 0.7 * 0.18
