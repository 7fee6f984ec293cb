# SPDX-License-Identifier: GPL-3.0-or-later
"""Dust gathers along the lower edges of modules."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.random_streams import ViewSeed  # noqa: E402
from solar_site_addon.generator.plan.array.conditions import Condition  # noqa: E402
from solar_site_addon.generator.plan.atmosphere import CLEAR, Sun  # noqa: E402
from solar_site_addon.generator.plan.view.sky import plan_sky  # noqa: E402
from solar_site_addon.generator.render.passes import render_radiance  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.light import build_sun, build_world  # noqa: E402
from solar_site_addon.generator.scene.modules import build_modules, show_detail  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import RenderSettings  # noqa: E402

from ..small_site import small_modules, small_plan  # noqa: E402

pytestmark = pytest.mark.bpy

SIDE_PX = 64


def radiance(dust: float) -> tuple[np.ndarray, float]:
    """Return the radiance (H, W) of one module from straight above, and the height of the image in m."""
    _, modules = small_modules((1, 1), columns=1)
    modules = dataclasses.replace(modules, dust=np.full(2, dust), condition=np.full(2, Condition.CLEAN, dtype=np.int32))
    low, high = modules.corners[0].min(axis=0), modules.corners[0].max(axis=0)
    table_type = small_plan().site.table_types[0]
    sky = plan_sky(Sun(180, 60, 3), CLEAR)
    try:
        scene = own(bpy.data.scenes.new("dirty module"))
        lens = own(bpy.data.cameras.new("camera"))
        lens.type, lens.ortho_scale = "ORTHO", high[1] - low[1]
        camera = own(bpy.data.objects.new("camera", lens))
        camera.location = (*((low + high) / 2)[:2], high[2] + 5)
        parts = build_modules(modules, np.zeros(2, np.int32), (table_type,))
        show_detail(parts, 1e6)
        for thing in (*parts, camera, build_sun(sky)):
            scene.collection.objects.link(thing)
        scene.world, scene.camera = build_world(sky), camera
        scene.render.resolution_x = scene.render.resolution_y = SIDE_PX
        renderer = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
        settings = RenderSettings(max_samples=16, noise_threshold=0.001)
        image = render_radiance(scene, settings, ViewSeed(1), renderer)
    finally:
        remove_owned()
    middle = slice(SIDE_PX * 3 // 8, SIDE_PX * 5 // 8)
    return image[:, middle].mean(axis=(1, 2)), float(high[1] - low[1])


def test_a_little_dust_hides_the_glass_behind_the_lower_frame_and_hardly_the_rest():
    (clean, height_m), (dusty, _) = radiance(0.0), radiance(0.25)
    at_m = (SIDE_PX - 0.5 - np.arange(SIDE_PX)) * height_m / SIDE_PX
    strip, middle = (at_m > 0.02) & (at_m < 0.06), (at_m > 0.6) & (at_m < 1.6)
    change = np.abs(dusty - clean)
    assert change[strip].mean() > 0.01
    assert change[strip].mean() > 3 * change[middle].mean()
