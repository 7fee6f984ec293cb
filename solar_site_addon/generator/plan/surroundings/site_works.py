# SPDX-License-Identifier: GPL-3.0-or-later
"""All works of a site: the plant's own equipment among the tables, and what else stands around them."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ...settings.schema import EquipmentSettings, Settings
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
_NEAR_ANOTHER = 0.55
"""Share of the buildings, tunnels and glasshouses that stand near one that is there."""


def plan_works(
    settings: Settings, terrain: Terrain, tables: Tables, roads: Carriageways, rng: np.random.Generator
) -> Works:
    """All works of a site. Each kind has a stream of its own: its number changes none of the others' draws."""
    # The substation's is the last, though it is placed amid the others: theirs stay as they are.
    *others, substation_rng = rng.spawn(11)
    streams = iter(others)
    outlines = table_corners(tables)[..., :2]
    free = FreeGround(outlines, roads)
    placement = Placement(terrain, tables, free)
    equipment, surroundings = settings.equipment, settings.surroundings
    _put_transformers(placement, equipment, tables, next(streams))
    _put_masts(placement, equipment, next(streams))
    fence_rng, fence = next(streams), no_fence()
    if equipment.fences:
        fence = plan_fence(np.concatenate([outlines, placement.things.outlines]), terrain, free, fence_rng)
        free.take_walls(fence.walls)
    inverters = plan_inverters(equipment.inverters.value, terrain, tables, free, next(streams))
    tray_rng = next(streams)
    trays = plan_trays(terrain, tables, tray_rng) if equipment.cable_trays else np.zeros((0, 2, 3))
    yard_fence = plan_substation(placement, equipment.substation.value, substation_rng)
    _put_outside(placement, int(surroundings.buildings.value), (HOUSE, SHED), next(streams))
    _put_outside(placement, int(surroundings.greenhouses.value), (TUNNEL, TUNNEL, GLASSHOUSE), next(streams))
    _put_outside(placement, int(surroundings.ponds.value), (POND, POND, TANK), next(streams))
    _put_inside(placement, int(surroundings.vehicles.value), (PICKUP, VAN, EXCAVATOR), next(streams))
    sheets, looks = _put_materials(placement, int(surroundings.materials.value), next(streams))
    return Works(
        things=joined([placement.things, inverters]),
        trays=trays,
        sheets=sheets,
        sheet_look=looks,
        fence=fence,
        yard_fence=yard_fence,
    )


def _put_transformers(
    placement: Placement, settings: EquipmentSettings, tables: Tables, rng: np.random.Generator
) -> None:
    """Each cluster has its share, and at least one; each stands near its own tables, by a road if there is one."""
    rate = settings.transformers.value / 100.0
    if rate <= 0:
        return
    for cluster in np.unique(tables.cluster):
        own = np.flatnonzero(tables.cluster == cluster)
        for group in np.array_split(own, max(round(rate * len(own)), 1)):
            placement.put(TRANSFORMER, placement.near_tables(group, _YARD_M, rng, by_road=True), rng)


def _put_masts(placement: Placement, settings: EquipmentSettings, rng: np.random.Generator) -> None:
    """Lightning rods, and a weather station among them."""
    for number in range(int(settings.masts.value)):
        rule = WEATHER_STATION if number == 1 else LIGHTNING_ROD
        placement.put(rule, placement.near_any_table(_INSIDE_M, rng), rng)


def _put_outside(placement: Placement, count: int, rules: tuple[Rule, ...], rng: np.random.Generator) -> None:
    """Other people's things, many of them in groups."""
    last: Floats | None = None
    for _ in range(count):
        rule = rules[int(rng.integers(len(rules)))]
        near = last if rng.random() < _NEAR_ANOTHER else None
        if placement.put(rule, placement.around(_OUTSIDE_M, near, rng), rng):
            last = placement.things.base[-1, :2]


def _put_inside(placement: Placement, count: int, rules: tuple[Rule, ...], rng: np.random.Generator) -> None:
    """Things among the tables, most of them by a road."""
    for _ in range(count):
        rule = rules[int(rng.integers(len(rules)))]
        placement.put(rule, placement.near_any_table(_INSIDE_M, rng, by_road=rng.random() < 0.7), rng)


def _put_materials(placement: Placement, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Modules still packed, containers and tarpaulins; gives the tarpaulins' points and looks."""
    sheets = []
    for _ in range(count):
        choice = float(rng.random())
        candidates = placement.near_any_table(_INSIDE_M, rng, by_road=choice < 0.5)
        if choice < 0.35:
            _put_stacks(placement, candidates, rng)
        elif choice < 0.5:
            placement.put(CONTAINER, candidates, rng)
        else:
            sheet = plan_sheet(candidates, placement.terrain, placement.free, rng)
            sheets += [] if sheet is None else [sheet]
    return np.array(sheets).reshape(-1, POINTS, POINTS, 3), rng.random((len(sheets), 4))


def _put_stacks(placement: Placement, candidates: Candidates, rng: np.random.Generator) -> None:
    """A row of stacks side by side, as a lorry has left them."""
    put, count, pitch = placement.put(PACKED_MODULES, candidates, rng), int(rng.integers(1, 7)), rng.uniform(1.9, 2.6)
    while put and count > 1:
        along, across = placement.things.axes[-1, :2, :2]
        beside = placement.things.base[-1, :2] + pitch * across
        turn = np.arctan2(along[1], along[0]) + rng.normal(0.0, 0.03)
        put = placement.put(PACKED_MODULES, Candidates(beside[None], np.array([turn])), rng)
        count -= 1
