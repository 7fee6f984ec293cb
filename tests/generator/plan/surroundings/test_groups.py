# SPDX-License-Identifier: GPL-3.0-or-later
"""Each group of surroundings stands where its rule says: around the plant, or among its tables."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.placement.kinds import Choice, Group
from solar_site_addon.generator.plan.placement.placement import Placement
from solar_site_addon.generator.plan.surroundings import groups
from solar_site_addon.generator.plan.surroundings.surroundings import surroundings_kinds

from ...hand_made import drawn
from ...hand_made_placement import ROAD_Y, placement, to_tables

AROUND = [groups.BUILDINGS, groups.GREENHOUSES, groups.PONDS]
AMONG = [groups.VEHICLES, groups.MATERIALS]


def placed(group: Group, count: float, seed: int = 1) -> Placement:
    made = placement(seed=seed)
    group.place(made, Choice(group, tuple(kind for kind in surroundings_kinds() if kind.group is group)), count)
    return made


def middles(made: Placement) -> np.ndarray:
    return np.array([thing.center for thing in (*made.items, *made.tarpaulins)])


@pytest.mark.parametrize("group", AROUND + AMONG, ids=lambda group: str(group.name))
def test_the_setting_of_its_name_counts_a_group(group: Group) -> None:
    name = f"surroundings__{group.name.partition('/')[2]}"
    assert group.count(drawn(**{name: (3, 3)})) == 3
    assert group.count(drawn(**{name: (0, 0)})) == 0
    assert len(middles(placed(group, 0))) == 0


@pytest.mark.parametrize("group", AROUND, ids=lambda group: str(group.name))
def test_the_groups_around_the_plant_keep_their_distance(group: Group) -> None:
    made = placed(group, 6)
    distance = to_tables(middles(made), made.tables)
    assert 3 <= len(distance) <= 6
    assert 15 <= distance.min() <= distance.max() <= 81


@pytest.mark.parametrize("group", AMONG, ids=lambda group: str(group.name))
def test_the_groups_among_the_tables_are_near_them(group: Group) -> None:
    made = placed(group, 6)
    distance = to_tables(middles(made), made.tables)
    assert len(distance) >= 3
    assert 1.2 <= distance.min() <= distance.max() <= 9.5


def test_many_buildings_stand_together() -> None:
    apart = []
    for seed in range(6):
        points = middles(placed(groups.BUILDINGS, 8, seed))
        between = np.hypot(*(points[:, None] - points).transpose(2, 0, 1)) + 1e9 * np.eye(len(points))
        apart += between.min(axis=1).tolist()
    # 8 places at random on these 40,000 square meters would be some 35 m apart.
    assert np.median(apart) < 25


def test_most_vehicles_stand_on_the_side_of_the_road() -> None:
    south = np.concatenate([middles(placed(groups.VEHICLES, 4, seed))[:, 1] for seed in range(8)]) < 0
    assert ROAD_Y < 0
    assert 0.6 < south.mean() < 1
