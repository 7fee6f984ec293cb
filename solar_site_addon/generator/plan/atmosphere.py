# SPDX-License-Identifier: GPL-3.0-or-later
"""Sun, clouds and weather of a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..domain.array_types import Floats


@dataclass(frozen=True)
class Sun:
    """Position of the sun and turbidity of the air."""

    azimuth_deg: float
    elevation_deg: float
    turbidity: float


@dataclass(frozen=True)
class Clouds:
    """A layer of clouds at one height, repeated as tiles."""

    thickness: Floats
    """(N, N) thickness of one tile, rows from south to north. Cumulus has values from 0 (no cloud) to 1 (thickest);
    other clouds may have any values."""
    origin: Floats
    """(2,) east and north of the tile's southwest corner, m."""

    HEIGHT_M: ClassVar[float] = 1000.0
    """Height of the layer above the site, m. Estimate."""
    TILE_M: ClassVar[float] = 4000.0
    """Side of a tile, m."""

    @classmethod
    def shift(cls, sun: Sun, height_m: float = 0.0) -> Floats:
        """Return the vector (2,) from a point at ``height_m`` to where its line to the sun meets the layer, m."""
        azimuth, elevation = np.radians([sun.azimuth_deg, sun.elevation_deg])
        return np.array([np.sin(azimuth), np.cos(azimuth)]) * (cls.HEIGHT_M - height_m) / np.tan(elevation)


@dataclass(frozen=True)
class Weather:
    """Effect of the air on the light."""

    kind: str
    """Kind of weather: clear, hazy, thin_cloud, overcast or cloud_shadows."""
    extinction_per_m: float
    """Extinction coefficient: share of the light lost per meter of its path to the camera, 1/m."""
    airlight: Floats
    """(3,) radiance of the air over a long path, which replaces the lost light."""
    clouds: Clouds | None
    """Clouds, or None if the weather has none."""


CLEAR = Weather("clear", 0.0, np.ones(3), None)
