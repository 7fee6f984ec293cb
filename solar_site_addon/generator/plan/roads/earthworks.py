# SPDX-License-Identifier: GPL-3.0-or-later
"""Earthworks: the profile of a road that keeps its grade, and the cut and fill that carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ...domain.array_types import Floats, Indices, Ints
from ..numerics.blur import running_mean
from ..numerics.segments import nearest_on_segments

Window: TypeAlias = tuple[slice, slice]

REACH_M = 40.0
"""The ground stores distances to roads up to this distance from their center lines."""
BANK_SLOPE = 1 / 1.5
"""Side slope of embankments and cuttings: 1 vertical to 1.5 horizontal. Estimate (docs/sources.md)."""
CROSSFALL = 0.03
"""Fall of each half of the carriageway from its crown, for drainage. Estimate (docs/sources.md)."""
_BANKS_END_M = (16.0, 26.0)
"""Between these distances, a bank that has not met the ground is blended into it. Estimate."""
_BATCH_SIZE = 12
"""Segments of a road that are processed together."""
_BANK_STEP = 3
"""Segments from one bank to the next in a bend."""
_ROUNDING_POINTS = 7
"""Points on either side over which kinks of the profile are rounded."""
_CORNER_M = 7.0
"""Approximate radius of the edge where roads meet at right angles. Estimate."""


def grade_limited(
    natural: Floats, distance: Floats, max_grade: float, low: Floats | None = None, high: Floats | None = None
) -> Floats:
    """Return a profile (P,) close to ``natural`` (P,) whose grade along ``distance`` (P,) never exceeds the limit.

    It lies midway between the lowest profile of that grade above the ground and the highest one below it, which roughly
    balances cut and fill. It stays between ``low`` and ``high`` (P,) as far as the grade allows; these bounds tie it to
    the roads that it meets.
    """
    if low is None or high is None:
        return _balanced(natural, distance, max_grade)
    low, high = _reachable(low, high, distance, max_grade)
    return np.clip(_balanced(np.clip(natural, low, high), distance, max_grade), low, high)


def _balanced(natural: Floats, distance: Floats, max_grade: float) -> Floats:
    """Return the rounded profile midway between the lowest one above the ground and the highest one below it."""
    above, below = _most_above(natural, distance, max_grade), _least_below(natural, distance, max_grade)
    # A running mean of profiles is never steeper than they are.
    return running_mean((above + below) / 2, _ROUNDING_POINTS)


def _reachable(low: Floats, high: Floats, distance: Floats, max_grade: float) -> tuple[Floats, Floats]:
    """Return the bounds that a profile of the grade can keep; where they contradict each other, both are their mean.

    Neither bound is steeper than the grade, so a profile clipped to them is not either.
    """
    high, low = _least_below(high, distance, max_grade), _most_above(low, distance, max_grade)
    return np.minimum(low, (low + high) / 2), np.maximum(high, (low + high) / 2)


def _least_below(values: Floats, distance: Floats, max_grade: float) -> Floats:
    """Return the highest profile of the grade that nowhere exceeds the values."""
    slope = max_grade * distance
    return np.minimum(_least_before(values - slope) + slope, _least_before((values + slope)[::-1])[::-1] - slope)


def _most_above(values: Floats, distance: Floats, max_grade: float) -> Floats:
    """Return the lowest profile of the grade that nowhere falls below the values."""
    return -_least_below(-values, distance, max_grade)


def _least_before(values: Floats) -> Floats:
    """Return the running minimum (P,)."""
    return np.asarray(np.minimum.accumulate(values))


@dataclass(frozen=True)
class Strip:
    """The roads relative to the vertices of the ground; all arrays are (Y, X)."""

    segment: Ints
    """Index of the first point of the nearest segment; -1 beyond REACH_M."""
    distance: Floats
    """Distance to the nearest center line, m; REACH_M beyond it."""
    offset: Floats
    """The same distance with a sign: positive to the right of the road's direction."""
    other: Floats
    """Distance to the center line of the nearest other road, m; REACH_M beyond it."""
    flare: Floats
    """Extra width of the carriageway, m: at junctions, trucks have cut the corners."""


@dataclass(frozen=True)
class _Near:
    """One road relative to the vertices (y, x) of a window of the ground.

    Segment, distance and offset are as in Strip.
    """

    window: Window
    segment: Ints
    distance: Floats
    offset: Floats
    height: Floats
    """Height of the road at its nearest point, m."""
    towards: tuple[Floats, Floats]
    """East and north components of the unit vector to that point."""


def lay_roads(
    x: Floats, y: Floats, heights: Floats, segments: Floats, first: Ints, road: Ints, half_m: float
) -> tuple[Strip, Floats]:
    """Return the strip, and the heights (Y, X) after cut and fill.

    ``x`` (X,) and ``y`` (Y,) are the grid's axes. ``segments`` (S, 2, 3) are the ends of the center lines' segments,
    consecutive along each road and of equal length there; ``first`` (S,) are their numbers in the strip and ``road``
    (S,) the numbers of their roads. ``half_m`` is half the width of the leveled ground. Where cells are wider than the
    road, which happens far outside the site, whole cells are leveled.
    """
    distance, offset, other = (np.full(heights.shape, REACH_M) for _ in range(3))
    strip = Strip(np.full(heights.shape, -1, dtype=np.int32), distance, offset, other, np.zeros_like(heights))
    towards = np.zeros_like(heights), np.zeros_like(heights)
    weights, weighted = np.zeros_like(heights), np.zeros_like(heights)
    lowest, highest = np.full_like(heights, -np.inf), np.full_like(heights, np.inf)
    flat = half_m + np.maximum(_cell(x)[None, :], _cell(y)[:, None]) - min(np.diff(x).min(), np.diff(y).min())
    for number in np.unique(road):
        own = road == number
        near = _seen_from_ground(x, y, segments[own], first[own], flat, half_m, (lowest, highest))
        # Where the leveled strips of two roads overlap, their heights differ slightly, so they are blended.
        weight = np.where(near.segment >= 0, np.maximum(1.0 - near.distance / flat[near.window], 0.0) ** 2, 0.0)
        weights[near.window] += weight
        weighted[near.window] += weight * near.height
        _join(strip, towards, near)
    level = np.divide(weighted, weights, out=np.zeros_like(heights), where=weights > 0)
    carried = level - CROSSFALL * np.minimum(strip.distance, half_m)
    banks = _banks(heights, strip.distance, lowest, highest)
    return strip, np.where(weights > 0, carried, np.where(strip.distance < REACH_M, banks, heights))


def _seen_from_ground(
    x: Floats, y: Floats, segments: Floats, first: Ints, flat: Floats, half_m: float, bounds: tuple[Floats, Floats]
) -> _Near:
    """Return one road of segments (S, 2, 3) relative to the vertices near it.

    The ``bounds`` of its banks are narrowed in place.
    """
    window = _window(x, y, segments.min(axis=(0, 1)), segments.max(axis=(0, 1)))
    size = window[0].stop - window[0].start, window[1].stop - window[1].start
    near = _Near(window, np.full(size, -1, dtype=np.int32), np.full(size, REACH_M), np.full(size, REACH_M),
                 np.zeros(size), (np.zeros(size), np.zeros(size)))  # fmt: skip
    for start in range(0, len(segments), _BATCH_SIZE):
        few = segments[start : start + _BATCH_SIZE]
        part = _window(x, y, few.min(axis=(0, 1)), few.max(axis=(0, 1)))
        own_x, own_y = x[part[1]], y[part[0]][:, None]
        chosen, distance, offset, height, east, north = _nearest(own_x, own_y, few)
        inner = _relative(part, window)
        nearer = distance < near.distance[inner]
        for values, new in (
            (near.distance, distance), (near.offset, offset), (near.segment, first[start:][chosen]),
            (near.height, height), (near.towards[0], east), (near.towards[1], north),
        ):  # fmt: skip
            np.copyto(values[inner], new, where=nearer)
        _narrow(bounds, part, distance - flat[part], height - CROSSFALL * half_m)
        # In a bend, a point farther along the road may demand a higher or lower bank than the nearest point.
        for place_x, place_y, place_z in few[::_BANK_STEP].mean(axis=1):
            away = np.sqrt((own_x - place_x) ** 2 + (own_y - place_y) ** 2)
            _narrow(bounds, part, away - flat[part], place_z - CROSSFALL * half_m)
    return near


def _narrow(bounds: tuple[Floats, Floats], part: Window, beyond: Floats, edge: Floats | float) -> None:
    """Narrow the bounds in ``part`` to the banks that start at height ``edge``, ``beyond`` meters away."""
    lowest, highest = bounds
    bank = BANK_SLOPE * np.maximum(beyond, 0.0)
    np.maximum(lowest[part], edge - bank, out=lowest[part])
    np.minimum(highest[part], edge + bank, out=highest[part])


def _join(strip: Strip, towards: tuple[Floats, Floats], near: _Near) -> None:
    """Add a road to the strip; ``towards`` holds the unit vectors to the nearest points found so far."""
    window = near.window
    before, now = strip.distance[window], near.distance
    # The quadratic smooth minimum of both distances rounds the corner between two roads, but only where they lie on
    # different sides: a road is not wider where another one runs alongside.
    close = np.maximum(_CORNER_M - np.abs(before - now), 0.0) / _CORNER_M
    facing = 1.0 - 2.0 * (towards[0][window] * near.towards[0] + towards[1][window] * near.towards[1])
    rounding = np.where(np.maximum(before, now) < REACH_M, _CORNER_M / 4 * close * close * np.clip(facing, 0.0, 1.0), 0)
    np.maximum(strip.flare[window], rounding, out=strip.flare[window])
    np.minimum(strip.other[window], np.maximum(before, now), out=strip.other[window])
    nearer = now < before
    for values, new in (
        (strip.distance, now), (strip.offset, near.offset), (strip.segment, near.segment),
        (towards[0], near.towards[0]), (towards[1], near.towards[1]),
    ):  # fmt: skip
        np.copyto(values[window], new, where=nearer)


def _cell(axis: Floats) -> Floats:
    """Return the size of the cells around each grid line: the larger of the two."""
    steps = np.diff(axis)
    return np.maximum(np.append(steps, steps[-1]), np.insert(steps, 0, steps[0]))


def _window(x: Floats, y: Floats, low: Floats, high: Floats) -> Window:
    """Return the vertices within reach of the box from ``low`` to ``high``."""
    rows, columns = (np.searchsorted(axis, [low[at] - REACH_M, high[at] + REACH_M]) for axis, at in ((y, 1), (x, 0)))
    return slice(int(rows[0]), int(rows[1])), slice(int(columns[0]), int(columns[1]))


def _relative(part: Window, window: Window) -> Window:
    """Return ``part`` of the ground as a part of ``window``."""
    rows, columns = (
        slice(inner.start - outer.start, inner.stop - outer.start) for inner, outer in zip(part, window, strict=True)
    )
    return rows, columns


def _nearest(x: Floats, y: Floats, segments: Floats) -> tuple[Indices, Floats, Floats, Floats, Floats, Floats]:
    """Return the index (Y, X) of the segment (S, 2, 3) nearest to each vertex of a grid, and its nearest point.

    ``x`` (X,) and ``y`` (Y, 1) are the grid's columns and rows. The nearest point is described by its distance, the
    same with the sign of the side, its height, and the direction to it, all (Y, X). All segments have the same length,
    so the nearest one is that with the nearest midpoint.
    """
    middle = segments.mean(axis=1)
    chosen = ((x[:, None] - middle[:, 0]) ** 2 + (y[..., None] - middle[:, 1]) ** 2).argmin(axis=-1)
    start_x, start_y, start_z = (segments[:, 0, axis][chosen] for axis in range(3))
    run_x, run_y, rise = ((segments[:, 1, axis] - segments[:, 0, axis])[chosen] for axis in range(3))
    east, north = x - start_x, y - start_y
    distance, share = nearest_on_segments(east, north, run_x, run_y)
    signed = np.where(east * run_y - north * run_x >= 0, distance, -distance)
    apart = np.maximum(distance, 1e-9)
    towards = (share * run_x - east) / apart, (share * run_y - north) / apart
    return chosen, distance, signed, start_z + share * rise, *towards


def _banks(natural: Floats, distance: Floats, lowest: Floats, highest: Floats) -> Floats:
    """Return the natural ground within the bounds of the banks, else the nearer bound, blended where banks end."""
    banks = np.clip(natural, np.minimum(lowest, highest), np.maximum(lowest, highest))
    near, far = _BANKS_END_M
    fade = np.clip((distance - near) / (far - near), 0.0, 1.0)
    result: Floats = banks + fade * (natural - banks)
    return result
