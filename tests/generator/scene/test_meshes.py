# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes and images made with numpy equal those that Blender makes."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.geometry.meshes import paired  # noqa: E402
from solar_site_addon.generator.plan.site import plan_site  # noqa: E402
from solar_site_addon.generator.scene.ground import build_ground  # noqa: E402
from solar_site_addon.generator.scene.images import new_image  # noqa: E402
from solar_site_addon.generator.scene.meshes import mesh_object  # noqa: E402
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


def test_paired_faces_keep_shape_values_and_colors() -> None:
    places = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0, 0]], dtype=float)
    triangles = np.array([[0, 1, 2], [0, 2, 3], [1, 4, 2]])
    values = {"kind": np.array([3.0, 3.0, 4.0]), "none": np.zeros(3), "paint": np.full((3, 3), [0.1, 0.5, 0.9])}
    faces = paired(triangles, np.array([3.0, 3.0, 4.0]))
    mesh = mesh_object("little", places, faces, bpy.data.materials.new("any"), face_values=values).data
    assert not mesh.validate(verbose=True), "nothing to repair"
    assert [tuple(face.vertices) for face in mesh.polygons] == [(0, 1, 2, 3), (1, 4, 2)]
    assert [item.value for item in mesh.attributes["kind"].data] == [3.0, 4.0]
    assert "none" not in mesh.attributes
    assert mesh.attributes["paint"].data_type == "BYTE_COLOR"
    np.testing.assert_allclose(
        [item.color[:3] for item in mesh.attributes["paint"].data], [[0.1, 0.5, 0.9]] * 2, atol=0.01
    )
