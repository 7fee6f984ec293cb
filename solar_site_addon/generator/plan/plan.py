# SPDX-License-Identifier: GPL-3.0-or-later
"""From settings and a seed to a plan: what stands where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..seeds import Stage, stage_generator
from ..settings import Settings
from .camera import plan_camera
from .clearance import distance_to_circles
from .draws import draw_settings
from .ground import plan_ground
from .layout import plan_land_and_tables
from .modules import plan_modules
from .planting import Distance
from .plants import plan_plants
from .roads import Roads
from .site_plan import Ground, SitePlan, Tables
from .site_works import plan_works
from .structure import plan_structure
from .sun import plan_sun
from .table_types import TableType, plan_table_types
from .terrain import Terrain
from .weather import plan_weather
from .works import Works

Floats = NDArray[np.float64]

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


def plan_site(settings: Settings, seed: int, land: Land | None = None) -> SitePlan:
    """The plan of one site; the same settings and seed give the same plan.

    ``land`` is what ``plan_land`` has given for the same seed and settings, where the caller has kept it.
    Raises SiteError where no table fits or no drone can fly, SettingsError where the sun is below the horizon.
    """
    types = plan_table_types(settings, seed)
    settings = draw_settings(settings, seed)
    sun = plan_sun(settings.light)
    land = land or _plan_drawn_land(settings, types, seed)
    terrain, tables = land.terrain, land.tables
    modules = plan_modules(tables, types, settings.module, seed)
    beams = plan_structure(tables, types, terrain)
    camera = plan_camera(settings, terrain, tables, modules, stage_generator(seed, Stage.CAMERA))
    plants = plan_plants(
        settings, terrain, tables, land.ground, camera, _taken(land), stage_generator(seed, Stage.PLANTS)
    )
    weather = plan_weather(settings.light, sun, camera, stage_generator(seed, Stage.WEATHER))
    return SitePlan(
        seed=seed,
        settings=settings,
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


def _plan_drawn_land(settings: Settings, types: tuple[TableType, ...], seed: int) -> Land:
    """``plan_land`` of drawn settings and the types of tables drawn with them."""
    terrain, roads, tables = plan_land_and_tables(settings, types, seed)
    ground = plan_ground(settings.site, terrain, tables, roads, stage_generator(seed, Stage.GROUND))
    works = plan_works(settings.works, terrain, tables, roads, stage_generator(seed, Stage.WORKS))
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
