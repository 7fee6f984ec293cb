# SPDX-License-Identifier: GPL-3.0-or-later
"""The steel under the tables: posts, rafters up the table, purlins along the row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..settings import LayoutSettings, ModuleSettings
from .site_plan import Beams, Tables
from .terrain import Terrain

Floats = NDArray[np.float64]

EMBEDDED_M = 0.3
"""Length of a post below the ground's surface."""
_FRAME_SPACING_M = 3.6
_FIRST_FRAME_M = 0.7
_POST = (0.09, 0.09)
_RAFTER = (0.06, 0.09)
_PURLIN = (0.05, 0.06)


def frame_places(width_m: float) -> Floats:
    """(N,) places of the frames (posts and rafter) along a table of this width, from its centre, m."""
    ends = max(width_m / 2 - _FIRST_FRAME_M, width_m / 4)
    return np.linspace(-ends, ends, max(int(np.ceil(2 * ends / _FRAME_SPACING_M)) + 1, 2))


def post_places(slant_m: float, table_rows: int) -> Floats:
    """(N,) places of the posts up the table, from its centre, m: one post for a single row of modules, else two."""
    return np.array([0.0]) if table_rows == 1 else np.array([-0.27, 0.27]) * slant_m


def plan_structure(tables: Tables, terrain: Terrain, layout: LayoutSettings, module: ModuleSettings) -> Beams:
    """All beams: tables of one width have their frames at the same places, so each width is done at once."""
    parts: list[tuple[Floats, Floats, Floats, Floats]] = []
    for width in np.unique(tables.size[:, 0]):
        chosen = np.flatnonzero(tables.size[:, 0] == width)
        parts += _beams(tables, chosen, terrain, layout, module)
    start, end, up, section = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Beams(start, end, up, section)


def _beams(
    tables: Tables, chosen: NDArray[np.intp], terrain: Terrain, layout: LayoutSettings, module: ModuleSettings
) -> list[tuple[Floats, Floats, Floats, Floats]]:
    """Start, end, up and section of the posts, rafters and purlins of tables of the same size."""
    axes = tables.axes[chosen]
    along, upward, normal = axes[:, None, 0], axes[:, None, 1], axes[:, None, 2]
    width, slant = tables.size[chosen[0]]
    purlin_centre = module.thickness_m + _PURLIN[1] / 2
    rafter_centre = module.thickness_m + _PURLIN[1] + _RAFTER[1] / 2
    on_rafters = tables.centre[chosen][:, None] - rafter_centre * normal

    frames = frame_places(width)[None, :, None]
    rafters = on_rafters + frames * along
    reach = 0.42 * slant * upward
    result = [_part(rafters - reach, rafters + reach, normal, _RAFTER)]
    level = along * np.array([1.0, 1.0, 0.0])
    level = level / np.linalg.norm(level, axis=-1, keepdims=True)
    for place in post_places(slant, layout.table_rows):
        head = rafters + place * upward
        foot = head.copy()
        foot[..., 2] = terrain.height(head[..., 0], head[..., 1]) - EMBEDDED_M
        result.append(_part(foot, head, level, _POST))

    on_purlins = tables.centre[chosen][:, None] - purlin_centre * normal
    lines = on_purlins + _purlin_places(layout.table_rows, module)[None, :, None] * upward
    result.append(_part(lines - width / 2 * along, lines + width / 2 * along, normal, _PURLIN))
    return result


def _purlin_places(table_rows: int, module: ModuleSettings) -> Floats:
    """(2 R,) places of the purlins up the table, from its centre, m: two under each row of modules."""
    pitch = module.length_m + module.gap_m
    rows = (np.arange(table_rows) - (table_rows - 1) / 2) * pitch
    return (rows[:, None] + np.array([-0.25, 0.25]) * module.length_m).ravel()


def _part(
    start: Floats, end: Floats, up: Floats, section: tuple[float, float]
) -> tuple[Floats, Floats, Floats, Floats]:
    """The beams as flat arrays (B, 3), (B, 3), (B, 3), (B, 2)."""
    count = start.shape[0] * start.shape[1]
    wide = np.broadcast_to(up, start.shape).reshape(-1, 3)
    return start.reshape(-1, 3), end.reshape(-1, 3), wide, np.tile(np.array(section), (count, 1))
