# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise fields for the terrain, made of integer hashes and plain arithmetic.

Nothing here calls a transcendental function on an array: numpy's versions of those differ in the last
bit between processors, and a mountain must be the same on each.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...domain.array_types import Floats, Longs

Hashes = NDArray[np.uint32]

_BLOCK = 1 << 15
"""Points worked on at a time, so that what lies between input and result stays in the processor's cache."""
_DIRECTIONS = 64
_ANGLES = [2 * math.pi * index / _DIRECTIONS for index in range(_DIRECTIONS)]
_GRADIENT_X = np.array([math.cos(angle) for angle in _ANGLES])
_GRADIENT_Y = np.array([math.sin(angle) for angle in _ANGLES])


def lattice_hash(ix: Longs, iy: Longs, seed: int) -> Hashes:
    """A well mixed 32-bit number for each lattice point (broadcast), by Wellons' ``lowbias32`` finaliser."""
    state = (ix * 0x8DA6B343 + iy * 0xD8163841 + seed * 0xCB1AB31F) & 0xFFFFFFFF
    bits = state.astype(np.uint32)
    bits ^= bits >> np.uint32(16)
    bits *= np.uint32(0x7FEB352D)
    bits ^= bits >> np.uint32(15)
    bits *= np.uint32(0x846CA68B)
    bits ^= bits >> np.uint32(16)
    return bits


def gradient_noise(x: Floats, y: Floats, seed: int) -> Floats:
    """Perlin's improved gradient noise (SIGGRAPH 2002) at lattice coordinates, about -0.7 to 0.7.

    ``x`` and ``y`` have one shape and are in units of the wavelength.
    """
    return _in_blocks(_noise_of_block, seed, x, y)


def _in_blocks(noise: Callable[..., Floats], seed: int, *fields: Floats) -> Floats:
    """``noise`` at all points of the ``fields`` of one shape, a block of them at a time."""
    result = np.empty(fields[0].shape)
    flat, fields = result.reshape(-1), tuple(field.reshape(-1) for field in fields)
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
        dot: Floats = gx * (fx - dx) + gy * (fy - dy)
        return dot

    u, v = _faded(fx), _faded(fy)
    front = corner(0, 0) * (1 - u) + corner(1, 0) * u
    back = corner(0, 1) * (1 - u) + corner(1, 1) * u
    result: Floats = front * (1 - v) + back * v
    return result


def _faded(share: Floats) -> Floats:
    """From 0 to 1 as ``share`` does, with neither slope nor curvature at the ends."""
    return share * share * share * (share * (share * 6 - 15) + 10)


def grid_noise(x: Floats, y: Floats, seed: int) -> Floats:
    """(Y, X) ``gradient_noise`` at the columns ``x`` (X,) and rows ``y`` (Y,) of a grid, to rounding.

    Between two rows of lattice points each column's noise follows from its height and slope at either of them, so that
    these are worked out once for all rows between.
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
        front = height[below[few]] + fy[few] * slope[below[few]]
        back = height[above[few]] + (fy[few] - 1) * slope[above[few]]
        result[few] = front + v[few] * (back - front)
    return result


def _gradients(ix: Longs, iy: Longs, seed: int) -> Callable[[int, int], tuple[Floats, Floats]]:
    """A function that gives the gradients at the lattice points (ix + dx, iy + dy).

    Points that lie close together share lattice points: each of these is then hashed once.
    """
    west, south = ix.min(), iy.min()
    columns, rows = int(ix.max() - west) + 2, int(iy.max() - south) + 2
    if columns * rows > ix.size:
        return lambda dx, dy: _gradient_of(lattice_hash(ix + dx, iy + dy, seed))
    lattice = lattice_hash(west + np.arange(columns), south + np.arange(rows)[:, None], seed).ravel()
    gx, gy = _gradient_of(lattice)
    first = (iy - south) * columns + (ix - west)
    return lambda dx, dy: (gx[first + dy * columns + dx], gy[first + dy * columns + dx])


def _gradient_of(bits: Hashes) -> tuple[Floats, Floats]:
    index = bits % np.uint32(_DIRECTIONS)
    return _GRADIENT_X[index], _GRADIENT_Y[index]


def wave(phase: Floats) -> Floats:
    """A smooth even wave of period 1 and range -1 to 1: a cubic that stands in for the cosine."""
    triangle = 1 - 4 * np.abs(phase - np.round(phase))
    result: Floats = triangle * (1.5 - 0.5 * triangle * triangle)
    return result


def furrows(x: Floats, y: Floats, across_x: Floats, across_y: Floats, seed: int, phase: float = 0.0) -> Floats:
    """Furrows of wavelength 1 at right angles to the field (across_x, across_y), of length at most 1; -1 to 1.

    ``phase`` shifts them by so much of their wavelength: with 0.25 it gives sines where 0 gives cosines.

    Sparse convolution as in Lagae et al., "Procedural noise using sparse Gabor convolution" (2009): each lattice
    cell holds a wave packet at a random place; here its direction follows the terrain, so that furrows run downhill.
    A packet reaches 1.25 cells and stays 0.25 away from its cell's border, so that 3 x 3 cells hold all that count.
    """

    def of_block(x: Floats, y: Floats, across_x: Floats, across_y: Floats, seed: int) -> Floats:
        return _furrows_of_block(x, y, across_x, across_y, seed, phase)

    return _in_blocks(of_block, seed, x, y, across_x, across_y)


def _furrows_of_block(x: Floats, y: Floats, across_x: Floats, across_y: Floats, seed: int, phase: float) -> Floats:
    x_floor, y_floor = np.floor(x), np.floor(y)
    ix, iy = x_floor.astype(np.int64), y_floor.astype(np.int64)
    total, weights = np.zeros_like(x), np.full_like(x, 1e-9)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            bits = lattice_hash(ix + dx, iy + dy, seed)
            rx = x - (x_floor + dx + 0.25 + (bits & np.uint32(0xFFFF)) / 131072.0)
            ry = y - (y_floor + dy + 0.25 + (bits >> np.uint32(16)) / 131072.0)
            weight = np.maximum(1 - (rx * rx + ry * ry) / (1.25 * 1.25), 0.0)
            weight = weight * weight * weight
            total += weight * wave(rx * across_x + ry * across_y - phase)
            weights += weight
    result: Floats = total / weights
    return result


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """0 below ``low``, 1 above ``high``, smooth between."""
    share: Floats = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3 - 2 * share)


def uniform(ix: Longs, iy: Longs, seed: int) -> Floats:
    """Numbers from 0 to 1, one for each lattice point."""
    result: Floats = lattice_hash(ix, iy, seed) / np.float64(2**32)
    return result
