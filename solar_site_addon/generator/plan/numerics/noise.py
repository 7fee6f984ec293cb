# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise fields for the terrain, built from integer hashes and plain arithmetic.

Nothing here calls a transcendental function on an array: numpy's versions differ in the last bit between processors,
and a terrain must be identical on all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ...domain.array_types import Floats, Longs

Hashes = NDArray[np.uint32]

_BLOCK = 1 << 14
"""Points processed at a time, so that intermediate arrays stay in the processor's cache."""
_DIRECTIONS = 64
_ANGLES = [2 * math.pi * index / _DIRECTIONS for index in range(_DIRECTIONS)]
_GRADIENT_X = np.array([math.cos(angle) for angle in _ANGLES])
_GRADIENT_Y = np.array([math.sin(angle) for angle in _ANGLES])


def lattice_hash(ix: Longs, iy: Longs, seed: int) -> Hashes:
    """Return a well-mixed 32-bit number for each lattice point (broadcast).

    The finalizer is ``lowbias32`` by C. Wellons.
    """
    state = (ix * 0x8DA6B343 + iy * 0xD8163841 + seed * 0xCB1AB31F) & 0xFFFFFFFF
    bits = state.astype(np.uint32)
    bits ^= bits >> np.uint32(16)
    bits *= np.uint32(0x7FEB352D)
    bits ^= bits >> np.uint32(15)
    bits *= np.uint32(0x846CA68B)
    bits ^= bits >> np.uint32(16)
    return bits


def gradient_noise(x: Floats, y: Floats, seed: int) -> Floats:
    """Return improved Perlin noise (Perlin, SIGGRAPH 2002) at lattice coordinates, about -0.7 to 0.7.

    ``x`` and ``y`` have the same shape and are in units of the wavelength.
    """
    return _in_blocks(_noise_of_block, seed, x, y)


def _in_blocks(noise: Callable[..., Floats], seed: int, *fields: Floats, shape: tuple[int, ...] = ()) -> Floats:
    """Return ``noise``, of ``shape`` at each point, at all points of the ``fields``, computed block by block."""
    result = np.empty(fields[0].shape + shape)
    flat, fields = result.reshape(-1, *shape), tuple(field.reshape(-1) for field in fields)
    for start in range(0, len(flat), _BLOCK):
        block = slice(start, start + _BLOCK)
        flat[block] = noise(*(field[block] for field in fields), seed)
    return result


def _noise_of_block(x: Floats, y: Floats, seed: int) -> Floats:
    x_floor, y_floor = np.floor(x), np.floor(y)
    fx, fy = x - x_floor, y - y_floor
    gradient_at = _gradients(x_floor.astype(np.int64), y_floor.astype(np.int64), seed)

    def corner(dx: int, dy: int) -> Floats:
        gx, gy = gradient_at(dx, dy)
        gx *= fx - dx if dx else fx
        gy *= fy - dy if dy else fy
        gx += gy
        return gx

    u, v = _faded(fx), _faded(fy)
    front = _mixed(corner(0, 0), corner(1, 0), u)
    back = _mixed(corner(0, 1), corner(1, 1), u)
    return _mixed(front, back, v)


def _mixed(first: Floats, second: Floats, share: Floats) -> Floats:
    """Return the values between ``first`` (share 0) and ``second`` (share 1); both arrays are overwritten."""
    second -= first
    second *= share
    first += second
    return first


def _faded(share: Floats) -> Floats:
    """Return a value from 0 to 1 that has zero slope and curvature at both ends of ``share``, 0 to 1."""
    return share * share * share * (share * (share * 6 - 15) + 10)


def grid_noise(x: Floats, y: Floats, seed: int) -> Floats:
    """Return ``gradient_noise`` (Y, X) at columns ``x`` (X,) and rows ``y`` (Y,) of a grid, equal up to rounding.

    Between two rows of lattice points, the noise of a column follows from its height and slope at either row. These are
    computed once for all grid rows in between.
    """
    ix, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    lattice_rows, index = np.unique(np.concatenate([row, row + 1]), return_inverse=True)
    fx, fy = x - ix, (y - row)[:, None]
    u, v = _faded(fx), _faded(fy)
    west_x, west_y = _gradient_of(lattice_hash(ix, lattice_rows[:, None], seed))
    east_x, east_y = _gradient_of(lattice_hash(ix + 1, lattice_rows[:, None], seed))
    height = west_x * fx * (1 - u) + east_x * (fx - 1) * u
    slope = west_y * (1 - u) + east_y * u
    below, above = index[: len(y)], index[len(y) :]
    result = np.empty((len(y), len(x)))
    step = max(_BLOCK // max(len(x), 1), 1)
    for start in range(0, len(y), step):
        few = slice(start, start + step)
        front, back = slope[below[few]], slope[above[few]]
        front *= fy[few]
        front += height[below[few]]
        back *= fy[few] - 1
        back += height[above[few]]
        result[few] = _mixed(front, back, v[few])
    return result


def _gradients(ix: Longs, iy: Longs, seed: int) -> Callable[[int, int], tuple[Floats, Floats]]:
    """Return a function that gives the gradients at the lattice points (ix + dx, iy + dy).

    Where points are dense enough to share lattice points, each lattice point is hashed once.
    """
    west, south = ix.min(), iy.min()
    columns, rows = int(ix.max() - west) + 2, int(iy.max() - south) + 2
    if columns * rows > ix.size:
        return lambda dx, dy: _gradient_of(lattice_hash(ix + dx, iy + dy, seed))
    lattice = lattice_hash(west + np.arange(columns), south + np.arange(rows)[:, None], seed).ravel()
    gx, gy = _gradient_of(lattice)
    first = (iy - south) * columns + (ix - west)

    def at(dx: int, dy: int) -> tuple[Floats, Floats]:
        corner = first + (dy * columns + dx)
        return gx[corner], gy[corner]

    return at


def _gradient_of(bits: Hashes) -> tuple[Floats, Floats]:
    index = bits % np.uint32(_DIRECTIONS)
    return _GRADIENT_X[index], _GRADIENT_Y[index]


def wave(phase: Floats) -> Floats:
    """Return a smooth even wave of period 1 and range -1 to 1: a cubic approximation of the cosine."""
    triangle = 1 - 4 * np.abs(phase - np.round(phase))
    result: Floats = triangle * (1.5 - 0.5 * triangle * triangle)
    return result


def furrows(x: Floats, y: Floats, across_x: Floats, across_y: Floats, seed: int) -> Floats:
    """Return furrows of wavelength 1, -1 to 1, perpendicular to the field (across_x, across_y) of length at most 1.

    This is sparse convolution as in Lagae et al., "Procedural noise using sparse Gabor convolution" (2009): each
    lattice cell holds a wave packet at a random point. Here the direction of a packet follows the terrain, so that
    furrows run downhill. A packet has a radius of 1.25 cells and stays 0.25 away from the border of its cell, so 3 x 3
    cells contain every packet that contributes.
    """
    return _in_blocks(_furrows_of_block, seed, x, y, across_x, across_y)


def phased_furrows(x: Floats, y: Floats, across_x: Floats, across_y: Floats, seed: int) -> Floats:
    """Return the same furrows (..., 2), and those shifted by a quarter of a wavelength: cosine and sine of a phase."""
    return _in_blocks(_phased_furrows_of_block, seed, x, y, across_x, across_y, shape=(2,))


def _furrows_of_block(x: Floats, y: Floats, across_x: Floats, across_y: Floats, seed: int) -> Floats:
    total, weights = np.zeros_like(x), np.full_like(x, 1e-9)
    for weight, phase in _packets(x, y, across_x, across_y, seed):
        total += weight * wave(phase)
        weights += weight
    result: Floats = total / weights
    return result


def _phased_furrows_of_block(x: Floats, y: Floats, across_x: Floats, across_y: Floats, seed: int) -> Floats:
    cosine, sine, weights = np.zeros_like(x), np.zeros_like(x), np.full_like(x, 1e-9)
    for weight, phase in _packets(x, y, across_x, across_y, seed):
        cosine += weight * wave(phase)
        sine += weight * wave(phase - 0.25)
        weights += weight
    return np.stack([cosine / weights, sine / weights], axis=-1)


def _packets(x: Floats, y: Floats, across_x: Floats, across_y: Floats, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """Yield the weight of each of the nine packets around the points, and the phase of its wave there, in periods."""
    ix, iy = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    centre_at = _packet_centres(ix, iy, seed)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            centre_x, centre_y = centre_at(dx, dy)
            rx, ry = x - centre_x, y - centre_y
            weight = np.maximum(1 - (rx * rx + ry * ry) / (1.25 * 1.25), 0.0)
            weight = weight * weight * weight
            yield weight, rx * across_x + ry * across_y


def _packet_centres(ix: Longs, iy: Longs, seed: int) -> Callable[[int, int], tuple[Floats, Floats]]:
    """Return a function that gives the centers of the packets in the lattice cells (ix + dx, iy + dy).

    Where points are dense enough to share cells, the center of each cell is computed once.
    """

    def centre(column: Longs, row: Longs) -> tuple[Floats, Floats]:
        bits = lattice_hash(column, row, seed)
        return (
            column + (0.25 + (bits & np.uint32(0xFFFF)) / 131072.0),
            row + (0.25 + (bits >> np.uint32(16)) / 131072.0),
        )

    west, south = ix.min() - 1, iy.min() - 1
    columns, rows = int(ix.max() - west) + 2, int(iy.max() - south) + 2
    if columns * rows > ix.size:
        return lambda dx, dy: centre(ix + dx, iy + dy)
    centre_x, centre_y = (each.ravel() for each in centre(west + np.arange(columns), south + np.arange(rows)[:, None]))
    first = (iy - south) * columns + (ix - west)

    def at(dx: int, dy: int) -> tuple[Floats, Floats]:
        cell = first + (dy * columns + dx)
        return centre_x[cell], centre_y[cell]

    return at


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """Return 0 below ``low``, 1 above ``high`` and a smooth transition in between."""
    share: Floats = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3 - 2 * share)


def uniform(ix: Longs, iy: Longs, seed: int) -> Floats:
    """Return a uniform number from 0 to 1 for each lattice point."""
    result: Floats = lattice_hash(ix, iy, seed) / np.float64(2**32)
    return result
