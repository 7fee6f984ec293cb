# SPDX-License-Identifier: GPL-3.0-or-later
"""All works of a site: the plant's own equipment among the tables, and what else stands around them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import pick, stream
from ...settings.drawn import DrawnEquipment, DrawnSettings
from ..array.spacing import table_corners
from ..array.tables import Tables
from ..equipment.fence import no_fence, plan_fence
from ..equipment.row_equipment import plan_inverters, plan_trays
from ..equipment.substation import plan_substation
from ..numerics.columns import joined
from ..placement.clearance import Carriageways, FreeGround
from ..placement.placement import Candidates, Placement, Rule
from ..placement.things import WorkKind, Works
from ..terrain.terrain import Terrain
from .tarpaulins import POINTS, plan_sheet

TRANSFORMER = Rule(WorkKind.TRANSFORMER, (3.6, 2.4, 2.3), (5.4, 3.0, 3.0), 1.4, 1.2)
LIGHTNING_ROD = Rule(WorkKind.LIGHTNING_ROD, (0.8, 0.8, 7.0), (0.8, 0.8, 14.0), 0.6, 0.6)
WEATHER_STATION = Rule(WorkKind.WEATHER_STATION, (1.6, 1.6, 3.0), (1.6, 1.6, 4.0), 0.8, 1.5)
HOUSE = Rule(WorkKind.HOUSE, (7.0, 5.5, 3.2), (14.0, 9.0, 6.4), 2.6, 12.0)
SHED = Rule(WorkKind.SHED, (7.0, 5.0, 2.8), (24.0, 11.0, 5.0), 2.2, 12.0)
TUNNEL = Rule(WorkKind.TUNNEL, (16.0, 5.5, 2.4), (40.0, 8.0, 3.2), 2.8, 12.0)
GLASSHOUSE = Rule(WorkKind.GLASSHOUSE, (12.0, 6.0, 2.0), (30.0, 10.0, 3.0), 2.6, 12.0)
POND = Rule(WorkKind.POND, (8.0, 7.0, 0.8), (28.0, 20.0, 1.2), 3.2, 10.0)
TANK = Rule(WorkKind.TANK, (2.5, 2.5, 1.6), (7.0, 7.0, 3.0), 1.4, 8.0)
CONTAINER = Rule(WorkKind.CONTAINER, (6.06, 2.44, 2.59), (6.06, 2.44, 2.9), 1.0, 1.2)
PICKUP = Rule(WorkKind.PICKUP, (5.2, 1.85, 1.75), (5.4, 1.95, 1.9), 0.12, 1.0, on_wheels=True)
VAN = Rule(WorkKind.VAN, (4.6, 1.75, 1.9), (6.0, 2.0, 2.6), 0.12, 1.0, on_wheels=True)
EXCAVATOR = Rule(WorkKind.EXCAVATOR, (7.0, 2.5, 2.8), (8.4, 2.9, 3.1), 0.2, 2.0, on_wheels=True)
PACKED_MODULES = Rule(WorkKind.PACKED_MODULES, (2.3, 1.15, 1.15), (2.45, 1.2, 2.45), 0.5, 0.6)

_INSIDE_M, _YARD_M, _OUTSIDE_M = (1.2, 9.0), (5.0, 16.0), (15.0, 80.0)
"""Distances from the nearest table of what stands among the tables, of transformers, and of other people's things."""
BUILDINGS = {HOUSE: 1.0, SHED: 1.0}
GREENHOUSES = {TUNNEL: 2.0, GLASSHOUSE: 1.0}
PONDS = {POND: 2.0, TANK: 1.0}
VEHICLES = {PICKUP: 1.0, VAN: 1.0, EXCAVATOR: 1.0}
"""Kinds of which each such thing is one, and how often against the others; their order does not count."""
MATERIALS = {PACKED_MODULES.name: 0.35, CONTAINER.name: 0.15, "tarpaulin": 0.5}
"""The same of what is stored among the tables."""
_BY_ROAD = 0.7
"""Share of the vehicles that stand by a road."""
_NEAR_ANOTHER = 0.55
"""Share of the buildings, tunnels and glasshouses that stand near one that is there."""


def plan_works(settings: DrawnSettings, terrain: Terrain, tables: Tables, roads: Carriageways, seed: int) -> Works:
    """All works of a site.

    The order in which they are placed is the rule by which what comes later keeps off what stands there already. What
    is drawn for each does not depend on it.
    """
    outlines = table_corners(tables)[..., :2]
    free = FreeGround(outlines, roads)
    placement = Placement(terrain, tables, free, seed)
    equipment, surroundings = settings.equipment, settings.surroundings
    _put_transformers(placement, equipment, tables)
    _put_masts(placement, equipment)
    fence = no_fence()
    if equipment.fences:
        fence = plan_fence(np.concatenate([outlines, placement.things.outlines]), terrain, free, seed)
        free.take_walls(fence.walls)
    inverters = plan_inverters(equipment.inverters.value, terrain, tables, free, seed)
    trays = plan_trays(terrain, tables, seed) if equipment.cable_trays else np.zeros((0, 2, 3))
    yard_fence = plan_substation(placement, equipment.substation.value)
    _put_outside(placement, int(surroundings.buildings.value), BUILDINGS, "surroundings/buildings")
    _put_outside(placement, int(surroundings.greenhouses.value), GREENHOUSES, "surroundings/greenhouses")
    _put_outside(placement, int(surroundings.ponds.value), PONDS, "surroundings/ponds")
    _put_vehicles(placement, int(surroundings.vehicles.value))
    sheets, looks = _put_materials(placement, int(surroundings.materials.value))
    return Works(
        things=joined([placement.things, inverters]),
        trays=trays,
        sheets=sheets,
        sheet_look=looks,
        fence=fence,
        yard_fence=yard_fence,
    )


def _put_transformers(placement: Placement, settings: DrawnEquipment, tables: Tables) -> None:
    """Each cluster has its share, and at least one; each stands near its own tables, by a road if there is one."""
    rate = settings.transformers.value / 100.0
    if rate <= 0:
        return
    for cluster in np.unique(tables.cluster).tolist():
        own = np.flatnonzero(tables.cluster == cluster)
        for number, group in enumerate(np.array_split(own, max(round(rate * len(own)), 1))):
            name = f"equipment/transformer/{cluster}/{number}"
            placement.put(TRANSFORMER, placement.near_tables(group, _YARD_M, name, by_road=True), name)


def _put_masts(placement: Placement, settings: DrawnEquipment) -> None:
    """Lightning rods, and a weather station among them."""
    for number in range(int(settings.masts.value)):
        rule, name = WEATHER_STATION if number == 1 else LIGHTNING_ROD, f"equipment/mast/{number}"
        placement.put(rule, placement.near_any_table(_INSIDE_M, name), name)


def _put_outside(placement: Placement, count: int, rules: Mapping[Rule, float], subject: str) -> None:
    """Other people's things, many of them in groups."""
    last: Floats | None = None
    for number in range(count):
        name = f"{subject}/{number}"
        near = last if stream(placement.seed, f"{name}/in_group").random() < _NEAR_ANOTHER else None
        if placement.put(_picked(placement.seed, name, rules), placement.around(_OUTSIDE_M, near, name), name):
            last = placement.things.base[-1, :2]


def _put_vehicles(placement: Placement, count: int) -> None:
    """Vehicles among the tables, most of them by a road."""
    for number in range(count):
        name = f"surroundings/vehicles/{number}"
        by_road = bool(stream(placement.seed, f"{name}/by_road").random() < _BY_ROAD)
        candidates = placement.near_any_table(_INSIDE_M, name, by_road=by_road)
        placement.put(_picked(placement.seed, name, VEHICLES), candidates, name)


def _put_materials(placement: Placement, count: int) -> tuple[Floats, Floats]:
    """Modules still packed, containers and tarpaulins; gives the tarpaulins' points and looks."""
    sheets, looks = [], []
    for number in range(count):
        name = f"surroundings/materials/{number}"
        kind = pick(placement.seed, f"{name}/kind", MATERIALS)
        candidates = placement.near_any_table(_INSIDE_M, name, by_road=kind != "tarpaulin")
        if kind == PACKED_MODULES.name:
            _put_stacks(placement, candidates, name)
        elif kind == CONTAINER.name:
            placement.put(CONTAINER, candidates, name)
        else:
            sheet = plan_sheet(candidates, placement.terrain, placement.free, placement.seed, name)
            if sheet is not None:
                sheets.append(sheet)
                looks.append(stream(placement.seed, f"{name}/look").random(4))
    return np.array(sheets).reshape(-1, POINTS, POINTS, 3), np.array(looks).reshape(-1, 4)


def _put_stacks(placement: Placement, candidates: Candidates, name: str) -> None:
    """A row of stacks side by side, as a lorry has left them."""
    rng = stream(placement.seed, f"{name}/stacks")
    count, pitch = int(rng.integers(1, 7)), rng.uniform(1.9, 2.6)
    for number in range(count):
        own = f"{name}/{number}"
        if not placement.put(PACKED_MODULES, candidates, own):
            return
        along, across = placement.things.axes[-1, :2, :2]
        beside = placement.things.base[-1, :2] + pitch * across
        turn = np.arctan2(along[1], along[0]) + stream(placement.seed, f"{own}/turn").normal(0.0, 0.03)
        candidates = Candidates(beside[None], np.array([turn]))


def _picked(seed: int, name: str, rules: Mapping[Rule, float]) -> Rule:
    """One of the rules by their weights, for the thing ``name``."""
    kind = pick(seed, f"{name}/kind", {rule.name: weight for rule, weight in rules.items()})
    return next(rule for rule in rules if rule.name == kind)
