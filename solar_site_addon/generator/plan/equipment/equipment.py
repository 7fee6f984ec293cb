# SPDX-License-Identifier: GPL-3.0-or-later
"""The equipment of a site: electrical equipment, masts, cable trays and fences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from ...domain.array_types import Floats
from ...settings.drawn import DrawnSettings
from ..array.spacing import table_corners
from ..array.tables import Tables
from ..placement.clearance import FreeGround
from ..placement.fences import Fence, no_fence
from ..placement.items import Items
from ..placement.kinds import BaseKind, Kind, choices, find_kinds, place
from ..placement.placement import Placement
from ..terrain.terrain import Terrain
from . import kinds as package
from .cable_trays import plan_cable_trays
from .fence import plan_fence

FENCE_STAGE = 300
"""Stage at which the plant's fence is built, around the items within it that were placed at lower stages."""


@dataclass(frozen=True)
class Equipment:
    """Items, C pieces of cable tray, and fences."""

    items: Items
    trays: Floats
    """(C, 2, 3) ends of straight pieces of cable tray, m."""
    fence: Fence
    """The plant's."""
    yard_fences: tuple[Fence, ...]
    """Those that belong to single items, such as substations."""

    @property
    def circles(self) -> Floats:
        """(M, 3) x, y and radius in meters of circles that together cover the items' footprints."""
        return self.items.circles


@cache
def equipment_kinds() -> tuple[BaseKind, ...]:
    """Return all kinds of equipment: one for each file in ``plan/equipment/kinds``."""
    return find_kinds(package)


def plan_equipment(
    settings: DrawnSettings,
    terrain: Terrain,
    tables: Tables,
    free: FreeGround,
    seed: int,
    kinds: Sequence[BaseKind] | None = None,
) -> Equipment:
    """Return the equipment of a site, and take its ground from ``free``.

    ``kinds`` are those that may occur, by default all.
    """
    by_name = {kind.name: kind for kind in (equipment_kinds() if kinds is None else kinds)}
    groups = choices(by_name.values())
    placement = Placement(terrain, tables, free, seed)
    place(placement, settings, [choice for choice in groups if choice.group.stage < FENCE_STAGE])
    fence = no_fence()
    if settings.equipment.fences:
        enclosed = [item for item in placement.items if _is_within(by_name[item.kind])]
        outlines = np.concatenate([table_corners(tables)[..., :2], Items.of(enclosed).outlines])
        fence = plan_fence(outlines, terrain, free, seed)
        free.take_walls(fence.walls)
    place(placement, settings, [choice for choice in groups if choice.group.stage >= FENCE_STAGE])
    trays = plan_cable_trays(terrain, tables, seed) if settings.equipment.cable_trays else np.zeros((0, 2, 3))
    yard_fences = []
    for item in placement.items:
        kind = by_name[item.kind]
        if isinstance(kind, Kind) and kind.own_fence is not None:
            yard_fences.append(kind.own_fence(item, seed))
    return Equipment(Items.of(placement.items), trays, fence, tuple(yard_fences))


def _is_within(kind: BaseKind) -> bool:
    return isinstance(kind, Kind) and kind.within_fence
