# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes stored as points become the boxes of the mesh, wherever they point."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.scene.boxes import box_object  # noqa: E402
from solar_site_addon.generator.scene.nodes import new_material  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402

pytestmark = pytest.mark.bpy


def test_turned_boxes_have_their_corners_and_values() -> None:
    rng = np.random.default_rng(3)
    axes = np.linalg.qr(rng.normal(size=(20, 3, 3)))[0]
    axes[:, 2] *= np.linalg.det(axes)[:, None]  # right-handed
    sides = axes * rng.uniform(0.1, 3.0, (20, 3, 1))
    middle = rng.uniform(-50, 50, (20, 1, 3))
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    ring = middle + signs @ sides[:, :2]
    top, bottom = ring + sides[:, 2:] / 2, ring - sides[:, 2:] / 2
    try:
        material, _ = new_material("Boxes", Category.RACK)
        part = box_object("Boxes", top, bottom, material, {"number": np.arange(20)}, compact=True)
        scene = own(bpy.data.scenes.new("Boxes"))
        scene.collection.objects.link(part)
        layer = scene.view_layers[0]
        layer.update()
        mesh = part.evaluated_get(layer.depsgraph).to_mesh()
        places = np.array([vertex.co for vertex in mesh.vertices]).reshape(20, 8, 3)
        np.testing.assert_allclose(places, np.concatenate([top, bottom], axis=1), atol=1e-4)
        numbers = [item.value for item in mesh.attributes["number"].data]
        assert numbers == np.repeat(np.arange(20), 8).tolist()
        assert len(part.data.vertices) == 20
    finally:
        remove_owned()
