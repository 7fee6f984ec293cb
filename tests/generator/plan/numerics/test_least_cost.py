# SPDX-License-Identifier: GPL-3.0-or-later
"""Least-cost paths against Dijkstra's algorithm, cell by cell with a heap."""

from __future__ import annotations

import heapq
import itertools
import math

import numpy as np
import pytest

from solar_site_addon.generator.plan.numerics.least_cost import LeastCost

CELL_M = 8.0
FLAT = np.zeros((9, 11))
MOVES = [(row, column) for row in range(-3, 4) for column in range(-3, 4) if math.gcd(row, column) == 1]
"""All moves of at most three cells either way that pass over no cell's middle: 32 of them."""


def searched(heights: np.ndarray, burden: np.ndarray, max_grade: float = 0.1, flat: float = 0.0) -> LeastCost:
    return LeastCost(CELL_M, heights, burden, max_grade, np.full_like(heights, flat), 0.0)


def dijkstra(size: tuple[int, int], price, sources: list[tuple[int, int]]) -> np.ndarray:
    """Least cost of each cell; ``price`` (from, to) is that of one move."""
    cost = np.full(size, np.inf)
    heap = [(0.0, cell) for cell in sources]
    while heap:
        here, cell = heapq.heappop(heap)
        if here >= cost[cell]:
            continue
        cost[cell] = here
        for row, column in MOVES:
            to = cell[0] + row, cell[1] + column
            if 0 <= to[0] < size[0] and 0 <= to[1] < size[1]:
                heapq.heappush(heap, (here + price(cell, to), to))
    return cost


def test_thirty_two_moves() -> None:
    assert len(MOVES) == 32


def test_on_level_ground_costs_are_those_of_dijkstra_with_burdens_as_they_are() -> None:
    burden = np.random.default_rng(1).uniform(1, 6, FLAT.shape)
    costs = searched(FLAT, burden)
    costs.add_sources(np.array([1, 7]), np.array([2, 9]))

    def price(start: tuple[int, int], end: tuple[int, int]) -> float:
        return CELL_M * math.dist(start, end) * (burden[start] + burden[end]) / 2

    np.testing.assert_allclose(costs.cost, dijkstra(FLAT.shape, price, [(1, 2), (7, 9)]))


def test_a_path_leads_from_the_source_by_moves_that_cost_what_is_said() -> None:
    burden = np.random.default_rng(2).uniform(1, 6, FLAT.shape)
    costs = searched(FLAT, burden)
    costs.add_sources(np.array([0]), np.array([0]))
    rows, columns = costs.path(8, 10)
    cells = list(zip(rows.tolist(), columns.tolist(), strict=True))
    assert (cells[0], cells[-1]) == ((0, 0), (8, 10))
    moves = list(itertools.pairwise(cells))
    assert all((end[0] - start[0], end[1] - start[1]) in MOVES for start, end in moves)
    paid = sum(CELL_M * math.dist(start, end) * (burden[start] + burden[end]) / 2 for start, end in moves)
    assert paid == pytest.approx(costs.cost[8, 10])


def test_sources_added_later_only_lower_costs() -> None:
    one_by_one, at_once = searched(FLAT, np.ones_like(FLAT)), searched(FLAT, np.ones_like(FLAT))
    one_by_one.add_sources(np.array([0]), np.array([0]))
    before = one_by_one.cost.copy()
    one_by_one.add_sources(np.array([8]), np.array([5]))
    at_once.add_sources(np.array([0, 8]), np.array([0, 5]))
    assert (one_by_one.cost <= before).all()
    np.testing.assert_allclose(one_by_one.cost, at_once.cost)
    assert one_by_one.path(8, 5)[0].tolist() == [8]


def test_a_road_up_a_steep_slope_keeps_its_grade_by_going_across() -> None:
    rows, _ = np.indices((40, 40)).astype(float)
    heights = 0.2 * CELL_M * rows
    costs = searched(heights, np.ones_like(heights), max_grade=0.1)
    costs.add_sources(np.array([0]), np.array([20]))
    path = costs.path(30, 20)
    steps = np.hypot(*np.diff(path, axis=1)) * CELL_M
    grades = np.abs(np.diff(heights[path])) / steps
    # Straight up it would be 0.2 all the way. The moves that rise nearest to the limit have 0.09 and 0.11.
    assert grades.max() < 0.12
    assert steps.sum() > 1.7 * 30 * CELL_M


def test_on_flat_ground_moves_along_the_rows_are_favoured() -> None:
    around = searched(np.zeros((21, 21)), np.ones((21, 21)), flat=1.0)
    around.add_sources(np.array([10]), np.array([10]))
    straight, slanted = around.cost[20, 10], around.cost[20, 20]
    assert straight == pytest.approx(10 * CELL_M)
    assert slanted > 1.2 * 10 * math.sqrt(2) * CELL_M


def test_a_long_detour_is_taken_where_the_direct_way_is_far_too_steep() -> None:
    rows, columns = np.indices((36, 40)).astype(float)
    steep = np.clip((rows - 5) / 8, 0, 1)  # 16 m over 64 m, two and a half times the limit
    ramp = np.clip((rows - 5) / 25, 0, 1)  # the same over 200 m
    heights = 16 * np.where(columns < 30, steep, ramp)
    # Between the two nobody can pass.
    burden = np.where((columns > 1) & (columns < 30) & (rows > 4) & (rows < 31), 50.0, 1.0)
    costs = searched(heights, burden, max_grade=0.1)
    costs.add_sources(np.array([0]), np.array([0]))
    assert costs.path(35, 0)[1].max() >= 30
