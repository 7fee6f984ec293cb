# SPDX-License-Identifier: GPL-3.0-or-later
"""Construction stages of the tables: how far the work has come, and where on the site.

Crews follow each other over the site: piles are set, then racks are built on them, then modules are mounted. The order
in which the tables are built belongs to the site and does not depend on the progress, so the same site can be shown at
any time. The shares and sizes of this module are estimates.
"""

from __future__ import annotations

import dataclasses
import math
from enum import IntEnum

import numpy as np

from ...domain.array_types import Floats, Indices, Ints
from ...domain.random_streams import stream
from ...settings.drawn import DrawnArray
from .tables import Tables

_PILING_ENDS, _RACKING_ENDS = 0.4, 0.7
"""Shares of a table's time, from its first pile to its last module, at which racking and mounting begin."""
_PILING_LASTS, _RACKING_LASTS = 0.1, 0.12
"""Shares of that time in which the piles are set and the rack is built; afterwards the table waits."""
_CLEARING_LEADS = 0.5
"""Share of that time by which clearing and surveying precede the first pile."""
_ZONE_ROWS, _ZONE_COLUMNS = 5, 6
"""Rows and tables per row of a zone, which one crew finishes row by row."""
_ZONES_AT_ONCE = 3.0
"""Number of zones in which a trade works at the same time."""
_CLUSTER_LEAD, _ZONE_LEAD = 0.5, 0.12
"""Standard deviations of the lead of a cluster and of a zone over the front, as shares of the site's extent."""


class Stage(IntEnum):
    """The construction stage of a table."""

    CLEARED = 0
    PILED = 1
    RACKED = 2
    PARTLY_MOUNTED = 3
    COMPLETE = 4

    @property
    def key(self) -> str:
        """Name in sample.json."""
        return self.name.lower()


def at_progress(tables: Tables, array: DrawnArray, seed: int) -> Tables:
    """Return complete ``tables`` at array.progress: 0 is a cleared site, 1 a complete one."""
    spread = array.progress_spread.value
    time = (array.progress.value * (1.0 + spread) - _building_order(tables, seed)) / spread
    begins = np.array([0.0, _PILING_ENDS, _RACKING_ENDS, 1.0])
    stage = np.searchsorted(begins, time).astype(np.int32)
    lasts = np.array([1.0, _PILING_LASTS, _RACKING_LASTS, 1.0 - _RACKING_ENDS, 1.0])[stage]
    done = np.clip((time - np.append(0.0, begins)[stage]) / lasts, 0.0, 1.0)
    done[stage == Stage.COMPLETE] = 1.0
    done[stage == Stage.CLEARED] = np.clip(1.0 + time[stage == Stage.CLEARED] / _CLEARING_LEADS, 0.0, 1.0)
    tables = dataclasses.replace(tables, stage=stage, done=done)
    return dataclasses.replace(tables, columns=_mounted_columns(tables))


def number_done(tables: Tables, stage: Stage, planned: Ints | int) -> Ints:
    """Return how many (T,) of the ``planned`` parts of each table stand that are set up in ``stage``.

    It is at least 1 once the stage has begun.
    """
    begun = np.ceil(tables.done * planned)
    result: Ints = np.select([tables.stage > stage, tables.stage == stage], [planned, begun], 0).astype(np.int32)
    return result


def _mounted_columns(tables: Tables) -> Ints:
    """Return the columns (T, 2) that have their modules; mounting starts at the first column."""
    first, end = tables.columns.T
    some = np.clip(np.ceil(tables.done * (end - first)), 1, np.maximum(end - first - 1, 1))
    mounting = [tables.stage == Stage.COMPLETE, tables.stage == Stage.PARTLY_MOUNTED]
    result: Ints = np.column_stack([first, first + np.select(mounting, [end - first, some], 0)]).astype(np.int32)
    return result


def _building_order(tables: Tables, seed: int) -> Floats:
    """Return the place (T,) of each table in the order of building, above 0 to below 1.

    A front crosses the site; some clusters and zones are ahead of it. A zone is built row by row, each from the left.
    """
    zone = _zones(tables)
    rank = np.argsort(np.argsort(_start(tables, zone, seed), kind="stable"), kind="stable")
    by_row = np.lexsort((tables.column, tables.row, zone))
    size = np.bincount(zone)
    within = np.empty(len(tables))
    within[by_row] = np.arange(len(tables)) - np.repeat(np.cumsum(size) - size, size)
    key = rank[zone] + _ZONES_AT_ONCE * within / size[zone]
    order = np.argsort(key, kind="stable")
    place = np.empty(len(tables))
    place[order] = (np.arange(len(tables)) + 0.5) / len(tables)
    return place


def _zones(tables: Tables) -> Indices:
    """Return the number (T,) of each table's zone: a block of adjacent rows and columns of one cluster."""
    blocks = np.column_stack([tables.cluster, tables.row // _ZONE_ROWS, tables.column // _ZONE_COLUMNS])
    _, zone = np.unique(blocks, axis=0, return_inverse=True)
    return zone.reshape(-1)


def _start(tables: Tables, zone: Indices, seed: int) -> Floats:
    """Return when work starts in each zone (Z,), in units of the time in which the front crosses the site."""
    towards = stream(seed, "tables/progress").uniform(0.0, 2 * math.pi)
    along = tables.centre[:, 0] * math.cos(towards) + tables.centre[:, 1] * math.sin(towards)
    along = (along - along.min()) / max(float(np.ptp(along)), 1e-9)
    lead = stream(seed, "tables/progress/cluster").normal(0.0, _CLUSTER_LEAD, int(tables.cluster.max()) + 1)
    start = np.bincount(zone, along - lead[tables.cluster]) / np.bincount(zone)
    result: Floats = start + stream(seed, "tables/progress/zone").normal(0.0, _ZONE_LEAD, len(start))
    return result
