# SPDX-License-Identifier: GPL-3.0-or-later
"""Water runs off, gathers and cuts down: each step of erosion against a plain search cell by cell."""

from __future__ import annotations

import heapq
import itertools

import numpy as np
import pytest

from solar_site_addon.generator.plan.terrain.erosion import (
    _drained_area,
    _levels,
    _receivers,
    _without_hollows,
    eroded,
)

AROUND = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column]
BESIDE = [(-1, 0), (1, 0), (0, -1), (0, 1)]


def bumpy(seed: int = 1, size: tuple[int, int] = (20, 24)) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 3, size)


def border(shape: tuple[int, ...]) -> np.ndarray:
    mask = np.ones(shape, dtype=bool)
    mask[1:-1, 1:-1] = False
    return mask


def filled_by_flooding(heights: np.ndarray, fall: float) -> np.ndarray:
    """Hollows filled from the border inward, lowest first (priority flood: Barnes and others, 2014)."""
    filled = np.full(heights.shape, np.inf)
    heap = [(heights[cell], cell) for cell in zip(*np.nonzero(border(heights.shape)), strict=True)]
    for height, cell in heap:
        filled[cell] = height
    heapq.heapify(heap)
    while heap:
        height, cell = heapq.heappop(heap)
        if height > filled[cell]:
            continue
        for step in BESIDE:
            to = cell[0] + step[0], cell[1] + step[1]
            if 0 < to[0] < heights.shape[0] - 1 and 0 < to[1] < heights.shape[1] - 1:
                level = max(heights[to], height + fall)
                if level < filled[to]:
                    filled[to] = level
                    heapq.heappush(heap, (level, to))
    return filled


@pytest.mark.parametrize("seed", range(4))
def test_hollows_are_filled_as_a_flood_would_and_no_pit_is_left(seed: int) -> None:
    heights = bumpy(seed)
    filled = _without_hollows(heights, np.full(heights.shape, np.inf))
    np.testing.assert_allclose(filled, filled_by_flooding(heights, 0.01), atol=1e-9)
    assert (filled >= heights).all()
    around = [np.roll(filled, step, axis=(0, 1)) for step in BESIDE]
    lower_beside = np.min(around, axis=0) < filled
    assert lower_beside[~border(heights.shape)].all()


def test_a_hollow_is_filled_from_a_bound_as_from_nothing() -> None:
    heights = bumpy(5)
    filled = _without_hollows(heights, np.full(heights.shape, np.inf))
    np.testing.assert_allclose(_without_hollows(heights, filled + 1.7), filled, atol=1e-9)


def test_water_goes_to_a_lower_neighbour_and_comes_to_the_border() -> None:
    heights = bumpy(2)
    filled = _without_hollows(heights, np.full(heights.shape, np.inf))
    receiver, distance = _receivers(filled, 8.0, np.random.default_rng(3))
    flat, columns = filled.ravel(), filled.shape[1]
    edge = border(heights.shape).ravel()
    for cell, to in enumerate(receiver.tolist()):
        if edge[cell]:
            assert to == cell
            continue
        assert flat[to] < flat[cell]
        step = np.subtract(divmod(to, columns), divmod(cell, columns))
        assert np.abs(step).max() == 1
        assert distance[cell] == pytest.approx(8.0 * np.hypot(*step))
        while not edge[cell]:
            cell = int(receiver[cell])  # noqa: PLW2901


def test_without_chance_water_takes_the_steepest_way() -> None:
    class Even:
        """No chance at all."""

        def uniform(self, low: float, high: float, size: tuple[int, ...]) -> np.ndarray:
            return np.ones(size)

    heights = _without_hollows(bumpy(4), np.full((20, 24), np.inf))
    receiver, _ = _receivers(heights, 8.0, Even())
    for row, column in itertools.product(range(1, 19), range(1, 23)):
        slopes = {
            (row + r) * 24 + column + c: (heights[row, column] - heights[row + r, column + c]) / np.hypot(r, c)
            for r, c in AROUND
        }
        assert slopes[int(receiver[row * 24 + column])] == max(slopes.values())


def test_each_cell_drains_what_flows_through_it() -> None:
    heights = bumpy(6)
    receiver, _ = _receivers(_without_hollows(heights, np.full(heights.shape, np.inf)), 8.0, np.random.default_rng(1))
    levels = _levels(receiver)
    expected = np.zeros(heights.size)
    for start in range(heights.size):
        cell = start
        expected[cell] += 64.0
        while receiver[cell] != cell:
            cell = int(receiver[cell])
            expected[cell] += 64.0
    np.testing.assert_allclose(_drained_area(receiver, levels, 8.0), expected)
    assert sorted(np.concatenate(levels).tolist()) == list(range(heights.size))
    for level, cells in enumerate(levels):
        steps = cells.copy()
        for _ in range(level):
            assert (receiver[steps] != steps).all()
            steps = receiver[steps]
        assert (receiver[steps] == steps).all()


def test_the_border_stays_and_the_argument_too() -> None:
    heights = 20 + bumpy(7)
    before = heights.copy()
    after = eroded(heights, 8.0, 1.0, np.random.default_rng(1))
    assert (heights == before).all()
    assert (after[border(heights.shape)] == before[border(heights.shape)]).all()


def test_the_stronger_the_erosion_the_lower_the_land() -> None:
    row, column = np.indices((40, 40))
    dome = 80 - 0.1 * ((row - 20) ** 2 + (column - 20) ** 2) + bumpy(8, (40, 40))
    inner = np.s_[1:-1, 1:-1]
    means = [eroded(dome, 8.0, strength, np.random.default_rng(1))[inner].mean() for strength in (0.0, 0.5, 1.0, 2.0)]
    assert means[0] > means[1] > means[2] > means[3]


def test_valleys_are_cut_deeper_than_ridges() -> None:
    row, column = np.indices((40, 40)).astype(float)
    valley = 0.8 * row + 0.8 * np.abs(column - 20) + 0.05 * bumpy(9, (40, 40))
    plain, cut = (eroded(valley, 8.0, strength, np.random.default_rng(1)) for strength in (0.0, 1.0))
    lowered = plain - cut
    assert lowered[15:35, 19:22].mean() > 2 * lowered[15:35, [4, 5, 34, 35]].mean() > 0


def test_without_strength_ground_only_creeps() -> None:
    heights = bumpy(10)
    after = eroded(heights, 8.0, 0.0, np.random.default_rng(1))
    assert after.max() <= heights.max()
    assert after.min() >= heights.min()
    assert np.abs(np.diff(after[1:-1, 1:-1])).mean() < 0.5 * np.abs(np.diff(heights[1:-1, 1:-1])).mean()
