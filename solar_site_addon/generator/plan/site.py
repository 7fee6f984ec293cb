# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning of a site from settings and a seed."""

from __future__ import annotations

from ..domain.errors import SiteError
from ..domain.messages import SettingName
from ..settings.drawn import DrawnSettings
from ..settings.sampling import draw_settings
from ..settings.schema import Settings, of_site
from .array.clamps import plan_clamps
from .array.layout import plan_regions, plan_tables, with_gaps
from .array.modules import mounted, plan_modules
from .array.piles import pile_kinds, plan_pile_type, plan_piles
from .array.spacing import table_corners
from .array.stages import at_progress
from .array.structure import plan_structure
from .array.table_types import TableType, plan_table_types
from .array.tables import Tables
from .construction.marks import plan_marks
from .equipment.equipment import plan_equipment
from .ground.ground import plan_ground
from .ground.ground_images import plan_ground_images
from .model import Site
from .placement.clearance import FreeGround
from .roads.roads import Roads, plan_roads
from .surroundings.surroundings import plan_surroundings
from .terrain.orthophoto import plan_orthophoto
from .terrain.terrain import Terrain, plan_terrain
from .terrain.topography import survey

_TERRAINS_TRIED = 4
"""Largest number of terrains that are tried for one seed."""
_ENOUGH_TABLES = 20
"""The first terrain with room for this many tables is taken."""


def plan_site(settings: Settings, seed: int) -> Site:
    """Return the site of a seed: the same ``of_site(settings)`` and ``seed`` give the same site, byte for byte.

    Raise SiteError if no table fits.
    """
    settings = of_site(settings)
    types, drawn = plan_table_types(settings, seed), draw_settings(settings, seed)
    terrain, roads, complete = plan_terrain_and_tables(drawn, types, seed)
    tables = at_progress(complete, drawn.array, seed)
    pile_type = plan_pile_type(drawn.array.piles.value, seed)
    pile_kind = pile_kinds()[pile_type.kind]
    piles = plan_piles(tables, types, terrain, pile_type, seed)
    free = FreeGround(table_corners(tables)[..., :2], roads)
    # What is placed first has the first choice of ground.
    equipment = plan_equipment(drawn, terrain, tables, free, seed)
    surroundings = plan_surroundings(drawn, terrain, tables, free, seed)
    return Site(
        seed=seed,
        settings=drawn,
        terrain=terrain,
        roads=roads,
        table_types=types,
        tables=tables,
        modules=mounted(plan_modules(complete, types, drawn.module, seed), tables),
        pile_type=pile_type,
        piles=piles,
        beams=plan_structure(tables, types, piles, posts=not pile_kind.carries_rafter),
        clamps=plan_clamps(tables, types),
        ground=plan_ground(drawn.site, terrain, tables, roads, seed),
        marks=plan_marks(tables, piles, pile_kind, terrain, seed),
        equipment=equipment,
        surroundings=surroundings,
        ground_images=plan_ground_images(drawn.site, seed),
        orthophoto=plan_orthophoto(drawn.site, terrain.anchor),
    )


def plan_terrain_and_tables(
    settings: DrawnSettings, types: tuple[TableType, ...], seed: int
) -> tuple[Terrain, Roads, Tables]:
    """Return the terrain, the roads and the tables; ``types`` are the possible types of the tables.

    If few tables fit, more terrains of the seed are tried, and the one with the most tables is taken. Raise SiteError
    if no table fits on any of them.
    """
    best: tuple[Terrain, Roads, Tables] | None = None
    for attempt in range(_TERRAINS_TRIED):
        natural = plan_terrain(settings.site, seed, attempt, northern=settings.light.latitude_deg >= 0)
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
