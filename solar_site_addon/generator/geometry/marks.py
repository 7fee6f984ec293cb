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
_BENCH_CELLS = 64
"""Cells along a side of a bench: 3 to 5 cm each."""
_BENCH_EDGE = 0.62
"""Distance from the middle at which the level part of a bench ends, as a share of that to its rim."""
_CUT, _CUT_LIES = 0.16, 0.1
"""Height of the edge that is cut into the slope above a bench, as a share of the rise of the slope over the bench, and
the width of its steep side as a share of the distance from the middle to the rim."""
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
    if kind is MarkKind.BENCH:
        return _bench(rng, _COARSE_CELLS if coarse else _BENCH_CELLS)
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


def _bench(rng: np.random.Generator, cells: int) -> MarkShape:
    """Return a level bench on a slope that rises along y: fill below its middle, and a steep edge above.

    The height 1 is the rise of the slope over the bench, so that ground which falls by 1 over 1 is level.
    """
    seeds = rng.integers(0, 2**31, 3).tolist()
    x, y = np.meshgrid(*2 * [np.linspace(-0.5, 0.5, cells + 1)], indexing="ij")
    bent, ragged, crumbs = (
        gradient_noise(x / wavelength, y / wavelength, seed)
        for wavelength, seed in zip((0.45, 0.14, 0.05), seeds, strict=True)
    )
    away = np.hypot(x, y)
    share = 2 * (away**4 - (x * y) ** 2) ** 0.25 + 0.2 * bent + 0.12 * ragged
    uphill = np.clip(y / np.maximum(away, 1e-9) + 0.3 * bent, 0.0, 1.0)
    outside = np.clip((share - _BENCH_EDGE) / (1.0 - _BENCH_EDGE), 0.0, 1.0)
    cut = np.clip((share - _BENCH_EDGE) / _CUT_LIES, 0.0, 1.0) * (1.0 - outside)
    # Fill slides and crumbles at its edges; where the rig stood, it is pressed.
    rough = 0.04 + 0.1 * np.clip(3 * (share - 0.5), 0.0, 1.0)
    height = (np.maximum(-y, 0.0) + 0.02) * (1.0 - outside) + _CUT * uphill * cut - _BURIED * outside**1.3
    height += rough * (ragged + crumbs + 0.1 * rng.normal(size=x.shape))
    height = np.where(share < 1.0, np.maximum(height, -_BURIED), -_BURIED)
    height[[0, -1]] = height[:, [0, -1]] = -_BURIED
    face = np.exp(-(((share - _BENCH_EDGE - 0.05) / 0.08) ** 2)) * uphill
    light = 1.05 - 0.35 * face - 0.2 * outside + 0.3 * crumbs + 0.15 * ragged + 0.1 * rng.normal(size=x.shape)
    vertices = np.stack([x, y, height], axis=-1).reshape(-1, 3)
    return MarkShape(vertices, _grid_triangles(x.shape), np.clip(light, 0.4, 1.4).ravel())


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
