# SPDX-License-Identifier: GPL-3.0-or-later
"""What has happened to the modules since they were put up: dust on all, and marks or damage on some."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ...domain.array_types import Floats, Ints
from ...domain.random_streams import stream
from ...settings.drawn import DrawnModule

NUM_VARIANTS = 3
"""Pictures of each kind of mark; each also in mirror image."""
DUSTY_FROM = 0.4
"""Dust from which on it is a module's condition."""
_SNOW_OF_TABLE = 0.97
"""How far the modules of a table agree on whether snow is left on them."""
_SNOW_RUN = 3
"""Snow stays on about so many neighbouring columns, and slides off as many, in one piece."""
_SNOW_SLIDES = 0.08
"""How much rather, in the unit of the ranks' normal numbers, a row of modules is bare than the one below it."""


class Condition(IntEnum):
    """The main thing that is to be said of a module."""

    CLEAN = 0
    DUST = 1
    STAIN = 2
    BIRD_DROPPINGS = 3
    LEAVES = 4
    SNOW = 5
    CRACKED = 6
    HOT_SPOT = 7
    MISSING = 8

    @property
    def label(self) -> str:
        """The name in sample.json."""
        return self.name.lower()


@dataclass(frozen=True)
class ModuleStates:
    """The states of M modules."""

    condition: Ints
    """(M,) ``Condition``."""
    dust: Floats
    """(M,) from 0 (none) to 1 (caked)."""
    variant: Ints
    """(M,) which picture of its mark a module has: ``NUM_VARIANTS`` and as many in mirror image."""


def draw_states(table: Ints, row: Ints, column: Ints, settings: DrawnModule, seed: int) -> ModuleStates:
    """The states of modules at ``row`` and ``column`` (M,) of the tables ``table`` (M,), by drawn ``settings``.

    At least one module is not missing.
    """
    dust = _dust(table, settings.soiling.value, seed)
    condition = _conditions(_snow_rank(table, row, column, seed), settings, seed)
    if (condition == Condition.MISSING).all():
        condition[0] = Condition.CLEAN
    condition[(condition == Condition.CLEAN) & (dust >= DUSTY_FROM)] = Condition.DUST
    variant = stream(seed, "modules/variant").integers(0, 2 * NUM_VARIANTS, len(table), dtype=np.int32)
    return ModuleStates(condition, dust, variant)


def _dust(table: Ints, soiling: float, seed: int) -> Floats:
    """(M,) dust: some tables stand nearer to the road, some modules were rinsed by more rain."""
    of_table = stream(seed, "modules/dust/table").uniform(0.75, 1.25, int(table.max()) + 1)
    own = stream(seed, "modules/dust/module").uniform(0.85, 1.15, len(table))
    result: Floats = np.clip(soiling * of_table[table] * own, 0.0, 1.0)
    return result


def _conditions(snow_rank: Floats, settings: DrawnModule, seed: int) -> Ints:
    """(M,) each condition but dust on its share of the modules, in proportion where the shares exceed 1.

    Snow lies on those with the lowest ``snow_rank`` (M,). The others share what it leaves, so that each has its part of
    all modules: one after the other they take of what is left. Each has a stream of its own.
    """
    shares = {
        Condition.MISSING: settings.missing_share.value,
        Condition.CRACKED: settings.cracked_share.value,
        Condition.HOT_SPOT: settings.hot_spot_share.value,
        Condition.BIRD_DROPPINGS: settings.droppings_share.value,
        Condition.STAIN: settings.stain_share.value,
        Condition.LEAVES: settings.leaves_share.value,
    }
    total = max(sum(shares.values()) + settings.snow_share.value, 1.0)
    condition = np.full(len(snow_rank), Condition.CLEAN, dtype=np.int32)
    snow = snow_rank < settings.snow_share.value / total
    condition[snow] = Condition.SNOW
    left = float(np.count_nonzero(~snow)) / len(snow)
    for kind, share in shares.items():
        struck = stream(seed, f"modules/condition/{kind.label}").random(len(snow)) * left < share / total
        condition[struck & (condition == Condition.CLEAN)] = kind
        left -= share / total
    return condition


def _snow_rank(table: Ints, row: Ints, column: Ints, seed: int) -> Floats:
    """(M,) ranks, evenly from 0 to 1, in which modules have kept their snow.

    Those of a table lie together; within it, neighbouring columns and the lower rows do.
    """
    tables = int(table.max()) + 1
    of_table = stream(seed, "modules/snow/table").standard_normal(tables)
    knots = stream(seed, "modules/snow/columns").standard_normal((tables, int(column.max()) // _SNOW_RUN + 2))
    run, share = np.divmod(column / _SNOW_RUN, 1.0)
    run = run.astype(np.intp)
    of_run = (1 - share) * knots[table, run] + share * knots[table, run + 1]
    own = of_run + _SNOW_SLIDES / np.sqrt(1 - _SNOW_OF_TABLE**2) * row
    order = np.argsort(_SNOW_OF_TABLE * of_table[table] + np.sqrt(1 - _SNOW_OF_TABLE**2) * own, kind="stable")
    rank = np.empty(len(table))
    rank[order] = (np.arange(len(table)) + 0.5) / len(table)
    return rank
