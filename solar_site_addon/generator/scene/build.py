# SPDX-License-Identifier: GPL-3.0-or-later
"""Building a site in Blender, once, and showing its views, which replace only what differs between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import bpy

from ..plan.model import Site, View
from ..plan.objects import first_item_number, first_pile_number, rack_number
from ..plan.view.sky import SkyLight, plan_sky
from .camera import bend_lens, build_camera
from .equipment import build_equipment, build_wires
from .ground import BuiltGround, build_ground
from .ground_look import SOILS
from .light import build_cloud_shadows, build_sun, build_world
from .marks import build_marks
from .modules import build_modules, show_detail
from .ownership import own, owned_blocks
from .piles import build_piles
from .structure import build_clamps, build_structure
from .vegetation import build_vegetation

LIGHT_LINES = 100
"""Rows and columns of the ground in the viewport."""
LIGHT_SCALE = 0.25
"""Size of the viewport as a share of an image's, for the thickness of wires."""


@dataclass(kw_only=True)
class StandingSite:
    """A site that stands in a scene, and the view that is shown: what it takes to show another view."""

    site: Site
    scene: bpy.types.Scene
    collection: bpy.types.Collection
    """All objects of the site and of the shown view."""
    light: bool = False
    """Whether it is for the viewport: see ``SiteBuild``."""
    shown: list[bpy.types.ID] = field(default_factory=list)
    """Data-blocks made for the shown view only."""


@dataclass(kw_only=True)
class BuiltSite(StandingSite):
    """A site that was just built, and can also be rendered."""

    ground: BuiltGround


def new_scene() -> bpy.types.Scene:
    """Return a scene for one site."""
    return own(bpy.data.scenes.new("Solar Site"))


class SiteBuild:
    """A site that is being built part by part, in a collection that no scene shows until it stands.

    Without the camera, light and vegetation of a view. ``light`` builds what a viewport shows and a file can hold: the
    ground has fewer vertices, boxes are stored as points, heaps of soil are coarse, and clamps and the legs of cable
    trays are left out. Its views have fewer wires and leaves, and no distortion, which only Cycles shows.
    """

    _ground: BuiltGround

    def __init__(self, site: Site, *, light: bool = False) -> None:
        self.site, self.light = site, light
        self.done = 0
        """Number of parts that are built."""
        self._collection = own(bpy.data.collections.new("Solar Site"))
        self._parts = (self._surface, self._modules, self._supports, self._equipment)

    @property
    def total(self) -> int:
        """Number of parts of the site."""
        return len(self._parts)

    def build_next(self) -> bool:
        """Build the next part, if any is left; return whether there are more.

        Raises:
            SolarSiteError: an image of the ground cannot be read. The next call tries again.
        """
        if self.done < self.total:
            for part in self._parts[self.done]():
                self._collection.objects.link(part)
            self.done += 1
        return self.done < self.total

    def complete(self) -> None:
        """Build what is left; raise SolarSiteError as above."""
        while self.build_next():
            pass

    def stand_in(self, scene: bpy.types.Scene) -> BuiltSite:
        """Build what is left, and return the site as it stands in ``scene``; raise SolarSiteError as above."""
        self.complete()
        scene.collection.children.link(self._collection)
        return BuiltSite(
            site=self.site, scene=scene, collection=self._collection, ground=self._ground, light=self.light
        )

    def _surface(self) -> list[bpy.types.Object]:
        site, drawn = self.site, self.site.settings.site
        self._ground = build_ground(
            site.terrain,
            site.ground,
            site.roads,
            drawn.soil.value,
            drawn.gravel.value,
            site.ground_images,
            site.orthophoto,
            most_lines=LIGHT_LINES if self.light else None,
        )
        return [self._ground.surface]

    def _modules(self) -> list[bpy.types.Object]:
        site = self.site
        types = site.tables.type[site.modules.table]
        return build_modules(site.modules, types, site.table_types, compact=self.light)

    def _supports(self) -> list[bpy.types.Object]:
        site = self.site
        first_rack = rack_number(site.modules, site.tables, 0)
        first_pile = first_pile_number(site.modules, site.tables, site.equipment, site.surroundings)
        return [
            *build_structure(site.beams, first_rack, compact=self.light),
            *([] if self.light else build_clamps(site.clamps, first_rack)),
            *build_piles(site.pile_type, site.piles, first_pile),
            *build_marks(site.marks, SOILS[site.settings.site.soil.value], coarse=self.light),
        ]

    def _equipment(self) -> list[bpy.types.Object]:
        site = self.site
        first = first_item_number(site.modules, site.tables)
        return list(build_equipment(site.equipment, site.surroundings, first, compact=self.light))


def build_site(site: Site, scene: bpy.types.Scene, *, light: bool = False) -> BuiltSite:
    """Build the site into one collection of ``scene``: see ``SiteBuild``."""
    return SiteBuild(site, light=light).stand_in(scene)


def show_view(built: StandingSite, view: View) -> None:
    """Show a view of the built site instead of the one shown before.

    Everything that belongs to a view is removed and built again, never changed, so that an image does not depend on
    earlier ones.
    """
    bpy.data.batch_remove(built.shown)
    before = {block.as_pointer() for block in owned_blocks()}
    sky = plan_sky(view.sun, view.weather)
    camera = build_camera(view.camera)
    if not built.light:
        bend_lens(camera, view.camera)
    for part in (*_parts(built, view, sky), camera):
        built.collection.objects.link(part)
    show_detail(built.collection.objects, view.camera.focal_px)
    scene = built.scene
    scene.world = build_world(sky, step=2 if built.light else 1)
    scene.camera = camera
    scene.render.resolution_x = view.camera.width_px
    scene.render.resolution_y = view.camera.height_px
    built.shown = [block for block in owned_blocks() if block.as_pointer() not in before]


def _parts(built: StandingSite, view: View, sky: SkyLight) -> Iterator[bpy.types.Object]:
    """Build the objects of one view, except for its camera."""
    camera = view.camera
    if built.light:
        camera = replace(camera, focal_px=LIGHT_SCALE * camera.focal_px)
    yield from build_wires(built.site.equipment, camera, built.collection.objects, compact=built.light)
    yield build_vegetation(view.vegetation, fine=not built.light)
    yield build_sun(sky)
    if view.weather.kind == "cloud_shadows" and view.weather.clouds is not None:
        highest = float(built.site.terrain.heights.max())
        yield build_cloud_shadows(view.sun, view.weather.clouds, highest)
