# SPDX-License-Identifier: GPL-3.0-or-later
"""The mounting structure: posts, rafters up the table, purlins along the row, and struts on single posts."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ...domain.array_types import Floats, Indices
from ..terrain.terrain import Terrain
from .table_types import TableType
from .tables import Beams, Tables

Part: TypeAlias = tuple[Floats, Floats, Floats, Floats, Indices]
"""Starts, ends, up vectors and sections of beams, and the indices of their tables."""

EMBEDDED_M = 0.3
"""Length of a post below ground level, to hide its base. Estimate."""
_FRAME_SPACING_M = 3.6
"""Largest spacing of posts along the table. Estimate."""
_FIRST_FRAME_M = 0.7
"""Distance of the outermost frames from the ends of the table. Estimate."""
_POST = (0.09, 0.09)
"""Width and height of the sections. Estimate."""
_RAFTER = (0.06, 0.09)
_PURLIN = (0.05, 0.06)
_STRUT = (0.05, 0.05)
_SLANT_WITHOUT_STRUTS_M = 1.5
"""Largest slant length of tables on single posts without struts. Estimate."""


def frame_places(width_m: float) -> Floats:
    """Return the positions (N,) of the frames (posts and rafter) along a table, from its center, m."""
    ends = max(width_m / 2 - _FIRST_FRAME_M, width_m / 4)
    return np.linspace(-ends, ends, max(int(np.ceil(2 * ends / _FRAME_SPACING_M)) + 1, 2))


def post_places(slant_m: float, post_rows: int) -> Floats:
    """Return the positions (N,) of the posts up the table, from its center, m."""
    return np.array([0.0]) if post_rows == 1 else np.array([-0.27, 0.27]) * slant_m


def plan_structure(tables: Tables, types: tuple[TableType, ...], terrain: Terrain) -> Beams:
    """Return all beams.

    Tables of one type and width have their frames at the same positions, so they are processed together.
    """
    parts: list[Part] = []
    for number, table_type in enumerate(types):
        for width in np.unique(tables.size[tables.type == number, 0]):
            chosen = np.flatnonzero((tables.type == number) & (tables.size[:, 0] == width))
            parts += _beams(tables, chosen, terrain, table_type)
    start, end, up, section, table = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Beams(start, end, up, section, table.astype(np.int32))


def _beams(tables: Tables, chosen: Indices, terrain: Terrain, table_type: TableType) -> list[Part]:
    """Return posts, rafters, struts and purlins of tables of the same size."""
    axes = tables.axes[chosen]
    along, upward, normal = axes[:, None, 0], axes[:, None, 1], axes[:, None, 2]
    width, slant = tables.size[chosen[0]]
    thickness_m = table_type.module.thickness_m
    rafter_centre = thickness_m + _PURLIN[1] + _RAFTER[1] / 2
    on_rafters = tables.centre[chosen][:, None] - rafter_centre * normal

    rafters = on_rafters + frame_places(width)[None, :, None] * along
    reach = 0.46 * slant * upward
    result = [_part(chosen, rafters - reach, rafters + reach, normal, _RAFTER)]
    level = along * np.array([1.0, 1.0, 0.0])
    level = level / np.linalg.norm(level, axis=-1, keepdims=True)
    for place in post_places(slant, table_type.post_rows):
        head = rafters + place * upward
        foot = head.copy()
        foot[..., 2] = terrain.height(head[..., 0], head[..., 1]) - EMBEDDED_M
        result.append(_part(chosen, foot, head, level, _POST))
        if table_type.post_rows == 1 and slant > _SLANT_WITHOUT_STRUTS_M:
            result += _struts(chosen, head, foot, level, 0.28 * slant * upward)

    on_purlins = tables.centre[chosen][:, None] - (thickness_m + _PURLIN[1] / 2) * normal
    lines = on_purlins + purlin_places(table_type)[None, :, None] * upward
    result.append(_part(chosen, lines - width / 2 * along, lines + width / 2 * along, normal, _PURLIN))
    return result


def _struts(tables: Indices, head: Floats, foot: Floats, level: Floats, reach: Floats) -> list[Part]:
    """Return two struts from each single post to its rafter, which would otherwise rock; ``reach`` is up the table."""
    above_ground = head[..., 2] - foot[..., 2] - EMBEDDED_M
    start = head.copy()
    start[..., 2] -= 0.5 * above_ground
    parts = []
    for end in (head - reach, head + reach):
        axis = end - start
        across = level - (level * axis).sum(axis=-1, keepdims=True) * axis / (axis * axis).sum(axis=-1, keepdims=True)
        across /= np.linalg.norm(across, axis=-1, keepdims=True)
        parts.append(_part(tables, start, end, across, _STRUT))
    return parts


def purlin_places(table_type: TableType) -> Floats:
    """Return the positions (2 R,) of the purlins up the table, from its center, m: two per row of modules."""
    up = table_type.module_size[1]
    rows = (np.arange(table_type.rows) - (table_type.rows - 1) / 2) * (up + table_type.gaps_m[1])
    return (rows[:, None] + np.array([-0.25, 0.25]) * up).ravel()


def _part(tables: Indices, start: Floats, end: Floats, up: Floats, section: tuple[float, float]) -> Part:
    """Return the beams (T, N, 3) of the T ``tables`` as flat arrays (B, 3), (B, 3), (B, 3), (B, 2), (B,)."""
    count = start.shape[0] * start.shape[1]
    wide = np.broadcast_to(up, start.shape).reshape(-1, 3)
    sections, owners = np.tile(np.array(section), (count, 1)), np.repeat(tables, start.shape[1])
    return start.reshape(-1, 3), end.reshape(-1, 3), wide, sections, owners
