# SPDX-License-Identifier: GPL-3.0-or-later
"""The clamps that hold the modules on the purlins: they fill the gaps between adjacent modules of a row here and there.

Real clamps also reach over the frames by some millimeters. These do not, so that every module keeps all its pixels.
"""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Indices
from .structure import Part, purlin_places
from .table_types import TableType
from .tables import Beams, Tables

_LENGTH_M = 0.07
"""Length along the sides of the modules. Estimate."""
_HEIGHT_M = 0.002
"""Height above the frame. Estimate."""


def plan_clamps(tables: Tables, types: tuple[TableType, ...]) -> Beams:
    """Return the clamps of all tables: two in each gap beside a module, and two at the outer sides of a table."""
    parts = [
        _clamps(tables, np.flatnonzero(tables.type == number), table_type) for number, table_type in enumerate(types)
    ]
    return Beams(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _clamps(tables: Tables, chosen: Indices, table_type: TableType) -> Part:
    """Return the clamps on tables of one type."""
    table, gap = _gaps(tables, chosen)
    pitch = table_type.module_size[0] + table_type.gaps_m[0]
    along = gap * pitch - (tables.size[table, 0] + table_type.gaps_m[0]) / 2
    places = purlin_places(table_type)
    axes = tables.axes[table][:, None]
    middle = (
        tables.centre[table][:, None]
        + along[:, None, None] * axes[..., 0, :]
        + places[:, None] * axes[..., 1, :]
        + _HEIGHT_M / 2 * axes[..., 2, :]
    )
    reach = _LENGTH_M / 2 * axes[..., 1, :]
    up = np.broadcast_to(axes[..., 2, :], middle.shape)
    section = np.broadcast_to([table_type.gaps_m[0], _HEIGHT_M], (*middle.shape[:2], 2))
    return (
        (middle - reach).reshape(-1, 3),
        (middle + reach).reshape(-1, 3),
        up.reshape(-1, 3),
        section.reshape(-1, 2),
        np.repeat(table, len(places)),
    )


def _gaps(tables: Tables, chosen: Indices) -> tuple[Indices, Indices]:
    """Return the tables (G,) and numbers (G,) of the gaps beside a module; gap k lies before column k."""
    first, end = tables.columns[chosen].T
    counts = np.where(end > first, end - first + 1, 0)
    table = np.repeat(chosen, counts)
    start = np.cumsum(counts) - counts
    return table, np.repeat(first - start, counts) + np.arange(len(table))
