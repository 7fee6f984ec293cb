# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of a site and of a view, made of numpy arrays.

World coordinates are meters: x east, y north, z up. Angles are degrees, azimuths are clockwise from north.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.projection import Camera
from ..settings.drawn import DrawnSettings
from .array.piles import PileType
from .array.table_types import TableType
from .array.tables import Beams, Modules, Piles, Tables
from .atmosphere import CLEAR, Sun, Weather
from .construction.marks import Marks
from .equipment.equipment import Equipment
from .ground.ground_cover import Ground
from .ground.ground_images import NO_IMAGES, GroundImages
from .roads.roads import Roads
from .surroundings.surroundings import Surroundings
from .terrain.orthophoto import Orthophoto
from .terrain.terrain import Terrain
from .vegetation.vegetation import Vegetation


@dataclass(frozen=True)
class Site:
    """Everything that all views of a site share: no camera, no weather, no vegetation."""

    seed: int
    settings: DrawnSettings
    """Drawn values of the settings that a site depends on (see ``of_site``); the others have no meaning here."""
    terrain: Terrain
    """The terrain, including the cut and fill of the roads."""
    roads: Roads
    table_types: tuple[TableType, ...]
    """Table types of the array and, if there is one, of its later extension."""
    tables: Tables
    modules: Modules
    pile_type: PileType
    piles: Piles
    beams: Beams
    """Posts, rafters, struts and purlins."""
    clamps: Beams
    """Clamps between the modules."""
    ground: Ground
    marks: Marks
    """Marks of construction work on the ground."""
    equipment: Equipment
    surroundings: Surroundings
    ground_images: GroundImages = NO_IMAGES
    orthophoto: Orthophoto | None = None


@dataclass(frozen=True)
class View:
    """One exposure of a site: camera, sun, weather and the vegetation that the camera sees."""

    site: Site
    index: int
    """Index of the view within the site, from 0."""
    settings: DrawnSettings
    """Drawn values of all settings for this view."""
    camera: Camera
    sun: Sun
    vegetation: Vegetation
    """Vegetation and stones, as detailed as the camera sees them. Their places belong to the site."""
    weather: Weather = CLEAR
