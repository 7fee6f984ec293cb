# SPDX-License-Identifier: GPL-3.0-or-later
"""Conflicts between tables: which ones overlap or shade each other, and which ones are kept."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats, Indices, Mask
from .tables import Tables

_CLEAR_SIDE_M = 0.03
"""Smallest horizontal distance between adjacent tables."""
_MIN_GROUP_SIZE = 4
"""Smaller groups of tables are not built. Estimate."""
_EDGES = ((0, 1), (1, 2), (2, 3), (3, 0))


def table_corners(tables: Tables) -> Floats:
    """Return the corners (T, 4, 3) of the glass: lower left, lower right, upper right, upper left, m."""
    half_along = tables.axes[:, 0] * tables.size[:, :1] / 2
    half_up = tables.axes[:, 1] * tables.size[:, 1:] / 2
    corners = [tables.centre + along * half_along + up * half_up for along, up in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return np.stack(corners, axis=1)


def without_conflicts(tables: Tables, sun_elevation_deg: float) -> Mask:
    """Return which tables (T,) to keep: none overlaps or shades another at the design sun, and none is isolated."""
    corners = table_corners(tables)
    keep = _keep_first(overlapping_pairs(corners), np.ones(len(tables), dtype=np.bool_))
    keep = _keep_first(shading_pairs(tables, corners, sun_elevation_deg), keep)
    return _without_small_groups(tables, keep)


def overlapping_pairs(corners: Floats) -> tuple[Indices, Indices]:
    """Return pairs (first < second) of rectangles (T, 4, 3) that overlap or nearly touch in plan view.

    Two rectangles are apart if a line parallel to one of their sides separates them.
    """
    plan = corners[..., :2]
    middles = plan.mean(axis=1)
    reach = float(np.linalg.norm(plan - middles[:, None], axis=-1).max()) + _CLEAR_SIDE_M
    first, second = _close_pairs(middles[:, 0], 2 * reach)
    near = np.abs(middles[first, 1] - middles[second, 1]) <= 2 * reach
    first, second = first[near], second[near]
    apart = np.zeros(len(first), dtype=np.bool_)
    for owner in (first, second):
        for start, end in _EDGES[:2]:
            side = plan[owner, end] - plan[owner, start]
            normal = np.stack([-side[:, 1], side[:, 0]], axis=1) / np.linalg.norm(side, axis=1, keepdims=True)
            of_first = np.einsum("pij,pj->pi", plan[first], normal)
            of_second = np.einsum("pij,pj->pi", plan[second], normal)
            apart |= of_first.min(axis=1) - of_second.max(axis=1) >= _CLEAR_SIDE_M
            apart |= of_second.min(axis=1) - of_first.max(axis=1) >= _CLEAR_SIDE_M
    return first[~apart], second[~apart]


def shading_pairs(tables: Tables, corners: Floats, sun_elevation_deg: float) -> tuple[Indices, Indices]:
    """Return pairs (front, back) in which the front table shades the back one, with the sun straight ahead of it.

    Azimuths are rounded to whole degrees. The lower edge of a table is shaded first, by the rim of the other table. In
    the frame of the back table (u along its row, v backward), both edges are straight lines, and so is the height of
    the sun's ray over a rim. Checking the ends of their common range of u is therefore sufficient.
    """
    tan_sun = np.tan(np.radians(sun_elevation_deg))
    fronts, backs = [], []
    facing_deg = np.rint(tables.azimuth_deg)
    for azimuth in np.unique(facing_deg):
        facing = np.radians(azimuth)
        u = corners[..., 0] * -np.cos(facing) + corners[..., 1] * np.sin(facing)
        v = -corners[..., 0] * np.sin(facing) - corners[..., 1] * np.cos(facing)
        # A point is in the shadow of another one if it lies behind it and lower in this sheared height.
        skewed = corners[..., 2] + v * tan_sun
        front, back = _in_front(np.flatnonzero(facing_deg == azimuth), u, v, skewed)
        shaded = np.zeros(len(front), dtype=np.bool_)
        for start, end in _EDGES:
            shaded |= _rim_above_lower_edge(u, skewed, front, back, start, end)
        fronts.append(front[shaded])
        backs.append(back[shaded])
    return np.concatenate(fronts), np.concatenate(backs)


def _in_front(backs: Indices, u: Floats, v: Floats, skewed: Floats) -> tuple[Indices, Indices]:
    """Return candidate pairs (front, back): the back table is one of ``backs``, and the front one stands before it."""
    middle_u, middle_v = u.mean(axis=1), v.mean(axis=1)
    reach = float(np.ptp(u, axis=1).max()) + 1.5
    order = np.argsort(middle_u, kind="stable")
    first = np.searchsorted(middle_u[order], middle_u[backs] - reach)
    counts = np.searchsorted(middle_u[order], middle_u[backs] + reach, side="right") - first
    back = np.repeat(backs, counts)
    within = np.arange(len(back)) - np.repeat(np.cumsum(counts) - counts, counts)
    front = order[np.repeat(first, counts) + within]
    possible = middle_v[front] < middle_v[back]
    possible &= skewed[front].max(axis=1) > skewed[back].min(axis=1) - 1.0
    return front[possible], back[possible]


def _rim_above_lower_edge(u: Floats, skewed: Floats, front: Indices, back: Indices, start: int, end: int) -> Mask:
    """Return whether (P,) the front table's edge ``start``-``end`` rises above the back table's lower edge."""
    # The sides of an inclined table lean outward; extending the lower edge by that much covers them too.
    lean = np.maximum(np.abs(u[back, 3] - u[back, 0]), np.abs(u[back, 2] - u[back, 1]))
    low_from, low_to = u[back, 0] - lean, u[back, 1] + lean
    rim_from, rim_to = np.minimum(u[front, start], u[front, end]), np.maximum(u[front, start], u[front, end])
    left, right = np.maximum(low_from, rim_from), np.minimum(low_to, rim_to)
    above = np.zeros(len(front), dtype=np.bool_)
    for place in (left, right):
        rim = _on_line(place, u[front, start], skewed[front, start], u[front, end], skewed[front, end])
        low = _on_line(place, u[back, 0], skewed[back, 0], u[back, 1], skewed[back, 1])
        above |= rim > low
    result: Mask = above & (left <= right)
    return result


def _on_line(place: Floats, u0: Floats, value0: Floats, u1: Floats, value1: Floats) -> Floats:
    """Return the values at ``place`` of the lines through (u0, value0) and (u1, value1), the larger one if u0 == u1."""
    run = u1 - u0
    level = np.abs(run) < 1e-9
    share = (place - u0) / np.where(level, 1.0, run)
    result: Floats = np.where(level, np.maximum(value0, value1), value0 + share * (value1 - value0))
    return result


def _close_pairs(values: Floats, distance: float) -> tuple[Indices, Indices]:
    """Return all pairs (first < second) of values at most ``distance`` apart."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    ends = np.searchsorted(ordered, ordered + distance, side="right")
    counts = ends - np.arange(len(values)) - 1
    one = np.repeat(np.arange(len(values)), counts)
    other = np.arange(len(one)) - np.repeat(np.cumsum(counts) - counts, counts) + one + 1
    a, b = order[one], order[other]
    return np.minimum(a, b), np.maximum(a, b)


def _keep_first(pairs: tuple[Indices, Indices], keep: Mask) -> Mask:
    """Return ``keep`` without the second table of any pair; tables that certainly stay are decided first."""
    first, second = pairs
    keep = keep.copy()
    while True:
        alive = keep[first] & keep[second]
        first, second = first[alive], second[alive]
        if len(first) == 0:
            return keep
        threatened = np.zeros(len(keep), dtype=np.bool_)
        threatened[second] = True
        surely = ~threatened[first]
        # If tables with different azimuths conflict in a cycle, the last one goes.
        keep[second[surely] if surely.any() else second.max()] = False


def _without_small_groups(tables: Tables, keep: Mask) -> Mask:
    """Return ``keep`` without groups of tables too small to justify a cable."""
    kept = np.flatnonzero(keep)
    middles = tables.centre[kept, :2]
    if len(kept) <= _MIN_GROUP_SIZE:
        return keep
    reach = 1.3 * float(tables.size.max())
    first, second = _close_pairs(middles[:, 0], reach)
    near = np.linalg.norm(middles[first] - middles[second], axis=1) <= reach
    first, second = first[near], second[near]
    group = np.arange(len(kept))
    while True:
        joined = group.copy()
        np.minimum.at(joined, second, group[first])
        np.minimum.at(joined, first, group[second])
        joined = joined[joined]
        if (joined == group).all():
            break
        group = joined
    large = np.bincount(group, minlength=len(kept))[group] >= _MIN_GROUP_SIZE
    if not large.any():
        return keep
    result = keep.copy()
    result[kept[~large]] = False
    return result
