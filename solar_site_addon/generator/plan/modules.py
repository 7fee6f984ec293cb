# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules on the tables, exact to the corner."""

from __future__ import annotations

import numpy as np

from ..settings import ModuleSettings
from .site_plan import Modules, Tables


def table_size(columns: int, rows: int, module: ModuleSettings) -> tuple[float, float]:
    """Width along the row and slant length up the table in metres of a table of portrait modules."""
    width = columns * module.width_m + (columns - 1) * module.gap_m
    slant = rows * module.length_m + (rows - 1) * module.gap_m
    return width, slant


def plan_modules(tables: Tables, rows: int, module: ModuleSettings) -> Modules:
    """Modules of all tables: table after table, in each row after row from the lower edge, in each from the left."""
    columns = np.rint((tables.size[:, 0] + module.gap_m) / (module.width_m + module.gap_m)).astype(np.int32)
    counts = columns * rows
    table = np.repeat(np.arange(len(tables), dtype=np.int32), counts)
    first = np.cumsum(counts) - counts
    place = np.arange(len(table), dtype=np.int32) - first[table].astype(np.int32)
    row, column = place // columns[table], place % columns[table]

    left = column * (module.width_m + module.gap_m) - tables.size[table, 0] / 2
    low = row * (module.length_m + module.gap_m) - tables.size[table, 1] / 2
    right, high = left + module.width_m, low + module.length_m
    along = np.stack([left, right, right, left], axis=1)
    upward = np.stack([low, low, high, high], axis=1)
    axes = tables.axes[table]
    corners = tables.centre[table][:, None] + along[..., None] * axes[:, None, 0] + upward[..., None] * axes[:, None, 1]
    return Modules(corners, table, row.astype(np.int32), column.astype(np.int32))
