# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions of the modules after installation: dust on all of them, marks or damage on some."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ...domain.array_types import Floats, Ints
from ...domain.random_streams import stream
from ...settings.drawn import DrawnModule

NUM_VARIANTS = 5
"""Variants of each kind of mark; each also occurs mirrored."""
DUSTY_FROM = 0.4
"""Dust level from which dust is a module's condition. Estimate."""
_SNOW_OF_TABLE = 0.97
"""Weight of the table in whether snow remains on its modules. Estimate."""
_SNOW_RUN = 3
"""Number of adjacent columns on which snow stays or slides off in one piece. Estimate."""
_SNOW_SLIDES = 0.08
"""How much more readily a row of modules sheds its snow than the row below, in standard deviations. Estimate."""


class Condition(IntEnum):
    """The main condition of a module."""

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
    def key(self) -> str:
        """Name in sample.json and in the names of random streams."""
        return self.name.lower()


@dataclass(frozen=True)
class ModuleStates:
    """The states of M modules."""

    condition: Ints
    """Condition (M,), a ``Condition``."""
    dust: Floats
    """Dust (M,) from 0 (none) to 1 (caked)."""
    variant: Ints
    """Variant (M,) of a module's mark: ``NUM_VARIANTS``, then as many mirrored ones."""


def draw_states(table: Ints, row: Ints, column: Ints, settings: DrawnModule, seed: int) -> ModuleStates:
    """Return the states of modules at ``row`` and ``column`` (M,) of the tables ``table`` (M,).

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
    """Return the dust (M,): some tables stand closer to the road, and some modules were rinsed by more rain."""
    of_table = stream(seed, "modules/dust/table").uniform(0.75, 1.25, int(table.max()) + 1)
    own = stream(seed, "modules/dust/module").uniform(0.85, 1.15, len(table))
    result: Floats = np.clip(soiling * of_table[table] * own, 0.0, 1.0)
    return result


def _conditions(snow_rank: Floats, settings: DrawnModule, seed: int) -> Ints:
    """Return conditions (M,), each except dust on its share of the modules; shares that exceed 1 in total are scaled.

    Snow lies on the modules with the lowest ``snow_rank`` (M,). The other conditions then take their shares of all
    modules in turn, from the modules that are left. Each has its own random stream.
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
        struck = stream(seed, f"modules/condition/{kind.key}").random(len(snow)) * left < share / total
        condition[struck & (condition == Condition.CLEAN)] = kind
        left -= share / total
    return condition


def _snow_rank(table: Ints, row: Ints, column: Ints, seed: int) -> Floats:
    """Return uniform ranks (M,) from 0 to 1 of the order in which modules keep their snow.

    The ranks of a table are similar, and within it those of adjacent columns and of the lower rows.
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
