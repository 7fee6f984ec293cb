# SPDX-License-Identifier: GPL-3.0-or-later
"""Items stand on suitable ground at the distances that were asked for, and every draw belongs to its item alone."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.plan.numerics.solids import Finish, Shape, box
from solar_site_addon.generator.plan.placement.kinds import Ground, Group, Kind
from solar_site_addon.generator.plan.placement.placement import Candidates

from ...hand_made import plane
from ...hand_made_placement import ROAD_Y, placement, to_tables

GROUP = Group("equipment/box", 1, lambda _settings: 1.0, lambda _placement, _choice, _count: None)
AT = np.array([[30.0, 40.0], [-30.0, 40.0]])


def a_shape(size: np.ndarray, depth: float, look: np.ndarray) -> Shape:
    return box(-size, size, Finish((0.5, 0.5, 0.5)))


def a_kind(fall_m: float = 0.5, *, on_wheels: bool = False) -> Kind:
    return Kind(
        name="box",
        category=Category.OTHER,
        group=GROUP,
        least_m=(4.0, 2.0, 1.0),
        greatest_m=(4.0, 2.0, 3.0),
        ground=Ground(table_gap_m=1.0, fall_m=fall_m, on_wheels=on_wheels),
        shape=a_shape,
    )


def candidates(points: np.ndarray = AT, turn: float = 0.0) -> Candidates:
    return Candidates(points, np.full(len(points), turn))


def test_an_item_stands_on_the_first_suitable_place_and_takes_it() -> None:
    made = placement()
    first = made.put(a_kind(), candidates(), "box/0")
    second = made.put(a_kind(), candidates(), "box/1")
    assert first is not None
    assert second is not None
    assert [item.base[:2].tolist() for item in made.items] == AT.tolist()
    assert made.put(a_kind(), candidates(), "box/2") is None
    assert len(made.items) == 2


def test_a_slab_rises_above_the_highest_ground_below_it_and_reaches_below_the_lowest() -> None:
    made = placement(plane(rise_x=0.1))
    item = made.put(a_kind(fall_m=1.0), candidates(turn=0.0), "box/0")
    assert item is not None
    lowest, highest = 3.0 - 0.2, 3.0 + 0.2
    assert item.axes.tolist() == np.eye(3).tolist()
    assert highest < item.base[2] < highest + 0.1
    assert item.base[2] - item.depth < lowest - 0.2


def test_no_item_stands_where_the_ground_falls_more_than_its_kind_bears() -> None:
    steep = plane(rise_x=0.2)  # 0.8 m along the length of the box, 0.4 m across it
    assert placement(steep).put(a_kind(fall_m=0.5), candidates(turn=0.0), "box/0") is None
    assert placement(steep).put(a_kind(fall_m=0.5), candidates(turn=np.pi / 2), "box/0") is not None


def test_an_item_on_wheels_lies_in_the_plane_of_the_ground() -> None:
    item = placement(plane(0.1, 0.05)).put(a_kind(0.1, on_wheels=True), candidates(turn=0.3), "box/0")
    assert item is not None
    normal = np.array([-0.1, -0.05, 1.0])
    assert item.axes[2] == pytest.approx(normal / np.linalg.norm(normal))
    assert item.base[2] == pytest.approx(0.1 * 30 + 0.05 * 40)
    assert item.axes @ item.axes.T == pytest.approx(np.eye(3))


def test_no_vehicle_is_parked_on_a_steep_slope() -> None:
    assert placement(plane(0.3)).put(a_kind(0.1, on_wheels=True), candidates(), "box/0") is None


@pytest.mark.parametrize("by_road", [False, True])
def test_places_near_tables_are_within_the_ring(by_road: bool) -> None:
    made = placement()
    points, turns = made.near_any_table((1.5, 8.0), "box/0", by_road=by_road)
    distance = to_tables(points, made.tables)
    assert len(points) > 20
    assert 1.5 <= distance.min() <= distance.max() <= 8.0
    # Parallel to the rows or across them, but for some degrees.
    assert np.abs((turns + np.pi / 4) % (np.pi / 2) - np.pi / 4).max() < np.radians(15)


def test_places_by_a_road_begin_near_it() -> None:
    points, _ = placement().near_any_table((1.5, 15.0), "box/0", by_road=True)
    from_road = np.abs(points[:, 1] - ROAD_Y)
    assert from_road[:10].max() < np.median(from_road)


def test_places_around_the_plant_are_in_the_band_along_the_contour_and_near_what_is_named() -> None:
    made = placement(plane(0.0, 0.3))
    points, turns = made.around((15.0, 80.0), None, "box/0")
    distance = to_tables(points, made.tables)
    assert 15.0 <= distance.min() <= distance.max() <= 80.0
    assert np.median(np.abs(np.sin(turns))) < 0.15, "contours run along x"
    assert np.ptp(points, axis=0).min() > 100
    near, _ = made.around((15.0, 80.0), np.array([60.0, 60.0]), "box/1")
    assert np.hypot(*(near.mean(axis=0) - 60.0)) < 15


def test_places_beside_a_road_turn_their_right_side_to_it() -> None:
    made = placement()
    points, turns = made.beside_road((5.0, 60.0), "box/0")
    from_road = points[:, 1] - ROAD_Y
    assert (np.abs(from_road) <= 36.0 + 1e-9).all()  # 34 m from the edge of the carriageway, 2 m from its middle
    right = np.stack([np.sin(turns), -np.cos(turns)], axis=1)
    assert (np.sign(right[:, 1]) == -np.sign(from_road)).all()


def test_what_is_drawn_for_an_item_does_not_depend_on_other_items() -> None:
    alone, beside = placement(), placement()
    beside.put(a_kind(), candidates(), "box/0")
    first = alone.put(a_kind(), candidates(AT[1:]), "box/1")
    second = beside.put(a_kind(), candidates(AT[1:]), "box/1")
    assert first is not None
    assert second is not None
    assert (first.size.tolist(), first.look.tolist()) == (second.size.tolist(), second.look.tolist())
    np.testing.assert_array_equal(
        alone.near_any_table((1.0, 9.0), "box/2").points[:5], placement().near_any_table((1.0, 9.0), "box/2").points[:5]
    )
