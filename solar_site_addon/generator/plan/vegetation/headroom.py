# SPDX-License-Identifier: GPL-3.0-or-later
"""Distance of things on the ground from the tables, and the height of the glass above them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats
from ..array.tables import Tables


@dataclass(frozen=True)
class Headroom:
    """Free space between N things on the ground and the tables around them."""

    distance_m: Floats
    """(N,) horizontal distance from the center of the thing to the nearest table's outline, m; 0 below a table, inf
    where no table is within reach."""
    ceiling_m: Floats
    """(N,) height (z) of the lowest glass above any point of the thing's disc, m; inf where there is none."""


def headroom(tables: Tables, x: Floats, y: Floats, radius: Floats, reach_m: float) -> Headroom:
    """Return the headroom of discs with centers ``x``, ``y`` and ``radius`` (N,), m.

    Only tables within ``reach_m`` of a disc's center are considered.
    """
    order = np.argsort(x, kind="stable")
    sorted_x, sorted_y, sorted_radius = x[order], y[order], radius[order]
    distance, ceiling = np.full(len(x), np.inf), np.full(len(x), np.inf)
    reach = np.sqrt((tables.size**2).sum(axis=1)) / 2 + max(reach_m, float(radius.max(initial=0.0)))
    first = np.searchsorted(sorted_x, tables.centre[:, 0] - reach)
    last = np.searchsorted(sorted_x, tables.centre[:, 0] + reach)
    for table in np.flatnonzero(last > first):
        near = np.arange(first[table], last[table])
        near = near[np.abs(sorted_y[near] - tables.centre[table, 1]) <= reach[table]]
        away, glass = _to_table(tables, int(table), sorted_x[near], sorted_y[near], sorted_radius[near])
        distance[near] = np.minimum(distance[near], away)
        ceiling[near] = np.minimum(ceiling[near], glass)
    result = Headroom(np.empty_like(distance), np.empty_like(ceiling))
    result.distance_m[order], result.ceiling_m[order] = distance, ceiling
    return result


def _to_table(tables: Tables, table: int, x: Floats, y: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """Return the distances (N,) to the outline of one table, and the heights (N,) of its glass above the discs.

    The heights are inf for discs that are not below the table.
    """
    offset_x, offset_y = x - tables.centre[table, 0], y - tables.centre[table, 1]
    (ax, ay, az), (bx, by, bz), _ = tables.axes[table]
    determinant = ax * by - ay * bx
    along = (offset_x * by - offset_y * bx) / determinant
    upward = (offset_y * ax - offset_x * ay) / determinant
    half_width, half_slant = tables.size[table] / 2
    # A horizontal step of 1 m corresponds to up to this length along the table's sloping axes, m.
    stretch_a, stretch_b = np.hypot(bx, by) / abs(determinant), np.hypot(ax, ay) / abs(determinant)
    beside_a, beside_b = np.maximum(np.abs(along) - half_width, 0.0), np.maximum(np.abs(upward) - half_slant, 0.0)
    # On a slope the outline is a sheared rectangle: the distance is taken along the normal of an edge, or to a corner.
    step_x, step_y = np.sign(along) * beside_a, np.sign(upward) * beside_b
    to_clamped = np.hypot(step_x * ax + step_y * bx, step_x * ay + step_y * by)
    away = np.minimum(to_clamped, np.hypot(beside_a / stretch_a, beside_b / stretch_b))
    lowest_a = np.clip(along - np.sign(az) * radius * stretch_a, -half_width, half_width)
    lowest_b = np.clip(upward - np.sign(bz) * radius * stretch_b, -half_slant, half_slant)
    covered = (beside_a <= radius * stretch_a) & (beside_b <= radius * stretch_b)
    return away, np.where(covered, tables.centre[table, 2] + lowest_a * az + lowest_b * bz, np.inf)
