# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes, bars and tubes are closed, face outward and hold the volume that schoolbooks give them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.plan.numerics.solids import (
    Finish,
    Shape,
    bar,
    bars,
    box,
    frustum,
    loft,
    merged,
    moved,
    placed,
    ribbed,
    tube,
)

from ...solid_checks import area, open_edges, volume

PAINT = Finish((0.1, 0.2, 0.3), 0.4, 0.5, 0.6)
SIDE = st.floats(0.1, 20)
PLACE = st.tuples(*[st.floats(-30, 30)] * 3)
RUN = PLACE.filter(lambda run: math.hypot(*run) > 0.5)


def volume_of(shape: Shape) -> float:
    """Volume of a shape that is first found to be closed."""
    assert open_edges(shape.faces) == 0
    assert len(shape.finish) == len(shape.faces)
    return volume(shape.vertices, shape.faces)


@given(PLACE, SIDE, SIDE, SIDE)
def test_a_box_holds_the_product_of_its_sides(low: tuple[float, ...], x: float, y: float, z: float) -> None:
    high = np.array(low) + np.array([x, y, z])
    shape = box(low, high, PAINT)
    assert volume_of(shape) == pytest.approx(x * y * z, rel=1e-6)
    np.testing.assert_allclose([shape.vertices.min(axis=0), shape.vertices.max(axis=0)], [low, high], atol=1e-9)


def test_a_bevel_cuts_the_upper_edges() -> None:
    shape = box((0, 0, 0), (4, 3, 2), PAINT, 0.5)
    lower, upper = 4 * 3, 3 * 2
    expected = lower * 1.5 + 0.5 / 3 * (lower + upper + math.sqrt(lower * upper))
    # The corners of a bevelled box are those of a frustum whose sides shrink by the same length, not in proportion.
    ends = 0.5 * (lower + upper + 4 * 3.5 * 2.5) / 6 + lower * 1.5
    assert volume_of(shape) == pytest.approx(ends)
    assert volume_of(shape) == pytest.approx(expected, rel=0.01)
    assert shape.vertices[:, 2].max() == 2
    assert np.ptp(shape.vertices[shape.vertices[:, 2] == 2], axis=0).tolist() == [3, 2, 0]


def test_a_frustum_is_a_prismatoid() -> None:
    shape = frustum((0, 0, 6, 4), (1, 1, 3, 2), (1.0, 4.0), PAINT)
    middle = (6 + 2) / 2 * (4 + 1) / 2
    assert volume_of(shape) == pytest.approx(3 / 6 * (6 * 4 + 4 * middle + 2 * 1))


@given(PLACE, RUN, st.floats(0.02, 1), st.floats(0.02, 1))
def test_a_bar_has_its_section_all_along_and_its_axis_in_the_middle(
    start: tuple[float, ...], run: tuple[float, ...], width: float, height: float
) -> None:
    end = np.array(start) + run
    shape = bar(start, end, width, height, PAINT)
    assert volume_of(shape) == pytest.approx(math.hypot(*run) * width * height, rel=1e-5)
    np.testing.assert_allclose(shape.vertices[:4].mean(axis=0), start, atol=1e-9)
    np.testing.assert_allclose(shape.vertices[4:].mean(axis=0), end, atol=1e-9)
    np.testing.assert_allclose((shape.vertices[:4] - start) @ run, 0, atol=1e-6)


def test_a_level_bar_stands_upright() -> None:
    shape = bar((0, 0, 0), (3, 4, 0), 0.2, 1.0, PAINT)
    assert np.ptp(shape.vertices[:, 2]) == pytest.approx(1.0)
    level = np.array([-4, 3, 0]) / 5
    assert np.ptp(shape.vertices @ level) == pytest.approx(0.2)


def test_many_bars_are_as_one_after_the_other_and_without_caps_only_their_ends_are_open() -> None:
    start, end = np.array([[0.0, 0, 0], [0, 5, 0]]), np.array([[4.0, 0, 1], [0, 5, 3]])
    both = bars(start, end, 0.3, 0.2, PAINT)
    single = merged([bar(*ends, 0.3, 0.2, PAINT) for ends in zip(start, end, strict=True)])
    np.testing.assert_allclose(both.vertices, single.vertices)
    np.testing.assert_array_equal(both.faces, single.faces)
    hollow = bars(start, end, 0.3, 0.2, PAINT, caps=False)
    assert open_edges(hollow.faces) == 2 * 2 * 4
    lengths = np.linalg.norm(end - start, axis=1).sum()
    assert area(hollow.vertices, hollow.faces) == pytest.approx(lengths * 2 * (0.3 + 0.2))


@given(PLACE, RUN, st.floats(0.05, 2), st.integers(3, 20), st.floats(0.1, 1))
def test_a_tube_is_a_pyramid_stump_over_a_regular_polygon(
    start: tuple[float, ...], run: tuple[float, ...], radius: float, sides: int, top: float
) -> None:
    shape = tube(start, np.array(start) + run, radius, PAINT, sides, top)
    foot = sides / 2 * radius**2 * math.sin(2 * math.pi / sides)
    expected = math.hypot(*run) / 3 * foot * (1 + top + top * top)
    assert volume_of(shape) == pytest.approx(expected, rel=1e-5)


def test_a_loft_without_caps_is_open_at_both_ends_and_a_sheet_all_around() -> None:
    angle = np.arange(6) * np.pi / 3
    ring = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    rings = [ring + np.array([0, 0, level]) for level in (0, 1, 3)]
    assert open_edges(loft(rings, PAINT).faces) == 0
    assert open_edges(loft(rings, PAINT, caps=False).faces) == 2 * 6
    assert open_edges(loft(rings, PAINT, closed=False).faces) == 2 * 5 + 2 * 2


def test_ribs_rise_outward_from_a_sheet_that_keeps_its_outline() -> None:
    corners = np.array([[0.0, 0, 0], [6, 0, 0], [6, 4, 3], [0, 4, 3]])
    shape = ribbed(corners, 0.5, 0.05, PAINT)
    outward = np.array([0, -3, 4]) / 5
    height = (shape.vertices - corners[0]) @ outward
    assert height.min() == pytest.approx(0, abs=1e-9)
    assert height.max() == pytest.approx(0.05)
    triangles = shape.vertices[shape.faces]
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    assert (cross @ outward > 0).all()
    assert (cross @ outward).sum() / 2 == pytest.approx(6 * 5)
    ribs = (np.diff(height[: len(height) // 2]) > 0.02).sum()
    assert ribs == 12


def test_merging_keeps_every_part_and_its_finish() -> None:
    first, second = box((0, 0, 0), (1, 2, 3), PAINT), tube((9, 0, 0), (9, 0, 4), 0.5, Finish((0.9, 0.8, 0.7)))
    both = merged([first, second])
    assert volume_of(both) == pytest.approx(volume_of(first) + volume_of(second))
    np.testing.assert_array_equal(both.finish, np.concatenate([first.finish, second.finish]))
    assert both.finish[0, :6].tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    nothing = merged([])
    assert (len(nothing.vertices), len(nothing.faces), len(nothing.finish)) == (0, 0, 0)


def test_placed_shapes_lie_at_their_origins_along_their_axes() -> None:
    shape = box((0, 0, 0), (4, 2, 1), PAINT)
    turned = np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
    two = placed(shape, np.array([[10.0, 0, 0], [0, 20, 0]]), np.stack([np.eye(3), turned]))
    assert volume_of(two) == pytest.approx(2 * 8)
    first, second = two.vertices.reshape(2, -1, 3)
    np.testing.assert_allclose(first, shape.vertices + np.array([10, 0, 0]))
    np.testing.assert_allclose(second, shape.vertices[:, [2, 0, 1]] + np.array([0, 20, 0]))


def test_moving_turns_counter_clockwise_first() -> None:
    shape = moved(box((0, 0, 0), (4, 2, 1), PAINT), (10, 0, 5), math.pi / 2)
    np.testing.assert_allclose([shape.vertices.min(axis=0), shape.vertices.max(axis=0)], [[8, 0, 5], [10, 4, 6]])
    assert volume_of(shape) == pytest.approx(8)
