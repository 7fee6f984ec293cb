# SPDX-License-Identifier: GPL-3.0-or-later
"""A site is built once; showing a view only replaces what belongs to the previous view."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.plan.model import Site, View  # noqa: E402
from solar_site_addon.generator.plan.site import plan_site  # noqa: E402
from solar_site_addon.generator.plan.view.view import plan_view  # noqa: E402
from solar_site_addon.generator.scene.build import BuiltSite, build_site, new_scene, show_view  # noqa: E402
from solar_site_addon.generator.scene.modules import FOCAL_LENGTH  # noqa: E402
from solar_site_addon.generator.scene.nodes import OBJECT  # noqa: E402
from solar_site_addon.generator.scene.ownership import owned_blocks, remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

pytestmark = pytest.mark.bpy

SETTINGS = with_values(
    Settings(), {"site.size_m": 120, "camera.width_px": 4000, "camera.height_px": 3000, "equipment.fences": True}
)
CLOUDY = with_values(
    SETTINGS,
    {"light.weather": "cloud_shadows", "effects.distortion": -0.05, "camera.width_px": 64, "camera.height_px": 48},
)


@pytest.fixture(scope="module")
def site() -> Site:
    return plan_site(SETTINGS, 3)


@pytest.fixture(scope="module")
def clear(site: Site) -> View:
    return plan_view(site, SETTINGS, 0)


@pytest.fixture(scope="module")
def cloudy(site: Site) -> View:
    return plan_view(site, CLOUDY, 1)


@pytest.fixture
def built(site: Site) -> Iterator[BuiltSite]:
    yield build_site(site, new_scene())
    remove_owned()
    assert owned_blocks() == []


def names() -> list[str]:
    return sorted(f"{type(block).__name__} {block.name}" for block in owned_blocks())


def camera_of(built: BuiltSite) -> dict[str, Any]:
    camera = built.scene.camera
    lens = camera.data
    return {
        "place": [round(number, 5) for row in camera.matrix_world for number in row],
        "lens": (lens.type, round(lens.lens, 5)),
        "size": (built.scene.render.resolution_x, built.scene.render.resolution_y),
    }


def focal_lengths(built: BuiltSite) -> set[float]:
    materials = {slot.material for part in built.collection.objects for slot in part.material_slots}
    nodes = [material.node_tree.nodes.get(FOCAL_LENGTH) for material in materials]
    return {round(node.outputs[0].default_value, 2) for node in nodes if node is not None}


def test_nothing_is_left_of_an_earlier_view(built: BuiltSite, clear: View, cloudy: View) -> None:
    of_site = names()
    show_view(built, clear)
    alone, camera = names(), camera_of(built)
    assert "Object Solar Site fence wires" in alone
    show_view(built, cloudy)
    assert "Object Solar Site cloud shadows" in names()
    assert camera_of(built)["lens"][0] == "PANO"
    assert focal_lengths(built) == {round(cloudy.camera.focal_px, 2)}
    show_view(built, clear)
    assert names() == alone
    assert camera_of(built) == camera
    assert focal_lengths(built) == {round(clear.camera.focal_px, 2)}
    assert set(of_site) <= set(alone)


def test_the_site_is_not_built_again(built: BuiltSite, clear: View, cloudy: View) -> None:
    before = {part.name: part.data.as_pointer() for part in built.collection.objects}
    for view in (clear, cloudy):
        show_view(built, view)
        assert {name: built.collection.objects[name].data.as_pointer() for name in before} == before


def test_the_viewport_shows_the_lens_without_distortion(built: BuiltSite, cloudy: View) -> None:
    built.light = True
    show_view(built, cloudy)
    assert built.scene.camera.data.type == "PERSP"


def evaluated(part: Any) -> Any:
    """Return the vertices (V, 3) that Blender shows and the face attribute with the object numbers, at the vertices."""
    layer = next(scene for scene in bpy.data.scenes if part.name in scene.objects).view_layers[0]
    layer.update()
    mesh = part.evaluated_get(layer.depsgraph).to_mesh()
    places = np.empty((len(mesh.vertices), 3), dtype=np.float32)
    mesh.attributes["position"].data.foreach_get("vector", places.ravel())
    attribute = mesh.attributes[OBJECT]
    numbers = np.empty(len(attribute.data), dtype=np.float32)
    attribute.data.foreach_get("value", numbers)
    if attribute.domain == "FACE":  # six faces and eight corners
        numbers = np.repeat(numbers[::6], 8)
    return places, numbers


@pytest.mark.parametrize("name", ["modules", "structure"])
def test_boxes_stored_as_points_are_the_same_boxes(site: Site, name: str) -> None:
    fine, light = (build_site(site, new_scene(), light=light) for light in (False, True))
    try:
        shown = []
        for built in (fine, light):
            part = next(part for part in built.collection.objects if part.name.startswith(f"Solar Site {name}"))
            shown.append((*evaluated(part), len(part.data.vertices)))
        (places, numbers, stored), (again, same, points) = shown
        assert points == stored / 8
        np.testing.assert_allclose(again, places, atol=2e-4)
        np.testing.assert_array_equal(same, numbers)
    finally:
        remove_owned()


def test_wires_grow_thicker_with_the_distance(built: BuiltSite, clear: View) -> None:
    def bars(view: View) -> int:
        show_view(built, view)
        return len(built.collection.objects["Solar Site fence wires"].data.polygons)

    lifted = dataclasses.replace(clear.camera, position=clear.camera.position + np.array([0.0, 0.0, 40.0]))
    assert bars(clear) > 1.2 * bars(dataclasses.replace(clear, camera=lifted))
