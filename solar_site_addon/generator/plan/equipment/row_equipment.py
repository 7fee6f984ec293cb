# SPDX-License-Identifier: GPL-3.0-or-later
"""Equipment along the rows of tables: string inverters, combiner boxes and cable trays."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import pick, stream
from ..array.tables import Tables
from ..placement.clearance import FreeGround
from ..placement.things import Things, WorkKind, no_things
from ..terrain.terrain import Terrain

_SIZES_M = {
    WorkKind.STRING_INVERTER: ((0.95, 0.34, 1.45), (1.15, 0.40, 1.75)),
    WorkKind.COMBINER_BOX: ((0.55, 0.24, 1.15), (0.75, 0.30, 1.35)),
}
"""Least and greatest length, width and height above the ground on their stands."""
_KINDS = {"string_inverter": 0.7, "combiner_box": 0.3}
"""Share of the sites that have each kind."""
_STAND_EMBEDDED_M = 0.5
_BEHIND_M = 0.55
"""From the upper edge of a table to the middle of what stands behind it."""
_CLEAR_M = 0.15
_TRAY_BEHIND_M = 0.18
_TRAY_HEIGHT_M = 0.35
_SERVED_ROWS = 0.35
"""Share of the rows with a tray above the ground; the others have theirs under the tables or in it."""
_LONGEST_BRIDGE_M = 3.0
"""Greatest gap between tables of a row that a tray crosses."""


def plan_inverters(per_hundred: float, terrain: Terrain, tables: Tables, free: FreeGround, seed: int) -> Things:
    """Boxes on stands behind tables, ``per_hundred`` for each 100 tables, spread evenly over all.

    One site has boxes of one make: string inverters or, at some, combiner boxes.
    """
    kind = WorkKind[pick(seed, "equipment/inverters/kind", _KINDS).upper()]
    low, high = (np.array(bound) for bound in _SIZES_M[kind])
    size = low + (high - low) * stream(seed, "equipment/inverters/size").random(3)
    look = stream(seed, "equipment/inverters/look").random(4)
    share = stream(seed, "equipment/inverters/place").uniform(-0.42, 0.42, len(tables))
    order = stream(seed, "equipment/inverters/order").permutation(len(tables))
    right, back = _right_and_back(tables)
    points = _upper_edge(tables, share) + _BEHIND_M * back
    ends = points[:, None] + np.array([-0.5, 0.0, 0.5])[:, None] * size[0] * right[:, None]
    clear = free.is_free(ends.reshape(-1, 2), size[1] / 2, _CLEAR_M, 0.3).reshape(-1, 3).all(axis=1)
    possible = order[clear[order]]
    chosen = np.sort(possible[: round(per_hundred * len(tables) / 100)])
    if len(chosen) == 0:
        return no_things()
    count = len(chosen)
    base = np.column_stack([points[chosen], terrain.height(*points[chosen].T)])
    axes = np.zeros((count, 3, 3))
    axes[:, 0, :2], axes[:, 1, :2], axes[:, 2, 2] = right[chosen], back[chosen], 1.0
    free.take(np.column_stack([base[:, :2], np.full(count, size[0] / 2)]))
    return Things(
        kind=np.full(count, kind, dtype=np.int32),
        base=base,
        axes=axes,
        size=np.tile(size, (count, 1)),
        depth=np.full(count, _STAND_EMBEDDED_M),
        look=np.tile(look, (count, 1)),
    )


def plan_trays(terrain: Terrain, tables: Tables, seed: int) -> Floats:
    """(C, 2, 3) trays along the rear of some of the rows, bridged between tables."""
    rows = tables.cluster.astype(np.int64) * 100_000 + tables.row
    numbers, row = np.unique(rows, return_inverse=True)
    served = (stream(seed, "equipment/trays").random(len(numbers)) < _SERVED_ROWS)[row]
    _, back = _right_and_back(tables)
    ends = np.stack(
        [_upper_edge(tables, np.full(len(tables), side)) + _TRAY_BEHIND_M * back for side in (-0.5, 0.5)], 1
    )
    next_one = np.flatnonzero(served[:-1] & served[1:] & (row[:-1] == row[1:]))
    gap = np.linalg.norm(ends[next_one + 1, 0] - ends[next_one, 1], axis=-1)
    bridged = next_one[gap <= _LONGEST_BRIDGE_M]
    between = np.stack([ends[bridged, 1], ends[bridged + 1, 0]], axis=1)
    return _above_ground(np.concatenate([ends[served], between]), terrain)


def _above_ground(pieces: Floats, terrain: Terrain) -> Floats:
    """(2 C, 2, 3) the pieces (C, 2, 2), halved, at the trays' height above the ground of their ends."""
    middle = pieces.mean(axis=1)
    halves = np.concatenate([np.stack([pieces[:, 0], middle], 1), np.stack([middle, pieces[:, 1]], 1)])
    heights = terrain.height(halves[..., 0], halves[..., 1]) + _TRAY_HEIGHT_M
    return np.concatenate([halves, heights[..., None]], axis=-1)


def _right_and_back(tables: Tables) -> tuple[Floats, Floats]:
    """(T, 2) level unit vectors along the rows, and from the lower edges to the upper ones."""
    right = tables.axes[:, 0, :2] / np.linalg.norm(tables.axes[:, 0, :2], axis=1, keepdims=True)
    return right, np.stack([-right[:, 1], right[:, 0]], axis=1)


def _upper_edge(tables: Tables, share: Floats) -> Floats:
    """(T, 2) points on the upper edges, at ``share`` (T,) of the width from their middles."""
    offset = share * tables.size[:, 0]
    points = tables.centre + offset[:, None] * tables.axes[:, 0] + tables.size[:, 1:] / 2 * tables.axes[:, 1]
    return points[:, :2]
