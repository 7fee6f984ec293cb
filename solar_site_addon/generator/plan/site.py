# SPDX-License-Identifier: GPL-3.0-or-later
"""From settings and a seed to a site: what stands where."""

from __future__ import annotations

from ..domain.errors import SiteError
from ..settings.drawn import DrawnSettings
from ..settings.sampling import draw_settings
from ..settings.schema import Settings, of_site
from .array.layout import plan_regions, plan_tables, with_gaps
from .array.modules import plan_modules
from .array.spacing import table_corners
from .array.structure import plan_structure
from .array.table_types import TableType, plan_table_types
from .array.tables import Tables
from .equipment.equipment import plan_equipment
from .ground.ground import plan_ground
from .model import Site
from .placement.clearance import FreeGround
from .roads.roads import Roads, plan_roads
from .surroundings.surroundings import plan_surroundings
from .terrain.terrain import Terrain, plan_terrain
from .terrain.topography import survey


def plan_site(settings: Settings, seed: int) -> Site:
    """Return the site of a seed: the same ``of_site(settings)`` and ``seed`` give the same site, byte for byte.

    Raise SiteError where no table fits.
    """
    settings = of_site(settings)
    types, drawn = plan_table_types(settings, seed), draw_settings(settings, seed)
    terrain, roads, tables = plan_land_and_tables(drawn, types, seed)
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
        modules=plan_modules(tables, types, drawn.module, seed),
        beams=plan_structure(tables, types, terrain),
        ground=plan_ground(drawn.site, terrain, tables, roads, seed),
        equipment=equipment,
        surroundings=surroundings,
    )


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
            f"No table fits on this site (seed {seed}): the ground is too steep, too uneven or too small for the "
            "tables; lower site.relief or site.roughness, raise array.max_slope_deg, array.max_roll_deg or "
            "array.max_post_m, raise array.design_sun_elevation_deg, or choose fewer array.table_columns."
        )
    terrain, roads, tables = best
    return terrain, roads, with_gaps(tables, settings.array, seed)
