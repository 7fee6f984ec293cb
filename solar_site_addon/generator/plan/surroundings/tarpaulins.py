# SPDX-License-Identifier: GPL-3.0-or-later
"""Tarpaulins on the ground, flat or over a heap: dark or blue rectangles that are no modules."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import stream
from ..placement.clearance import FreeGround
from ..placement.placement import Candidates
from ..placement.things import sheet_circle
from ..terrain.terrain import Terrain

POINTS = 24
"""Points along each side of a sheet."""
_SIDES_M = (2.0, 7.0)
_LIFT_M = 0.09
"""Least height above the ground: its triangles may bulge between the points of a sheet."""
_HIGHEST_HEAP_M = 1.3
_TABLE_GAP_M = 0.5


def plan_sheet(candidates: Candidates, terrain: Terrain, free: FreeGround, seed: int, name: str) -> Floats | None:
    """(POINTS, POINTS, 3) points of one sheet on the first candidate that has room, None where none has.

    The ground that it takes is taken. ``name`` is the path of its streams.
    """
    length, width = np.sort(stream(seed, f"{name}/size").uniform(*_SIDES_M, 2))[::-1]
    heap = max(float(stream(seed, f"{name}/heap").uniform(-_HIGHEST_HEAP_M, _HIGHEST_HEAP_M)), 0.0)
    phases = stream(seed, f"{name}/folds").uniform(0, 2 * np.pi, (3, 3))
    reach = float(np.hypot(length, width)) / 2
    room = free.is_free(candidates.points, reach, _TABLE_GAP_M)
    room &= (np.abs(candidates.points) <= terrain.fine_half_m - reach).all(axis=1)
    if not room.any():
        return None
    best = int(np.argmax(room))
    share = np.linspace(-0.5, 0.5, POINTS)
    u, v = np.meshgrid(share, share, indexing="ij")
    # The border of a sheet that nobody has pulled straight waves a little.
    along = length * u * (1 + 0.03 * np.sin(9 * v + phases[0, 0]))
    across = width * v * (1 + 0.05 * np.sin(7 * u + phases[0, 1]))
    turn = candidates.turns[best]
    x = candidates.points[best, 0] + along * np.cos(turn) - across * np.sin(turn)
    y = candidates.points[best, 1] + along * np.sin(turn) + across * np.cos(turn)
    lift = _LIFT_M + _folds(u, v, phases) + heap * _heap(u, v)
    sheet = np.stack([x, y, terrain.height(x, y) + lift], axis=-1)
    free.take(sheet_circle(sheet))
    return sheet


def _folds(u: Floats, v: Floats, phases: Floats) -> Floats:
    """Heights of folds, 0 to about 5 cm."""
    waves = sum(
        np.sin(2 * np.pi * (2.3 * (1 + k) * (u * np.cos(phase[0]) + v * np.sin(phase[0]))) + phase[1])
        for k, phase in enumerate(phases)
    )
    return 0.008 * (np.asarray(waves) + 3.0)


def _heap(u: Floats, v: Floats) -> Floats:
    """1 in the middle, 0 near the border."""
    result: Floats = np.clip(1.2 - 2.6 * np.maximum(np.abs(u), np.abs(v)), 0.0, 1.0)
    return result * result * (3 - 2 * result)
