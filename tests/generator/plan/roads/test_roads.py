# SPDX-License-Identifier: GPL-3.0-or-later
"""Roads reach what they serve, keep their grade, lie on graded ground, and nothing stands on them."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.plan.array.spacing import table_corners
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.numerics.least_cost import LeastCost
from solar_site_addon.generator.plan.roads.earthworks import BANK_SLOPE, REACH_M, grade_limited, lay_roads
from solar_site_addon.generator.plan.roads.network import TURNING_RADIUS_M, smoothed, widened
from solar_site_addon.generator.plan.roads.roads import VERGE_M, Roads
from solar_site_addon.generator.plan.terrain.terrain import Terrain
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import array_site, tables_of

Planned = tuple[Settings, Site]


def segments(roads: Roads) -> np.ndarray:
    """Return the ends (S, 2, 3) of all segments of the center lines."""
    parts = [roads.points[roads.road == number] for number in range(len(roads))]
    return np.concatenate([np.stack([part[:-1], part[1:]], axis=1) for part in parts])


def turning_radii(course: np.ndarray) -> np.ndarray:
    """Return the radii (P - 2,) of circles through three consecutive points of (P, 2): a b c / (4 area)."""
    one, two, both = course[1:-1] - course[:-2], course[2:] - course[1:-1], course[2:] - course[:-2]
    area = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
    sides = np.linalg.norm(one, axis=1) * np.linalg.norm(two, axis=1) * np.linalg.norm(both, axis=1)
    return sides / np.maximum(4 * area, 1e-9)


def distances(points: np.ndarray, roads: Roads) -> np.ndarray:
    """Return the distance (N,) of points (N, 2) to the nearest segment, checked one by one."""
    nearest = np.full(len(points), np.inf)
    for start, end in segments(roads)[..., :2]:
        run = end - start
        share = np.clip((points - start) @ run / (run @ run), 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(points - start - share[:, None] * run, axis=1))
    return nearest


def on_fine_ground(terrain: Terrain, roads: Roads) -> np.ndarray:
    """Return the points (P, 3) of the roads on the fine ground, except near its border."""
    points = roads.points
    return points[np.abs(points[:, :2]).max(axis=1) < terrain.fine_half_m - 10]


def test_no_road_exceeds_its_maximum_grade(site: Planned) -> None:
    settings, plan = site
    pieces = segments(plan.roads)
    run = np.linalg.norm(pieces[:, 1, :2] - pieces[:, 0, :2], axis=1)
    grade = np.abs(pieces[:, 1, 2] - pieces[:, 0, 2]) / run
    assert grade.max() <= settings.site.road_max_grade_percent / 100 + 1e-6


def test_the_ground_under_a_road_has_its_height_and_is_nearly_level_across(site: Planned) -> None:
    _, plan = site
    pieces = segments(plan.roads)
    inside = np.abs(pieces[..., :2]).max(axis=(1, 2)) < plan.terrain.fine_half_m - 10
    middle = pieces[inside].mean(axis=1)
    run = pieces[inside, 1, :2] - pieces[inside, 0, :2]
    right = np.stack([run[:, 1], -run[:, 0]], axis=1) / np.linalg.norm(run, axis=1, keepdims=True)
    for side in (-0.5, 0.0, 0.5):
        edge = middle[:, :2] + side * plan.roads.width_m * right
        sunk = np.abs(plan.terrain.height(edge[:, 0], edge[:, 1]) - middle[:, 2])
        assert np.quantile(sunk, 0.95) < 0.2
        assert sunk.max() < 0.6


def test_no_bend_is_sharper_than_trucks_can_drive(site: Planned) -> None:
    _, plan = site
    for number in range(len(plan.roads)):
        course = plan.roads.points[plan.roads.road == number][:, :2]
        assert turning_radii(course).min() >= TURNING_RADIUS_M


def test_the_ground_has_no_steps_on_roads_or_at_junctions(site: Planned) -> None:
    """Over one meter, the leveled ground rises no more than grade, crossfall and banks allow."""
    _, plan = site
    half = plan.terrain.fine_half_m - 5
    ticks = np.arange(-half, half, 1.0)
    x, y = np.meshgrid(ticks, ticks)
    heights = plan.terrain.height(x, y)
    to_road = plan.roads.distance(x, y) - plan.roads.width_m / 2
    for axis in (0, 1):
        step = np.abs(np.diff(heights, axis=axis))
        farther = np.maximum(np.delete(to_road, 0, axis), np.delete(to_road, -1, axis))
        assert step[farther < VERGE_M - 0.1].max() < 0.5
        assert np.quantile(step[farther < VERGE_M], 0.99) < 0.2


def test_edges_of_roads_that_meet_are_joined_by_an_arc() -> None:
    """Two level roads meet at right angles; the edge on the far side of the junction does not bulge."""
    axis = np.arange(-40.0, 41.0)
    segments = np.array([[[-30.0, 0, 0], [30.0, 0, 0]], [[0.0, 0, 0], [0, 30.0, 0]]])
    numbers = np.array([0, 2], dtype=np.int32)
    strip, heights = lay_roads(axis, axis, np.zeros((81, 81)), segments, numbers, np.array([0, 1]), 3.2)
    assert strip.flare.max() == pytest.approx(7.0 / 4)
    assert strip.flare[37].max() < 0.15  # south of the first road, opposite the second
    corner = strip.flare[40:, 40:]
    np.testing.assert_allclose(corner, corner.T, atol=0.3)
    assert strip.flare[40 + 25, 40] == 0.0
    assert strip.other[40, 40 + 7] == pytest.approx(7.0)
    assert np.ptp(heights) < 0.2


def test_the_ground_beyond_the_banks_is_unchanged() -> None:
    settings = with_values(Settings(), {"site.size_m": 150})
    plan = array_site(settings, 9)
    without, _, _ = tables_of(with_values(settings, {"site.roads": False}), 9)
    x, y = np.meshgrid(plan.terrain.x, plan.terrain.y)
    far = plan.roads.distance(x, y) >= REACH_M
    assert far.any()
    assert (plan.terrain.heights[far] == without.heights[far]).all()
    assert (plan.terrain.heights[~far] != without.heights[~far]).any()


@pytest.mark.slow
def test_banks_on_hills_are_no_steeper_than_one_to_one_and_a_half() -> None:
    hills = with_values(Settings(), {"site.relief": 0.4, "site.size_m": 200})
    graded, _, _ = tables_of(hills, 3)
    natural, _, _ = tables_of(with_values(hills, {"site.roads": False}), 3)
    ticks = np.arange(-150.0, 150.0)
    x, y = np.meshgrid(ticks, ticks)
    heights = graded.height(x, y)
    moved = np.abs(heights - natural.height(x, y)) > 0.05
    along_y, along_x = np.gradient(heights)
    steepness = np.hypot(along_x, along_y)
    assert moved.sum() > 1000
    assert np.quantile(steepness[moved], 0.98) < BANK_SLOPE * 1.15


def test_no_table_stands_on_a_road_or_its_verge(site: Planned) -> None:
    _, plan = site
    corners = table_corners(plan.tables)[..., :2]
    shares = np.linspace(0, 1, 5)[:, None]
    outline = corners[:, :, None] + shares * (np.roll(corners, -1, axis=1) - corners)[:, :, None]
    assert distances(outline.reshape(-1, 2), plan.roads).min() >= plan.roads.width_m / 2 + VERGE_M


def test_roads_form_one_network_that_enters_from_outside_the_site(site: Planned) -> None:
    _, plan = site
    roads = plan.roads
    assert np.abs(roads.points[0, :2]).max() > 2000
    for number in range(1, len(roads)):
        begin = roads.points[roads.road == number][0]
        earlier = roads.points[roads.road < number]
        gap = np.linalg.norm(earlier - begin, axis=1).min()
        assert gap < 0.5


def test_every_cluster_is_reached() -> None:
    terrain, roads, tables = tables_of(with_values(Settings(), {"array.use_clusters": True, "site.size_m": 300.0}), 4)
    inside = on_fine_ground(terrain, roads)[:, :2]
    for cluster in np.unique(tables.cluster):
        own = tables.centre[tables.cluster == cluster, :2]
        assert np.linalg.norm(own[:, None] - inside, axis=2).min() < 20


@pytest.mark.slow
def test_no_table_of_one_field_is_far_from_a_road() -> None:
    _, roads, tables = tables_of(with_values(Settings(), {"site.relief": 0.3}), 8)
    assert distances(tables.centre[:, :2], roads).max() < 90


def test_a_site_can_have_no_roads() -> None:
    _, roads, _ = tables_of(with_values(Settings(), {"site.roads": False, "site.size_m": 150}), 9)
    assert len(roads) == 0
    assert (roads.distance(np.zeros(3), np.zeros(3)) == REACH_M).all()


def test_the_width_is_within_its_range(site: Planned) -> None:
    settings, plan = site
    assert settings.site.road_width_m.low <= plan.roads.width_m <= settings.site.road_width_m.high


def test_distances_are_those_to_the_center_lines() -> None:
    plan = array_site(with_values(Settings(), {"site.size_m": 150}), 9)
    points = np.random.default_rng(0).uniform(-140, 140, (4000, 2))
    expected = np.minimum(distances(points, plan.roads), REACH_M)
    error = plan.roads.distance(*points.T) - expected
    near = expected < 8
    assert near.sum() > 100
    assert (np.abs(error[near]) < 0.05).mean() > 0.98
    assert error.min() > -0.05  # never too small; at junctions and midway between roads, up to a meter too large
    assert error.max() < 1.0


@given(
    heights=st.lists(st.floats(-50, 50), min_size=2, max_size=60),
    grade=st.floats(0.03, 0.25),
    start=st.none() | st.floats(-50, 50),
    others=st.lists(st.tuples(st.integers(0, 59), st.floats(-50, 50), st.floats(0, 9)), max_size=4),
)
def test_a_profile_keeps_its_grade_and_its_start(
    heights: list[float], grade: float, start: float | None, others: list[tuple[int, float, float]]
) -> None:
    distance = np.arange(len(heights)) * 3.0
    low, high = np.full(len(heights), -1e5), np.full(len(heights), 1e5)
    for place, middle, room in others:
        low[place % len(heights)], high[place % len(heights)] = middle - room, middle + room
    profile = grade_limited(np.array(heights), distance, grade, low, high)
    assert (np.abs(np.diff(profile)) <= grade * 3.0 + 1e-9).all()
    if start is not None:
        low[:], high[:] = -1e5, 1e5
        low[0] = high[0] = start
        assert grade_limited(np.array(heights), distance, grade, low, high)[0] == pytest.approx(start)


def test_a_profile_stays_within_bounds_that_its_grade_allows() -> None:
    distance = np.arange(40) * 2.0
    low, high = np.full(40, -1e5), np.full(40, 1e5)
    low[20:], high[20:] = 3.0, 3.5
    profile = grade_limited(np.zeros(40), distance, 0.1, low, high)
    assert (profile[20:] >= 3.0).all()
    assert profile.max() <= 3.5
    assert profile[0] < 0.5


def test_bends_are_widened_and_the_start_stays() -> None:
    zigzag = np.array([[0.0, 0], [60, 4], [62, 8], [60, 12], [8, 24], [4, 28], [8, 32], [70, 40]])
    course = smoothed(zigzag)
    wide = widened(course, 11.0)
    assert turning_radii(course).min() < 5.0
    assert turning_radii(wide).min() > 9.0
    np.testing.assert_allclose(wide[0], zigzag[0], atol=1e-9)
    np.testing.assert_allclose(wide[-1], zigzag[-1], atol=12)


def test_a_course_without_sharp_bends_is_unchanged() -> None:
    angle = np.linspace(0.0, 2.5, 60)
    wide = widened(30 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 11.0)
    np.testing.assert_allclose(np.hypot(*wide.T), 30.0, atol=0.02)


def test_a_profile_on_gentle_ground_follows_the_ground() -> None:
    distance = np.arange(50) * 3.0
    assert grade_limited(0.05 * distance, distance, 0.1) == pytest.approx(0.05 * distance)


def test_path_costs_equal_those_of_dijkstras_algorithm() -> None:
    """An independent algorithm, one edge at a time, with costs computed here."""
    rng = np.random.default_rng(5)
    heights = np.cumsum(rng.normal(0, 1.0, (14, 14)), axis=0)
    burden = 1 + rng.random((14, 14))
    costs = LeastCost(8.0, heights, burden, 0.1, np.zeros_like(heights), 0.0)
    costs.add_sources(np.array([3]), np.array([2]))
    best = {(3, 2): 0.0}
    queue = [(0.0, 3, 2)]
    moves = [(r, c) for r in range(-3, 4) for c in range(-3, 4) if np.gcd(r, c) == 1]
    while queue:
        cost, row, column = heapq.heappop(queue)
        if cost > best[row, column]:
            continue
        for up, right in moves:
            to = row + up, column + right
            if not (0 <= to[0] < 14 and 0 <= to[1] < 14):
                continue
            length = 8.0 * np.hypot(up, right)
            grade = abs(heights[to] - heights[row, column]) / length / 0.1
            factor = 1 + 1.5 * grade**2 + 40 * max(grade - 1, 0)
            offered = cost + length * factor * (burden[to] + burden[row, column]) / 2
            if offered < best.get(to, np.inf) - 1e-12:
                best[to] = offered
                heapq.heappush(queue, (offered, *to))
    assert costs.cost == pytest.approx(np.array([[best[row, column] for column in range(14)] for row in range(14)]))
    rows, columns = costs.path(13, 13)
    assert (rows[0], columns[0]) == (3, 2)
    assert (rows[-1], columns[-1]) == (13, 13)
    assert (np.diff(costs.cost[rows, columns]) > 0).all()
