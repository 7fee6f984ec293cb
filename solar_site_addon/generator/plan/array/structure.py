# SPDX-License-Identifier: GPL-3.0-or-later
"""The mounting structure: posts on the piles, rafters up the table, purlins along the row, struts on single posts."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ...domain.array_types import Floats, Indices, Mask
from .frames import PURLIN_M, RAFTER_M, Frames, all_frames
from .stages import Stage, number_done
from .table_types import TableType
from .tables import Beams, Piles, Tables

Part: TypeAlias = tuple[Floats, Floats, Floats, Floats, Indices]
"""Starts, ends, up vectors and sections of beams, and the indices of their tables."""

_POST_M = (0.09, 0.09)
"""Width and height of the sections. Estimate."""
_STRUT_M = (0.05, 0.05)
_SLANT_WITHOUT_STRUTS_M = 1.5
"""Largest slant length of tables on single posts without struts. Estimate."""


def plan_structure(tables: Tables, types: tuple[TableType, ...], piles: Piles, *, posts: bool) -> Beams:
    """Return all beams that are mounted at the stage of each table.

    ``posts`` stand between piles and rafters, unless the piles reach up to the rafters.
    """
    first = np.searchsorted(piles.table, np.arange(len(tables)))
    parts = [
        part
        for frames in all_frames(tables, types)
        for part in _beams(tables, frames, piles, _pile_grid(first, frames), posts=posts)
    ]
    start, end, up, section, table = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Beams(start, end, up, section, table.astype(np.int32))


def _pile_grid(first: Indices, frames: Frames) -> Indices:
    """Return the index (K, R, F) of the pile below each frame; ``first`` (T,) is that of each table's first pile."""
    _, rows, columns, _ = frames.posts.shape
    return first[frames.tables, None, None] + np.arange(rows * columns).reshape(rows, columns)


def _beams(tables: Tables, frames: Frames, piles: Piles, grid: Indices, *, posts: bool) -> list[Part]:
    """Return posts, rafters, struts and purlins of tables of the same size."""
    chosen = frames.tables
    along, upward, normal = (tables.axes[chosen, None, axis] for axis in range(3))
    slant = tables.size[chosen[0], 1]
    _, rows, columns, _ = frames.posts.shape
    mounted = np.arange(columns) < number_done(tables, Stage.RACKED, columns)[chosen, None]
    reach = 0.46 * slant * upward
    result = [_part(chosen, frames.centre - reach, frames.centre + reach, normal, RAFTER_M, mounted)]
    level = along * np.array([1.0, 1.0, 0.0])
    level = level / np.linalg.norm(level, axis=-1, keepdims=True)
    for row in range(rows):
        # A post is vertical: it meets the rafter above its pile.
        foot = piles.head[grid[:, row]]
        top = np.concatenate([foot[..., :2], frames.posts[:, row, :, 2:]], axis=-1)
        if posts:
            result.append(_part(chosen, foot, top, level, _POST_M, mounted))
        if rows == 1 and slant > _SLANT_WITHOUT_STRUTS_M:
            post_m = top[..., 2] - foot[..., 2]
            below = 0.5 * (post_m + piles.exposed_m[grid[:, row]])
            start = top - np.array([0.0, 0.0, 1.0]) * (np.minimum(below, post_m) if posts else below)[..., None]
            ends = (top - 0.28 * slant * upward, top + 0.28 * slant * upward)
            result += [_part(chosen, start, end, _across(level, end - start), _STRUT_M, mounted) for end in ends]
    return [*result, _purlins(tables, frames, mounted.all(axis=1))]


def _across(level: Floats, axis: Floats) -> Floats:
    """Return unit vectors (K, F, 3) perpendicular to ``axis`` (K, F, 3), as near to ``level`` as possible."""
    across = level - (level * axis).sum(axis=-1, keepdims=True) * axis / (axis * axis).sum(axis=-1, keepdims=True)
    result: Floats = across / np.linalg.norm(across, axis=-1, keepdims=True)
    return result


def _purlins(tables: Tables, frames: Frames, mounted: Mask) -> Part:
    """Return the purlins of the tables that are ``mounted`` (K,) on all their frames: two per row of modules."""
    along, upward, normal = (tables.axes[frames.tables, None, axis] for axis in range(3))
    half = tables.size[frames.tables[0], 0] / 2
    middle = tables.centre[frames.tables, None] - (frames.table_type.module.thickness_m + PURLIN_M[1] / 2) * normal
    lines = middle + purlin_places(frames.table_type)[:, None] * upward
    return _part(frames.tables, lines - half * along, lines + half * along, normal, PURLIN_M, mounted[:, None])


def purlin_places(table_type: TableType) -> Floats:
    """Return the positions (2 R,) of the purlins up the table, from its center, m: two per row of modules."""
    up = table_type.module_size[1]
    rows = (np.arange(table_type.rows) - (table_type.rows - 1) / 2) * (up + table_type.gaps_m[1])
    return (rows[:, None] + np.array([-0.25, 0.25]) * up).ravel()


def _part(tables: Indices, start: Floats, end: Floats, up: Floats, section: tuple[float, float], mounted: Mask) -> Part:
    """Return those beams (K, N, 3) of the K ``tables`` that are ``mounted`` (K, N), as flat arrays."""
    there = np.broadcast_to(mounted, start.shape[:2])
    wide = np.broadcast_to(up, start.shape)
    sections = np.tile(np.array(section), (int(there.sum()), 1))
    return start[there], end[there], wide[there], sections, np.repeat(tables, there.sum(axis=1))
