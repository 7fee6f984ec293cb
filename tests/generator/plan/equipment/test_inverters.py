# SPDX-License-Identifier: GPL-3.0-or-later
"""Inverters stand behind tables, as many as the settings ask for, and clear of what is there already."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.equipment.equipment import equipment_kinds
from solar_site_addon.generator.plan.equipment.inverters import INVERTERS
from solar_site_addon.generator.plan.placement.kinds import Choice
from solar_site_addon.generator.plan.placement.placement import Placement
from solar_site_addon.generator.plan.surroundings.surroundings import surroundings_kinds

from ...hand_made import drawn, plane
from ...hand_made_placement import TABLE_SIZE, one_row, placement

CHOICE = Choice(INVERTERS, tuple(kind for kind in equipment_kinds() if kind.group is INVERTERS))


def placed(per_hundred: float, made: Placement | None = None, seed: int = 1) -> Placement:
    made = placement(plane(0.05, 0.02), one_row(9), seed) if made is None else made
    INVERTERS.place(made, CHOICE, per_hundred)
    return made


def test_the_setting_is_a_number_for_each_hundred_tables() -> None:
    assert INVERTERS.count(drawn(equipment__inverters=(7.0, 7.0))) == 7.0
    assert [len(placed(per_hundred).items) for per_hundred in (0.0, 34.0, 100.0)] == [0, 3, 9]


def test_each_stands_behind_its_table_on_the_ground_and_faces_like_it() -> None:
    made = placed(100.0)
    behind = TABLE_SIZE[1] / 2 * np.cos(np.radians(25)) + 0.55
    for item, centre in zip(made.items, made.tables.centre, strict=True):
        assert item.base[1] == pytest.approx(behind)
        assert abs(item.base[0] - centre[0]) < TABLE_SIZE[0] / 2
        assert item.base[2] == pytest.approx(0.05 * item.base[0] + 0.02 * item.base[1])
        assert item.axes == pytest.approx(np.eye(3))


@pytest.mark.parametrize("seed", range(3))
def test_all_inverters_of_a_site_are_alike(seed: int) -> None:
    first, *others = placed(100.0, seed=seed).items
    for item in others:
        assert item.kind == first.kind
        assert item.size.tolist() == first.size.tolist()


def test_none_stands_on_ground_that_is_taken() -> None:
    made = placement(tables=one_row(9))
    made.free.take(np.array([[-30.0, 3.0, 28.0]]))
    assert len(placed(100.0, made).items) < 9
    assert all(np.hypot(item.base[0] + 30, item.base[1] - 3) > 28 for item in made.items)


def test_a_tarpaulin_is_no_inverter() -> None:
    tarpaulin = next(kind for kind in surroundings_kinds() if kind.name == "tarpaulin")
    with pytest.raises(TypeError, match="tarpaulin"):
        INVERTERS.place(placement(), Choice(INVERTERS, (tarpaulin,)), 100.0)
