# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of the marks of construction work, in a box of side 1 around the origin on the ground."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..domain.array_types import Floats, Longs
from ..domain.random_streams import EVERYWHERE, stream
from ..plan.construction.marks import MarkKind

_SECTORS = 48
_RINGS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.95, 1.0])
_CLEATS = 4
"""Grousers of a crawler that printed into a piece of track."""
_LEVEL = 0.27
"""Depth of the ground below the origin of a track, as a share of its height: the ground shows between the prints."""
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


def mark_shape(kind: MarkKind, variant: int) -> MarkShape:
    """Return the shape of a mark."""
    rng = stream(EVERYWHERE, f"construction/{kind.name.lower()}/{variant}")
    if kind is MarkKind.PEG:
        return _post()
    if kind is MarkKind.LIME:
        return _strip(rng)
    if kind is MarkKind.TRACK:
        return _cleats(rng)
    return _heap(rng, rough=0.5 if kind is MarkKind.SPOIL else 0.15)


def _heap(rng: np.random.Generator, rough: float) -> MarkShape:
    """Return a low ragged heap with clods: highest around the pile, with fingers at the rim."""
    angle = 2 * np.pi * np.arange(_SECTORS) / _SECTORS
    phases, waves = rng.uniform(0, 2 * np.pi, 4), rng.uniform(0.02, 0.14, 4)
    lobes = sum(wave * (1 + np.sin((k + 1) * angle + phases[k])) for k, wave in enumerate(waves))
    rim = 1.0 - rough * (0.3 * rng.random(_SECTORS) + lobes)
    radius = 0.5 * _RINGS[:, None] * (1 + (rim - 1) * _RINGS[:, None] ** 2)
    profile = np.interp(_RINGS, [0.0, 0.3, 0.55, 0.8, 1.0], [0.15, 0.25, 1.0, 0.4, -_BURIED])
    height = profile[:, None] * np.ones(_SECTORS) + rough * 0.7 * rng.uniform(-1, 1, radius.shape) * (
        1 - _RINGS[:, None]
    )
    vertices = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=-1).reshape(-1, 3)
    light = 1.0 + rough * 0.9 * rng.uniform(-1, 1, radius.shape)
    index = np.arange(vertices.shape[0]).reshape(radius.shape)
    here, beside = index[:-1], np.roll(index, -1, axis=1)[:-1]
    above, across = index[1:], np.roll(index, -1, axis=1)[1:]
    triangles = np.concatenate(
        [np.stack(t, -1).reshape(-1, 3) for t in ((here, above, across), (here, across, beside))]
    )
    return MarkShape(vertices, triangles, light.ravel())


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
    """Return a piece of a crawler's track along x: dark, torn prints of its grousers and the ground between them."""
    x, y = np.linspace(-0.5, 0.5, 8 * _CLEATS + 1), np.linspace(-0.5, 0.5, 15)
    wave = np.cos(2 * np.pi * _CLEATS * x)[:, None]
    clods = rng.normal(size=(len(x), len(y)))
    firm = np.repeat(rng.normal(size=(_CLEATS * 2 + 1, 3)), 5, axis=1)
    firm = firm[np.arange(len(x)) // 4]  # some prints are deeper than others, and some parts of them are missing
    toward_edge = np.clip((np.abs(y) - 0.3) / 0.2, 0.0, 1.0) ** 2
    height = np.clip(0.05 - _LEVEL + 0.3 * wave + 0.16 * clods + 0.14 * firm - 0.45 * toward_edge, -_BURIED, 0.6)
    height[:, [0, -1]] = -_BURIED
    vertices = np.stack([*np.broadcast_arrays(x[:, None], y), height], axis=-1).reshape(-1, 3)
    light = np.clip(0.66 - 0.1 * wave + 0.12 * clods, 0.45, 1.05)
    index = np.arange(height.size).reshape(height.shape)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    triangles = np.concatenate([np.stack(half, axis=-1).reshape(-1, 3) for half in ((a, b, c), (a, c, d))])
    return MarkShape(vertices, triangles, light.ravel())
