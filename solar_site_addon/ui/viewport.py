# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview in the viewport: a site in a scene of its own, which the window switches to.

Nothing of the user's is touched: scene, camera, world and render settings of the preview belong to its own scene, and
what is replaced or removed carries the mark of Solar Site and is used by nobody else.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

import bpy
import numpy as np

from ..generator.domain.random_streams import ViewSeed
from ..generator.plan.model import Site, View
from ..generator.plan.site import plan_site
from ..generator.plan.view.camera import visible_modules
from ..generator.plan.view.view import plan_view
from ..generator.render.quality import configure_radiance
from ..generator.scene.build import build_site, show_view
from ..generator.scene.ownership import MARK, own
from ..generator.settings.schema import RunSettings, Settings, of_site, settings_sha256, with_values
from .preview import PICTURE
from .properties import settings_of, show_settings
from .session import session

SCENE = "Solar Site"
COLOURS = {
    "module": (0.02, 0.04, 0.13, 1.0),
    "steel": (0.5, 0.5, 0.52, 1.0),
    "ground": (0.23, 0.22, 0.12, 1.0),
    "banks": (0.20, 0.15, 0.09, 1.0),
    "equipment": (0.6, 0.6, 0.58, 1.0),
    "fence": (0.1, 0.25, 0.12, 1.0),
    "surroundings": (0.5, 0.48, 0.45, 1.0),
    "vegetation": (0.10, 0.17, 0.05, 1.0),
    "stones": (0.36, 0.34, 0.31, 1.0),
}
"""Colours of our materials in solid shading, by the end of their names."""


def is_ours(scene: bpy.types.Scene) -> bool:
    """Whether the extension made ``scene``, in this file: what is linked from another one belongs to that."""
    return MARK in scene and scene.library is None


def our_scene(scene: bpy.types.Scene) -> bpy.types.Scene | None:
    """The scene of the preview: ``scene`` itself where it is ours, else that which was made from it.

    Else it is one that no window shows, so that each window keeps its own site.
    """
    if is_ours(scene):
        return scene
    ours = [other for other in bpy.data.scenes if is_ours(other)]
    shown = {window.scene for window in bpy.context.window_manager.windows}
    made_from_it = [other for other in ours if other.get("home") == scene.name]
    return next(iter([*made_from_it, *(other for other in ours if other not in shown)]), None)


def generate(window: bpy.types.Window, seed: int | None = None) -> None:
    """Make the site that the settings of the window's scene ask for, in our scene, and show that in the window.

    ``seed`` replaces the settings' one. Raises SolarSiteError, before anything is changed, where there is no such site.
    """
    began = time.perf_counter()
    source = window.scene
    settings, run = settings_of(source)
    if seed is not None:
        run = with_values(run, {"seed": seed})
    view = plan_view(current_site(of_site(settings), run.seed), settings, source.solar_site.view)
    if seed is not None:
        source.solar_site.run.seed = str(seed)
    scene = our_scene(source) or _new_scene(settings, run.seed)
    if source != scene:
        scene["home"] = source.name
    _clear(scene)
    _fill(scene, view)
    _copy_panel(source, scene, settings, run)
    window.scene = scene
    _write_read_out(scene, settings, view)
    scene.solar_site.read_out.seconds = time.perf_counter() - began


def remove(window: bpy.types.Window, area: bpy.types.Area | None = None) -> None:
    """Remove our scene, or what we made in it where the user has put something of theirs there.

    The settings stay in the panel of the scene that the window shows then.
    """
    scene = our_scene(window.scene)
    if scene is None:
        return
    settings, run = settings_of(scene)
    _clear(scene)
    others = sorted((other for other in bpy.data.scenes if other != scene), key=is_ours)
    home = next((other for other in others if other.name == scene.get("home")), others[0] if others else None)
    if home is None or len(scene.collection.all_objects) or len(scene.collection.children):
        del scene[MARK]
        return
    _copy_panel(scene, home, settings, run)
    view_before = scene.get("home_view")
    for shown in bpy.context.window_manager.windows:
        if shown.scene == scene:  # a window may never be left without a scene
            shown.scene = home
    bpy.data.scenes.remove(scene)
    turn_views()
    if area is not None and area.as_pointer() not in session.views:  # the site was made before this Blender was opened
        look_as_before(area, view_before)


def view_for(window: bpy.types.Window, area: bpy.types.Area | None) -> bpy.types.Area | None:
    """The 3D view that an operator is for: ``area`` that it was called in, else the largest in ``window``, if any."""
    if area is not None and area.type == "VIEW_3D":
        return area
    views = [other for other in window.screen.areas if other.type == "VIEW_3D"]
    return max(views, key=lambda view: view.width * view.height, default=None)


def look_through_camera(area: bpy.types.Area | None, scene: bpy.types.Scene) -> None:
    """Turn a 3D view to the camera of our ``scene``, and note how it looked before; any other area is left alone."""
    if area is None or area.type != "VIEW_3D":
        return
    view = area.spaces.active.region_3d
    if view.view_perspective != "CAMERA":
        scene["home_view"] = session.views[area.as_pointer()] = view.view_perspective
        view.view_perspective = "CAMERA"
    session.views_turned_back.discard(area.as_pointer())


def turn_views() -> None:
    """Turn the views that looked through our camera back where the site is gone, and to it where it is there again.

    Undo and redo take scenes away and bring them back, but leave the views as they are.
    """
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            address = area.as_pointer()
            turned_back = address in session.views_turned_back
            if turned_back and is_ours(window.scene):
                look_as_before(area, "CAMERA")
                session.views_turned_back.discard(address)
            elif address in session.views and not turned_back and our_scene(window.scene) is None:
                look_as_before(area, session.views[address])
                session.views_turned_back.add(address)


def look_as_before(area: bpy.types.Area | None, perspective: str | None) -> None:
    """Give a 3D view the perspective that it had."""
    if perspective is not None and area is not None and area.type == "VIEW_3D":
        area.spaces.active.region_3d.view_perspective = perspective


def read_out(scene: bpy.types.Scene) -> Any:
    """What is known of the site in our scene, None where there is none."""
    ours = our_scene(scene)
    return ours.solar_site.read_out if ours is not None and ours.solar_site.read_out.modules else None


@lru_cache(maxsize=1)
def current_site(settings: Settings, seed: int) -> Site:
    """Return the site of ``of_site`` settings and a seed, kept so that another view does not wait for it."""
    return plan_site(settings, seed)


def _new_scene(settings: Settings, seed: int) -> bpy.types.Scene:
    """A scene of ours that is rendered as the batch's images are, but for what has to be asked of the preferences."""
    scene = own(bpy.data.scenes.new(SCENE))
    scene.render.engine = "CYCLES"
    configure_radiance(scene, settings.render, "NONE", False, ViewSeed(seed))
    scene.view_settings.view_transform = "Standard"
    return scene


def _fill(scene: bpy.types.Scene, view: View) -> None:
    show_view(build_site(view.site, scene), view, bent=False)
    for material in bpy.data.materials:
        if MARK in material:
            kind = material.name.removeprefix("Solar Site ").partition(".")[0]
            material.diffuse_color = COLOURS.get(kind, material.diffuse_color)


def _clear(scene: bpy.types.Scene) -> None:
    """Take what we made out of ``scene``, and remove what nothing else uses: another scene may show it too.

    What the user has put among it goes to the scene's own collection.
    """
    top = scene.collection
    inside = list(top.children_recursive)
    for collection in [child for child in inside if MARK in child]:
        _hand_out(collection, top)
    taken = set()
    for parent in [top, *(child for child in inside if MARK not in child)]:
        for child in [child for child in parent.children if MARK in child]:
            parent.children.unlink(child)
            taken.add(child)
    # Looked for, not counted: 4.2 counts a collection twice where its scene was copied with links.
    users = bpy.data.user_map(subset=taken)
    bpy.data.batch_remove([child for child in taken if not users[child]])
    for part in [part for part in top.objects if MARK in part]:
        top.objects.unlink(part)
    if scene.world is not None and MARK in scene.world:
        scene.world = None
    _remove_unused()


def _hand_out(collection: bpy.types.Collection, target: bpy.types.Collection) -> None:
    """Show in ``target`` what the user has put into our ``collection``."""
    for theirs in [part for part in collection.objects if MARK not in part]:
        if theirs.name not in target.objects:
            target.objects.link(theirs)
    for child in [child for child in collection.children if MARK not in child]:
        if child.name not in target.children:
            target.children.link(child)


def _remove_unused() -> None:
    """Remove our data that nothing uses any more, and what only that has used."""
    data = bpy.data
    kinds = (
        data.node_groups,
        data.collections,
        data.objects,
        data.meshes,
        data.cameras,
        data.lights,
        data.worlds,
        data.materials,
        data.images,
    )
    while unused := [
        block for kind in kinds for block in kind if MARK in block and block.users == 0 and block[MARK] != PICTURE
    ]:
        bpy.data.batch_remove(unused)


def _copy_panel(source: bpy.types.Scene, target: bpy.types.Scene, settings: Settings, run: RunSettings) -> None:
    """Show in the panel of ``target`` what that of ``source`` shows."""
    if source == target:
        return
    show_settings(target, settings, run)
    for name in ("view", "lock_seed", "automatic_processes", "folder"):
        setattr(target.solar_site, name, getattr(source.solar_site, name))


def _write_read_out(scene: bpy.types.Scene, settings: Settings, view: View) -> None:
    site, camera, shown = view.site, view.camera, scene.solar_site.read_out
    shown.settings = settings_sha256(settings)
    shown.seed, shown.view = str(site.seed), view.index
    shown.tables, shown.modules = len(site.tables), len(site.modules)
    shown.modules_in_view = visible_modules(camera, site.terrain, site.modules)
    shown.gsd_cm = camera.gsd_m * 100
    # On level ground straight below: the picture's size in steps of the ground sampling distance.
    shown.footprint_m = np.array([camera.width_px, camera.height_px]) * camera.gsd_m
    shown.altitude_m, shown.pitch_deg, shown.heading_deg = (
        camera.altitude_agl_m,
        camera.gimbal_pitch_deg,
        camera.heading_deg,
    )


def _after_undo(*_: Any) -> None:
    turn_views()


def _after_load(*_: Any) -> None:
    """Another file's views are not those that were turned, even where they have the same place in the window."""
    session.views.clear()
    session.views_turned_back.clear()


HANDLERS = (
    (bpy.app.handlers.undo_post, _after_undo),
    (bpy.app.handlers.redo_post, _after_undo),
    (bpy.app.handlers.load_post, _after_load),
)
for _, _handler in HANDLERS:
    bpy.app.handlers.persistent(_handler)  # stays when another file is opened


def register() -> None:
    """Begin to look after undo and redo, and after other files."""
    for handlers, handler in HANDLERS:
        handlers.append(handler)


def unregister() -> None:
    """End it."""
    for handlers, handler in HANDLERS:
        handlers.remove(handler)
