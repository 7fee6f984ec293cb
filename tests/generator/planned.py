# SPDX-License-Identifier: GPL-3.0-or-later
"""Planned sites for tests; planning takes longer than most tests."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from unittest import mock

from solar_site_addon.generator.plan import site as planning
from solar_site_addon.generator.plan.array.table_types import plan_table_types
from solar_site_addon.generator.plan.array.tables import Tables
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.roads.roads import Roads
from solar_site_addon.generator.plan.site import plan_site, plan_terrain_and_tables
from solar_site_addon.generator.plan.terrain.terrain import Terrain
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, of_site, settings_sha256

from .small_site import NO_EQUIPMENT, NO_SURROUNDINGS, Planned

__all__ = ["Planned", "array_site", "planned", "planned_site", "tables_of"]


def planned_site(settings: Settings, seed: int) -> Site:
    """Return the site of a seed, planned once in a run of the tests: it belongs to all, and none may change it."""
    return _shared(plan_site, of_site(settings), seed)


def array_site(settings: Settings, seed: int) -> Site:
    """Return the site of a seed with terrain, roads and array only, in about half the time, shared in the same way.

    It has no ground cover, equipment and surroundings; everything else is as in ``planned_site``.
    """
    return _shared(_plan_array, of_site(settings), seed)


def _plan_array(settings: Settings, seed: int) -> Site:
    nothing = {"plan_ground": None, "plan_equipment": NO_EQUIPMENT, "plan_surroundings": NO_SURROUNDINGS}
    left_out = {name: mock.Mock(return_value=value) for name, value in nothing.items()}
    with mock.patch.multiple(planning, **left_out):
        return plan_site(settings, seed)


# Few, because a site takes 30 to 100 MB; reading one again takes some hundredths of a second.
@lru_cache(maxsize=3)
def _shared(plan: Callable[[Settings, int], Site], settings: Settings, seed: int) -> Site:
    """Return the site that this process or another one of the run has planned, or plan it."""
    file = Path(os.environ["SOLAR_SITE_TEST_SITES"]) / f"{plan.__name__}-{settings_sha256(settings)}-{seed}.pickle"
    if not file.exists():
        own = file.with_suffix(f".{os.getpid()}")
        own.write_bytes(pickle.dumps(plan(settings, seed)))
        own.replace(file)
    site: Site = pickle.loads(file.read_bytes())  # noqa: S301  # written by ourselves, in a folder of this run
    return site


def tables_of(settings: Settings, seed: int) -> tuple[Terrain, Roads, Tables]:
    """Return the terrain, the roads and the tables of a site, without what is planned around them."""
    settings = of_site(settings)
    return plan_terrain_and_tables(draw_settings(settings, seed), plan_table_types(settings, seed), seed)


def planned(settings: Settings, seed: int, view: int = 0) -> Planned:
    """Return the shared site of a seed with one of its views."""
    site = planned_site(settings, seed)
    return Planned(site, plan_view(site, settings, view))
