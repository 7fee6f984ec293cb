# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays of items refer to kinds by name, and their circles cover them."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.placement.items import (
    TARPAULIN_POINTS,
    Item,
    Items,
    Tarpaulin,
    Tarpaulins,
    covering_circles,
)


def item(kind: str, x: float) -> Item:
    return Item(kind, np.array([x, 0.0, 5.0]), np.eye(3), np.array([4.0, 2.0, 3.0]), 0.5, np.full(4, 0.25))


def test_arrays_name_the_kinds_that_occur_and_keep_the_order_of_the_items() -> None:
    items = Items.of([item("van", 1.0), item("house", 2.0), item("van", 3.0)])
    assert items.kinds == ("house", "van")
    assert items.kind.tolist() == [1, 0, 1]
    assert items.names == ["van", "house", "van"]
    assert items.base[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert items.are("van").tolist() == [True, False, True]
    assert items.are("tank", "house").tolist() == [False, True, False]


def test_arrays_without_items_have_the_same_shapes() -> None:
    none, one = Items.of([]), Items.of([item("van", 1.0)])
    assert len(none) == 0
    for name in ("kind", "base", "axes", "size", "depth", "look", "outlines", "circles"):
        assert getattr(none, name).shape[1:] == getattr(one, name).shape[1:], name
        assert getattr(none, name).dtype == getattr(one, name).dtype, name
    assert Tarpaulins.of([]).points.shape == (0, TARPAULIN_POINTS, TARPAULIN_POINTS, 3)
    assert Tarpaulins.of([]).circles.shape == (0, 3)


def test_an_outline_is_counter_clockwise_around_the_center() -> None:
    (outline,) = Items.of([item("van", 10.0)]).outlines
    assert outline.tolist() == [[8, -1], [12, -1], [12, 1], [8, 1]]


def test_a_tarpaulin_has_a_circle_around_all_its_points() -> None:
    side = np.linspace(-2, 2, TARPAULIN_POINTS)
    x, y = np.meshgrid(side + 7, side)
    one = Tarpaulin("tarpaulin", np.stack([x, y, 0 * x], axis=-1), np.zeros(4))
    np.testing.assert_allclose(one.center, [7, 0], atol=1e-12)
    np.testing.assert_allclose(Tarpaulins.of([one]).circles, [[7, 0, 2 * np.sqrt(2)]], atol=1e-12)


@pytest.mark.parametrize("size", [(40.0, 7.0), (7.0, 40.0), (3.0, 3.0), (0.1, 9.0)])
def test_circles_in_a_line_cover_a_rectangle_of_any_shape(size: tuple[float, float]) -> None:
    along = np.array([np.cos(0.7), np.sin(0.7)])
    circles = covering_circles(np.array([5.0, -3.0]), along, *size)
    share = np.random.default_rng(1).uniform(-0.5, 0.5, (500, 2)) * size
    points = np.array([5.0, -3.0]) + share[:, :1] * along + share[:, 1:] * np.array([-along[1], along[0]])
    assert (np.linalg.norm(points[:, None] - circles[:, :2], axis=-1) <= circles[:, 2] + 1e-9).any(axis=1).all()
