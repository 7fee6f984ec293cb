# SPDX-License-Identifier: GPL-3.0-or-later
"""From settings and a seed to a plan: what stands where."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.array_types import Floats
from ..domain.errors import SiteError
from ..domain.messages import SettingName
from ..domain.random_streams import ViewSeed
from ..settings.drawn import DrawnSettings
from ..settings.sampling import draw_settings
from ..settings.schema import Settings
from .array.layout import plan_regions, plan_tables, with_gaps
from .array.modules import plan_modules
from .array.structure import plan_structure
from .array.table_types import TableType, plan_table_types
from .array.tables import Tables
from .ground.ground import plan_ground
from .ground.ground_cover import Ground
from .model import SitePlan
from .placement.clearance import distance_to_circles
from .placement.things import Works
from .roads.roads import Roads, plan_roads
from .surroundings.site_works import plan_works
from .terrain.terrain import Terrain, plan_terrain
from .terrain.topography import survey
from .vegetation.natural import plan_plants
from .vegetation.planting import Distance
from .view.camera import plan_camera
from .view.sun import plan_sun
from .view.weather import plan_weather

_FARTHEST_M = 10.0
"""No plant keeps farther from works than this."""
_OVERGROWN_EDGE_M = 0.5
"""How far tufts stand on the edge of a carriageway where grass has come back most."""


@dataclass(frozen=True)
class Land:
    """The part of a plan that neither light nor camera changes, but for the latitude."""

    terrain: Terrain
    """With the roads' cut and fill."""
    roads: Roads
    tables: Tables
    ground: Ground
    works: Works


def plan_site(settings: Settings, seed: int, land: Land | None = None, view: int = 0) -> SitePlan:
    """The plan of one view of a site; the same settings, seed and view give the same plan.

    All views of a site share what stands there; settings of VIEW_GROUPS, camera and weather are each view's own.
    ``land`` is what ``plan_land`` has given for the same seed and settings, where the caller has kept it.
    Raises SiteError where no table fits or no drone can fly, SettingsError where the sun is below the horizon.
    """
    types = plan_table_types(settings, seed)
    drawn = draw_settings(settings, seed, view)
    own = ViewSeed(seed, view)
    sun = plan_sun(drawn.light)
    land = land or _plan_drawn_land(drawn, types, seed)
    terrain, tables = land.terrain, land.tables
    modules = plan_modules(tables, types, drawn.module, seed)
    beams = plan_structure(tables, types, terrain)
    camera = plan_camera(drawn, terrain, tables, modules, own)
    plants = plan_plants(drawn, terrain, tables, land.ground, camera, _taken(land), seed)
    weather = plan_weather(drawn.light, sun, camera, own)
    return SitePlan(
        seed=seed,
        settings=drawn,
        terrain=terrain,
        roads=land.roads,
        table_types=types,
        tables=tables,
        modules=modules,
        beams=beams,
        ground=land.ground,
        works=land.works,
        sun=sun,
        camera=camera,
        plants=plants,
        weather=weather,
    )


def plan_land(settings: Settings, seed: int) -> Land:
    """Land, roads, tables and works: of the settings, only site, layout, module, works and light.latitude_deg count."""
    return _plan_drawn_land(draw_settings(settings, seed), plan_table_types(settings, seed), seed)


def _plan_drawn_land(settings: DrawnSettings, types: tuple[TableType, ...], seed: int) -> Land:
    """``plan_land`` of drawn settings and the types of tables drawn with them."""
    terrain, roads, tables = plan_land_and_tables(settings, types, seed)
    ground = plan_ground(settings.site, terrain, tables, roads, seed)
    works = plan_works(settings, terrain, tables, roads, seed)
    return Land(terrain, roads, tables, ground, works)


def _taken(land: Land) -> tuple[Distance, ...]:
    """Distances to the ground on which nothing grows: carriageways and works."""
    circles = land.works.circles

    def to_road(x: Floats, y: Floats) -> Floats:
        edge = land.roads.width_m / 2 - _OVERGROWN_EDGE_M * land.roads.growth
        return land.roads.distance(x, y) - edge

    def to_works(x: Floats, y: Floats) -> Floats:
        return distance_to_circles(x, y, circles, _FARTHEST_M)

    return to_road, to_works


_LANDS_TRIED = 4


_ENOUGH_TABLES = 20
"""A land that carries so many is taken."""


def plan_land_and_tables(
    settings: DrawnSettings, types: tuple[TableType, ...], seed: int
) -> tuple[Terrain, Roads, Tables]:
    """The land with its roads and the tables on it; where too few fit, the next few lands of the seed are tried too.

    ``types`` are those that the tables may have.

    Raises SiteError where no table fits on any of them.
    """
    best: tuple[Terrain, Roads, Tables] | None = None
    for attempt in range(_LANDS_TRIED):
        natural = plan_terrain(settings.site, seed, attempt)
        topography = survey(natural)
        regions = plan_regions(settings, types, topography, seed)
        roads, terrain = plan_roads(settings, natural, topography, regions, seed)
        tables = plan_tables(settings, types, terrain, roads.clear, regions, seed)
        if best is None or len(tables) > len(best[2]):
            best = terrain, roads, tables
        if len(tables) >= _ENOUGH_TABLES:
            break
    if best is None or len(best[2]) == 0:
        raise SiteError(
            "No table fits on this site (seed {seed}): the ground is too steep, too uneven or too small. Reduce "
            "{relief}, {roughness} or {columns}, or increase {slope}, {roll}, {post} or {sun}.",
            seed=seed,
            relief=SettingName("site.relief"),
            roughness=SettingName("site.roughness"),
            columns=SettingName("array.table_columns"),
            slope=SettingName("array.max_slope_deg"),
            roll=SettingName("array.max_roll_deg"),
            post=SettingName("array.max_post_m"),
            sun=SettingName("array.design_sun_elevation_deg"),
        )
    terrain, roads, tables = best
    return terrain, roads, with_gaps(tables, settings.array, seed)
