# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground that is painted once per image equals the one whose material is evaluated for every sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.random_streams import ViewSeed  # noqa: E402
from solar_site_addon.generator.plan.model import View  # noqa: E402
from solar_site_addon.generator.plan.view.view import plan_view  # noqa: E402
from solar_site_addon.generator.render.ground_pass import painted_ground  # noqa: E402
from solar_site_addon.generator.render.passes import channel, render_channels, render_radiance  # noqa: E402
from solar_site_addon.generator.render.quality import configure_common, configure_radiance  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.build import BuiltSite, build_site, new_scene, show_view  # noqa: E402
from solar_site_addon.generator.scene.camera import aim_camera  # noqa: E402
from solar_site_addon.generator.scene.ground_paint import SIDE, Paint  # noqa: E402
from solar_site_addon.generator.scene.ownership import owned_blocks, remove_owned  # noqa: E402
from solar_site_addon.generator.scene.projected_ground import projected_ground  # noqa: E402
from solar_site_addon.generator.settings.schema import RenderSettings, Settings, with_values  # noqa: E402

from ..planned import planned_site  # noqa: E402

pytestmark = pytest.mark.bpy

WIDTH, HEIGHT, SEED = 64, 48, 8
SETTINGS = with_values(
    Settings(),
    {
        "site.size_m": 150,
        "site.relief": [0.35, 0.75],
        "camera.width_px": WIDTH,
        "camera.height_px": HEIGHT,
        "camera.altitude_agl_m": 35,
        "camera.model": "custom",
        "camera.focal_length_mm": 200,
        "vegetation.grass": 0,
    },
)
CAMERAS = {
    "nadir": {"camera.gimbal_pitch_deg": -90},
    "ridges and horizon": {"camera.gimbal_pitch_deg": -20, "site.relief": 0.9, "camera.focal_length_mm": 8},
    "barrel lens": {"camera.gimbal_pitch_deg": -60, "effects.distortion": -0.1, "camera.focal_length_mm": 20},
    "pincushion lens": {"camera.gimbal_pitch_deg": -60, "effects.distortion": 0.05, "camera.focal_length_mm": 20},
}
RENDERER = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")


@pytest.fixture(params=CAMERAS)
def shown(request: pytest.FixtureRequest) -> Iterator[tuple[BuiltSite, View]]:
    settings = with_values(SETTINGS, CAMERAS[request.param])
    built = build_site(planned_site(settings, SEED), new_scene())
    view = plan_view(built.site, settings, 0)
    show_view(built, view)
    aim_camera(built.scene, view.camera)
    yield built, view
    remove_owned()


def radiance(built: BuiltSite, samples: int = 64) -> np.ndarray:
    quality = RenderSettings(max_samples=samples, noise_threshold=0.001)
    return render_radiance(built.scene, quality, ViewSeed(SEED, 0), RENDERER)


@pytest.mark.filterwarnings("error:invalid value:RuntimeWarning")
def test_the_painted_ground_equals_its_material(shown):
    built, view = shown
    direct = radiance(built)
    with painted_ground(built, view.camera, RENDERER):
        painted = radiance(built)
    scale = direct.mean()
    error = np.abs(painted - direct).mean()
    assert error < 0.15 * scale
    # A shift by one pixel would show.
    assert np.abs(painted[:, 1:] - direct[:, :-1]).mean() > 1.3 * error
    assert np.abs(painted[1:] - direct[:-1]).mean() > 1.3 * error
    # Averaged noise covers slightly different shares of the ground where pixels are large.
    np.testing.assert_allclose(painted.mean(axis=(0, 1)), direct.mean(axis=(0, 1)), rtol=0.08)


def test_every_texel_appears_at_its_place_in_the_image(shown, tmp_path):
    built, _ = shown
    x, y = np.meshgrid((np.arange(SIDE * WIDTH) + 0.5) / SIDE, (np.arange(SIDE * HEIGHT) + 0.5) / SIDE)
    ramps = np.stack([x / WIDTH, y / HEIGHT, np.ones_like(x)]) * 0.5
    upward = np.stack([np.zeros_like(x), np.zeros_like(x), np.ones_like(x)])
    scene = new_scene()
    for part in (built.ground.surface, built.scene.camera):
        scene.collection.objects.link(part)
    scene.camera = built.scene.camera
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    configure_common(scene, RENDERER.device, 2)
    configure_radiance(scene, RenderSettings(max_samples=64), "NONE", False, ViewSeed(SEED, 0))
    scene.view_layers[0].use_pass_diffuse_color = True
    with projected_ground(built.ground, [Paint(slice(None), ramps, upward)], WIDTH, HEIGHT, tmp_path):
        channels = render_channels(scene)
    name = next(name for name in channels if name.endswith((".DiffCol.R", ".Diffuse Color.R")))[:-1]
    red, green, blue = (channel(channels, name + letter) for letter in "RGB")
    inside = blue > 0.9 * blue.max()
    inside[:2] = inside[-2:] = inside[:, :2] = inside[:, -2:] = False
    assert inside.mean() > 0.4
    column, row = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    # The samples' mean deviates a little from the pixel center.
    assert np.abs(red / blue * WIDTH - column)[inside].max() < 0.12
    assert np.abs(green / blue * HEIGHT - row)[inside].max() < 0.12
    assert abs((red / blue * WIDTH - column)[inside].mean()) < 0.02
    assert abs((green / blue * HEIGHT - row)[inside].mean()) < 0.02


def test_afterwards_the_scene_is_as_before():
    built = build_site(planned_site(SETTINGS, SEED), new_scene())
    try:
        view = plan_view(built.site, SETTINGS, 0)
        show_view(built, view)
        aim_camera(built.scene, view.camera)
        blocks, materials = owned_blocks(), [slot.material for slot in built.ground.surface.material_slots]
        with painted_ground(built, view.camera, RENDERER):
            first = radiance(built, samples=1)
        assert owned_blocks() == blocks
        assert [slot.material for slot in built.ground.surface.material_slots] == materials
        with painted_ground(built, view.camera, RENDERER):
            np.testing.assert_array_equal(radiance(built, samples=1), first)
    finally:
        remove_owned()
