# SPDX-License-Identifier: GPL-3.0-or-later
"""What running water makes of a mountain: valleys that join, spurs between them, gullies up to the ridges.

Stream power erosion as landscape evolution models have it: water flows down the steepest way, a channel cuts down with
the square root of the area that drains through it times its slope, and soil creeps down the slopes between. Solved
implicitly from the outlets upward, so that few large steps do (Braun and Willett, "A very efficient O(n), implicit and
parallel method to solve the stream power equation", Geomorphology 2013); here a whole level of the river trees at once.
"""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats, Indices

_STEPS = 14
_CREEP = 0.30
"""Share of the difference to the neighbours' mean that soil creep takes away in a step."""
_CHANCE = (0.5, 1.5)
_LEAST_FALL_M = 0.01
"""Between cells, on the way out of a hollow that is filled."""
_NEIGHBOURS = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column)


def eroded(heights: Floats, cell_m: float, strength: float, rng: np.random.Generator) -> Floats:
    """Heights (R, C) after erosion; the border, where all rivers leave, stays as it is.

    ``strength`` 0 changes nothing but by creep; at 1 the main valleys have cut down most of the way to their outlets.
    """
    result = heights.copy()
    rate = strength * 0.5 / _STEPS
    above = np.full_like(heights, np.inf)
    for _ in range(_STEPS):
        before = result.copy()
        filled = _without_hollows(result, above)
        receiver, distance = _receivers(filled, cell_m, rng)
        levels = _levels(receiver)
        area = _drained_area(receiver, levels, cell_m)
        factor = rate * np.sqrt(area) / distance
        flat = result.ravel()
        for level in levels[1:]:
            own = factor[level]
            flat[level] = (flat[level] + own * np.minimum(flat[receiver[level]], flat[level])) / (1.0 + own)
        mean = (result[:-2, 1:-1] + result[2:, 1:-1] + result[1:-1, :-2] + result[1:-1, 2:]) / 4
        result[1:-1, 1:-1] += _CREEP * (mean - result[1:-1, 1:-1])
        # What is raised by as much as the ground at most lies above the next step's filled hollows.
        above = filled + max(float((result - before).max()), 0.0)
    return result


def _without_hollows(heights: Floats, above: Floats) -> Floats:
    """Heights raised as little as lets water flow from each cell to the border (Planchon and Darboux, 2002).

    ``above`` is nowhere below the result, which is found the sooner the nearer they are.
    """
    filled = above.copy()
    filled[[0, -1], :], filled[:, [0, -1]] = heights[[0, -1], :], heights[:, [0, -1]]
    inner = filled[1:-1, 1:-1]
    while True:
        lowest = np.minimum(
            np.minimum(filled[:-2, 1:-1], filled[2:, 1:-1]), np.minimum(filled[1:-1, :-2], filled[1:-1, 2:])
        )
        raised = np.minimum(inner, np.maximum(heights[1:-1, 1:-1], lowest + _LEAST_FALL_M))
        if (raised == inner).all():
            return filled
        inner[:] = raised


def _receivers(heights: Floats, cell_m: float, rng: np.random.Generator) -> tuple[Indices, Floats]:
    """For each cell, flattened, the neighbour that its water flows to, and how far that is; the border keeps its own.

    Each direction's slope counts a little more or less by chance, or else all valleys would run along the eight
    directions of the grid (after rho8: Fairfield and Leymarie, "Drainage networks from grid digital elevation models",
    Water Resources Research 1991).
    """
    index = np.arange(heights.size, dtype=np.intp).reshape(heights.shape)
    receiver, steepest = index.copy(), np.zeros_like(heights)
    distance = np.full_like(heights, cell_m)
    rows, columns = heights.shape
    for row, column in _NEIGHBOURS:
        length = cell_m * float(np.sqrt(row * row + column * column))
        window = slice(1 + row, rows - 1 + row), slice(1 + column, columns - 1 + column)
        slope = (heights[1:-1, 1:-1] - heights[window]) / length
        slope = slope * rng.uniform(*_CHANCE, slope.shape)
        steeper = slope > steepest[1:-1, 1:-1]
        np.copyto(steepest[1:-1, 1:-1], slope, where=steeper)
        np.copyto(receiver[1:-1, 1:-1], index[window], where=steeper)
        np.copyto(distance[1:-1, 1:-1], length, where=steeper)
    return receiver.ravel(), distance.ravel()


def _levels(receiver: Indices) -> list[Indices]:
    """Cells by the number of steps to their outlet: outlets first."""
    steps = (receiver != np.arange(len(receiver))).astype(np.intp)
    ahead = receiver
    while True:
        more = steps[ahead]
        if not more.any():
            break
        steps = steps + more
        ahead = ahead[ahead]
    order = np.argsort(steps, kind="stable")
    return np.split(order, np.cumsum(np.bincount(steps))[:-1])


def _drained_area(receiver: Indices, levels: list[Indices], cell_m: float) -> Floats:
    """Area in square metres that drains through each cell, itself included."""
    area = np.full(len(receiver), cell_m * cell_m)
    for level in reversed(levels[1:]):
        np.add.at(area, receiver[level], area[level])
    return area
