# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels of the textures that materials read, computed identically on every machine."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..domain.array_types import Singles
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
    """Return seamless crystals (384, 384, 4) of multicrystalline silicon: patches of uniform shade, from 0 to 1.

    This is a Voronoi diagram of one random point in each square of a grid, so the nearest point is in an adjacent
    square.
    """
    points = stream(EVERYWHERE, "texture/grain/points").random((_CRYSTALS, _CRYSTALS, 2)) * 1.6 - 0.3
    shades = stream(EVERYWHERE, "texture/grain/shades").random((_CRYSTALS, _CRYSTALS))
    side = _GRAIN_PIXELS // _CRYSTALS
    place = (np.arange(side) + 0.5) / side
    # Rows of squares, rows in a square, columns of squares, columns in a square: a square's pixels share their points.
    nearest = np.full((_CRYSTALS, side, _CRYSTALS, side), np.inf)
    shade = np.zeros(nearest.shape)
    for down in range(-2, 3):
        for right in range(-2, 3):
            point, its_shade = (np.roll(of_square, (-down, -right), axis=(0, 1)) for of_square in (points, shades))
            x = point[:, None, :, None, 0] + right - place
            y = point[:, None, :, None, 1] + down - place[:, None, None]
            distance = x * x + y * y
            closer = distance < nearest
            np.copyto(nearest, distance, where=closer)
            np.copyto(shade, its_shade[:, None, :, None], where=closer)
    return np.repeat(shade.reshape(_GRAIN_PIXELS, _GRAIN_PIXELS, 1), 4, axis=2).astype(np.float32)


@lru_cache(maxsize=1)
def random_pixels() -> Singles:
    """Return independent uniform numbers (32, 32, 4) from 0 to 1."""
    rng = stream(EVERYWHERE, "texture/random")
    return rng.random((RANDOM_PIXELS, RANDOM_PIXELS, 4)).astype(np.float32)
