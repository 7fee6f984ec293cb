# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ground's material makes of the plan's shares of grass, gravel, rock and snow."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.render.passes import render_photo  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.sample.classes import SemanticClass  # noqa: E402
from solar_site_addon.generator.scene.ground import covered  # noqa: E402
from solar_site_addon.generator.scene.meshes import mesh_object  # noqa: E402
from solar_site_addon.generator.scene.nodes import new_material  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402
from solar_site_addon.generator.settings import RenderSettings  # noqa: E402

pytestmark = pytest.mark.bpy


def rendered_cover(share: float, softness: float) -> np.ndarray:
    """(Y, X) cover where the noise rises from 0 (left) to 1 (right)."""
    material, graph = new_material("cover", SemanticClass.TERRAIN)
    cover = covered(graph, graph.attribute("share"), graph.attribute("noise"), softness)
    graph.surface(graph.node("ShaderNodeEmission", Strength=cover).outputs[0])
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], dtype=float)
    values = {"share": np.full(4, share), "noise": np.array([0.0, 1.0, 1.0, 0.0])}
    ground = mesh_object("cover", corners, np.array([[0, 1, 2, 3]]), material, vertex_values=values)
    camera = own(bpy.data.objects.new("camera", own(bpy.data.cameras.new("camera"))))
    camera.data.type, camera.data.ortho_scale, camera.location = "ORTHO", 2.0, (0, 0, 2)
    scene = own(bpy.data.scenes.new("cover"))
    for thing in (ground, camera):
        scene.collection.objects.link(thing)
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = 64, 16
    renderer = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
    return render_photo(scene, RenderSettings(max_samples=64, noise_threshold=0.001), 1, renderer)[..., 0]


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_ground_is_covered_where_the_noise_is_low_on_about_the_planned_share(share):
    try:
        cover = rendered_cover(share, softness=0.09)
    finally:
        remove_owned()
    within = cover[:, 2:-2]  # the margins blend with what is beside the plane
    if share in (0.0, 1.0):
        np.testing.assert_allclose(within, share, atol=1e-3)
    else:
        assert within[:, 0].min() > 0.99
        assert within[:, -1].max() < 0.01
        assert cover.mean() == pytest.approx(share, abs=0.06)
