# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of every kind keeps to its ground, shows the right semantic class, and stands where the plan says."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.geometry.equipment import cable_trays_shape, items_shape, tarpaulins_shape
from solar_site_addon.generator.plan.equipment.equipment import equipment_kinds
from solar_site_addon.generator.plan.equipment.kinds.substation import BANK_M
from solar_site_addon.generator.plan.kinds import all_kinds
from solar_site_addon.generator.plan.placement.items import TARPAULIN_POINTS, Item, Items, Tarpaulin, Tarpaulins
from solar_site_addon.generator.plan.placement.kinds import Kind

RIGID = {kind.name: kind for kind in all_kinds().values() if isinstance(kind, Kind)}
EQUIPMENT = {kind.name for kind in equipment_kinds()}


@pytest.mark.parametrize("name", RIGID)
def test_every_kind_has_a_shape_that_keeps_to_its_ground(name: str) -> None:
    for share in (0.0, 0.5, 1.0):
        for look in (0.0, 0.5, 0.999):
            assert_keeps_to_its_ground(name, share, np.full(4, look))


def assert_keeps_to_its_ground(name: str, share: float, look: np.ndarray) -> None:
    kind = RIGID[name]
    size, depth = kind.size(np.full(3, share)), 0.7
    shape = kind.shape(size, depth, look)
    assert np.isfinite(shape.vertices).all()
    assert shape.faces.max() < len(shape.vertices)
    assert (np.abs(shape.vertices[:, :2]).max(axis=0) <= size[:2] / 2 + 0.13).all()
    assert shape.vertices[:, 2].min() == pytest.approx(0.0 if kind.ground.on_wheels else -depth, abs=0.02)
    classes = set(shape.finish[:, 6].astype(int))
    own = Category.ELECTRICAL_EQUIPMENT if name in EQUIPMENT else Category.OTHER
    assert own in classes
    around = {Category.TERRAIN, Category.OTHER} if name == "substation" else set()
    assert classes <= {own} | around | (set() if name in EQUIPMENT else {Category.TERRAIN})
    assert ((shape.finish[:, :6] >= 0) & (shape.finish[:, :6] <= 1)).all()


def test_items_stand_where_the_plan_says() -> None:
    turned = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    size, look = np.array([6.06, 2.44, 2.6]), np.full(4, 0.3)
    items = Items.of(
        [
            Item("container", np.array([10.0, 20.0, 5.0]), np.eye(3), size, 0.5, look),
            Item("container", np.array([-4.0, 0.0, 2.0]), turned, size, 0.5, look),
        ]
    )
    shape = items_shape(items, 40)
    vertices = shape.vertices.reshape(2, -1, 3)
    center = (vertices.min(axis=1) + vertices.max(axis=1)) / 2
    np.testing.assert_allclose(center[:, :2], [[10, 20], [-4, 0]], atol=0.1)
    np.testing.assert_allclose(np.ptp(vertices[0], axis=0)[:2], [6.06, 2.44], atol=0.2)
    np.testing.assert_allclose(np.ptp(vertices[1], axis=0)[:2], [2.44, 6.06], atol=0.2)
    assert shape.finish[:, 7].reshape(2, -1).tolist() == [[number] * (len(shape.faces) // 2) for number in (40, 41)]


def test_items_are_drawn_by_the_kind_that_has_their_name_whatever_its_index() -> None:
    van = Item("van", np.zeros(3), np.eye(3), np.array([5.0, 1.9, 2.2]), 0.0, np.full(4, 0.5))
    house = Item("house", np.array([50.0, 0.0, 0.0]), np.eye(3), np.array([9.0, 7.0, 3.5]), 0.5, np.full(4, 0.5))
    alone, after = (items_shape(Items.of(items), 1).vertices for items in ([van], [house, van]))
    assert after[-len(alone) :].tobytes() == alone.tobytes()


def test_a_tarpaulin_has_the_points_of_the_plan_and_faces_up() -> None:
    side = np.linspace(-2.0, 2.0, TARPAULIN_POINTS)
    x, y = np.meshgrid(side, side, indexing="ij")
    points = np.stack([x, y, 0.1 * np.sin(x)], axis=-1)
    shape = tarpaulins_shape(Tarpaulins.of([Tarpaulin("tarpaulin", points, np.full(4, 0.5))]), 7)
    assert shape.vertices.tobytes() == points.tobytes()
    assert (shape.finish[:, 7] == 7).all()
    a, b, c = (shape.vertices[shape.faces[:, corner]] for corner in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


def test_the_yard_of_a_substation_is_ground_its_gear_is_equipment_and_its_control_building_is_neither() -> None:
    shape = RIGID["substation"].shape(np.array([24.0, 20.0, 8.0]), 1.0, np.full(4, 0.5))
    semantic, center = shape.finish[:, 6], shape.vertices[shape.faces].mean(axis=1)
    assert center[semantic == Category.TERRAIN, 2].max() < 0.05
    gear, building = center[semantic == Category.ELECTRICAL_EQUIPMENT], center[semantic == Category.OTHER]
    assert gear[:, 2].max() > 8
    assert building[:, 0].max() < gear[:, 0].min()
    inside = np.array([12.0, 10.0]) - BANK_M - 0.35
    assert (np.abs(gear[:, :2]).max(axis=0) < inside).all()
    assert (np.abs(building[:, :2]).max(axis=0) < inside).all()


def test_cable_trays_stand_on_legs_that_reach_the_ground() -> None:
    trays = np.array([[[0, 0, 5.35], [4, 0, 5.35]], [[4, 0, 5.35], [8, 1, 5.75]]])
    vertices = cable_trays_shape(trays).vertices
    feet = vertices[vertices[:, 2] < vertices[:, 2].min() + 0.5]
    at = np.unique(np.round(feet[:, 0]).astype(int))
    assert at.tolist() == [0, 2, 4, 6, 8]
    ground = 5.0 + 0.1 * np.clip(feet[:, 0] - 4, 0, None)
    assert (feet[:, 2] < ground).all()
