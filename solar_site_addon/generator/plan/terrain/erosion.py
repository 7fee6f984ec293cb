# SPDX-License-Identifier: GPL-3.0-or-later
"""Stream erosion of mountains: branching valleys, spurs between them, and gullies up to the ridges.

This is stream power erosion as in landscape evolution models: water follows the steepest descent, a channel incises in
proportion to its slope and to the square root of its drainage area, and soil creeps down the slopes in between.
Following Braun and Willett ("A very efficient O(n), implicit and parallel method to solve the stream power equation",
Geomorphology 2013), it is solved implicitly from the outlets upward, so that a few large steps suffice; here, a whole
level of the drainage trees is solved at once.
"""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats, Indices

_STEPS = 14
_CREEP = 0.30
"""Share of the difference from the neighbors' mean that soil creep removes per step. Estimate."""
_CHANCE = (0.5, 1.5)
"""Range of the random factor on the slope of each direction. Estimate."""
_MIN_FALL_M = 0.01
"""Fall between cells along the way out of a filled depression."""
_NEIGHBOURS = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column)


def eroded(heights: Floats, cell_m: float, strength: float, rng: np.random.Generator) -> Floats:
    """Return the heights (R, C) after erosion; the border, through which all rivers leave, is unchanged.

    With ``strength`` 0 only creep changes the heights; with 1 the main valleys cut down most of the way to their
    outlets.
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
        # Raised by the greatest rise of the ground, this is an upper bound of the next step's filled depressions.
        above = filled + max(float((result - before).max()), 0.0)
    return result


def _without_hollows(heights: Floats, above: Floats) -> Floats:
    """Return the heights with depressions filled just enough for water to flow from each cell to the border.

    The method is that of Planchon and Darboux (2002). ``above`` must nowhere lie below the result; the closer it is,
    the faster the method converges.
    """
    filled = above.copy()
    filled[[0, -1], :], filled[:, [0, -1]] = heights[[0, -1], :], heights[:, [0, -1]]
    inner = filled[1:-1, 1:-1]
    while True:
        lowest = np.minimum(
            np.minimum(filled[:-2, 1:-1], filled[2:, 1:-1]), np.minimum(filled[1:-1, :-2], filled[1:-1, 2:])
        )
        raised = np.minimum(inner, np.maximum(heights[1:-1, 1:-1], lowest + _MIN_FALL_M))
        if (raised == inner).all():
            return filled
        inner[:] = raised


def _receivers(heights: Floats, cell_m: float, rng: np.random.Generator) -> tuple[Indices, Floats]:
    """Return the neighbor (flattened) that each cell drains to, and its distance; border cells drain to themselves.

    The slope of each direction is multiplied by a random factor, because otherwise all valleys would follow the eight
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
    """Return the cells grouped by the number of steps to their outlet, outlets first."""
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
    """Return the drainage area of each cell, itself included, in square meters."""
    area = np.full(len(receiver), cell_m * cell_m)
    for level in reversed(levels[1:]):
        np.add.at(area, receiver[level], area[level])
    return area
