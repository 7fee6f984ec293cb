# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground's detail texture for arrays of points, without what is smaller than their distances."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..domain.array_types import Singles
from ..geometry.ground_textures import halved
from ..geometry.textures import DETAIL_PIXELS, NEARBY_M, detail_pixels, nearby_pixels
from .ground_look import STONES, TILES_M, TURNS_RAD, Nearby, Noises
from .pyramid import Pyramid, interpolated, level_of, pyramid

_COARSEST = (6, 1, 1)
"""Coarsest level of grain, fine and coarse noise in use. Fine and coarse noise decide what covers the ground: without
their variance, the covers would change their shares."""
_NEARBY_COARSEST = 6
"""The same of gravel and grass near by: their mean over some stones and tufts."""
_STEP = 0.2
"""Step of the slopes that the renderer evaluates, in distances between samples: with two samples per pixel, a tenth of
a pixel, as in Blender's node Bump."""
_TRIALS = 4096
"""Points at which the lost slopes are measured."""


def noises(place: Singles, spacing_m: Singles, *, nearby: bool = False) -> Noises:
    """Return the noises at points (3, N) of the ground, m, that are ``spacing_m`` (N,) from each other."""
    grain, fine, coarse = (
        _sampled(place, spacing_m, tile, turn, coarsest)
        for tile, turn, coarsest in zip(TILES_M, TURNS_RAD, _COARSEST, strict=True)
    )
    return Noises(grain, fine, coarse, _nearby(place, spacing_m) if nearby else None)


def lost_slope(spacing_m: Singles) -> Singles:
    """Return the variance (N,) of the slope of the stones, in one direction, that is smaller than ``spacing_m`` (N,).

    It is in units of the relief per meter, squared.
    """
    spacings, variances = _lost_slopes()
    result: Singles = np.interp(np.log(spacing_m), np.log(spacings), variances).astype(np.float32)
    return result


@lru_cache(maxsize=1)
def _lost_slopes() -> tuple[Singles, Singles]:
    """Return the table of ``lost_slope``, measured on the texture: its noises have the same spectrum."""
    spacings = np.geomspace(1e-4, 10.0, 51).astype(np.float32)
    places = np.stack([np.arange(_TRIALS) * 0.7548777, np.arange(_TRIALS) * 0.5698403, np.zeros(_TRIALS)])
    variances = np.zeros(len(spacings))
    for (tile, turn, coarsest), weight in zip(zip(TILES_M, TURNS_RAD, _COARSEST, strict=True), STONES, strict=True):
        points = np.mod(places * 97.0 * tile, tile).astype(np.float32)
        for number, spacing in enumerate(spacings):
            full = _slope(points, _STEP * spacing, np.zeros(1, dtype=np.float32), tile, turn, 0)
            kept = _slope(points, spacing, np.full(1, spacing), tile, turn, coarsest)
            variances[number] += weight**2 * max(full - kept, 0.0)
    return spacings, variances.astype(np.float32)


def _slope(points: Singles, step_m: float, spacing_m: Singles, tile_m: float, turned: float, coarsest: int) -> float:
    """Return the mean square of the slopes of the first noise over steps of ``step_m`` eastward."""
    beside = points + np.array([step_m, 0, 0], dtype=np.float32)[:, None]
    here, there = (_sampled(place, spacing_m, tile_m, turned, coarsest)[0] for place in (points, beside))
    return float(np.mean(((there - here) / step_m) ** 2, dtype=np.float64))


def _sampled(place: Singles, spacing_m: Singles, tile_m: float, turned: float, coarsest: int) -> list[Singles]:
    """Return the four channels of the repeated texture at points (3, N), with linear interpolation."""
    cos, sin = np.float32(np.cos(turned) / tile_m), np.float32(np.sin(turned) / tile_m)
    texel = np.float32(tile_m / DETAIL_PIXELS)
    level = level_of(spacing_m / texel, coarsest)
    return interpolated(_pyramid(), level, cos * place[0] - sin * place[1], sin * place[0] + cos * place[1])


def _nearby(place: Singles, spacing_m: Singles) -> Nearby:
    """Return the shades of gravel and grass at points (3, N)."""
    tile = np.float32(NEARBY_M)
    image = _nearby_pyramid()
    level = level_of(spacing_m / (tile / image.pixels), _NEARBY_COARSEST)
    pebbles, blades, *_ = interpolated(image, level, place[0] / tile, place[1] / tile)
    return Nearby(pebbles, blades)


@lru_cache(maxsize=1)
def _pyramid() -> Pyramid:
    return _levels(detail_pixels(), max(_COARSEST))


@lru_cache(maxsize=1)
def _nearby_pyramid() -> Pyramid:
    return _levels(nearby_pixels(), _NEARBY_COARSEST)


def _levels(level: Singles, coarsest: int) -> Pyramid:
    """Return ``coarsest`` + 1 levels of an image, the first one as it is."""
    levels = []
    for _ in range(coarsest + 1):
        levels.append(np.clip(level * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8))
        level = halved(level)
    return pyramid(levels)
