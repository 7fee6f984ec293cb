# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures of the ground made of the maps of a texture set: bytes that material and painting read alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..domain.array_types import Bytes, Floats, Singles

DEPTH = 0.02
"""Height that the whole range of a height map represents, as a share of the texture's side: no library states it.
Estimate."""
STEEPEST = 0.4
"""Largest root mean square of the slopes in one direction. Steeper bumps would shade each other. Estimate."""
SLOPE_RANGE = 4.0
"""Slope that the largest number of the fourth channel of the relief stands for."""


class Maps(NamedTuple):
    """The maps (S, S) or (S, S, 3) of a texture set, first row at the bottom; S is a power of two."""

    colour: Singles
    """Linear reflectance."""
    normal: Singles | None = None
    """Components of the normals, -1 to 1: x to the right, y up."""
    roughness: Singles | None = None
    height: Singles | None = None
    """0 to 1."""


class GroundPixels(NamedTuple):
    """The levels (S, S, 4) of two images, each with half as many pixels in a row as the one before."""

    colour: list[Bytes]
    """Square roots of the linear reflectance, which suit eight bits, and 1."""
    relief: list[Bytes]
    """High and low byte of the height, roughness, and the root mean square of the slopes lost below this level."""
    lowest: float
    depth: float
    """Height of the first of 65536 steps, and of the last one above it, as shares of the side; the mean is 0."""
    mean: tuple[float, float, float]
    """Mean linear reflectance."""
    roughness: float | None
    """Mean roughness, None without a map."""

    @property
    def has_relief(self) -> bool:
        """Whether there is a map of normals or heights."""
        return self.depth > 0


def ground_pixels(maps: Maps) -> GroundPixels:
    """Return the pixels of the textures made of ``maps``, whatever their size on the ground."""
    side = len(maps.colour)
    heights = _heights(maps)
    rough = np.ones((side, side), dtype=np.float32) if maps.roughness is None else maps.roughness
    lowest, depth = float(heights.min()), float(np.ptp(heights))
    slopes = np.stack(_slopes(heights), axis=-1)
    level = np.concatenate(
        [
            maps.colour,
            ((heights - lowest) / max(depth, 1e-9))[..., None],
            rough[..., None],
            slopes,
            (slopes * slopes).sum(axis=-1, keepdims=True),
        ],
        axis=-1,
    ).astype(np.float32)
    colours, reliefs = [], []
    while True:
        colours.append(_colour_bytes(level[..., :3]))
        reliefs.append(_relief_bytes(level[..., 3:]))
        if len(level) == 1:
            break
        level = halved(level)
    red, green, blue = (float(value) for value in level[0, 0, :3])
    return GroundPixels(
        colours, reliefs, lowest, depth, (red, green, blue), None if maps.roughness is None else float(level[0, 0, 4])
    )


def colour_levels(colour: Singles, known: Singles) -> list[Bytes]:
    """Return the levels of an image of linear reflectance (S, S, 3) and of where it is known (S, S), 0 or 1."""
    level, levels = np.concatenate([colour * known[..., None], known[..., None]], axis=-1), []
    while True:
        mean = level[..., :3] / np.maximum(level[..., 3:], 1e-6)
        levels.append(_bytes(np.concatenate([np.sqrt(np.clip(mean, 0.0, 1.0)), level[..., 3:]], axis=-1)))
        if len(level) == 1:
            return levels
        level = halved(level)


def halved(image: Singles) -> Singles:
    """Return the means (S / 2, S / 2, ...) of squares of four pixels."""
    result: Singles = (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]) / 4
    return result


def _heights(maps: Maps) -> Floats:
    """Return the heights (S, S) as shares of the side, with the mean 0.

    They are those that fit the normals, which state slopes; only without normals those of the height map, which states
    proportions.
    """
    side = len(maps.colour)
    if maps.normal is not None:
        heights = integrated(maps.normal)
    elif maps.height is not None:
        heights = maps.height.astype(np.float64) * DEPTH
    else:
        return np.zeros((side, side))
    heights = heights - heights.mean()
    steepness = np.sqrt(np.mean(np.square(_slopes(heights))))
    result: Floats = heights * min(1.0, STEEPEST / max(float(steepness), 1e-9))
    return result


def integrated(normal: Singles) -> Floats:
    """Return the heights (S, S), in sides, whose slopes are nearest to those of the normals (S, S, 3) by least squares.

    Frankot, Chellappa (1988): A method for enforcing integrability in shape from shading algorithms.
    """
    x, y, z = np.moveaxis(normal.astype(np.float64), -1, 0)
    z = np.maximum(z, 0.1)
    wave = 2 * np.pi * np.fft.fftfreq(len(normal), 1 / len(normal))
    across, up = wave[None, :], wave[:, None]
    square = across**2 + up**2
    square[0, 0] = 1.0
    spectrum = -1j * (across * np.fft.fft2(-x / z) + up * np.fft.fft2(-y / z)) / square
    spectrum[0, 0] = 0.0
    result: Floats = np.fft.ifft2(spectrum).real
    return result


def _slopes(heights: Floats) -> tuple[Floats, Floats]:
    """Return the slopes (S, S) of repeated heights along rows and columns."""
    across, up = ((np.roll(heights, -1, axis) - np.roll(heights, 1, axis)) * len(heights) / 2 for axis in (1, 0))
    return across, up


def _colour_bytes(colour: Singles) -> Bytes:
    encoded = np.sqrt(np.clip(colour, 0.0, 1.0))
    return _bytes(np.concatenate([encoded, np.ones_like(encoded[..., :1])], axis=-1))


def _relief_bytes(level: Singles) -> Bytes:
    """Return the relief from height (0 to 1), roughness, two mean slopes and the mean square of the slope."""
    steps = np.rint(level[..., 0] * 65535).astype(np.uint16)
    lost = np.sqrt(np.maximum(level[..., 4] - level[..., 2] ** 2 - level[..., 3] ** 2, 0.0) / 2)
    result = np.empty((*steps.shape, 4), dtype=np.uint8)
    result[..., 0], result[..., 1] = steps >> 8, steps & 255
    result[..., 2], result[..., 3] = _bytes(level[..., 1]), _bytes(lost / SLOPE_RANGE)
    return result


def _bytes(values: Singles) -> Bytes:
    return (np.clip(values, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)
