# SPDX-License-Identifier: GPL-3.0-or-later
"""The group of inverters: boxes on stands behind the tables. A site has boxes of one kind, all alike."""

from __future__ import annotations

import numpy as np

from ...domain.random_streams import stream
from ...settings.drawn import DrawnSettings
from ..array.stages import Stage
from ..placement.items import Item
from ..placement.kinds import Choice, Group, Kind
from ..placement.placement import Placement
from .table_backs import right_and_back, upper_edge

_STAND_EMBEDDED_M = 0.5
_BEHIND_M = 0.55
"""From the upper edge of a table to the center of the box behind it."""


def _count(settings: DrawnSettings) -> float:
    """Return the number of boxes per 100 tables."""
    return settings.equipment.inverters.value


def _place(placement: Placement, choice: Choice, per_hundred: float) -> None:
    """Place boxes behind tables, spread evenly over the site."""
    seed, tables, free = placement.seed, placement.tables, placement.free
    path = choice.group.name
    kind = choice.of_item(seed, path)
    if not isinstance(kind, Kind):
        raise TypeError(f"{kind.name} does not stand behind tables")
    size = kind.size(stream(seed, f"{path}/size").random(3))
    look = stream(seed, f"{path}/look").random(4)
    share = stream(seed, f"{path}/place").uniform(-0.42, 0.42, len(tables))
    order = stream(seed, f"{path}/order").permutation(len(tables))
    right, back = right_and_back(tables)
    points = upper_edge(tables, share) + _BEHIND_M * back
    ends = points[:, None] + np.array([-0.5, 0.0, 0.5])[:, None] * size[0] * right[:, None]
    gap = kind.ground.table_gap_m
    clear = free.is_free(ends.reshape(-1, 2), size[1] / 2, gap, 0.3).reshape(-1, 3).all(axis=1)
    possible = order[clear[order]]
    chosen = np.sort(possible[: round(per_hundred * len(tables) / 100)])
    count = len(chosen)
    base = np.column_stack([points[chosen], placement.terrain.height(*points[chosen].T)])
    axes = np.zeros((count, 3, 3))
    axes[:, 0, :2], axes[:, 1, :2], axes[:, 2, 2] = right[chosen], back[chosen], 1.0
    # Tables without modules have none yet; their ground is taken, so that the rest of the site is the same.
    there = np.flatnonzero(tables.stage[chosen] >= Stage.PARTLY_MOUNTED)
    items = [Item(kind.name, base[k], axes[k], size, _STAND_EMBEDDED_M, look) for k in there]
    placement.add(items, np.column_stack([base[:, :2], np.full(count, size[0] / 2)]))


INVERTERS = Group("equipment/inverters", stage=500, count=_count, place=_place)
