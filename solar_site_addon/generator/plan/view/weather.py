# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning of the weather: visibility, and a layer of clouds that sky, sun and shadows share."""

from __future__ import annotations

import dataclasses

import numpy as np

from ...domain.array_types import Floats
from ...domain.projection import Camera
from ...domain.random_streams import ViewSeed, stream
from ...settings.drawn import DrawnLight
from ..atmosphere import Clouds, Sun, Weather
from ..numerics.spectral_noise import tileable_noises
from .sky import plan_sky

CLOUD_PIXELS = 512
"""Side of a tile of clouds, in pixels."""
LONGEST_WAVE = 1 / 5
"""Longest wavelength in the clouds as a share of their tile: cumulus of a few hundred meters. Estimate."""
SOFTNESS = 0.15
"""Distance from a cloud's edge to its full thickness, in standard deviations of the noise. Estimate."""
CONTRAST = 0.05
"""Contrast at the limit of visibility: visibility times extinction is -ln(0.05) (definition of the WMO)."""
HAZY_VISIBILITY = 1 / 8
"""Factor of the visibility in hazy weather. Estimate."""
COARSE_SKY = 64
"""Rows of the radiance map from which the color of the air is taken."""
AIR_COLOUR = np.array([0.9, 1.0, 1.12])
"""Color of the light scattered by a few kilometers of air relative to that of the horizon: bluer. Estimate."""


def plan_weather(light: DrawnLight, sun: Sun, camera: Camera, seed: ViewSeed) -> Weather:
    """Return the weather of drawn settings; cumulus is placed so that a shadow's edge lies near the image center."""
    kind = light.weather.value
    visibility = light.visibility_km.value * 1000 * (HAZY_VISIBILITY if kind == "hazy" else 1.0)
    clouds = _clouds(kind, light.cloud_cover.value, _shaded_from(camera, sun), seed)
    weather = Weather(kind, -np.log(CONTRAST) / visibility, np.ones(3), clouds)
    return dataclasses.replace(weather, airlight=plan_sky(sun, weather, COARSE_SKY).horizon * AIR_COLOUR)


def _clouds(kind: str, cover: float, shaded_from: Floats, seed: ViewSeed) -> Clouds | None:
    """Return the clouds of a kind of weather, or None if it has none."""
    if kind not in ("thin_cloud", "overcast", "cloud_shadows"):
        return None
    # Clouds are self-similar: their spectrum falls with about the power 5/3 of the frequency. Estimate.
    noise, _ = tileable_noises(CLOUD_PIXELS, LONGEST_WAVE, (5 / 3 + 1) / 2, stream(seed, "view/clouds/shape"))
    place = float(stream(seed, "view/clouds/place").random())
    thickness = noise
    if kind == "cloud_shadows":
        edge = np.quantile(noise, 1 - cover)
        thickness = np.clip((noise - edge) / SOFTNESS, 0.0, 1.0)
    return Clouds(thickness, _origin(thickness, place, shaded_from))


def _shaded_from(camera: Camera, sun: Sun) -> Floats:
    """Return the point (2,) of the cloud layer whose shadow falls on the ground at the image center, m."""
    forward = camera.world_to_camera[2, :3]
    seen = camera.position[:2] + forward[:2] / max(-forward[2], 0.2) * camera.altitude_agl_m
    return seen + Clouds.shift(sun)


def _origin(thickness: Floats, place: float, middle: Floats) -> Floats:
    """Return the origin (2,) of the tile for which ``middle`` lies on the edge of a cloud, m.

    ``place`` (0 to 1) chooses the edge.
    """
    edges = np.argwhere((thickness > 0.2) & (thickness < 0.8))
    row, column = edges[int(place * len(edges))]
    origin: Floats = middle - (np.array([column, row]) + 0.5) / CLOUD_PIXELS * Clouds.TILE_M
    return origin
