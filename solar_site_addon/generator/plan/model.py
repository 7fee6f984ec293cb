# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a site and of a view: plain numpy arrays that say what stands where, and how it is seen.

World axes: metres, x east, y north, z up. Angles: degrees; azimuths clockwise from north.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.projection import Camera
from ..settings.drawn import DrawnSettings
from .array.table_types import TableType
from .array.tables import Beams, Modules, Tables
from .atmosphere import CLEAR, Sun, Weather
from .ground.ground_cover import Ground
from .placement.things import Works
from .roads.roads import Roads
from .terrain.terrain import Terrain
from .vegetation.vegetation import Vegetation


@dataclass(frozen=True)
class Site:
    """Everything that stands, whoever looks at it: no camera, no weather, no vegetation drawn for a camera."""

    seed: int
    settings: DrawnSettings
    """One value of each setting that a site depends on; all others (see ``of_site``) have no meaning here."""
    terrain: Terrain
    """With the cut and fill of the roads."""
    roads: Roads
    table_types: tuple[TableType, ...]
    """Of the array, and perhaps of its later extension."""
    tables: Tables
    modules: Modules
    beams: Beams
    ground: Ground
    works: Works


@dataclass(frozen=True)
class View:
    """One exposure of a site: where the drone hovers, sun and weather at that moment, and what grows in sight."""

    site: Site
    index: int
    """Within the site, from 0."""
    settings: DrawnSettings
    """One value of each setting, for this view of this site."""
    camera: Camera
    sun: Sun
    vegetation: Vegetation
    """Vegetation and stones, as finely as the camera sees them. Their places belong to the site."""
    weather: Weather = CLEAR
