# SPDX-License-Identifier: GPL-3.0-or-later
"""The weather: one layer of clouds that sky, sun and shadows share, and how far one sees in the air."""

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
LONGEST_WAVE = 1 / 5
"""Longest wave of the clouds as a share of their tile: cumulus of some hundred metres."""
SOFTNESS = 0.15
"""From a cloud's edge to its full thickness, in standard deviations of the noise that it is made of."""
CONTRAST = 0.05
"""Share of the light at which one sees no more: visibility times extinction is -ln(0.05) (WMO's definition)."""
HAZY_VISIBILITY = 1 / 8
COARSE_SKY = 64
AIR_COLOUR = np.array([0.9, 1.0, 1.12])
"""Of the light that the air scatters on some kilometres against that of the horizon far behind it: bluer."""


def plan_weather(light: DrawnLight, sun: Sun, camera: Camera, seed: ViewSeed) -> Weather:
    """The weather of drawn settings; cumulus is moved so that a shadow's edge runs near the middle of the picture."""
    kind = light.weather.value
    visibility = light.visibility_km.value * 1000 * (HAZY_VISIBILITY if kind == "hazy" else 1.0)
    clouds = _clouds(kind, light.cloud_cover.value, _shaded_from(camera, sun), seed)
    weather = Weather(kind, -np.log(CONTRAST) / visibility, np.ones(3), clouds)
    return dataclasses.replace(weather, airlight=plan_sky(sun, weather, COARSE_SKY).horizon * AIR_COLOUR)


def _clouds(kind: str, cover: float, shaded_from: Floats, seed: ViewSeed) -> Clouds | None:
    """The clouds of a kind of weather, None where there are none."""
    if kind not in ("thin_cloud", "overcast", "cloud_shadows"):
        return None
    # Clouds look alike at all scales: the spectrum of their edges falls with about the power 5/3 of the frequency.
    noise, _ = tileable_noises(CLOUD_PIXELS, LONGEST_WAVE, (5 / 3 + 1) / 2, stream(seed, "view/clouds/shape"))
    place = float(stream(seed, "view/clouds/place").random())
    thickness = noise
    if kind == "cloud_shadows":
        edge = np.quantile(noise, 1 - cover)
        thickness = np.clip((noise - edge) / SOFTNESS, 0.0, 1.0)
    return Clouds(thickness, _origin(thickness, place, shaded_from))


def _shaded_from(camera: Camera, sun: Sun) -> Floats:
    """(2,) the point of the cloud layer that throws its shadow on what the middle of the picture shows."""
    forward = camera.world_to_camera[2, :3]
    seen = camera.position[:2] + forward[:2] / max(-forward[2], 0.2) * camera.altitude_agl_m
    return seen + Clouds.shift(sun)


def _origin(thickness: Floats, place: float, middle: Floats) -> Floats:
    """(2,) where the tile begins, so that ``middle`` lies at one of its edges of clouds, picked by ``place``."""
    edges = np.argwhere((thickness > 0.2) & (thickness < 0.8))
    row, column = edges[int(place * len(edges))]
    origin: Floats = middle - (np.array([column, row]) + 0.5) / CLOUD_PIXELS * Clouds.TILE_M
    return origin
