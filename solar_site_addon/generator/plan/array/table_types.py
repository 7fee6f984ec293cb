# SPDX-License-Identifier: GPL-3.0-or-later
"""Table types: module type, number of module rows, orientation, and rows of posts."""

from __future__ import annotations

from dataclasses import dataclass

from ...settings.drawn import DrawnSettings
from ...settings.sampling import draw_extension, draw_settings
from ...settings.schema import Settings
from .module_types import ModuleType, module_type

ROWS = {"1P": (1, False), "2P": (2, False), "3L": (3, True), "4L": (4, True)}
"""Rows of modules, and whether modules are landscape (long side along the row), by array.table_type."""


@dataclass(frozen=True)
class TableType:
    """The properties that all tables of a plant, or of its extension, share."""

    name: str
    """Value of array.table_type."""
    module: ModuleType
    rows: int
    """Rows of modules."""
    landscape: bool
    """Whether the long side of the modules is along the row."""
    post_rows: int
    """1: one row of posts under the middle; 2: one under the lower and one under the upper half."""
    gaps_m: tuple[float, float]
    """Gaps between modules along the row and up the table."""

    @property
    def module_size(self) -> tuple[float, float]:
        """Sides of a module along the row and up the table, m."""
        sides = self.module.width_m, self.module.length_m
        return sides[::-1] if self.landscape else sides

    def size(self, columns: int) -> tuple[float, float]:
        """Return the width along the row and the slant length of a table with this many columns, m."""
        (across, up), (gap, row_gap) = self.module_size, self.gaps_m
        return columns * (across + gap) - gap, self.rows * (up + row_gap) - row_gap

    def columns_as_long_as(self, portrait_columns: int) -> int:
        """Return the columns of a table about as long as one with ``portrait_columns`` portrait modules."""
        if not self.landscape:
            return portrait_columns
        pitches = self.module.width_m + self.gaps_m[0], self.module.length_m + self.gaps_m[0]
        return max(round(portrait_columns * pitches[0] / pitches[1]), 1)


def table_type(settings: DrawnSettings, seed: int) -> TableType:
    """Return the type of a site that drawn ``settings`` name."""
    name = settings.array.table_type.value
    rows, landscape = ROWS[name]
    post_rows = 2 if settings.array.posts.value == "double" and rows > 1 else 1
    gaps = settings.module.gap_m.value, settings.module.row_gap_m.value
    return TableType(name, module_type(settings.module, seed), rows, landscape, post_rows, gaps)


def plan_table_types(settings: Settings, seed: int) -> tuple[TableType, ...]:
    """Return the table types of a site by undrawn ``settings``: the plant's, and its extension's.

    There is only one if no extension is wanted, or if it would equal the rest.
    """
    first = draw_settings(settings, seed)
    if first.array.extension_share.value == 0:
        return (table_type(first, seed),)
    return tuple(dict.fromkeys((table_type(first, seed), table_type(draw_extension(settings, seed), seed))))
