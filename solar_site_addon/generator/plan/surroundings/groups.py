# SPDX-License-Identifier: GPL-3.0-or-later
"""The groups of surroundings: what one setting counts together, and where its items stand."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats, Indices
from ...domain.random_streams import stream
from ...settings.drawn import DrawnSettings
from ...settings.types import Range
from ..array.stages import Stage
from ..placement.kinds import Choice, Group, TarpaulinKind
from ..placement.placement import Placement

_INSIDE_M, _OUTSIDE_M = (1.2, 9.0), (15.0, 80.0)
"""Distances from the nearest table of items among the tables and around the plant."""
_AT_WORK_M = (0.4, 6.0)
"""Distances from the nearest table of what is used for construction."""
_BY_ROAD = 0.7
"""Share of the vehicles that stand by a road."""
_NEAR_ANOTHER = 0.55
"""Share of the items around the plant that stand near another one of their group."""


def _place_outside(placement: Placement, choice: Choice, count: float) -> None:
    """Place items around the plant, many of them in clusters."""
    last: Floats | None = None
    for number in range(int(count)):
        name = choice.item_name(number)
        near = last if stream(placement.seed, f"{name}/in_group").random() < _NEAR_ANOTHER else None
        kind = choice.of_item(placement.seed, name, number)
        placed = kind.put(placement, placement.around(_OUTSIDE_M, near, name), name)
        if placed is not None:
            last = placed.center


def _place_vehicles(placement: Placement, choice: Choice, count: float) -> None:
    """Place vehicles among the tables, most of them by a road."""
    for number in range(int(count)):
        name = choice.item_name(number)
        by_road = bool(stream(placement.seed, f"{name}/by_road").random() < _BY_ROAD)
        kind = choice.of_item(placement.seed, name, number)
        kind.put(placement, placement.near_any_table(_INSIDE_M, name, by_road=by_road), name)


def _place_materials(placement: Placement, choice: Choice, count: float) -> None:
    """Place materials among the tables, all but tarpaulins by a road."""
    for number in range(int(count)):
        name = choice.item_name(number)
        kind = choice.of_item(placement.seed, name, number)
        by_road = not isinstance(kind, TarpaulinKind)
        kind.put(placement, placement.near_any_table(_INSIDE_M, name, by_road=by_road), name)


def _place_at_work(placement: Placement, choice: Choice, count: float) -> None:
    """Place items among the tables under construction."""
    group = _under_construction(placement)
    for number in range(int(count) if len(group) else 0):
        name = choice.item_name(number)
        kind = choice.of_item(placement.seed, name, number)
        kind.put(placement, placement.near_tables(group, _AT_WORK_M, name), name)


def _under_construction(placement: Placement) -> Indices:
    """Return the indices of the tables at which work has begun and is not finished; of all cleared ones if none."""
    stage, done = placement.tables.stage, placement.tables.done
    begun = np.flatnonzero((stage < Stage.COMPLETE) & ((stage > Stage.CLEARED) | (done > 0)))
    return begun if len(begun) else np.flatnonzero(stage < Stage.COMPLETE)


def _if_unfinished(settings: DrawnSettings, number: Range) -> float:
    """Return the ``number`` of items, or 0 on a complete site."""
    return number.value if settings.array.progress.value < 1 else 0.0


BUILDINGS = Group("surroundings/buildings", 100, lambda settings: settings.surroundings.buildings.value, _place_outside)
GREENHOUSES = Group(
    "surroundings/greenhouses", 200, lambda settings: settings.surroundings.greenhouses.value, _place_outside
)
PONDS = Group("surroundings/ponds", 300, lambda settings: settings.surroundings.ponds.value, _place_outside)
VEHICLES = Group("surroundings/vehicles", 400, lambda settings: settings.surroundings.vehicles.value, _place_vehicles)
MATERIALS = Group(
    "surroundings/materials", 500, lambda settings: settings.surroundings.materials.value, _place_materials
)
MACHINES = Group(
    "surroundings/machines",
    600,
    lambda settings: _if_unfinished(settings, settings.surroundings.machines),
    _place_at_work,
)
SUPPLIES = Group(
    "surroundings/supplies",
    700,
    lambda settings: _if_unfinished(settings, settings.surroundings.supplies),
    _place_at_work,
)
LOOKALIKES = Group(
    "surroundings/lookalikes",
    800,
    lambda settings: _if_unfinished(settings, settings.surroundings.lookalikes),
    _place_at_work,
)
WORKERS = Group(
    "surroundings/workers",
    900,
    lambda settings: _if_unfinished(settings, settings.surroundings.workers),
    _place_at_work,
)
