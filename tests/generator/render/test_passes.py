# SPDX-License-Identifier: GPL-3.0-or-later
"""Large images are rendered in bands, which cannot be told from one render."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.random_streams import ViewSeed  # noqa: E402
from solar_site_addon.generator.imaging import bands  # noqa: E402
from solar_site_addon.generator.plan.view.view import plan_view  # noqa: E402
from solar_site_addon.generator.render.ground_pass import painted_ground  # noqa: E402
from solar_site_addon.generator.render.passes import render_passes, render_radiance  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.build import build_site, new_scene, show_view  # noqa: E402
from solar_site_addon.generator.scene.camera import aim_camera  # noqa: E402
from solar_site_addon.generator.scene.ownership import remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import RenderSettings, Settings, with_values  # noqa: E402

from ..planned import planned_site  # noqa: E402

pytestmark = pytest.mark.bpy


def test_an_image_in_bands_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = with_values(Settings(), {"site.size_m": 150, "camera.width_px": 63, "camera.height_px": 47})
    renderer = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
    built = build_site(planned_site(settings, 8), new_scene())
    try:
        view = plan_view(built.site, settings, 0)
        show_view(built, view)
        aim_camera(built.scene, view.camera)
        images = []
        for most in (7_000_000, 700):
            monkeypatch.setattr(bands, "MAX_PIXELS", most)
            passes = render_passes(built.scene, renderer)
            with painted_ground(built, view.camera, renderer):
                radiance = render_radiance(built.scene, RenderSettings(max_samples=4), ViewSeed(8, 0), renderer)
            images.append({"radiance": radiance, **passes})
        assert not built.scene.render.use_border
    finally:
        remove_owned()
    assert len(bands.bands(63, 47, denoised=False)) == 5
    for name, whole in images[0].items():
        np.testing.assert_array_equal(images[1][name], whole, err_msg=name)
