# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes and images made with numpy equal those that Blender makes."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.plan.site import plan_site  # noqa: E402
from solar_site_addon.generator.scene.ground import build_ground  # noqa: E402
from solar_site_addon.generator.scene.images import new_image  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

pytestmark = pytest.mark.bpy


@pytest.mark.parametrize("roads", [True, False])
def test_the_edges_of_the_ground_match_those_that_blender_finds(roads: bool) -> None:
    land = plan_site(with_values(Settings(), {"site.size_m": 100, "site.roads": roads}), 9)
    mesh = build_ground(land.terrain, land.ground, land.roads, "brown", "grey").surface.data
    assert not mesh.validate(verbose=True), "nothing to repair"
    ours = {tuple(sorted(edge.vertices)) for edge in mesh.edges}
    assert len(ours) == len(mesh.edges)
    copy = bpy.data.meshes.new("copy")
    copy.from_pydata([vertex.co for vertex in mesh.vertices], [], [face.vertices[:] for face in mesh.polygons])
    assert ours == {tuple(sorted(edge.vertices)) for edge in copy.edges}


def test_images_keep_their_values_to_eight_bits() -> None:
    pixels = np.random.default_rng(0).uniform(-0.1, 1.1, (7, 5, 4)).astype(np.float32)
    image = new_image("numbers", pixels)
    assert image.packed_file is not None
    assert not image.is_dirty
    found = np.empty(pixels.size, dtype=np.float32)
    image.pixels.foreach_get(found)
    np.testing.assert_allclose(found.reshape(pixels.shape), np.clip(pixels, 0, 1), atol=0.5 / 255 + 1e-6)
