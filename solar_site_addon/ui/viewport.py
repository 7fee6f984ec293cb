# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview in the viewport: a site in its own scene, which the window switches to.

The user's data is never changed: scene, camera, world and render settings of the preview belong to its own scene, and
only datablocks that carry our mark and have no other user are replaced or removed.
"""

from __future__ import annotations

import re
from typing import Any

import bpy
import numpy as np

from ..generator.domain.errors import SolarSiteError
from ..generator.domain.random_streams import ViewSeed
from ..generator.imaging.png import compressed_png, is_uncompressed
from ..generator.plan.model import Site, View
from ..generator.plan.view.camera import visible_targets
from ..generator.render.quality import configure_radiance
from ..generator.scene.build import SiteBuild, StandingSite, show_view
from ..generator.scene.ownership import MARK, own, owned_blocks
from ..generator.settings.schema import Settings, with_values
from .annotation_colors import OFF, color_site
from .planning import Request, planned
from .preview import PREVIEW_IMAGE
from .properties import root, settings_of
from .session import preview_sha256, session
from .standing import Record, parts_of_view, record_of, standing_site
from .viewport_colors import viewport_colours

SCENE = "Solar Site"
NUMBERED = re.compile(r"(?P<name>.+)\.\d{3,}")
"""A name that Blender has made unique."""


def is_ours(scene: bpy.types.Scene) -> bool:
    """Return whether the extension created ``scene`` in this file; linked scenes belong to their own file."""
    return MARK in scene and scene.library is None


def our_scene(scene: bpy.types.Scene) -> bpy.types.Scene | None:
    """Return the preview scene: ``scene`` itself if it is ours, or the one generated from it.

    Otherwise, return one of ours that no window shows, so that each window keeps its own site; or None.
    """
    if is_ours(scene):
        return scene
    ours = [other for other in bpy.data.scenes if is_ours(other)]
    shown = {window.scene for window in bpy.context.window_manager.windows}
    made_from_it = [other for other in ours if other.get("home") == scene.name]
    return next(iter([*made_from_it, *(other for other in ours if other not in shown)]), None)


def generate(window: bpy.types.Window) -> None:
    """Generate the site of the settings in our scene, and show that scene in the window.

    If the site cannot be planned, nothing is changed.

    Raises:
        SolarSiteError: the site cannot be planned.
    """
    request = requested()
    show(window, request, planned(request))


def requested(seed: int | None = None) -> Request:
    """Return the preview that the panel asks for, with ``seed`` instead of its own; raise SettingsError."""
    settings, run = settings_of()
    return Request(settings, run if seed is None else with_values(run, {"seed": seed}), root().view)


def begin_build(window: bpy.types.Window, request: Request, view: View) -> SiteBuild | None:
    """Return the build of the site of ``view``, or None if it stands in our scene, which only needs the view."""
    scene = our_scene(window.scene)
    if scene is not None and _standing(scene, request.settings, view) is not None:
        return None
    return SiteBuild(view.site, light=True)


def discard_build() -> None:
    """Remove what was built of a site that will not be shown."""
    session.building = None
    _remove_unused()


def show(window: bpy.types.Window, request: Request, view: View, build: SiteBuild | None = None) -> None:
    """Show the plan of ``request`` in our scene, show that scene in the window, and the seed in the panel.

    The site is that of ``build``, of which the rest is built now; without it, the one that stands there, or a new one.

    Raises:
        SolarSiteError: an image of the ground cannot be read. Nothing is changed.
    """
    source, settings, seed = window.scene, request.settings, request.run.seed
    scene = our_scene(source)
    standing = _standing(scene, settings, view) if scene is not None and build is None else None
    if standing is None:
        build = _completed(build or SiteBuild(view.site, light=True))
        standing = _stand(scene or _new_scene(settings, seed), build)
    else:
        _clear_view(standing, session.standing[standing.scene.name])
    scene = standing.scene
    root().run.seed = str(seed)
    if source != scene:
        scene["home"] = source.name
    show_view(standing, view)
    _color_materials(view.site)
    window.scene = scene
    color_site(scene, view.site, session.color_modes.get(scene.name, OFF))
    _write_read_out(scene, settings, view)


def remove(window: bpy.types.Window, area: bpy.types.Area | None = None) -> None:
    """Remove our scene, or only our data in it if the user has added anything."""
    scene = our_scene(window.scene)
    if scene is None:
        return
    session.keeper.keep()
    _clear(scene)
    others = sorted((other for other in bpy.data.scenes if other != scene), key=is_ours)
    home = next((other for other in others if other.name == scene.get("home")), others[0] if others else None)
    if home is None or len(scene.collection.all_objects) or len(scene.collection.children):
        del scene[MARK]
        return
    view_before = scene.get("home_view")
    for shown in bpy.context.window_manager.windows:
        if shown.scene == scene:  # every window needs a scene
            shown.scene = home
    bpy.data.scenes.remove(scene)
    session.keeper.keep()  # the settings may have been in it, if it was the only scene at first
    turn_views()
    if area is not None and area.as_pointer() not in session.views:  # generated in an earlier session of Blender
        set_perspective(area, view_before)


def view_for(window: bpy.types.Window, area: bpy.types.Area | None) -> bpy.types.Area | None:
    """Return the 3D view that an operator applies to: its own ``area``, or the largest in ``window``, or None."""
    if area is not None and area.type == "VIEW_3D":
        return area
    views = [other for other in window.screen.areas if other.type == "VIEW_3D"]
    return max(views, key=lambda view: view.width * view.height, default=None)


def look_through_camera(area: bpy.types.Area | None, scene: bpy.types.Scene) -> None:
    """Switch a 3D view to the camera of our ``scene`` and remember its perspective; ignore any other area."""
    if area is None or area.type != "VIEW_3D":
        return
    view = area.spaces.active.region_3d
    if view.view_perspective != "CAMERA":
        scene["home_view"] = session.views[area.as_pointer()] = view.view_perspective
        view.view_perspective = "CAMERA"
    session.views_turned_back.discard(area.as_pointer())


def show_color_attribute(area: bpy.types.Area | None, shown: bool) -> None:
    """Show the colors of annotations in the solid view of ``area``, or those of the materials again."""
    if area is None or area.type != "VIEW_3D":
        return
    shading = area.spaces.active.shading
    if shown:
        shading.type, shading.color_type = "SOLID", "VERTEX"
    elif shading.color_type == "VERTEX":
        shading.color_type = "MATERIAL"


def turn_views() -> None:
    """Switch views back if their site is gone, and to our camera again if it has returned.

    Undo and redo remove and restore scenes, but do not change views.
    """
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            address = area.as_pointer()
            turned_back = address in session.views_turned_back
            if turned_back and is_ours(window.scene):
                set_perspective(area, "CAMERA")
                session.views_turned_back.discard(address)
            elif address in session.views and not turned_back and our_scene(window.scene) is None:
                set_perspective(area, session.views[address])
                session.views_turned_back.add(address)


def set_perspective(area: bpy.types.Area | None, perspective: str | None) -> None:
    """Set the perspective of a 3D view; ignore any other area."""
    if perspective is not None and area is not None and area.type == "VIEW_3D":
        area.spaces.active.region_3d.view_perspective = perspective


def read_out(scene: bpy.types.Scene) -> Any:
    """Return the results of the preview in our scene, or None if there is none."""
    ours = our_scene(scene)
    return ours.solar_site.read_out if ours is not None and ours.solar_site.read_out.modules else None


def _new_scene(settings: Settings, seed: int) -> bpy.types.Scene:
    """Return a new scene with the render settings of a batch, except those that depend on Blender's preferences."""
    scene = own(bpy.data.scenes.new(SCENE))
    scene.render.engine = "CYCLES"
    configure_radiance(scene, settings.render, "NONE", False, ViewSeed(seed))
    scene.view_settings.view_transform = "Standard"
    return scene


def _standing(scene: bpy.types.Scene, settings: Settings, view: View) -> StandingSite | None:
    """Return the site of ``view`` if it stands in our ``scene`` and another view is asked for.

    If nothing asked for has changed since the last preview, everything is built anew: a person who asks for the same
    again wants to be rid of changes of their own.
    """
    record = session.standing.get(scene.name)
    if record is None or record.site is not view.site or _read_out_of(scene) == _asked_for(settings, view):
        return None
    return standing_site(scene, record)


def _completed(build: SiteBuild) -> SiteBuild:
    """Build what is left of a site; remove everything of it if that fails."""
    try:
        build.complete()
    except SolarSiteError:
        discard_build()
        raise
    return build


def _stand(scene: bpy.types.Scene, build: SiteBuild) -> StandingSite:
    """Replace the site in ``scene`` by that of ``build``."""
    standing = build.stand_in(scene)
    _clear(scene, keep=standing.collection)
    _restore_names()
    session.standing[scene.name] = record_of(standing)
    return standing


def _restore_names() -> None:
    """Restore the names of our data: while two sites are there, Blender numbers those of the second one."""
    for block in owned_blocks():
        plain = NUMBERED.fullmatch(block.name)
        if plain and block.library is None and not isinstance(block, bpy.types.Scene):
            block.name = plain["name"]


def _color_materials(site: Site) -> None:
    colours = viewport_colours(site)
    for material in bpy.data.materials:
        if MARK in material:
            kind = material.name.removeprefix("Solar Site ").partition(".")[0]
            material.diffuse_color = colours.get(kind, material.diffuse_color)


def _clear(scene: bpy.types.Scene, keep: bpy.types.Collection | None = None) -> None:
    """Remove our data from ``scene``, except the collection to ``keep``; what another scene uses is only unlinked.

    The user's objects in our collections move to the scene's own collection.
    """
    top = scene.collection
    inside = [child for child in top.children_recursive if child != keep]
    for collection in [child for child in inside if MARK in child]:
        _release(collection, top)
    taken = set()
    for parent in [top, *(child for child in inside if MARK not in child)]:
        for child in [child for child in parent.children if MARK in child and child != keep]:
            parent.children.unlink(child)
            taken.add(child)
    # Do not rely on .users: 4.2 counts a collection twice if its scene was copied with links.
    users = bpy.data.user_map(subset=taken)
    bpy.data.batch_remove([child for child in taken if not users[child]])
    for part in [part for part in top.objects if MARK in part]:
        top.objects.unlink(part)
    if scene.world is not None and MARK in scene.world:
        scene.world = None
    _remove_unused()


def _clear_view(standing: StandingSite, record: Record) -> None:
    """Remove the view that is shown; the site stays, and so does what the user has added."""
    for part in parts_of_view(standing, record):
        standing.collection.objects.unlink(part)
    if standing.scene.world is not None and MARK in standing.scene.world:
        standing.scene.world = None
    _remove_unused()


def _release(collection: bpy.types.Collection, target: bpy.types.Collection) -> None:
    """Link to ``target`` whatever the user has added to our ``collection``."""
    for theirs in [part for part in collection.objects if MARK not in part]:
        if theirs.name not in target.objects:
            target.objects.link(theirs)
    for child in [child for child in collection.children if MARK not in child]:
        if child.name not in target.children:
            target.children.link(child)


def _remove_unused() -> None:
    """Remove our unused data, and repeat for data that becomes unused."""
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
        block for kind in kinds for block in kind if MARK in block and block.users == 0 and block[MARK] != PREVIEW_IMAGE
    ]:
        bpy.data.batch_remove(unused)


def _asked_for(settings: Settings, view: View) -> tuple[str, str, int]:
    """Return what determines a preview."""
    return preview_sha256(settings), str(view.site.seed), view.index


def _read_out_of(scene: bpy.types.Scene) -> tuple[str, str, int]:
    """Return what determined the preview in our ``scene``."""
    shown = scene.solar_site.read_out
    return shown.settings, shown.seed, shown.view


def _write_read_out(scene: bpy.types.Scene, settings: Settings, view: View) -> None:
    site, camera, shown = view.site, view.camera, scene.solar_site.read_out
    shown.settings, shown.seed, shown.view = _asked_for(settings, view)
    shown.tables, shown.modules = len(site.tables), len(site.modules)
    shown.modules_in_view = visible_targets(camera, site.terrain, site.modules)
    shown.gsd_cm = camera.gsd_m * 100
    # At nadir on level ground: the image size times the ground sampling distance.
    shown.footprint_m = np.array([camera.width_px, camera.height_px]) * camera.gsd_m
    shown.altitude_m, shown.pitch_deg, shown.heading_deg = (
        camera.altitude_agl_m,
        camera.gimbal_pitch_deg,
        camera.heading_deg,
    )


def _after_undo(*_: Any) -> None:
    if session.building is not None:  # what was built may be gone
        session.planning = session.building = None
    turn_views()


def _before_save(*_: Any) -> None:
    """Compress our packed images, which are made without compression to save time; their pixels stay the same."""
    for image in bpy.data.images:
        if MARK in image and image.library is None and image.packed_file is not None:
            file = image.packed_file.data
            if is_uncompressed(file):
                packed = compressed_png(file)
                image.pack(data=packed, data_len=len(packed))


def _after_load(*_: Any) -> None:
    """Forget the views and settings of the previous file: areas of the new one may have the same addresses."""
    session.views.clear()
    session.views_turned_back.clear()
    session.changed.clear()
    session.standing.clear()
    session.planning = session.building = None
    session.color_modes.clear()
    session.keeper.forget()
    session.keeper.keep()


HANDLERS = (
    (bpy.app.handlers.undo_post, _after_undo),
    (bpy.app.handlers.redo_post, _after_undo),
    (bpy.app.handlers.load_post, _after_load),
    (bpy.app.handlers.save_pre, _before_save),
)
for _, _handler in HANDLERS:
    bpy.app.handlers.persistent(_handler)  # otherwise removed when another file is opened


def register() -> None:
    """Register the handlers for undo, redo, load and save."""
    for handlers, handler in HANDLERS:
        handlers.append(handler)


def unregister() -> None:
    """Unregister the handlers."""
    for handlers, handler in HANDLERS:
        handlers.remove(handler)
