# SPDX-License-Identifier: GPL-3.0-or-later
"""The groups of surroundings: what one setting counts together, and where its items stand."""

from __future__ import annotations

from ...domain.array_types import Floats
from ...domain.random_streams import stream
from ..placement.kinds import Choice, Group, TarpaulinKind
from ..placement.placement import Placement

_INSIDE_M, _OUTSIDE_M = (1.2, 9.0), (15.0, 80.0)
"""Distances from the nearest table of items among the tables and around the plant."""
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


BUILDINGS = Group("surroundings/buildings", 100, lambda settings: settings.surroundings.buildings.value, _place_outside)
GREENHOUSES = Group(
    "surroundings/greenhouses", 200, lambda settings: settings.surroundings.greenhouses.value, _place_outside
)
PONDS = Group("surroundings/ponds", 300, lambda settings: settings.surroundings.ponds.value, _place_outside)
VEHICLES = Group("surroundings/vehicles", 400, lambda settings: settings.surroundings.vehicles.value, _place_vehicles)
MATERIALS = Group(
    "surroundings/materials", 500, lambda settings: settings.surroundings.materials.value, _place_materials
)
