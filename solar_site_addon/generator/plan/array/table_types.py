# SPDX-License-Identifier: GPL-3.0-or-later
"""How a table is made: which modules in how many rows, upright or lying, on how many rows of posts."""

from __future__ import annotations

from dataclasses import dataclass

from ...settings.drawn import DrawnSettings
from ...settings.sampling import draw_extension, draw_settings
from ...settings.schema import Settings
from .module_types import ModuleType, module_type

ROWS = {"1P": (1, False), "2P": (2, False), "3L": (3, True), "4L": (4, True)}
"""Rows of modules one above the other, and whether they lie (long side along the row), by array.table_type."""


@dataclass(frozen=True)
class TableType:
    """What all tables of a plant, or of its extension, have in common."""

    name: str
    """As in array.table_type."""
    module: ModuleType
    rows: int
    """Modules one above the other."""
    landscape: bool
    """Whether the modules' long side lies along the row."""
    post_rows: int
    """1: a row of posts below the middle; 2: one below the lower and one below the upper half."""
    gap_m: float
    """Between the modules."""

    @property
    def module_size(self) -> tuple[float, float]:
        """Sides of a module along the row and up the table, m."""
        sides = self.module.width_m, self.module.length_m
        return sides[::-1] if self.landscape else sides

    def size(self, columns: int) -> tuple[float, float]:
        """Width along the row and slant length up the table of a table with so many columns, m."""
        across, up = self.module_size
        return columns * (across + self.gap_m) - self.gap_m, self.rows * (up + self.gap_m) - self.gap_m

    def columns_as_long_as(self, portrait_columns: int) -> int:
        """Columns of a table about as long as one with ``portrait_columns`` upright modules."""
        if not self.landscape:
            return portrait_columns
        pitches = self.module.width_m + self.gap_m, self.module.length_m + self.gap_m
        return max(round(portrait_columns * pitches[0] / pitches[1]), 1)


def table_type(settings: DrawnSettings) -> TableType:
    """The type that drawn ``settings`` name; raises SettingsError for a module that cannot be."""
    name = settings.array.table_type.value
    rows, landscape = ROWS[name]
    post_rows = 2 if settings.array.posts.value == "double" and rows > 1 else 1
    return TableType(name, module_type(settings.module), rows, landscape, post_rows, settings.module.gap_m)


def plan_table_types(settings: Settings, seed: int) -> tuple[TableType, ...]:
    """The types of a picture's tables by ``settings`` of which none is drawn yet: the plant's, and its extension's.

    There is one alone where no extension is wanted, or where it would be made as the rest is.
    """
    first = draw_settings(settings, seed)
    if first.array.extension_share.value == 0:
        return (table_type(first),)
    return tuple(dict.fromkeys((table_type(first), table_type(draw_extension(settings, seed)))))
