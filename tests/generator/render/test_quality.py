# SPDX-License-Identifier: GPL-3.0-or-later
"""The pixel filter decides what becomes of lines thinner than a pixel: they break up, or are averaged."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.domain.pixel_filter import AREA, NATIVE, PixelFilter, one_of  # noqa: E402
from solar_site_addon.generator.domain.random_streams import ViewSeed  # noqa: E402
from solar_site_addon.generator.render.passes import render_radiance  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.meshes import mesh_object  # noqa: E402
from solar_site_addon.generator.scene.nodes import new_material  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import RenderSettings  # noqa: E402

pytestmark = pytest.mark.bpy

WIDTH, HEIGHT = 64, 8
PITCH_PX = 1.37
"""Spacing of the lines, which the pixels do not divide evenly."""
SHARE = 0.25


def lined_scene() -> bpy.types.Scene:
    """Return glowing vertical lines of a width of SHARE of their spacing, seen from above by 64 x 8 pixels."""
    material, graph = new_material("glow", Category.OTHER)
    graph.surface(graph.node("ShaderNodeEmission", Strength=1.0).outputs[0])
    left = np.arange(-40, WIDTH + 40) * PITCH_PX - WIDTH / 2
    right = left + SHARE * PITCH_PX
    low, high, ground = np.full(len(left), -HEIGHT), np.full(len(left), HEIGHT), np.zeros(len(left))
    corners = np.stack([(left, low, ground), (right, low, ground), (right, high, ground), (left, high, ground)], axis=0)
    lines = mesh_object(
        "lines", corners.transpose(2, 0, 1).reshape(-1, 3), np.arange(4 * len(left)).reshape(-1, 4), material
    )
    lens = own(bpy.data.cameras.new("camera"))
    lens.type, lens.ortho_scale = "ORTHO", WIDTH
    camera = own(bpy.data.objects.new("camera", lens))
    camera.location = (0, 0, 2)
    scene = own(bpy.data.scenes.new("lines"))
    for thing in (lines, camera):
        scene.collection.objects.link(thing)
    scene.world = own(bpy.data.worlds.new("dark"))
    scene.world.color = (0, 0, 0)
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    return scene


def rendered(pixel_filter: PixelFilter) -> np.ndarray:
    """Return the brightness of the pixels of a row."""
    renderer = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
    try:
        settings = RenderSettings(max_samples=256, noise_threshold=0.001)
        radiance = render_radiance(lined_scene(), settings, ViewSeed(1), renderer, pixel_filter)
    finally:
        remove_owned()
    return radiance[HEIGHT // 2, :, 1]


def expected(width_px: float) -> np.ndarray:
    """Return the share of lines in the middle ``width_px`` of each pixel of a row."""
    fine = 400
    place = np.arange(WIDTH)[:, None] + 0.5 + (np.arange(fine) + 0.5) / fine * width_px - width_px / 2
    return (np.mod(place / PITCH_PX, 1.0) < SHARE).mean(axis=1)


def test_the_mean_over_a_pixel_is_that_of_its_square() -> None:
    np.testing.assert_allclose(rendered(AREA), expected(1.0), atol=0.08)


def test_one_of_many_pixels_shows_what_lies_in_its_middle() -> None:
    picked = rendered(one_of(8.0))
    assert np.corrcoef(picked, expected(0.05))[0, 1] > 0.95
    assert picked.std() > 2 * rendered(NATIVE).std()


def test_a_pixel_of_the_sensor_is_as_crisp_as_its_square() -> None:
    assert rendered(NATIVE).std() == pytest.approx(rendered(AREA).std(), rel=0.25)


def test_every_filter_keeps_the_mean_brightness() -> None:
    for pixel_filter in (NATIVE, AREA, one_of(4.0)):
        assert rendered(pixel_filter).mean() == pytest.approx(SHARE, abs=0.05)
