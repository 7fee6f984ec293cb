# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan to objects, world and camera."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ..plan.model import SitePlan
from ..plan.objects import first_thing_number
from ..plan.view.sky import plan_sky
from .camera import bend_lens, build_camera
from .equipment import build_works
from .ground import build_ground
from .light import build_cloud_shadows, build_sun, build_world
from .modules import build_modules
from .ownership import own
from .structure import build_structure
from .vegetation import build_plants


@dataclass(frozen=True)
class BuiltSite:
    """What was built; the collection is linked to no scene yet."""

    collection: bpy.types.Collection
    camera: bpy.types.Object
    world: bpy.types.World


def build_site(plan: SitePlan) -> BuiltSite:
    """Build everything that ``plan`` holds into one collection."""
    site = plan.settings.site
    sky = plan_sky(plan.sun, plan.weather)
    camera = build_camera(plan.camera)
    collection = own(bpy.data.collections.new("Solar Site"))
    for part in (
        build_ground(plan.terrain, plan.ground, plan.roads, site.soil.value, site.gravel.value),
        *build_modules(plan.modules, plan.tables.type[plan.modules.table], plan.table_types, plan.camera),
        build_structure(plan.beams),
        *build_works(plan.works, plan.camera, first_thing_number(plan.modules, plan.tables)),
        build_plants(plan.plants),
        build_sun(sky),
        camera,
    ):
        collection.objects.link(part)
    if plan.weather.kind == "cloud_shadows" and plan.weather.clouds is not None:
        highest = float(plan.terrain.heights.max())
        collection.objects.link(build_cloud_shadows(plan.sun, plan.weather.clouds, highest))
    return BuiltSite(collection, camera, build_world(sky))


def build_scene(plan: SitePlan) -> bpy.types.Scene:
    """A scene of its own that shows ``plan`` through its camera."""
    site = build_site(plan)
    bend_lens(site.camera, plan.camera)
    scene = own(bpy.data.scenes.new("Solar Site"))
    scene.collection.children.link(site.collection)
    scene.world = site.world
    scene.camera = site.camera
    scene.render.resolution_x = plan.camera.width_px
    scene.render.resolution_y = plan.camera.height_px
    return scene
