# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of the marks of construction work, in a box of side 1 around the origin on the ground."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..domain.array_types import Floats, Longs
from ..domain.random_streams import EVERYWHERE, stream
from ..plan.construction.marks import MarkKind
from ..plan.numerics.noise import gradient_noise

_SPOIL_CELLS, _GROUT_CELLS, _COARSE_CELLS = 72, 28, 14
"""Cells along a side of a heap: about 2 cm each, the size of the smallest crumbs; and if it need not show crumbs."""
_LOOSE = 0.6
"""Half of the side of the square in which the clods of a heap of radius 0.5 lie."""
_LOBES = np.array([1.2, 0.8, 0.5, 0.3])
"""Relative sizes of the waves of a heap's outline, from one around it to four."""
_CRUMBS = ((0.7, 0.25), (0.9, 0.11), (0.9, 0.05))
"""Heights of the crumbs of a heap of roughness 1, and their wavelengths as shares of its width. Estimates."""
_CLEATS = 4
"""Grousers of a crawler that printed into a piece of track."""
_PRESSED = -0.24
"""Mean height of the soil between the prints over the origin of a track, as a share of its height: in patches, it lies
above the ground, which shows elsewhere."""
_PATCHES = ((0.7, 0.4), (0.5, 0.15))
"""Heights of these patches, and their wavelengths as shares of the width of a track. Estimates."""
_BURIED = 0.7
"""Depth of the rim below the ground, as a share of the height, so that the edge is that of soil on soil."""


class MarkShape(NamedTuple):
    """A triangle mesh with the lightness of its vertices."""

    vertices: Floats
    """(V, 3), to be scaled by the size of the mark."""
    triangles: Longs
    """(F, 3) vertex indices."""
    light: Floats
    """(V,) factor on the color of the mark."""


def mark_shape(kind: MarkKind, variant: int, *, coarse: bool = False) -> MarkShape:
    """Return the shape of a mark; heaps that are ``coarse`` have few triangles and no crumbs."""
    rng = stream(EVERYWHERE, f"construction/{kind.name.lower()}/{variant}")
    if kind is MarkKind.PEG:
        return _post()
    if kind is MarkKind.LIME:
        return _strip(rng)
    if kind is MarkKind.TRACK:
        return _cleats(rng)
    rough, cells = (0.5, _SPOIL_CELLS) if kind is MarkKind.SPOIL else (0.15, _GROUT_CELLS)
    return _heap(rng, rough, _COARSE_CELLS if coarse else cells)


def _heap(rng: np.random.Generator, rough: float, cells: int) -> MarkShape:
    """Return a low ragged heap of crumbled soil, highest around the pile, with loose clods beyond its rim."""
    phases, waves = rng.uniform(0, 2 * np.pi, 4), rng.uniform(0.02, 0.14, 4) * _LOBES
    seeds = rng.integers(0, 2**31, len(_CRUMBS)).tolist()
    lattice = np.linspace(-_LOOSE, _LOOSE, cells + 1)
    x, y = (
        side + 0.35 / cells * rng.uniform(-1, 1, side.shape) for side in np.meshgrid(lattice, lattice, indexing="ij")
    )
    angle = np.arctan2(y, x)
    lobes = sum(wave * (1 + np.sin((k + 1) * angle + phases[k])) for k, wave in enumerate(waves))
    share = np.hypot(x, y) / 0.5 / (1.0 - rough * lobes)
    crumbs = sum(
        size * gradient_noise(x / wavelength, y / wavelength, seed)
        for (size, wavelength), seed in zip(_CRUMBS, seeds, strict=True)
    )
    profile = np.interp(share, [0.0, 0.3, 0.5, 0.7, 1.0, 1.3], [0.15, 0.25, 0.9, 0.35, -0.3, -_BURIED])
    # Crumbs are small beside the pile, whose foot they would hide; at the rim, only crumbs are left.
    height = np.maximum(profile + rough * crumbs * np.interp(share, [0.2, 0.5, 1.0], [0.3, 1.0, 1.6]), -_BURIED)
    light = 1.0 + rough * (0.5 * crumbs + 0.6 * rng.uniform(-1, 1, x.shape))
    triangles = _grid_triangles(height.shape)
    seen = (height.ravel()[triangles] > -_BURIED).any(axis=1)
    kept, triangles = np.unique(triangles[seen], return_inverse=True)
    vertices = np.stack([x, y, height], axis=-1).reshape(-1, 3)[kept]
    return MarkShape(vertices, triangles.reshape(-1, 3), light.ravel()[kept])


def _grid_triangles(shape: tuple[int, ...]) -> Longs:
    """Return the triangles (F, 3) of a grid of vertices with this number of rows and columns, facing up."""
    index = np.arange(shape[0] * shape[1]).reshape(shape)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    return np.concatenate([np.stack(half, axis=-1).reshape(-1, 3) for half in ((a, b, c), (a, c, d))])


def _post() -> MarkShape:
    """Return a peg whose top is painted."""
    square = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    levels = (-0.3, 0.7, 0.7, 1.0)
    vertices = np.concatenate([np.column_stack([square, np.full(4, level)]) for level in levels])
    side = np.column_stack([np.arange(4), np.roll(np.arange(4), -1)])
    ring = np.column_stack([side, side[:, ::-1] + 4])
    faces = np.concatenate([ring, ring + 8, [[12, 13, 14, 15]]])
    triangles = np.concatenate([faces[:, :3], faces[:, [0, 2, 3]]])
    return MarkShape(vertices, triangles, np.repeat([0.0, 1.0], 8))


def _strip(rng: np.random.Generator) -> MarkShape:
    """Return a flat strip along x with ragged edges."""
    x = np.linspace(-0.5, 0.5, 13)
    sides = [side * (0.5 - 0.3 * rng.random(13)) for side in (-1, 1)]
    vertices = np.concatenate([np.column_stack([x, side, np.zeros(13)]) for side in sides])
    low = np.arange(12)
    first = np.column_stack([low, low + 1, low + 14])
    second = np.column_stack([low, low + 14, low + 13])
    return MarkShape(vertices, np.concatenate([first, second]), 0.8 + 0.4 * rng.random(26))


def _cleats(rng: np.random.Generator) -> MarkShape:
    """Return a piece of a crawler's track along x: dark prints of its grousers, and patches of pressed soil between."""
    along, across = np.linspace(-0.5, 0.5, 8 * _CLEATS + 1), np.linspace(-0.5, 0.5, 25)
    x, y = np.meshgrid(along, across, indexing="ij")
    seeds = rng.integers(0, 2**31, len(_PATCHES)).tolist()
    patches = sum(
        size * gradient_noise(x / wavelength, y / wavelength, seed)
        for (size, wavelength), seed in zip(_PATCHES, seeds, strict=True)
    )
    clods = rng.normal(size=x.shape)
    # Some prints are deeper than others, and parts of them are missing.
    firm = np.repeat(rng.uniform(-0.3, 1.0, (_CLEATS * 2 + 1, 5)), 5, axis=1)[np.arange(len(along)) // 4]
    prints = np.clip(np.cos(2 * np.pi * _CLEATS * x), 0.0, 1.0) * np.clip(firm, 0.0, 1.0)
    torn = np.clip((np.abs(y) + 0.1 * patches - 0.39) / 0.11, 0.0, 1.0)
    height = np.clip(_PRESSED + 0.3 * prints + 0.4 * patches + 0.1 * clods - 0.8 * torn, -_BURIED, 0.6)
    height[:, [0, -1]] = -_BURIED
    vertices = np.stack([x, y, height], axis=-1).reshape(-1, 3)
    light = np.clip(0.9 - 0.36 * prints + 0.08 * clods + 0.1 * patches, 0.45, 1.05)
    return MarkShape(vertices, _grid_triangles(height.shape), light.ravel())
