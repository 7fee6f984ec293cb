# SPDX-License-Identifier: GPL-3.0-or-later
"""The surroundings of a site: buildings, greenhouses, ponds, vehicles and materials, many of them distractors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from ...domain.array_types import Floats
from ...settings.drawn import DrawnSettings
from ..array.tables import Tables
from ..placement.clearance import FreeGround
from ..placement.items import Items, Tarpaulins
from ..placement.kinds import BaseKind, choices, find_kinds, place
from ..placement.placement import Placement
from ..terrain.terrain import Terrain
from . import kinds as package


@dataclass(frozen=True)
class Surroundings:
    """Rigid items and tarpaulins."""

    items: Items
    tarpaulins: Tarpaulins

    @property
    def circles(self) -> Floats:
        """(M, 3) x, y and radius in meters of circles that together cover the ground of all items and tarpaulins."""
        return np.concatenate([self.items.circles, self.tarpaulins.circles])


@cache
def surroundings_kinds() -> tuple[BaseKind, ...]:
    """Return all kinds of surroundings: one for each file in ``plan/surroundings/kinds``."""
    return find_kinds(package)


def plan_surroundings(
    settings: DrawnSettings,
    terrain: Terrain,
    tables: Tables,
    free: FreeGround,
    seed: int,
    kinds: Sequence[BaseKind] | None = None,
) -> Surroundings:
    """Return the surroundings of a site, and take their ground from ``free``, which holds the equipment.

    ``kinds`` are those that may occur, by default all.
    """
    placement = Placement(terrain, tables, free, seed)
    place(placement, settings, choices(surroundings_kinds() if kinds is None else kinds))
    return Surroundings(Items.of(placement.items), Tarpaulins.of(placement.tarpaulins))
