# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a site: their numbers, parents and corners."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.geometry.equipment import items_shape
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.array.tables import Modules, Tables
from solar_site_addon.generator.plan.kinds import all_kinds
from solar_site_addon.generator.plan.objects import (
    Objects,
    first_item_number,
    first_pile_number,
    list_objects,
    objects_of,
    table_number,
)
from solar_site_addon.generator.plan.placement.items import TARPAULIN_POINTS, Item, Items, Tarpaulin, Tarpaulins
from solar_site_addon.generator.settings.schema import Settings, with_values

from ..planned import planned_site
from ..small_site import NO_EQUIPMENT, NO_PILES, NO_SURROUNDINGS, PILE_TYPE, level_ground, small_beams, small_modules

TURN = np.radians(30)
AXES = np.array([[np.cos(TURN), np.sin(TURN), 0.0], [-np.sin(TURN), np.cos(TURN), 0.0], [0.0, 0.0, 1.0]])


def bare(modules: Modules, tables: Tables) -> Objects:
    """Return the objects of an array without piles, equipment and surroundings."""
    return list_objects(
        modules, tables, small_beams(tables), NO_PILES, PILE_TYPE, NO_EQUIPMENT, NO_SURROUNDINGS, level_ground()
    )


@pytest.fixture
def objects() -> Objects:
    """Return two tables of ten modules, a van, a substation and a tarpaulin."""
    tables, modules = small_modules((1, 2))
    van = Item("van", np.array([10.0, 0.0, 2.0]), AXES, np.array([5.0, 2.0, 2.5]), 0.0, np.zeros(4))
    yard = Item("substation", np.array([50.0, 9.0, 1.0]), np.eye(3), np.array([24.0, 20.0, 8.0]), 0.0, np.zeros(4))
    points = np.zeros((TARPAULIN_POINTS, TARPAULIN_POINTS, 3))
    points[..., 0], points[..., 1] = np.meshgrid(
        np.linspace(0.0, 2.0, TARPAULIN_POINTS), np.linspace(0.0, 3.0, TARPAULIN_POINTS), indexing="ij"
    )
    points[..., 2] = 0.1
    points[0, -1, 2] = 0.4
    equipment = dataclasses.replace(NO_EQUIPMENT, items=Items.of([yard]))
    tarpaulins = Tarpaulins.of([Tarpaulin("tarpaulin", points, np.zeros(4))])
    surroundings = dataclasses.replace(NO_SURROUNDINGS, items=Items.of([van]), tarpaulins=tarpaulins)
    assert first_item_number(modules, tables) == 25
    return list_objects(
        modules, tables, small_beams(tables), NO_PILES, PILE_TYPE, equipment, surroundings, level_ground()
    )


def test_modules_come_first_then_tables_racks_equipment_and_surroundings(objects: Objects) -> None:
    names = [Category(category).key for category in objects.category]
    assert names == ["module"] * 20 + ["table"] * 2 + ["rack"] * 2 + ["substation", "van", "tarpaulin"]


def test_the_parent_of_modules_and_racks_is_their_table_and_nothing_else_has_one(objects: Objects) -> None:
    assert objects.parent.tolist() == [21] * 10 + [22] * 10 + [0, 0] + [21, 22] + [0] * 3


def test_a_table_reaches_from_its_first_module_to_its_last(objects: Objects) -> None:
    modules, table = objects.flat_corners[:10].reshape(-1, 3), objects.corners(21)
    for place, module in ((0, 0), (1, 4), (2, 9), (3, 5)):
        np.testing.assert_allclose(table[place], objects.flat_corners[module][place], atol=1e-9)
    assert len(modules) == 40


def test_a_table_that_is_not_full_ends_with_its_last_module() -> None:
    tables, modules = small_modules((1, 2))
    there = np.flatnonzero((modules.column > 0) & (modules.column < 4))
    kept = {field.name: getattr(modules, field.name)[there] for field in dataclasses.fields(modules)}
    objects = list_objects(
        Modules(**kept), tables, small_beams(tables), NO_PILES, PILE_TYPE, NO_EQUIPMENT, NO_SURROUNDINGS, level_ground()
    )
    table = objects.corners(len(there) + 1)
    np.testing.assert_allclose(table[0], modules.corners[1, 0], atol=1e-9)
    np.testing.assert_allclose(table[2], modules.corners[8, 2], atol=1e-9)


def test_the_box_of_a_rack_encloses_its_beams(objects: Objects) -> None:
    tables, _ = small_modules((1, 2))
    beams = small_beams(tables)
    for table, number in ((0, 23), (1, 24)):
        box = objects.corners(number)
        corners = np.concatenate([side[table] for side in beams.faces()])
        np.testing.assert_allclose(box.min(axis=0), corners.min(axis=0), atol=1e-9)
        np.testing.assert_allclose(box.max(axis=0), corners.max(axis=0), atol=1e-9)


def test_a_box_stands_on_the_base_and_has_the_size_of_its_item(objects: Objects) -> None:
    van = objects.corners(26)
    np.testing.assert_allclose(van[:4].mean(axis=0), [10.0, 0.0, 2.0], atol=1e-12)
    np.testing.assert_allclose(van[4:] - van[:4], np.tile([0.0, 0.0, 2.5], (4, 1)), atol=1e-12)
    np.testing.assert_allclose(van[1] - van[0], 5.0 * AXES[0], atol=1e-12)
    np.testing.assert_allclose(van[3] - van[0], 2.0 * AXES[1], atol=1e-12)


def test_the_box_of_a_tarpaulin_encloses_all_its_points(objects: Objects) -> None:
    box = objects.corners(27)
    np.testing.assert_allclose(box.min(axis=0), [0.0, 0.0, 0.1])
    np.testing.assert_allclose(box.max(axis=0), [2.0, 3.0, 0.4])


def test_every_kind_has_a_category_of_its_own() -> None:
    categories = [kind.category for kind in all_kinds().values()]
    assert len(set(categories)) == len(categories) > 15


def test_a_site_without_items_has_its_modules_tables_and_racks() -> None:
    tables, modules = small_modules((1, 1))
    assert (
        len(
            list_objects(
                modules, tables, small_beams(tables), NO_PILES, PILE_TYPE, NO_EQUIPMENT, NO_SURROUNDINGS, level_ground()
            )
        )
        == len(modules) + 2
    )


def test_piles_come_last_with_their_tables_as_parents_and_boxes_from_the_ground_to_their_tops() -> None:
    halfway = {"site.size_m": 120.0, "array.progress": 0.5, "array.progress_spread": 0.6, "array.piles": "phc"}
    site = planned_site(with_values(Settings(), halfway), 4)
    objects = objects_of(site)
    first = first_pile_number(site.modules, site.tables, site.equipment, site.surroundings)
    assert len(objects) == first - 1 + len(site.piles)
    assert (objects.category[first - 1 :] == Category.PILE).all()
    np.testing.assert_array_equal(objects.parent[first - 1 :], site.piles.table + table_number(site.modules, 0))
    for index in (0, len(site.piles) - 1):
        corners = objects.corners(first + index)
        np.testing.assert_allclose(corners[4:].mean(axis=0), site.piles.head[index], atol=1e-9)
        ground = site.terrain.height(*site.piles.head[index, :2])
        assert corners[:4, 2].mean() == pytest.approx(ground, abs=0.02)
    below_modules = site.tables.stage[site.piles.table] >= Stage.PARTLY_MOUNTED
    np.testing.assert_array_equal(objects.only_seen[first - 1 :], below_modules | ~site.piles.standing)
    racks = objects.category == Category.RACK
    without = site.tables.stage < Stage.RACKED
    unknown = np.isnan(np.array([objects.corners(number + 1) for number in np.flatnonzero(racks)])).all(axis=(1, 2))
    np.testing.assert_array_equal(unknown, without)


@pytest.mark.parametrize("kind", ["house", "glasshouse", "substation", "excavator", "combiner_box"])
def test_the_box_of_an_item_encloses_its_roof_and_masts_and_ends_at_the_ground(kind: str) -> None:
    tables, modules = small_modules((1, 1))
    size = np.array(all_kinds()[kind].greatest_m)  # type: ignore[attr-defined]
    item = Item(kind, np.array([30.0, 5.0, 0.2]), AXES, size, 0.5, np.full(4, 0.4))
    equipment = dataclasses.replace(NO_EQUIPMENT, items=Items.of([item]))
    objects = list_objects(
        modules, tables, small_beams(tables), NO_PILES, PILE_TYPE, equipment, NO_SURROUNDINGS, level_ground(),
    )  # fmt: skip
    corners = objects.corners(len(objects))
    places = (items_shape(equipment.items, 1).vertices - item.base) @ AXES.T
    box = (corners - item.base) @ AXES.T
    np.testing.assert_allclose(box.max(axis=0), places.max(axis=0), atol=1e-9)
    np.testing.assert_allclose(box.min(axis=0)[:2], places.min(axis=0)[:2], atol=1e-9)
    assert box.min(axis=0)[2] == pytest.approx(max(places[:, 2].min(), -0.2))
