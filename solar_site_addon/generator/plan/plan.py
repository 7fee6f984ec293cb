# SPDX-License-Identifier: GPL-3.0-or-later
"""From settings and a seed to a plan: what stands where."""

from __future__ import annotations

from ..seeds import Stage, stage_generator
from ..settings import Settings
from .camera import plan_camera
from .ground import plan_ground
from .layout import plan_land_and_tables
from .modules import plan_modules
from .site_plan import SitePlan
from .structure import plan_structure
from .sun import plan_sun


def plan_site(settings: Settings, seed: int) -> SitePlan:
    """The plan of one site; the same settings and seed give the same plan.

    Raises SiteError where no table fits or no drone can fly, SettingsError where the sun is below the horizon.
    """
    sun = plan_sun(settings.light, stage_generator(seed, Stage.LIGHT))
    terrain, tables = plan_land_and_tables(settings, seed)
    ground = plan_ground(settings.site, terrain, tables, stage_generator(seed, Stage.GROUND))
    modules = plan_modules(tables, settings.layout.table_rows, settings.module)
    beams = plan_structure(tables, terrain, settings.layout, settings.module)
    camera = plan_camera(settings.camera, terrain, tables, modules, stage_generator(seed, Stage.CAMERA))
    return SitePlan(seed, terrain, tables, modules, beams, ground, sun, camera)
