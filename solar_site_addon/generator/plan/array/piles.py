# SPDX-License-Identifier: GPL-3.0-or-later
"""The piles under the tables: where each is set, how far it stands out of the ground, and in what state.

All piles of the finished array are planned; the progress of the construction only decides which of them stand already.
Mountain plants take up the ground with the piles and not with the posts: the tops of a row are parallel to its table.
Sources of the tolerances are in docs/sources.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ...domain.array_types import Floats, Ints, Mask
from ...domain.discovery import load_modules
from ...domain.random_streams import pick, stream
from ..terrain.terrain import Terrain
from . import pile_kinds as package
from .frames import RAFTER_M, Frames, all_frames
from .pile_kind import NUM_VARIANTS, PileKind
from .stages import Stage, number_done
from .table_types import TableType
from .tables import Piles, Tables

LEAST_EXPOSED_M = 0.3
"""Length above the ground of the shortest pile of a row."""
_LEAST_POST_M = 0.12
"""Shortest post between pile and rafter: low tables have shorter piles instead. Estimate."""
_LEAST_STUB_M = 0.1
"""Shortest pile above the ground, below very low tables. Estimate."""
HEAD_ERROR_M = 0.012
"""Largest deviation of a pile's top from the plane of its table's tops, up or down."""
LINE_ERROR_M, ALONG_ERROR_M = 0.006, 0.03
"""Largest deviations across and along the row: no pile is 10 mm off the straight line through those of its row."""
LEAN_ERROR = 0.005
"""Largest lean: horizontal over vertical."""
_TURN_DEG = 5.0
"""Standard deviation of the rotation. Estimate."""
_AGE_SPREAD = 0.22
"""Standard deviation of a pile's age from that of its site, as a share of the range from new to old. Estimate."""
_FITTED_TABLES = 0.4
"""Share of the tables on which clamps or heads are fitted long before the rack is built. Estimate."""


@dataclass(frozen=True)
class PileType:
    """What all piles of a site have in common."""

    kind: str
    """Name of their kind."""
    size_m: float
    """Outer diameter, or height of the section, m."""
    details: Floats
    """Numbers (4,) from 0 to 1 that select details of their shape."""


@cache
def pile_kinds() -> dict[str, PileKind]:
    """Return all kinds of piles by name: one for each file in ``plan/array/pile_kinds``."""
    return {name: module.KIND for name, module in load_modules(package).items()}


def plan_pile_type(kind: str, seed: int) -> PileType:
    """Return the type of all piles of a site, of the kind that array.piles names."""
    sizes_m = pile_kinds()[kind].sizes_m
    size = pick(seed, f"piles/{kind}/size", {str(size): float(sizes_m.count(size)) for size in sizes_m})
    return PileType(kind, float(size), stream(seed, f"piles/{kind}/details").random(4))


def plan_piles(tables: Tables, types: tuple[TableType, ...], terrain: Terrain, pile_type: PileType, seed: int) -> Piles:
    """Return the piles of ``tables``; those stand that the stage of their table asks for."""
    kind = pile_kinds()[pile_type.kind]
    parts = [_places(frames, terrain, kind) for frames in all_frames(tables, types)]
    table, step, head = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(table, kind="stable")
    table, step, head = table[order], step[order], head[order]
    planned = np.bincount(table, minlength=len(tables))
    standing = step < number_done(tables, Stage.PILED, planned)[table]
    if not kind.carries_rafter:
        head = head + _errors(tables.axes[table, 0, :2], seed)
    lean = stream(seed, "piles/lean").uniform(-1, 1, (len(table), 2)) * LEAN_ERROR / np.sqrt(2)
    axis = np.column_stack([lean, np.ones(len(table))])
    along = np.degrees(np.arctan2(tables.axes[table, 0, 1], tables.axes[table, 0, 0]))
    return Piles(
        head=head,
        axis=axis / np.linalg.norm(axis, axis=1, keepdims=True),
        exposed_m=head[:, 2] - terrain.height(head[:, 0], head[:, 1]),
        turn_deg=along + stream(seed, "piles/turn").normal(0.0, _TURN_DEG, len(table)),
        table=table.astype(np.int32),
        state=_states(kind, len(table), seed),
        variant=stream(seed, "piles/variant").integers(0, NUM_VARIANTS, len(table), dtype=np.int32),
        standing=standing,
        fitted=_fitted(tables, seed)[table] & standing,
    )


def pile_axes(piles: Piles) -> Floats:
    """Return the axes (P, 3, 3) of the piles' shapes: two horizontal but for the lean, and up along the pile."""
    turn = np.radians(piles.turn_deg)
    across = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(len(turn))])
    across = across - (across * piles.axis).sum(axis=1, keepdims=True) * piles.axis
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    return np.stack([across, np.cross(piles.axis, across), piles.axis], axis=1)


def _places(frames: Frames, terrain: Terrain, kind: PileKind) -> tuple[Ints, Ints, Floats]:
    """Return the table (P,), the order within the table (P,) and the exact top (P, 3) of the piles of ``frames``.

    They are sorted by table, then row by row. Work proceeds frame by frame.
    """
    count, rows, columns, _ = frames.posts.shape
    top = frames.posts.copy()
    if not kind.carries_rafter:
        above = top[..., 2] - terrain.height(top[..., 0], top[..., 1]) - RAFTER_M[1] / 2
        shortest = above.min(axis=-1, keepdims=True)
        exposed = np.maximum(np.minimum(LEAST_EXPOSED_M, shortest - _LEAST_POST_M), _LEAST_STUB_M)
        top[..., 2] -= RAFTER_M[1] / 2 + shortest - exposed
    step = np.arange(columns) * rows + np.arange(rows)[:, None]
    table = np.repeat(frames.tables, rows * columns).astype(np.int32)
    return table, np.tile(step.ravel(), count).astype(np.int32), top.reshape(-1, 3)


def _errors(along: Floats, seed: int) -> Floats:
    """Return the deviations (P, 3) of the tops, of rows with the direction ``along`` (P, 2)."""
    share = stream(seed, "piles/errors").uniform(-1, 1, (len(along), 3)) * [ALONG_ERROR_M, LINE_ERROR_M, HEAD_ERROR_M]
    along = along / np.linalg.norm(along, axis=1, keepdims=True)
    across = np.column_stack([-along[:, 1], along[:, 0]])
    return np.column_stack([share[:, :1] * along + share[:, 1:2] * across, share[:, 2]])


def _states(kind: PileKind, count: int, seed: int) -> Ints:
    """Return the states (P,): those of a site are similar, and a few piles are damaged."""
    age = stream(seed, "piles/age").random() + _AGE_SPREAD * stream(seed, "piles/states").standard_normal(count)
    state = np.clip(np.floor(age * len(kind.states)), 0, len(kind.states) - 1).astype(np.int32)
    damaged = stream(seed, "piles/damaged").random(count) < kind.damaged_share
    state[damaged] = len(kind.all_states) - 1
    return state


def _fitted(tables: Tables, seed: int) -> Mask:
    """Return whether (T,) clamps or heads are fitted to the piles of each table."""
    early = stream(seed, "piles/fitted").random(len(tables)) < _FITTED_TABLES
    piled = (tables.stage == Stage.PILED) & (tables.done == 1.0)
    return np.asarray((tables.stage >= Stage.RACKED) | (piled & early))
