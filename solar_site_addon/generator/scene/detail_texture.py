# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground's detail texture for arrays of points, without what is smaller than their distances.

The renderer does not filter textures: it averages many samples per pixel instead. Here, every sample reads the level
of a pyramid of averages whose texels are about as large as the distance between samples.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Longs, Singles
from ..geometry.textures import DETAIL_PIXELS, detail_pixels
from .ground_look import STONES, TILES_M, TURNS_RAD, Noises

_COARSEST = (6, 1, 1)
"""Coarsest level of grain, fine and coarse noise in use. Fine and coarse noise decide what covers the ground: without
their variance, the covers would change their shares."""
_SHARPNESS = 0.7
"""Size of texels in distances between samples: small enough to keep the contrast of what is just visible."""
_STEP = 0.2
"""Step of the slopes that the renderer evaluates, in distances between samples: with two samples per pixel, a tenth of
a pixel, as in Blender's node Bump."""
_TRIALS = 4096
"""Points at which the lost slopes are measured."""


class _Pyramid(NamedTuple):
    """Levels of the texture in one array of texels, four bytes packed into each."""

    texels: NDArray[np.uint32]
    starts: Longs
    """Index of the first texel of each level."""


def noises(place: Singles, spacing_m: Singles) -> Noises:
    """Return the noises at points (3, N) of the ground, m, that are ``spacing_m`` (N,) from each other."""
    return Noises(
        *(
            _sampled(place, spacing_m, tile, turn, coarsest)
            for tile, turn, coarsest in zip(TILES_M, TURNS_RAD, _COARSEST, strict=True)
        )
    )


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
    pyramid = _pyramid()
    cos, sin = np.float32(np.cos(turned) / tile_m), np.float32(np.sin(turned) / tile_m)
    texel = np.float32(tile_m / DETAIL_PIXELS)
    level = np.rint(np.log2(np.clip(_SHARPNESS * spacing_m / texel, 1, 2**coarsest))).astype(np.int32)
    size = DETAIL_PIXELS >> level
    u = (cos * place[0] - sin * place[1]) * size - np.float32(0.5)
    v = (sin * place[0] + cos * place[1]) * size - np.float32(0.5)
    left, low = np.floor(u), np.floor(v)
    u -= left
    v -= low
    column, row, mask, start = left.astype(np.int32), low.astype(np.int32), size - 1, pyramid.starts[level]
    columns = column & mask, (column + 1) & mask
    lower, upper = (
        _between(_bytes(pyramid.texels.take(line + columns[0])), _bytes(pyramid.texels.take(line + columns[1])), u)
        for line in (start + (row & mask) * size, start + ((row + 1) & mask) * size)
    )
    return list(_between(lower, upper, v) * np.float32(1 / 255))


def _bytes(texels: NDArray[np.uint32]) -> Singles:
    """Return the four bytes of packed texels (N,) as (4, N)."""
    return texels.view(np.uint8).reshape(-1, 4).T.astype(np.float32)


def _between(first: Singles, second: Singles, share: Singles) -> Singles:
    return first + share * (second - first)


@lru_cache(maxsize=1)
def _pyramid() -> _Pyramid:
    """Return the levels of the texture, each of them with half as many texels in a row as the one before."""
    level, levels = detail_pixels(), []
    for _ in range(max(_COARSEST) + 1):
        pixels = np.clip(level * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8)
        levels.append(np.ascontiguousarray(pixels).view(np.uint32).ravel())
        level = (level[::2, ::2] + level[1::2, ::2] + level[::2, 1::2] + level[1::2, 1::2]) / 4
    starts = np.cumsum([0, *(len(texels) for texels in levels[:-1])])
    return _Pyramid(np.concatenate(levels), starts)
