# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut and fill: the profile of a road that keeps its grade, and the ground shaped to carry it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .segments import nearest_on_segments

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

REACH_M = 40.0
"""Roads are known to the ground up to this distance from their centre line."""
BANK_SLOPE = 1 / 1.5
"""Embankments and cuttings rise or fall by one in one and a half."""
CROSSFALL = 0.03
"""Both halves of the carriageway fall away from its crown, so that rain runs off."""
_BANKS_END_M = (16.0, 26.0)
"""Between these distances a bank that has met no ground yet is led over into it."""
_ROUNDED_OVER = 5
"""Points over which the profile's breaks are rounded to either side."""


def grade_limited(natural: Floats, distance: Floats, max_grade: float, start: float | None = None) -> Floats:
    """(P,) heights of a profile near ``natural`` (P,) whose grade along ``distance`` (P,) is nowhere above the limit.

    It lies midway between the lowest profile of that grade above the ground and the highest below it, so that cut and
    fill are about balanced. ``start`` fixes the height of its first point (a junction).
    """
    if start is not None:
        rise = max_grade * (distance - distance[0])
        natural = np.clip(natural, start - rise, start + rise)
    slope = max_grade * distance
    below = np.minimum(_least_before(natural - slope) + slope, _least_before((natural + slope)[::-1])[::-1] - slope)
    above = np.maximum(-_least_before(-natural - slope) - slope, -_least_before((-natural + slope)[::-1])[::-1] + slope)
    return _rounded((above + below) / 2)


def _least_before(values: Floats) -> Floats:
    return np.asarray(np.minimum.accumulate(values))


def _rounded(profile: Floats) -> Floats:
    """The running mean; reflected about its ends, which stay: a mean of profiles is never steeper than they are."""
    reach = min(_ROUNDED_OVER, len(profile) - 1)
    before, after = 2 * profile[0] - profile[reach:0:-1], 2 * profile[-1] - profile[-2 : -2 - reach : -1]
    sums = np.cumsum(np.concatenate([[0.0], before, profile, after]))
    width = 2 * reach + 1
    result: Floats = (sums[width:] - sums[:-width]) / width
    return result


@dataclass(frozen=True)
class Strip:
    """The roads as seen from the vertices of the ground, (Y, X) each."""

    segment: Ints
    """Index of the first point of the nearest segment; -1 beyond REACH_M."""
    distance: Floats
    """Distance to the nearest centre line, m; REACH_M beyond it."""
    offset: Floats
    """The same with a sign: positive to the right of the road's direction."""


def lay_roads(
    x: Floats, y: Floats, heights: Floats, segments: Floats, first: Ints, half_m: float
) -> tuple[Strip, Floats]:
    """The strip, and the heights (Y, X) after cut and fill.

    ``x`` (X,) and ``y`` (Y,) are the grid's axes, ``segments`` (S, 2, 3) the ends of the centre lines' segments,
    ``first`` (S,) their numbers in the strip, ``half_m`` half the width of the levelled ground. Where the cells are
    wider than the road, as far outside the site, whole cells are levelled.
    """
    strip = Strip(
        np.full(heights.shape, -1, dtype=np.int32), np.full(heights.shape, REACH_M), np.full(heights.shape, REACH_M)
    )
    level = np.zeros_like(heights)
    lowest, highest = np.full_like(heights, -np.inf), np.full_like(heights, np.inf)
    flat = half_m + np.maximum(_cell(x)[None, :], _cell(y)[:, None]) - min(np.diff(x).min(), np.diff(y).min())
    for number, (start, end) in zip(first, segments, strict=True):
        window = _window(x, y, start, end)
        distance, offset, height = _nearest(x[window[1]][None, :], y[window[0]][:, None], start, end)
        bank = BANK_SLOPE * np.maximum(distance - flat[window], 0.0)
        edge = height - CROSSFALL * half_m
        np.maximum(lowest[window], edge - bank, out=lowest[window])
        np.minimum(highest[window], edge + bank, out=highest[window])
        nearer = distance < strip.distance[window]
        for values, new in (
            (strip.distance, distance),
            (strip.offset, offset),
            (strip.segment, number),
            (level, height),
        ):
            np.copyto(values[window], new, where=nearer, casting="same_kind")
    road = level - CROSSFALL * np.minimum(strip.distance, half_m)
    banks = _banks(heights, strip.distance, lowest, highest)
    return strip, np.where(strip.distance <= flat, road, np.where(strip.distance < REACH_M, banks, heights))


def _cell(axis: Floats) -> Floats:
    """Size of the cells around each grid line: the larger of the two."""
    steps = np.diff(axis)
    return np.maximum(np.append(steps, steps[-1]), np.insert(steps, 0, steps[0]))


def _window(x: Floats, y: Floats, start: Floats, end: Floats) -> tuple[slice, slice]:
    """The vertices around a segment that it can be of importance for."""
    low, high = np.minimum(start, end) - REACH_M, np.maximum(start, end) + REACH_M
    rows, columns = (np.searchsorted(axis, [low[at], high[at]]) for axis, at in ((y, 1), (x, 0)))
    return slice(int(rows[0]), int(rows[1])), slice(int(columns[0]), int(columns[1]))


def _nearest(x: Floats, y: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats, Floats]:
    """Distance to a segment, the same with the sign of the side, and the segment's height at the nearest point."""
    run_x, run_y, rise = end - start
    east, north = x - start[0], y - start[1]
    distance, share = nearest_on_segments(east, north, run_x, run_y)
    right = east * run_y - north * run_x
    return distance, np.where(right >= 0, distance, -distance), start[2] + share * rise


def _banks(natural: Floats, distance: Floats, lowest: Floats, highest: Floats) -> Floats:
    """Natural ground where it lies between the banks' bounds, else the nearer bound, led over where they end."""
    banks = np.clip(natural, np.minimum(lowest, highest), np.maximum(lowest, highest))
    near, far = _BANKS_END_M
    fade = np.clip((distance - near) / (far - near), 0.0, 1.0)
    result: Floats = banks + fade * (natural - banks)
    return result
