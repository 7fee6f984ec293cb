# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground's material follows the planned shares of grass, gravel, rock and snow, and the planned rills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.domain.random_streams import ViewSeed  # noqa: E402
from solar_site_addon.generator.plan.ground.rills import SPACING_M  # noqa: E402
from solar_site_addon.generator.render.passes import render_radiance  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.ground_look import RILL_HALF_WIDTH_M, Noises, covered, rill_bed  # noqa: E402
from solar_site_addon.generator.scene.meshes import mesh_object  # noqa: E402
from solar_site_addon.generator.scene.nodes import ShaderGraph, new_material  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import RenderSettings  # noqa: E402

pytestmark = pytest.mark.bpy


def rendered(shown: Callable[[ShaderGraph], Any], values: dict[str, np.ndarray]) -> np.ndarray:
    """Return a shader on a square seen from above (16, 64); ``values`` (2, K, ...) are vertex values from the south."""
    material, graph = new_material("cover", Category.TERRAIN)
    graph.surface(graph.node("ShaderNodeEmission", Strength=shown(graph)).outputs[0])
    columns = len(next(iter(values.values()))[0])
    x, y = np.meshgrid(np.linspace(-1, 1, columns), [-1.0, 1.0])
    corners = np.stack([x.ravel(), y.ravel(), np.zeros(2 * columns)], axis=-1)
    west = np.arange(columns - 1)
    faces = np.stack([west, west + 1, west + 1 + columns, west + columns], axis=-1)
    of_vertices = {name: value.reshape(-1, *value.shape[2:]) for name, value in values.items()}
    ground = mesh_object("cover", corners, faces, material, vertex_values=of_vertices)
    camera = own(bpy.data.objects.new("camera", own(bpy.data.cameras.new("camera"))))
    camera.data.type, camera.data.ortho_scale, camera.location = "ORTHO", 2.0, (0, 0, 2)
    scene = own(bpy.data.scenes.new("cover"))
    for thing in (ground, camera):
        scene.collection.objects.link(thing)
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = 64, 16
    renderer = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
    try:
        return render_radiance(scene, RenderSettings(max_samples=64, noise_threshold=0.001), ViewSeed(1), renderer)[
            ..., 0
        ]
    finally:
        remove_owned()


def even_noises(graph: ShaderGraph) -> Noises:
    """Return noises that equal their mean everywhere."""
    mean = [graph.sum((0.0, 0.0), plus=0.5)] * 4
    return Noises(mean, mean, mean)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_planned_share_of_the_ground_is_covered_where_the_noise_is_low(share):
    noise = np.tile([0.0, 1.0], (2, 1))  # rises from left to right
    cover = rendered(
        lambda graph: covered(graph, graph.attribute("share"), graph.attribute("noise"), softness=0.09),
        {"share": np.full((2, 2), share), "noise": noise},
    )
    within = cover[:, 2:-2]  # the margins blend with the background
    if share in (0.0, 1.0):
        np.testing.assert_allclose(within, share, atol=1e-3)
    else:
        assert within[:, 0].min() > 0.99
        assert within[:, -1].max() < 0.01
        assert cover.mean() == pytest.approx(share, abs=0.06)


@pytest.mark.parametrize("width", [0.0, 0.5, 1.0])
def test_a_rill_has_its_planned_width_and_lies_where_its_phase_is_zero(width):
    across_m = np.linspace(-SPACING_M / 2, SPACING_M / 2, 5)  # no closer than vertices of the ground
    phase = np.tile(2 * np.pi * across_m / SPACING_M, (2, 1))
    planned = np.stack([np.cos(phase), np.sin(phase), np.full_like(phase, width)], axis=-1)
    bed = rendered(lambda graph: rill_bed(graph, even_noises(graph)), {"rills": planned}).mean(axis=0)
    if not width:
        assert bed.max() < 1e-3
        return
    meters = (np.arange(64) + 0.5) / 64 * SPACING_M - SPACING_M / 2
    assert bed[np.abs(meters) < 0.8 * width * RILL_HALF_WIDTH_M].min() > 0.9
    assert bed[np.abs(meters) > width * RILL_HALF_WIDTH_M + 0.3].max() < 0.01
    wide = bed.sum() * SPACING_M / 64
    assert wide == pytest.approx(2 * width * RILL_HALF_WIDTH_M + 0.15, abs=0.12)
