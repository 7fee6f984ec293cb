# SPDX-License-Identifier: GPL-3.0-or-later
"""Cable trays along the rows of tables."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import stream
from ..array.stages import Stage
from ..array.tables import Tables
from ..terrain.terrain import Terrain
from .table_backs import right_and_back, upper_edge

_BEHIND_M = 0.18
TRAY_HEIGHT_M = 0.35
"""Height of the middle of a tray above the ground. Estimate."""
_SERVED_ROWS = 0.15
"""Share of the rows with a tray above the ground; in the others, cables run under the tables or underground.
Estimate."""
_LONGEST_BRIDGE_M = 3.0
"""Greatest gap between tables of a row that a tray crosses."""


def plan_cable_trays(terrain: Terrain, tables: Tables, seed: int) -> Floats:
    """Return the ends (C, 2, 3) of straight pieces of tray along the rear of some rows, bridged between tables.

    Tables without modules have none yet.
    """
    rows = tables.cluster.astype(np.int64) * 100_000 + tables.row
    numbers, row = np.unique(rows, return_inverse=True)
    served = (stream(seed, "equipment/trays").random(len(numbers)) < _SERVED_ROWS)[row]
    served &= tables.stage >= Stage.PARTLY_MOUNTED
    _, back = right_and_back(tables)
    ends = np.stack([upper_edge(tables, np.full(len(tables), side)) + _BEHIND_M * back for side in (-0.5, 0.5)], 1)
    next_one = np.flatnonzero(served[:-1] & served[1:] & (row[:-1] == row[1:]))
    gap = np.linalg.norm(ends[next_one + 1, 0] - ends[next_one, 1], axis=-1)
    bridged = next_one[gap <= _LONGEST_BRIDGE_M]
    between = np.stack([ends[bridged, 1], ends[bridged + 1, 0]], axis=1)
    return _above_ground(np.concatenate([ends[served], between]), terrain)


def _above_ground(pieces: Floats, terrain: Terrain) -> Floats:
    """Return the pieces (C, 2, 2), halved, as (2 C, 2, 3) at the height of trays above the ground at their ends."""
    middle = pieces.mean(axis=1)
    halves = np.concatenate([np.stack([pieces[:, 0], middle], 1), np.stack([middle, pieces[:, 1]], 1)])
    heights = terrain.height(halves[..., 0], halves[..., 1]) + TRAY_HEIGHT_M
    return np.concatenate([halves, heights[..., None]], axis=-1)
