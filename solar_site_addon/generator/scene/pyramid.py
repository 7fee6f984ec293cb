# SPDX-License-Identifier: GPL-3.0-or-later
"""Repeated images for arrays of points, each read at the level whose texels are as large as what the point stands for.

The renderer does not filter textures: it averages many samples per pixel instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Bytes, Longs, Singles

_SHARPNESS = 0.7
"""Size of texels in distances between samples: small enough to keep the contrast of what is just visible."""


class Pyramid(NamedTuple):
    """Levels of a square image in one array of texels, four bytes packed into each."""

    texels: NDArray[np.uint32]
    starts: Longs
    """Index of the first texel of each level."""
    pixels: int
    """Texels in a row of the finest level, a power of two."""


def pyramid(levels: Sequence[Bytes]) -> Pyramid:
    """Return the pyramid of images (S, S, 4), each with half as many texels in a row as the one before."""
    packed = [np.ascontiguousarray(level).view(np.uint32).ravel() for level in levels]
    starts = np.cumsum([0, *(len(texels) for texels in packed[:-1])])
    return Pyramid(np.concatenate(packed), starts, len(levels[0]))


def level_of(spacing: Singles, coarsest: int) -> NDArray[np.int32]:
    """Return the level for samples that are ``spacing`` texels of the finest level from each other."""
    result: NDArray[np.int32] = np.rint(np.log2(np.clip(_SHARPNESS * spacing, 1, 2**coarsest))).astype(np.int32)
    return result


def interpolated(image: Pyramid, level: NDArray[np.int32], u: Singles, v: Singles) -> list[Singles]:
    """Return the four channels, 0 to 1, at (u, v) in units of the repeated image, with linear interpolation."""
    size = image.pixels >> level
    u = u * size - np.float32(0.5)
    v = v * size - np.float32(0.5)
    left, low = np.floor(u), np.floor(v)
    u -= left
    v -= low
    column, row, mask, start = left.astype(np.int32), low.astype(np.int32), size - 1, image.starts[level]
    columns = column & mask, (column + 1) & mask
    lower, upper = (
        _between(_bytes(image.texels.take(line + columns[0])), _bytes(image.texels.take(line + columns[1])), u)
        for line in (start + (row & mask) * size, start + ((row + 1) & mask) * size)
    )
    return list(_between(lower, upper, v) * np.float32(1 / 255))


def nearest(image: Pyramid, u: Singles, v: Singles) -> list[Singles]:
    """Return the four channels, 0 to 1, of the texel at (u, v) of the finest level."""
    mask = image.pixels - 1
    column, row = (np.floor(place * np.float32(image.pixels)).astype(np.int32) & mask for place in (u, v))
    return list(_bytes(image.texels.take(row * image.pixels + column)) * np.float32(1 / 255))


def _bytes(texels: NDArray[np.uint32]) -> Singles:
    """Return the four bytes of packed texels (N,) as (4, N)."""
    return texels.view(np.uint8).reshape(-1, 4).T.astype(np.float32)


def _between(first: Singles, second: Singles, share: Singles) -> Singles:
    return first + share * (second - first)
