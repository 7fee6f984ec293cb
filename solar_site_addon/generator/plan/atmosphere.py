# SPDX-License-Identifier: GPL-3.0-or-later
"""Sun, clouds and weather of one view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..domain.array_types import Floats


@dataclass(frozen=True)
class Sun:
    """Where the sun stands, and how clear the air is."""

    azimuth_deg: float
    elevation_deg: float
    turbidity: float


@dataclass(frozen=True)
class Clouds:
    """A layer of clouds at one height, which repeats like tiles."""

    thickness: Floats
    """(N, N) of one tile, rows going north; 0 is no cloud, 1 the thickest cumulus. Other clouds have any values."""
    origin: Floats
    """(2,) east and north of the tile's south-west corner, m."""

    HEIGHT_M: ClassVar[float] = 1000.0
    """Of the layer above the site."""
    TILE_M: ClassVar[float] = 4000.0

    @classmethod
    def shift(cls, sun: Sun, height_m: float = 0.0) -> Floats:
        """(2,) from a point at ``height_m`` to where the layer stands before the sun, m east and north."""
        azimuth, elevation = np.radians([sun.azimuth_deg, sun.elevation_deg])
        return np.array([np.sin(azimuth), np.cos(azimuth)]) * (cls.HEIGHT_M - height_m) / np.tan(elevation)


@dataclass(frozen=True)
class Weather:
    """What the air does to the light."""

    kind: str
    """clear, hazy, thin_cloud, overcast or cloud_shadows."""
    extinction_per_m: float
    """Share of the light that is lost on each metre of its way to the camera."""
    airlight: Floats
    """(3,) radiance of the air on a long way, which takes the place of the lost light."""
    clouds: Clouds | None
    """None where there are none."""


CLEAR = Weather("clear", 0.0, np.ones(3), None)
