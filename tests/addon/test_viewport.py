# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview shows the site that the batch would render, and touches nothing of the user's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.bpy


UNSTABLE = {"rna_type", "solar_site", "session_uid", "users", "original", "depsgraph", "view_layers", "id_data"}


def properties_of(block: Any, depth: int = 0) -> dict[str, Any]:
    """A Blender struct as plain data."""
    names = [prop.identifier for prop in block.bl_rna.properties if prop.identifier not in UNSTABLE]
    return {name: plain(getattr(block, name, None), depth + 1) for name in names}


def plain(value: Any, depth: int) -> Any:
    """A value as numbers, texts, names of datablocks, and structs down to some depth."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "name_full"):
        return value.name_full
    if depth > 1:  # deeper down, the wheel of 4.2 crashes on some of its own structs
        return str(type(value))
    if hasattr(value, "bl_rna"):
        return properties_of(value, depth)
    try:
        return [plain(part, depth + 1) for part in list(value)[:200]]
    except TypeError:
        return str(type(value))


def everything(bpy: Any) -> dict[str, Any]:
    """All datablocks of the file but those of Solar Site, with their properties."""
    kinds = ("scenes", "objects", "collections", "cameras", "lights", "meshes", "materials", "worlds")
    return {
        f"{kind}/{block.name}": properties_of(block)
        for kind in kinds
        for block in getattr(bpy.data, kind)
        if not block.name.startswith("Solar Site")
    }


@pytest.fixture
def users_scene(bpy: Any, scene: Any) -> Any:
    """A scene full of the user's own things, with render settings of their own."""
    bpy.ops.mesh.primitive_monkey_add()
    light = bpy.data.objects.new("My light", bpy.data.lights.new("My light", "SUN"))
    scene.collection.objects.link(light)
    bpy.data.materials.new("My material").use_fake_user = True
    bpy.data.worlds.new("Solar Sister").use_fake_user = True
    scene.render.resolution_x, scene.cycles.samples = 777, 7
    return scene


def test_a_scene_of_the_users_is_the_same_after_generate_again_and_remove(bpy: Any, users_scene: Any) -> None:
    before = everything(bpy)
    assert len(before) > 15
    for _ in range(2):
        assert bpy.ops.solar_site.generate_preview() == {"FINISHED"}
        assert everything(bpy) == before
    assert bpy.ops.solar_site.remove_site() == {"FINISHED"}
    assert everything(bpy) == before
    kinds = (bpy.data.scenes, bpy.data.objects, bpy.data.meshes, bpy.data.materials, bpy.data.images, bpy.data.worlds)
    assert not [block.name for kind in kinds for block in kind if block.name.startswith("Solar Site")]
    assert bpy.context.window_manager.windows[0].scene == users_scene


def test_the_comparison_would_see_a_change(bpy: Any, users_scene: Any) -> None:
    before = everything(bpy)
    users_scene.cycles.samples = 8
    assert everything(bpy) != before


def test_the_preview_is_the_site_that_the_generator_plans(bpy: Any, scene: Any) -> None:
    from solar_site_addon.generator.plan.plan import plan_site
    from solar_site_addon.properties import settings_of

    scene.solar_site.run.seed = "5"
    bpy.ops.solar_site.generate_preview()
    shown = bpy.context.window_manager.windows[0].scene
    plan = plan_site(settings_of(scene)[0], 5)
    modules = next(part for part in shown.objects if part.name.startswith("Solar Site modules"))
    assert len(modules.data.vertices) == 8 * len(plan.modules)
    first = np.array([modules.data.vertices[corner].co for corner in range(4)])
    assert first == pytest.approx(plan.modules.corners[0], abs=1e-3)
    assert np.array(shown.camera.matrix_world.translation) == pytest.approx(plan.camera.position, abs=1e-3)
    assert (shown.render.resolution_x, shown.render.resolution_y) == (160, 120)
    read_out = shown.solar_site.read_out
    assert read_out.modules == len(plan.modules)
    assert read_out.gsd_cm == pytest.approx(100 * plan.camera.gsd_m)


def test_another_camera_keeps_the_land_and_another_seed_does_not(bpy: Any, scene: Any) -> None:
    def heights() -> Any:
        bpy.ops.solar_site.generate_preview()
        shown = bpy.context.window_manager.windows[0].scene
        terrain = next(part for part in shown.objects if part.name.startswith("Solar Site terrain"))
        return np.array([vertex.co.z for vertex in terrain.data.vertices[:200]])

    first = heights()
    shown = bpy.context.window_manager.windows[0].scene
    shown.solar_site.camera.altitude_agl_m = (50, 50)
    assert np.array_equal(heights(), first)
    assert shown.solar_site.read_out.altitude_m == pytest.approx(50)
    shown.solar_site.run.seed = "1"
    assert not np.array_equal(heights(), first)


def test_an_object_of_the_users_in_our_scene_outlives_the_site(bpy: Any, scene: Any) -> None:
    bpy.ops.solar_site.generate_preview()
    shown = bpy.context.window_manager.windows[0].scene
    theirs = bpy.data.objects.new("My drone", None)
    next(child for child in shown.collection.children).objects.link(theirs)
    bpy.ops.solar_site.generate_preview()
    assert "My drone" in shown.objects
    bpy.ops.solar_site.remove_site()
    assert shown.name in bpy.data.scenes
    assert [part.name for part in shown.collection.all_objects] == ["My drone"]


def test_a_copy_of_the_site_in_another_scene_stays_when_the_first_is_made_anew(bpy: Any, scene: Any) -> None:
    bpy.ops.solar_site.generate_preview()
    first = bpy.context.window_manager.windows[0].scene
    bpy.ops.scene.new(type="FULL_COPY")
    second = bpy.context.window_manager.windows[0].scene
    assert second != first
    before = {part.name: len(part.data.vertices) for part in first.objects if part.type == "MESH"}
    second.solar_site.run.seed = "9"
    bpy.ops.solar_site.generate_preview()
    assert {part.name: len(part.data.vertices) for part in first.objects if part.type == "MESH"} == before


def test_a_site_that_cannot_be_is_told_in_one_sentence_and_changes_nothing(bpy: Any, users_scene: Any) -> None:
    users_scene.solar_site.site.relief = (1, 1)
    users_scene.solar_site.layout.max_slope_deg = 1
    before = everything(bpy)
    with pytest.raises(RuntimeError, match="No table fits on this site"):
        bpy.ops.solar_site.generate_preview()
    assert everything(bpy) == before
    assert len(bpy.data.scenes) == 1


def test_an_open_lock_makes_another_site_each_time(bpy: Any, scene: Any) -> None:
    scene.solar_site.lock_seed = False
    seeds = set()
    for _ in range(2):
        bpy.ops.solar_site.generate_preview()
        seeds.add(bpy.context.window_manager.windows[0].scene.solar_site.run.seed)
    assert len(seeds) == 2


def test_apply_render_settings_sets_what_a_batch_renders_with(bpy: Any, scene: Any) -> None:
    scene.solar_site.render.max_samples = 123
    scene.solar_site.render.noise_threshold = 0.02
    bpy.ops.solar_site.apply_render_settings()
    assert scene.render.engine == "CYCLES"
    assert (scene.cycles.samples, scene.cycles.device) == (123, "CPU")
    assert scene.cycles.adaptive_threshold == pytest.approx(0.02)
    assert (scene.render.resolution_x, scene.render.resolution_y) == (160, 120)
