# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels of the textures that materials read, computed identically on every machine."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..domain.array_types import Floats, Longs, Singles
from ..domain.random_streams import EVERYWHERE, stream
from ..plan.numerics.spectral_noise import tileable_noises

DETAIL_PIXELS = 1024
DETAIL_LONGEST = 1 / 6
"""Longest wave of the detail texture as a share of its tile: longer ones would reveal the tiling."""


@lru_cache(maxsize=1)
def detail_pixels() -> Singles:
    """Return four independent seamless fractal noises (1024, 1024, 4), 0 to 1 with mean 0.5.

    In Cycles, a texture lookup costs a fraction of noise nodes with as many octaves.
    """
    pixels = np.empty((DETAIL_PIXELS, DETAIL_PIXELS, 4), dtype=np.float32)
    for first in (0, 2):
        rng = stream(EVERYWHERE, f"texture/detail/{first}")
        # Amplitude ~ 1/f: soils, stones and vegetation look alike at many scales.
        for channel, noise in enumerate(tileable_noises(DETAIL_PIXELS, DETAIL_LONGEST, 1.0, rng), start=first):
            pixels[..., channel] = np.clip(0.5 + 0.2 * noise, 0.0, 1.0)
    return pixels


GRAIN_M = 0.8
"""Side length of the tile of ``grain_pixels`` on a cell's surface."""
RANDOM_PIXELS = 32
_CRYSTALS = 48
_GRAIN_PIXELS = 384


@lru_cache(maxsize=1)
def grain_pixels() -> Singles:
    """Return seamless crystals (384, 384, 4) of multicrystalline silicon: patches of uniform shade, from 0 to 1."""
    shades = stream(EVERYWHERE, "texture/grain/shades").random(_CRYSTALS * _CRYSTALS)
    shade = shades[_voronoi("texture/grain/points", _CRYSTALS, _GRAIN_PIXELS).number]
    return np.repeat(shade[..., None], 4, axis=2).astype(np.float32)


NEARBY_M = 0.96
"""Side length of the tile of ``nearby_pixels``: the stones of crushed gravel 16/32 are about 30 mm wide."""
_NEARBY_PIXELS = 512
_PEBBLES = 32
_TUFTS = 16
"""Tufts of grass in a row of the tile, 60 mm wide. Estimate."""
_BLADES = 7000
_BLADE_PIXELS = (12, 36)
"""Lengths of visible blades and clippings, 22 to 68 mm. Estimate."""


@lru_cache(maxsize=1)
def nearby_pixels() -> Singles:
    """Return what is seen only near by (512, 512, 4), seamless, from 0 to 1 with mean 0.5: gravel and grass in turn."""
    return np.stack([_pebbles(), _blades()] * 2, axis=-1)


def _pebbles() -> Singles:
    """Return stones (512, 512) of different shades with dark gaps."""
    shades = stream(EVERYWHERE, "texture/pebbles/shades").uniform(0.4, 1.0, _PEBBLES * _PEBBLES)
    stones = _voronoi("texture/pebbles/points", _PEBBLES, _NEARBY_PIXELS)
    inside = np.clip((stones.second - stones.nearest) / 0.35, 0.0, 1.0)
    return _around_half(shades[stones.number] * (0.15 + 0.85 * inside * (2.0 - inside)))


def _blades() -> Singles:
    """Return blades of grass (512, 512), 4 mm wide, in tufts of different shades with dark gaps between them."""
    rng = stream(EVERYWHERE, "texture/blades")
    tufts = _voronoi("texture/blades/tufts", _TUFTS, _NEARBY_PIXELS)
    shades = rng.uniform(0.1, 1.0, _TUFTS * _TUFTS)
    start = rng.random((_BLADES, 2)) * _NEARBY_PIXELS
    # Normalized with a square root, which all machines round alike, unlike sine and cosine.
    direction = rng.uniform(-1.0, 1.0, (_BLADES, 2))
    direction /= np.sqrt((direction**2).sum(axis=1, keepdims=True))
    length = rng.uniform(*_BLADE_PIXELS, _BLADES)
    at_root = np.floor(start).astype(int)
    bright = rng.uniform(0.5, 1.0, _BLADES) * shades[tufts.number[at_root[:, 0], at_root[:, 1]]]
    seen = 0.05 + 0.2 * shades[tufts.number]
    for step in range(_BLADE_PIXELS[1]):
        reached = length > step
        row, column = np.floor(start[reached] + step * direction[reached]).astype(int).T
        for beside in (row, row + 1):  # two pixels wide
            np.maximum.at(seen, (beside % _NEARBY_PIXELS, column % _NEARBY_PIXELS), bright[reached])
    return _around_half(seen)


def _around_half(shade: Floats) -> Singles:
    """Return ``shade`` scaled to the mean 0.5, at most 1."""
    return np.clip(shade * 0.5 / shade.mean(), 0.0, 1.0).astype(np.float32)


class _Voronoi(NamedTuple):
    """A seamless Voronoi diagram of P x P points in S x S pixels."""

    number: Longs
    """Number of the nearest point (S, S)."""
    nearest: Floats
    """Distance to it (S, S), in mean distances between points."""
    second: Floats
    """Distance to the second nearest point (S, S)."""


def _voronoi(name: str, points_per_side: int, pixels: int) -> _Voronoi:
    """Return the diagram of a random point in each square of a grid: the nearest point is in an adjacent square."""
    count, side = points_per_side, pixels // points_per_side
    points = stream(EVERYWHERE, name).random((count, count, 2)) * 1.6 - 0.3
    numbers = np.arange(count * count).reshape(count, count)
    place = (np.arange(side) + 0.5) / side
    # Rows of squares, rows in a square, columns of squares, columns in a square: a square's pixels share their points.
    nearest = np.full((count, side, count, side), np.inf)
    second, index = nearest.copy(), np.zeros(nearest.shape, dtype=np.int64)
    for down in range(-2, 3):
        for right in range(-2, 3):
            point, number = (np.roll(of_square, (-down, -right), axis=(0, 1)) for of_square in (points, numbers))
            x = point[:, None, :, None, 0] + right - place
            y = point[:, None, :, None, 1] + down - place[:, None, None]
            distance = x * x + y * y
            closer = distance < nearest
            second = np.minimum(second, np.maximum(distance, nearest))
            np.copyto(nearest, distance, where=closer)
            np.copyto(index, number[:, None, :, None], where=closer)
    index, nearest, second = (values.reshape(pixels, pixels) for values in (index, nearest, second))
    return _Voronoi(index, np.sqrt(nearest), np.sqrt(second))


@lru_cache(maxsize=1)
def random_pixels() -> Singles:
    """Return independent uniform numbers (32, 32, 4) from 0 to 1."""
    rng = stream(EVERYWHERE, "texture/random")
    return rng.random((RANDOM_PIXELS, RANDOM_PIXELS, 4)).astype(np.float32)
