# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview shows the site that a batch would render and does not touch the user's data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .deep import differences, everything, made_by_us

pytestmark = pytest.mark.bpy


def shown_scene(bpy: Any) -> Any:
    """Return the scene in the window."""
    return bpy.context.window_manager.windows[0].scene


@pytest.fixture
def users_scene(bpy: Any, scene: Any) -> Any:
    """Return a scene with many kinds of user data and its own render settings."""
    bpy.ops.mesh.primitive_torus_add(major_segments=5, minor_segments=4)
    light = bpy.data.objects.new("My light", bpy.data.lights.new("My light", "SUN"))
    scene.collection.objects.link(light)
    bpy.data.materials.new("My material").use_fake_user = True
    bpy.data.worlds.new("Solar Sister").use_fake_user = True
    scene.render.resolution_x, scene.cycles.samples = 777, 7
    # Blender updates the nodes of the factory file when the first node of any tree changes.
    nodes = bpy.data.materials["Material"].node_tree.nodes
    nodes.remove(nodes.new("ShaderNodeValue"))
    return scene


def test_the_users_scene_is_unchanged_after_generate_generate_and_remove(bpy: Any, users_scene: Any) -> None:
    before = everything(bpy)
    assert len(before) > 15
    for _ in range(2):
        assert bpy.ops.solar_site.generate_preview() == {"FINISHED"}
        assert differences(before, everything(bpy)) == []
    assert bpy.ops.solar_site.remove_site() == {"FINISHED"}
    assert differences(before, everything(bpy)) == []
    assert made_by_us(bpy) == []
    assert shown_scene(bpy) == users_scene


def background(bpy: Any) -> Any:
    """Return a node of the user's world."""
    return next(node for node in bpy.data.worlds["World"].node_tree.nodes if node.type == "BACKGROUND")


CHANGES = {
    "a render setting": lambda bpy: setattr(bpy.data.scenes["Scene"].cycles, "samples", 8),
    "a vertex": lambda bpy: setattr(bpy.data.meshes["Cube"].vertices[3].co, "x", 1.5),
    "a node's input": lambda bpy: setattr(background(bpy).inputs["Strength"], "default_value", 2),
    "an object's visibility": lambda bpy: setattr(bpy.data.objects["Light"], "hide_viewport", True),
    "a view layer": lambda bpy: setattr(bpy.data.scenes["Scene"].view_layers[0], "use_sky", False),
    "a new material": lambda bpy: bpy.data.materials.new("Another"),
    "a user of a mesh": lambda bpy: bpy.data.objects.new("Another", bpy.data.meshes["Cube"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_comparison_would_see_a_change(bpy: Any, scene: Any, change: str) -> None:
    before = everything(bpy)
    CHANGES[change](bpy)
    assert everything(bpy) != before


def test_disabling_the_extension_keeps_the_site_and_the_users_data(bpy: Any, users_scene: Any, tmp_path: Path) -> None:
    import solar_site_addon

    before = everything(bpy)
    bpy.ops.solar_site.generate_preview()
    made = {block.name for block in made_by_us(bpy)}
    solar_site_addon.unregister()
    assert differences(before, everything(bpy)) == []
    assert {block.name for block in made_by_us(bpy)} == made, "the site is part of the file, like any object"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "site.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "site.blend"))
    assert {block.name for block in made_by_us(bpy)} == made
    solar_site_addon.register()
    assert bpy.ops.solar_site.remove_site() == {"FINISHED"}, "the extension does not recognize its site"
    assert made_by_us(bpy) == []
    assert shown_scene(bpy).name == "Scene"


def test_remove_returns_to_the_scene_that_the_site_was_generated_from(bpy: Any, users_scene: Any) -> None:
    window = bpy.context.window_manager.windows[0]
    second = bpy.data.scenes.new("Second")
    bpy.context.scene.solar_site.camera.width_px = 320
    window.scene, window.scene = second, users_scene  # a scene's layers are complete once it was shown
    before = everything(bpy)
    bpy.ops.solar_site.generate_preview()
    window.scene = second
    bpy.ops.solar_site.generate_preview()
    assert [scene.name for scene in bpy.data.scenes] == ["Scene", "Second", "Solar Site"]
    assert shown_scene(bpy).render.resolution_x == 320
    assert differences(before, everything(bpy)) == []
    bpy.ops.solar_site.remove_site()
    assert shown_scene(bpy) == second
    assert differences(before, everything(bpy)) == []
    assert made_by_us(bpy) == []


def test_the_preview_is_the_site_that_the_generator_plans(bpy: Any, scene: Any) -> None:
    from solar_site_addon.generator.plan.array.conditions import Condition
    from solar_site_addon.generator.plan.site import plan_site
    from solar_site_addon.generator.plan.view.view import plan_view
    from solar_site_addon.ui.properties import settings_of

    scene.solar_site.run.seed = "5"
    bpy.ops.solar_site.generate_preview()
    shown = bpy.context.window_manager.windows[0].scene
    plan = plan_site(settings_of()[0], 5)
    camera = plan_view(plan, settings_of()[0], 0).camera
    modules = next(part for part in shown.objects if part.name.startswith("Solar Site modules"))
    there = plan.modules.corners[plan.modules.condition != Condition.MISSING]
    mesh = modules.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    assert len(mesh.vertices) == 8 * len(there)
    first = np.array([mesh.vertices[corner].co for corner in range(4)])
    assert first == pytest.approx(there[0], abs=1e-3)
    assert np.array(shown.camera.matrix_world.translation) == pytest.approx(camera.position, abs=1e-3)
    assert (shown.render.resolution_x, shown.render.resolution_y) == (160, 120)
    read_out = shown.solar_site.read_out
    assert read_out.modules == len(plan.modules)
    assert read_out.gsd_cm == pytest.approx(100 * camera.gsd_m)


def test_the_site_is_planned_once_for_all_its_views(bpy: Any, scene: Any) -> None:
    from solar_site_addon.ui.planning import current_site

    def planned() -> tuple[int, Any]:
        """Return the number of planned sites and the current camera position."""
        assert bpy.ops.solar_site.generate_preview() == {"FINISHED"}
        return current_site.cache_info().misses, tuple(shown_scene(bpy).camera.matrix_world.translation)

    current_site.cache_clear()
    first, camera = planned()
    assert first == 1
    root = scene.solar_site
    root.light.time_h = (12, 12)
    root.vegetation.trees = (1, 1)
    assert planned() == (1, camera)
    root.camera.altitude_agl_m = (50, 50)
    again, other_camera = planned()
    assert again == 1
    assert other_camera != camera
    root.view = 1
    again, view_camera = planned()
    assert again == 1
    assert view_camera not in (camera, other_camera)
    assert shown_scene(bpy).solar_site.read_out.view == 1
    root.site.greenness = (0.1, 0.1)
    assert planned()[0] == 2


def test_the_preview_of_a_view_matches_the_workers(bpy: Any, scene: Any) -> None:
    from solar_site_addon.generator.plan.site import plan_site
    from solar_site_addon.generator.plan.view.view import plan_view
    from solar_site_addon.ui.properties import settings_of
    from solar_site_addon.ui.session import session, update_changed

    scene.solar_site.run.seed, scene.solar_site.view = "5", 3
    bpy.ops.solar_site.generate_preview()
    shown = shown_scene(bpy)
    camera = plan_view(plan_site(settings_of()[0], 5), settings_of()[0], 3).camera
    assert np.array(shown.camera.matrix_world.translation) == pytest.approx(camera.position, abs=1e-3)
    update_changed(shown)
    assert shown.name not in session.changed
    scene.solar_site.view = 2
    update_changed(shown)
    assert shown.name in session.changed


def parts_of(shown: Any) -> set[int]:
    """Return the numbers of the objects of a site that no view replaces."""
    of_view = ("camera", "sun", "vegetation", "wires", "cloud")
    return {part.session_uid for part in shown.objects if not any(name in part.name for name in of_view)}


def test_another_camera_or_sun_keeps_the_objects_of_the_site(bpy: Any, scene: Any) -> None:
    root = scene.solar_site
    root.light.weather, root.light.cloud_cover = {"cloud_shadows"}, (0.5, 0.5)
    bpy.ops.solar_site.generate_preview()
    shown = shown_scene(bpy)
    built, everything_made = parts_of(shown), sorted(block.name for block in made_by_us(bpy))
    assert len(built) > 3
    root.camera.altitude_agl_m = (50, 50)
    root.light.time_h = (15, 15)
    bpy.ops.solar_site.generate_preview()
    assert parts_of(shown) == built
    assert {part.type for part in shown.objects} == {"MESH", "CAMERA", "LIGHT"}
    assert sum(part.type == "CAMERA" for part in shown.objects) == 1
    root.light.weather = {"clear"}
    bpy.ops.solar_site.generate_preview()
    assert parts_of(shown) == built
    assert not any("cloud" in part.name for part in shown.objects), "the shadows of the clouds are left"
    root.light.weather = {"cloud_shadows"}
    bpy.ops.solar_site.generate_preview()
    assert parts_of(shown) == built
    assert sorted(block.name for block in made_by_us(bpy)) == everything_made
    bpy.ops.solar_site.generate_preview()
    assert parts_of(shown) != built, "the same preview once more builds everything anew"


MESS = {
    "moved": lambda part: setattr(part, "location", (1, 0, 0)),
    "dented": lambda part: setattr(part.data.vertices[0].co, "z", 999),
    "hidden": lambda part: setattr(part, "hide_viewport", True),
    "without its material": lambda part: part.data.materials.clear(),
    "with a modifier": lambda part: part.modifiers.new("Array", "ARRAY"),
    "deleted": lambda part: part.users_collection[0].objects.unlink(part),
    "in another collection": lambda part: move(part, part.users_collection[0], part.users_scene[0].collection),
}


def move(part: Any, source: Any, target: Any) -> None:
    """Move an object between two collections."""
    target.objects.link(part)
    source.objects.unlink(part)


@pytest.mark.parametrize("mess", MESS)
def test_a_site_whose_parts_were_changed_is_built_anew(bpy: Any, scene: Any, mess: str) -> None:
    def terrain() -> Any:
        return next(part for part in shown_scene(bpy).objects if part.name.startswith("Solar Site terrain"))

    bpy.ops.solar_site.generate_preview()
    first, before = terrain().session_uid, len(shown_scene(bpy).objects)
    MESS[mess](terrain())
    scene.solar_site.camera.altitude_agl_m = (50, 50)
    bpy.ops.solar_site.generate_preview()
    assert terrain().session_uid != first
    assert tuple(terrain().location) == (0, 0, 0)
    assert len(shown_scene(bpy).objects) == before


def test_objects_in_a_kept_site_stay_with_it(bpy: Any, scene: Any) -> None:
    bpy.ops.solar_site.generate_preview()
    shown = shown_scene(bpy)
    theirs = bpy.data.objects.new("My drone", None)
    next(child for child in shown.collection.children).objects.link(theirs)
    scene.solar_site.camera.altitude_agl_m = (50, 50)
    bpy.ops.solar_site.generate_preview()
    assert "My drone" in shown.objects
    bpy.ops.solar_site.remove_site()
    assert [part.name for part in shown.collection.all_objects] == ["My drone"]


def test_a_site_from_a_saved_file_is_built_anew(bpy: Any, scene: Any, tmp_path: Path) -> None:
    bpy.ops.solar_site.generate_preview()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "site.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "site.blend"))
    before = parts_of(shown_scene(bpy))
    bpy.data.scenes["Scene"].solar_site.camera.altitude_agl_m = (50, 50)
    assert bpy.ops.solar_site.generate_preview() == {"FINISHED"}
    assert not parts_of(shown_scene(bpy)) & before


def test_undo_brings_back_the_view_and_the_next_preview_replaces_it(bpy: Any, scene: Any) -> None:
    root = scene.solar_site
    bpy.ops.ed.undo_push(message="start")
    for altitude in (40, 60):
        bpy.context.scene.solar_site.run.seed = "0"
        bpy.data.scenes["Scene"].solar_site.camera.altitude_agl_m = (altitude, altitude)
        bpy.ops.solar_site.generate_preview()
        bpy.ops.ed.undo_push(message=f"{altitude} m")
    bpy.ops.ed.undo()
    root = bpy.data.scenes["Scene"].solar_site
    assert root.camera.altitude_agl_m[0] == 40
    root.camera.altitude_agl_m = (70, 70)
    bpy.ops.solar_site.generate_preview()
    shown = shown_scene(bpy)
    assert shown.solar_site.read_out.altitude_m == pytest.approx(70)
    for kind in ("CAMERA", "LIGHT"):
        assert sum(part.type == kind for part in shown.objects) == 1
    assert sum("vegetation" in part.name for part in shown.objects) == 1


def test_another_camera_keeps_the_terrain_and_another_seed_does_not(bpy: Any, scene: Any) -> None:
    def heights() -> Any:
        bpy.ops.solar_site.generate_preview()
        shown = bpy.context.window_manager.windows[0].scene
        terrain = next(part for part in shown.objects if part.name.startswith("Solar Site terrain"))
        return np.array([vertex.co.z for vertex in terrain.data.vertices[:200]])

    first = heights()
    shown = bpy.context.window_manager.windows[0].scene
    scene.solar_site.camera.altitude_agl_m = (50, 50)
    assert np.array_equal(heights(), first)
    assert shown.solar_site.read_out.altitude_m == pytest.approx(50)
    scene.solar_site.run.seed = "1"
    assert not np.array_equal(heights(), first)


def test_a_user_object_in_our_scene_outlives_the_site(bpy: Any, scene: Any) -> None:
    bpy.ops.solar_site.generate_preview()
    shown = bpy.context.window_manager.windows[0].scene
    theirs = bpy.data.objects.new("My drone", None)
    next(child for child in shown.collection.children).objects.link(theirs)
    bpy.ops.solar_site.generate_preview()
    assert "My drone" in shown.objects
    bpy.ops.solar_site.remove_site()
    assert shown.name in bpy.data.scenes
    assert [part.name for part in shown.collection.all_objects] == ["My drone"]


def test_a_copy_of_the_site_in_another_scene_stays_when_the_site_is_regenerated(bpy: Any, scene: Any) -> None:
    bpy.ops.solar_site.generate_preview()
    first = bpy.context.window_manager.windows[0].scene
    bpy.ops.scene.new(type="FULL_COPY")
    second = bpy.context.window_manager.windows[0].scene
    assert second != first
    before = {part.name: len(part.data.vertices) for part in first.objects if part.type == "MESH"}
    scene.solar_site.run.seed = "9"
    bpy.ops.solar_site.generate_preview()
    assert {part.name: len(part.data.vertices) for part in first.objects if part.type == "MESH"} == before


def test_parts_of_a_site_that_are_linked_to_another_scene_stay_there(bpy: Any, scene: Any) -> None:
    bpy.ops.solar_site.generate_preview()
    first = shown_scene(bpy)
    theirs = next(part for part in first.objects if part.name.startswith("Solar Site terrain"))
    scene.collection.objects.link(theirs)
    bpy.ops.scene.new(type="LINK_COPY")
    second = shown_scene(bpy)
    before, points = [part.name for part in first.objects], len(theirs.data.vertices)
    scene.solar_site.run.seed = "9"
    bpy.ops.solar_site.generate_preview()
    assert [part.name for part in first.objects] == before
    assert first.world is not None
    assert not {part.name for part in second.objects} & set(before)
    bpy.ops.solar_site.remove_site()
    bpy.context.window_manager.windows[0].scene = first
    bpy.ops.solar_site.remove_site()
    assert shown_scene(bpy) == scene
    assert len(scene.objects[theirs.name].data.vertices) == points
    assert [block for block in made_by_us(bpy) if isinstance(block, bpy.types.Object)] == [theirs]


def test_objects_moved_between_collections_are_removed_with_their_site(bpy: Any, scene: Any) -> None:
    bpy.ops.solar_site.generate_preview()
    shown = shown_scene(bpy)
    site = next(iter(shown.collection.children))
    for part in list(site.objects)[:2]:
        shown.collection.objects.link(part)
        site.objects.unlink(part)
    own = bpy.data.collections.new("My collection")
    shown.collection.children.link(own)
    shown.collection.children.unlink(site)
    own.children.link(site)
    names = sorted(part.name for part in shown.objects)
    bpy.ops.solar_site.generate_preview()
    assert sorted(part.name for part in shown.objects) == names
    shown.collection.children.unlink(own)
    bpy.ops.solar_site.remove_site()
    assert made_by_us(bpy) == []


def test_a_site_linked_from_another_file_is_left_alone(bpy: Any, scene: Any, tmp_path: Path) -> None:
    bpy.ops.solar_site.generate_preview()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "site.blend"))
    bpy.ops.wm.read_factory_settings()
    with bpy.data.libraries.load(str(tmp_path / "site.blend"), link=True) as (_, linked):
        linked.scenes = ["Solar Site"]
    theirs = next(scene for scene in bpy.data.scenes if scene.library)
    bpy.context.window_manager.windows[0].scene = theirs
    assert not bpy.ops.solar_site.remove_site.poll()
    before = len(theirs.objects)
    assert bpy.ops.solar_site.generate_preview() == {"FINISHED"}
    assert shown_scene(bpy).library is None
    assert bpy.ops.solar_site.remove_site() == {"FINISHED"}
    assert len(theirs.objects) == before


def test_no_view_is_switched_in_another_file(bpy: Any, scene: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.viewport import turn_views

    def view() -> Any:
        areas = bpy.context.window_manager.windows[0].screen.areas
        return next(area for area in areas if area.type == "VIEW_3D").spaces.active.region_3d

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "plain.blend"))
    bpy.ops.solar_site.generate_preview()
    assert view().view_perspective == "CAMERA"
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "plain.blend"), load_ui=False)
    view().view_perspective = "ORTHO"
    turn_views()  # as after each undo
    assert view().view_perspective == "ORTHO"


def test_an_impossible_site_is_reported_in_one_sentence_and_changes_nothing(bpy: Any, users_scene: Any) -> None:
    users_scene.solar_site.site.relief = (1, 1)
    users_scene.solar_site.array.max_slope_deg = 1
    users_scene.solar_site.lock_seed = False
    before = everything(bpy)
    with pytest.raises(RuntimeError, match="No table fits on this site"):
        bpy.ops.solar_site.generate_preview()
    assert users_scene.solar_site.run.seed == "0", "the random seed must not be kept"
    assert differences(before, everything(bpy)) == []
    assert len(bpy.data.scenes) == 1


def test_called_from_another_editor_the_3d_view_of_the_window_is_switched(bpy: Any, scene: Any) -> None:
    window = bpy.context.window_manager.windows[0]
    view = next(area for area in window.screen.areas if area.type == "VIEW_3D").spaces.active.region_3d
    before = view.view_perspective
    assert before != "CAMERA"
    for area in [area for area in window.screen.areas if area.type != "VIEW_3D"]:
        with bpy.context.temp_override(window=window, area=area):
            bpy.ops.solar_site.generate_preview()
            assert view.view_perspective == "CAMERA"
            bpy.ops.solar_site.remove_site()
            assert view.view_perspective == before


def test_without_cycles_the_buttons_are_disabled_and_the_panel_keeps_updating(bpy: Any, scene: Any) -> None:
    import addon_utils

    from solar_site_addon.ui.session import device_view, session, tick

    addon_utils.disable("cycles")
    try:
        session.devices.clear()
        tick()
        assert device_view() is None
        assert not bpy.ops.solar_site.generate_preview.poll()
        assert not bpy.ops.solar_site.copy_to_scene.poll()
    finally:
        addon_utils.enable("cycles")
    tick()
    assert device_view() is not None
    assert bpy.ops.solar_site.generate_preview.poll()


def test_an_unlocked_seed_changes_the_site_each_time(bpy: Any, scene: Any) -> None:
    scene.solar_site.lock_seed = False
    seeds = set()
    for _ in range(2):
        bpy.ops.solar_site.generate_preview()
        seeds.add(scene.solar_site.run.seed)
    assert len(seeds) == 2


def test_copy_to_scene_sets_what_a_batch_renders_with(bpy: Any, scene: Any) -> None:
    scene.solar_site.render.max_samples = 123
    scene.solar_site.render.noise_threshold = 0.02
    bpy.ops.solar_site.copy_to_scene()
    assert scene.render.engine == "CYCLES"
    assert (scene.cycles.samples, scene.cycles.device) == (123, "CPU")
    assert scene.cycles.adaptive_threshold == pytest.approx(0.02)
    assert (scene.render.resolution_x, scene.render.resolution_y) == (160, 120)


def test_annotated_objects_are_colored_in_the_solid_view(bpy: Any, scene: Any) -> None:
    from solar_site_addon.ui.annotation_colors import ATTRIBUTE
    from solar_site_addon.ui.session import session

    bpy.ops.solar_site.generate_preview()
    shown = shown_scene(bpy)
    site = session.standing[shown.name].site
    mesh = next(part for part in shown.objects if part.name.startswith("Solar Site modules")).data

    def colours(name: str = "modules") -> Any:
        """Return the colors (N, 3) that the solid view shows, at the first vertex of each object."""
        part = next(part for part in shown.objects if part.name.startswith(f"Solar Site {name}"))
        seen = part.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
        assert seen.attributes.active_color_name == ATTRIBUTE
        values = np.empty((len(seen.vertices), 4), dtype=np.float32)
        seen.color_attributes[ATTRIBUTE].data.foreach_get("color_srgb", values.ravel())
        return values[::8, :3] if name == "modules" else np.unique(values[:, :3], axis=0)

    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.ops.solar_site.color_annotations(mode="TABLE")
        by_table, piles_by_table = colours(), colours("piles")
        bpy.ops.solar_site.color_annotations(mode="ID")
        piles_by_id = colours("piles")
        bpy.ops.solar_site.color_annotations(mode="CATEGORY")
        assert len(np.unique(colours(), axis=0)) == len(colours("piles")) == 1
        bpy.ops.solar_site.color_annotations(mode="OFF")
    table = site.modules.table[site.modules.condition != 8]
    assert (by_table[table == table[0]] == by_table[0]).all()
    assert len(np.unique(by_table, axis=0)) > 0.9 * len(np.unique(table))
    assert len(piles_by_id) > len(piles_by_table) > 0.9 * len(np.unique(site.piles.table[site.piles.standing]))
    assert ATTRIBUTE not in mesh.color_attributes


def test_a_saved_file_holds_a_light_site(bpy: Any, scene: Any, tmp_path: Path) -> None:
    from solar_site_addon.generator.imaging.png import is_uncompressed

    bpy.ops.solar_site.generate_preview()
    pixels = {image.name: np.array(image.pixels) for image in bpy.data.images if image.packed_file}
    file = tmp_path / "site.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file), compress=False)
    assert not any(is_uncompressed(image.packed_file.data) for image in bpy.data.images if image.packed_file)
    assert file.stat().st_size < 10e6
    bpy.ops.wm.open_mainfile(filepath=str(file))
    for name, values in pixels.items():
        np.testing.assert_array_equal(np.array(bpy.data.images[name].pixels), values)


def test_the_colors_in_the_viewport_follow_soil_season_and_snow(bpy: Any, scene: Any) -> None:
    def ground() -> Any:
        bpy.ops.solar_site.generate_preview()
        material = next(one for one in bpy.data.materials if one.name.startswith("Solar Site ground"))
        return np.array(material.diffuse_color[:3])

    root = scene.solar_site
    root.site.greenness, root.site.soil = (0, 0), {"red"}
    red = ground()
    root.site.soil = {"grey"}
    grey = ground()
    root.site.snow = (1, 1)
    white = ground()
    assert red[0] / red[2] > 1.5 * grey[0] / grey[2]
    assert white.min() > 2 * grey.min()
