# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan holds: plain numpy arrays that say what stands where.

World axes: metres, x east, y north, z up. Angles: degrees; azimuths clockwise from north.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.projection import Camera
from ..settings.drawn import DrawnSettings
from .array.table_types import TableType
from .array.tables import Beams, Modules, Tables
from .equipment.equipment import Equipment
from .ground.ground_cover import Ground
from .roads.roads import Roads
from .surroundings.surroundings import Surroundings
from .terrain.terrain import Terrain
from .vegetation.vegetation import Plants
from .view.atmosphere import CLEAR, Sun, Weather


@dataclass(frozen=True)
class SitePlan:
    """Everything that the scene is built of, and that the labels refer to."""

    seed: int
    settings: DrawnSettings
    """With one value left of what differs between images."""
    terrain: Terrain
    roads: Roads
    table_types: tuple[TableType, ...]
    """Of one plant, and perhaps of its later extension."""
    tables: Tables
    modules: Modules
    beams: Beams
    ground: Ground
    equipment: Equipment
    surroundings: Surroundings
    sun: Sun
    camera: Camera
    plants: Plants
    weather: Weather = CLEAR
