# SPDX-License-Identifier: GPL-3.0-or-later
"""The group of masts: lightning rods and weather stations among the tables."""

from __future__ import annotations

from ...settings.drawn import DrawnSettings
from ..placement.kinds import Choice, Group
from ..placement.placement import Placement

_RING_M = (1.2, 9.0)
"""Distance from the nearest table."""


def _count(settings: DrawnSettings) -> float:
    """Return the number of masts."""
    return settings.equipment.masts.value


def _place(placement: Placement, choice: Choice, count: float) -> None:
    """Place masts near any table."""
    for number in range(int(count)):
        name = choice.item_name(number)
        kind = choice.of_item(placement.seed, name, number)
        kind.put(placement, placement.near_any_table(_RING_M, name), name)


MASTS = Group("equipment/mast", stage=200, count=_count, place=_place)
