# SPDX-License-Identifier: GPL-3.0-or-later
"""A placement on land made by hand: one row of tables, and a straight road south of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solar_site_addon.generator.plan.array.spacing import table_corners
from solar_site_addon.generator.plan.array.tables import Tables
from solar_site_addon.generator.plan.placement.clearance import FreeGround
from solar_site_addon.generator.plan.placement.placement import Placement

from .hand_made import Shape, land, plane, tables_at

TABLE_SIZE = (12.0, 4.0)
ROAD_Y = -20.0


@dataclass(frozen=True)
class StraightRoad:
    """A road along x at ROAD_Y."""

    width_m: float = 4.0

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.abs(y - ROAD_Y) + 0 * x


def one_row(count: int = 5) -> Tables:
    """Return a row of tables along x through the origin."""
    x = (np.arange(count) - (count - 1) / 2) * (TABLE_SIZE[0] + 0.5)
    return tables_at(np.stack([x, np.zeros(count), np.full(count, 2.0)], axis=1), TABLE_SIZE)


def placement(ground: Shape | None = None, tables: Tables | None = None, seed: int = 1) -> Placement:
    """Return a placement without any items, on level ground by default."""
    tables = one_row() if tables is None else tables
    terrain = land(ground or plane(), half_m=120.0)
    return Placement(terrain, tables, FreeGround(table_corners(tables)[..., :2], StraightRoad()), seed)


def to_tables(points: np.ndarray, tables: Tables) -> np.ndarray:
    """Return the distances (P,) of points to the nearest table of a row that is not turned: axis-aligned boxes."""
    corners = table_corners(tables)[..., :2]
    low, high = corners.min(axis=1), corners.max(axis=1)
    beyond = np.maximum(np.maximum(low - points[:, None], points[:, None] - high), 0.0)
    return np.hypot(beyond[..., 0], beyond[..., 1]).min(axis=1)
