# SPDX-License-Identifier: GPL-3.0-or-later
"""Small marks of the work on the ground: benches, disturbed soil and grout at the piles, survey pegs and lime lines.

They have no annotations of their own: soil, grout and lime are terrain. Sizes are estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ...domain.array_types import Floats, Indices, Ints, Mask
from ...domain.random_streams import stream
from ..array.pile_kind import PileKind
from ..array.stages import Stage
from ..array.tables import Piles, Tables
from ..numerics.columns import joined, rows_of
from ..terrain.terrain import Terrain

MARK_VARIANTS = 4
"""Number of shapes of each kind of mark."""
_SPOIL_HEIGHT_M = 0.09
_MOIST = 0.65
"""Share of the spoil that is darker than the ground around it."""
_GROUT_M = 0.16
"""Mean width of the grout that leaked around a cast pile."""
_BENCH_M = (1.5, 2.6)
"""Smallest and largest depth of the level bench that is scraped for a rig at a pile, from its cut to its fill, on
slopes up to the second of ``_BENCH_SLOPES``."""
_BENCH_SLOPES = (0.08, 0.25)
"""Tangents of the slope from which benches are scraped, and at which most piles have one."""
_BENCHED = 0.75
"""Share of the piles on steeper ground that have a bench."""
_PEG_M = (0.035, 0.4)
"""Width and height of survey pegs."""
_LIME_WIDTH_M, _LIME_PIECE_M = 0.05, 0.9
_LIME_GAPS = 0.25
"""Share of the lime lines that feet and rain have wiped off."""
_TRACKS_M = (0.4, 2.2)
"""Distances from the lower edge of a table to the crawler tracks in front of it: 1.8 m apart."""
_TRACK_WIDTH_M, _TRACK_PIECE_M = 0.7, 0.6
_TRACK_ENDS_M = 0.4
"""Length by which the tracks of a table reach beyond its ends, toward those of the next one."""
_TRACK_GAP = -0.5
"""Value of a wave from -1 to 1, with some noise, below which other work has blurred the tracks."""
_TRACK_FADES = 0.4
"""Excess over that value from which a track is whole."""
_TRACK_SINKS_M = 0.014
"""Depth to which a track sinks where it ends, so that only the deepest of its prints are left."""
_WANDER_M = 0.16
"""Amplitude of the deviation of tracks from a straight line."""


class MarkKind(IntEnum):
    """A kind of mark."""

    SPOIL = 0
    GROUT = 1
    PEG = 2
    LIME = 3
    TRACK = 4
    BENCH = 5


_LIFT_M = {MarkKind.LIME: 0.004, MarkKind.TRACK: 0.008}
"""Height of flat marks above the ground."""


@dataclass(frozen=True)
class Marks:
    """N marks, as arrays that share their first axis."""

    kind: Ints
    """(N,) values of ``MarkKind``."""
    variant: Ints
    """(N,) number of the shape, 0 to MARK_VARIANTS - 1."""
    position: Floats
    """(N, 3) center on the ground, m."""
    up: Floats
    """(N, 3) unit vector."""
    turn_deg: Floats
    """(N,) rotation around ``up``."""
    size: Floats
    """(N, 3) length, width and height, m."""
    tone: Floats
    """(N,) from 0 (dark) to 1 (light)."""

    def __len__(self) -> int:
        return len(self.kind)


def plan_marks(tables: Tables, piles: Piles, kind: PileKind, terrain: Terrain, seed: int) -> Marks:
    """Return the marks at the tables under construction; ``kind`` is that of the piles."""
    unfinished = (tables.stage < Stage.COMPLETE)[piles.table]
    drilled = np.flatnonzero(unfinished & piles.standing)
    surveyed = ((tables.stage == Stage.CLEARED) & (tables.done > 0))[piles.table]
    parts = [
        _none(),
        _round(MarkKind.SPOIL, drilled, piles, terrain, (kind.spoil_m, _SPOIL_HEIGHT_M), seed),
        _benches(drilled, piles, terrain, seed),
        _pegs(np.flatnonzero(surveyed), piles, terrain, seed),
        _lime(surveyed | (unfinished & ~piles.standing), piles, terrain, seed),
        _tracks(tables, terrain, seed),
    ]
    if kind.cast:
        parts.append(_round(MarkKind.GROUT, drilled, piles, terrain, (_GROUT_M, 0.05), seed))
    return joined(parts)


def _round(
    kind: MarkKind, chosen: Indices, piles: Piles, terrain: Terrain, size_m: tuple[float, float], seed: int
) -> Marks:
    """Return a flat heap around each of the ``chosen`` piles, with about this radius and height."""
    rng = stream(seed, f"construction/{kind.name.lower()}")
    draws = rng.random((len(piles), 5))[chosen]
    radius = size_m[0] * (0.7 + 0.6 * draws[:, 0]) + (0.12 if kind is MarkKind.GROUT else 0.0)
    size = np.column_stack([2 * radius, 2 * radius * (0.75 + 0.25 * draws[:, 1]), size_m[1] * (0.5 + draws[:, 2])])
    # Most is fresh and moist, the rest has dried and is a little lighter than the ground.
    tone = np.where(draws[:, 3] < _MOIST, 0.2 + 0.3 * draws[:, 3], 0.4 + 0.35 * draws[:, 3])
    return _on_ground(kind, piles.head[chosen, :2], terrain, 360.0 * draws[:, 4], size, tone, lean=1.0)


def _benches(chosen: Indices, piles: Piles, terrain: Terrain, seed: int) -> Marks:
    """Return a bench around those of the ``chosen`` piles for which one was scraped; y points up the slope.

    Benches are as common as the slope demands, and most piles of a table have one or none have.
    """
    of_table = stream(seed, "construction/bench/table").random(int(piles.table.max(initial=-1)) + 1)
    draws = stream(seed, "construction/bench").random((len(piles), 4))
    up = terrain.normal(*piles.head[:, :2].T)
    slope = np.hypot(up[:, 0], up[:, 1]) / up[:, 2]
    share = _BENCHED * np.interp(slope, _BENCH_SLOPES, [0.0, 1.0])
    chosen = chosen[(0.65 * of_table[piles.table] + 0.35 * draws[:, 0] < share)[chosen]]
    draws, up, slope = draws[chosen], up[chosen], slope[chosen]
    # On steep ground, a bench is no deeper than it must be.
    depth = (_BENCH_M[0] + (_BENCH_M[1] - _BENCH_M[0]) * draws[:, 1]) * np.clip(_BENCH_SLOPES[1] / slope, 0.6, 1.0)
    size = np.column_stack([depth * (0.9 + 0.6 * draws[:, 2]), depth, depth * slope])
    turn = np.degrees(np.arctan2(-up[:, 1], -up[:, 0])) - 90.0
    return _on_ground(MarkKind.BENCH, piles.head[chosen, :2], terrain, turn, size, 0.4 + 0.35 * draws[:, 3], lean=1.0)


def _pegs(chosen: Indices, piles: Piles, terrain: Terrain, seed: int) -> Marks:
    """Return a peg at the place of each of the ``chosen`` piles."""
    draws = stream(seed, "construction/peg").random((len(piles), 3))[chosen]
    width, height = _PEG_M
    size = np.column_stack([np.full((len(chosen), 2), width), height * (0.6 + 0.6 * draws[:, 0])])
    return _on_ground(MarkKind.PEG, piles.head[chosen, :2], terrain, 360.0 * draws[:, 1], size, draws[:, 2], lean=0.0)


def _lime(chosen: Mask, piles: Piles, terrain: Terrain, seed: int) -> Marks:
    """Return lime lines along the rows of piles, between those ``chosen`` (P,) that follow each other."""
    start, end = piles.head[:-1, :2], piles.head[1:, :2]
    length = np.hypot(*(end - start).T)
    # From the last pile of a row, the next one in the list is at the other end of the table.
    lined = np.flatnonzero(chosen[:-1] & chosen[1:] & (piles.table[:-1] == piles.table[1:]) & (length < 5.0))
    pieces = np.maximum(np.ceil(length[lined] / _LIME_PIECE_M).astype(np.int64), 1)
    line = np.repeat(lined, pieces)
    step = np.arange(len(line)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (step + 0.5) / np.repeat(pieces, pieces)
    middle = start[line] + share[:, None] * (end - start)[line]
    direction = np.degrees(np.arctan2(*(end - start)[line].T[::-1]))
    draws = stream(seed, "construction/lime").random((len(line), 3))
    long = length[line] / np.repeat(pieces, pieces) * (0.75 + 0.3 * draws[:, 0])
    size = np.column_stack([long, _LIME_WIDTH_M * (0.6 + 0.8 * draws[:, 1]), np.full(len(line), 0.01)])
    marks = _on_ground(MarkKind.LIME, middle, terrain, direction, size, draws[:, 2], lean=1.0)
    return rows_of(marks, draws[:, 2] > _LIME_GAPS)


def _tracks(tables: Tables, terrain: Terrain, seed: int) -> Marks:
    """Return the tracks of crawlers along the lower edges of the tables at which work has begun."""
    begun = np.flatnonzero((tables.stage < Stage.COMPLETE) & ((tables.stage > Stage.CLEARED) | (tables.done > 0.5)))
    half = tables.size[begun, 0] / 2 + _TRACK_ENDS_M
    pieces = np.ceil(2 * half / _TRACK_PIECE_M).astype(np.int64)
    which = np.repeat(np.arange(len(begun)), pieces)
    step = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    along_m = (step + 0.5) / pieces[which] * 2 * half[which] - half[which]
    table = begun[which]
    along, up = (tables.axes[table, axis, :2] for axis in (0, 1))
    front = -up / np.linalg.norm(up, axis=1, keepdims=True)
    edge = tables.centre[table, :2] + along_m[:, None] * along - tables.size[table, 1:] / 2 * up
    wave = stream(seed, "construction/track/wander").uniform(0, 2 * np.pi, (len(tables), 2))[table]
    aside = _WANDER_M * (np.sin(0.35 * along_m + wave[:, 0]) + 0.4 * np.sin(0.9 * along_m + wave[:, 1]))
    turn = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    draws = stream(seed, "construction/track").random((len(table), 2))
    pressed = np.sin(0.21 * along_m + wave[:, 1]) + 0.25 * (draws[:, 1] - 0.5) - _TRACK_GAP
    blurred = 1.0 - np.clip(pressed / _TRACK_FADES, 0.0, 1.0)
    width = _TRACK_WIDTH_M * (0.94 + 0.12 * draws[:, 0]) * (1.0 - 0.3 * blurred)
    size = np.column_stack([1.04 * 2 * half[which] / pieces[which], width, np.full(len(table), 0.03)])
    tone = 0.44 + 0.06 * np.sin(0.6 * along_m + wave[:, 0]) + 0.06 * draws[:, 1] + 0.1 * blurred
    both = []
    for away in _TRACKS_M:
        marks = _on_ground(MarkKind.TRACK, edge + (away + aside)[:, None] * front, terrain, turn, size, tone, 1.0)
        marks.position[:, 2] -= _TRACK_SINKS_M * blurred
        both.append(rows_of(marks, pressed > 0))
    return joined(both)


def _on_ground(
    kind: MarkKind, places: Floats, terrain: Terrain, turn_deg: Floats, size: Floats, tone: Floats, lean: float
) -> Marks:
    """Return marks at ``places`` (N, 2), perpendicular to the ground (``lean`` 1) or upright (0)."""
    x, y = places.T
    up = lean * terrain.normal(x, y) + (1 - lean) * np.array([0.0, 0.0, 1.0])
    return Marks(
        kind=np.full(len(places), kind, dtype=np.int32),
        variant=(np.arange(len(places)) % MARK_VARIANTS).astype(np.int32),
        position=np.column_stack([x, y, terrain.height(x, y) + _LIFT_M.get(kind, 0.0)]),
        up=up,
        turn_deg=turn_deg,
        size=size,
        tone=tone,
    )


def _none() -> Marks:
    whole, numbers, vectors = np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros((0, 3))
    return Marks(whole, whole, vectors, vectors, numbers, vectors, numbers)
