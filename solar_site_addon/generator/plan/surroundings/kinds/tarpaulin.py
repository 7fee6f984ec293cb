# SPDX-License-Identifier: GPL-3.0-or-later
"""Tarpaulins on the ground, flat or over a heap: dark or blue rectangles that resemble modules. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ....domain.random_streams import stream
from ...numerics.solids import Colour, Finish, Shape
from ...placement.items import TARPAULIN_POINTS, Tarpaulin
from ...placement.kinds import TarpaulinKind
from ...placement.placement import Candidates, Placement
from ..groups import MATERIALS
from ..parts import pick

_SIDES_M = (2.0, 7.0)
_LIFT_M = 0.09
"""Least height above the ground, whose triangles may bulge between the points of a tarpaulin."""
_HIGHEST_HEAP_M = 1.3
_TABLE_GAP_M = 0.5
COLORS: tuple[Colour, ...] = (
    (0.02, 0.09, 0.30), (0.015, 0.016, 0.018), (0.03, 0.07, 0.17), (0.02, 0.10, 0.05), (0.30, 0.31, 0.32),
)  # fmt: skip


def _drape(placement: Placement, kind: TarpaulinKind, candidates: Candidates, name: str) -> Tarpaulin | None:
    """Drape a tarpaulin over the ground at the first candidate that has room."""
    length, width = np.sort(stream(placement.seed, f"{name}/size").uniform(*_SIDES_M, 2))[::-1]
    heap = max(float(stream(placement.seed, f"{name}/heap").uniform(-_HIGHEST_HEAP_M, _HIGHEST_HEAP_M)), 0.0)
    phases = stream(placement.seed, f"{name}/folds").uniform(0, 2 * np.pi, (3, 3))
    reach = float(np.hypot(length, width)) / 2
    room = placement.free.is_free(candidates.points, reach, _TABLE_GAP_M)
    room &= (np.abs(candidates.points) <= placement.terrain.fine_half_m - reach).all(axis=1)
    if not room.any():
        return None
    best = int(np.argmax(room))
    share = np.linspace(-0.5, 0.5, TARPAULIN_POINTS)
    u, v = np.meshgrid(share, share, indexing="ij")
    # The border of a tarpaulin that nobody pulled straight is slightly wavy.
    along = length * u * (1 + 0.03 * np.sin(9 * v + phases[0, 0]))
    across = width * v * (1 + 0.05 * np.sin(7 * u + phases[0, 1]))
    turn = candidates.turns[best]
    x = candidates.points[best, 0] + along * np.cos(turn) - across * np.sin(turn)
    y = candidates.points[best, 1] + along * np.sin(turn) + across * np.cos(turn)
    lift = _LIFT_M + _folds(u, v, phases) + heap * _heap(u, v)
    points = np.stack([x, y, placement.terrain.height(x, y) + lift], axis=-1)
    tarpaulin = Tarpaulin(kind.name, points, stream(placement.seed, f"{name}/look").random(4))
    placement.add_tarpaulin(tarpaulin)
    return tarpaulin


def _folds(u: Floats, v: Floats, phases: Floats) -> Floats:
    """Return the heights of folds, 0 to about 5 cm."""
    waves = sum(
        np.sin(2 * np.pi * (2.3 * (1 + k) * (u * np.cos(phase[0]) + v * np.sin(phase[0]))) + phase[1])
        for k, phase in enumerate(phases)
    )
    return 0.008 * (np.asarray(waves) + 3.0)


def _heap(u: Floats, v: Floats) -> Floats:
    """Return 1 in the middle, 0 near the border, without ridges, which the triangles of the cloth would make jagged."""
    away = (np.abs(u) ** 3 + np.abs(v) ** 3) ** (1 / 3)
    result: Floats = np.clip(1.2 - 2.6 * away, 0.0, 1.0)
    return result * result * (3 - 2 * result)


def _shape(points: Floats, look: Floats) -> Shape:
    """Return the cloth over ``points``; ``look`` selects color, gloss and wear."""
    finish = Finish(pick(COLORS, look[0]), 0.3 + 0.3 * look[1], 0.0, 0.3 + 0.6 * look[2])
    index = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    return Shape(points.reshape(-1, 3), faces, np.tile(finish.row, (len(faces), 1)))


KIND = TarpaulinKind(
    name="tarpaulin", category=Category.TARPAULIN, group=MATERIALS, weight=0.5, drape=_drape, shape=_shape
)
