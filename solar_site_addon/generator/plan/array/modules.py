# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules on the tables, with exact corners."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats, Ints
from ...domain.random_streams import stream
from ...settings.drawn import DrawnModule
from ..numerics.columns import rows_of
from .conditions import draw_states
from .table_types import TableType
from .tables import Modules, Tables

_TINT_OF_TABLE = 0.6
"""Weight of the table's common tint in the tint of its modules, which come from the same pallet. Estimate."""
_PALLET = 31
"""Modules on a pallet: they come from one batch, and are installed one after the other. A 40-foot container holds 20 to
24 pallets of 26 to 36 modules. Estimate."""
_HUE_OF_PALLET = 0.8
"""Weight of the pallet's common hue in the hue of its modules. Estimate."""
_LEAN_DEG = 0.25
"""Standard deviation of the angle between a module's glass and its table. Estimate."""


def plan_modules(tables: Tables, types: tuple[TableType, ...], settings: DrawnModule, seed: int) -> Modules:
    """Return the modules of all tables: table by table, row by row from the lower edge, each row from the left."""
    columns = tables.columns[:, 1] - tables.columns[:, 0]
    counts = columns * np.array([table_type.rows for table_type in types], dtype=np.int32)[tables.type]
    table = np.repeat(np.arange(len(tables), dtype=np.int32), counts)
    first = np.cumsum(counts) - counts
    place = np.arange(len(table), dtype=np.int32) - first[table].astype(np.int32)
    row, column = place // columns[table], tables.columns[table, 0] + place % columns[table]
    row, column = row.astype(np.int32), column.astype(np.int32)
    states = draw_states(table, row, column, settings, seed)
    return Modules(
        corners=_corners(tables, types, table, row, column),
        table=table,
        row=row,
        column=column,
        tint=_tints(table, len(tables), seed),
        hue=_hues(len(table), seed),
        lean=stream(seed, "modules/lean").normal(0.0, np.radians(_LEAN_DEG), (len(table), 2)),
        condition=states.condition,
        dust=states.dust,
        variant=states.variant,
    )


def mounted(modules: Modules, tables: Tables) -> Modules:
    """Return those of the planned ``modules`` that are mounted on ``tables``."""
    first, end = tables.columns[modules.table].T
    return rows_of(modules, (modules.column >= first) & (modules.column < end))


def _corners(
    tables: Tables,
    types: tuple[TableType, ...],
    table: Ints,
    row: Ints,
    column: Ints,
) -> Floats:
    """Return the corners (M, 4, 3) of the modules at these rows and columns of their tables, m."""
    measures = np.array([(*table_type.module_size, *table_type.gaps_m) for table_type in types])
    across, up, gap, row_gap = measures[tables.type[table]].T
    left = column * (across + gap) - tables.size[table, 0] / 2
    low = row * (up + row_gap) - tables.size[table, 1] / 2
    right, high = left + across, low + up
    along = np.stack([left, right, right, left], axis=1)
    upward = np.stack([low, low, high, high], axis=1)
    axes = tables.axes[table]
    corners: Floats = (
        tables.centre[table][:, None] + along[..., None] * axes[:, None, 0] + upward[..., None] * axes[:, None, 1]
    )
    return corners


def _tints(table: Ints, num_tables: int, seed: int) -> Floats:
    """Return standard normal numbers (M,) that are correlated within a table."""
    of_table = stream(seed, "modules/tint/table").standard_normal(num_tables)
    own = stream(seed, "modules/tint/module").standard_normal(len(table))
    result: Floats = _TINT_OF_TABLE * of_table[table] + np.sqrt(1 - _TINT_OF_TABLE**2) * own
    return result


def _hues(modules: int, seed: int) -> Floats:
    """Return standard normal numbers (M,) that are correlated within a pallet."""
    place = (np.arange(modules) + int(stream(seed, "modules/hue/first").integers(_PALLET))) // _PALLET
    of_pallet = stream(seed, "modules/hue/pallet").standard_normal(modules // _PALLET + 2)
    own = stream(seed, "modules/hue/module").standard_normal(modules)
    result: Floats = _HUE_OF_PALLET * of_pallet[place] + np.sqrt(1 - _HUE_OF_PALLET**2) * own
    return result
