# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ground is free: distances to tables, roads, fences and to what has been placed before."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ...domain.array_types import Floats, Indices, Mask
from ..numerics.segments import nearest_on_segments


class Carriageways(Protocol):
    """What has to be known of roads, as plan.roads.Roads has it."""

    @property
    def width_m(self) -> float:
        """Width of the carriageway, m."""
        ...

    def distance(self, x: Floats, y: Floats) -> Floats:
        """Distance in meters to the nearest center line."""
        ...


class FreeGround:
    """Tables, roads, fences and circles that are taken; circles and fences are added as items are placed."""

    def __init__(self, outlines: Floats, roads: Carriageways) -> None:
        """``outlines`` (T, 4, 2) are the tables' corners seen from above."""
        self._tables = Outlines(outlines)
        self._roads = roads
        self._circles = np.zeros((0, 3))
        self._walls = np.zeros((0, 2, 2))

    def take(self, circles: Floats) -> None:
        """Take circles (K, 3): x, y, radius."""
        self._circles = np.concatenate([self._circles, circles])

    def take_walls(self, segments: Floats) -> None:
        """Take thin straight walls (K, 2, 2) from point to point."""
        self._walls = np.concatenate([self._walls, segments])

    def to_tables(self, points: Floats, within_m: float) -> Floats:
        """Return the distances (P,) to the nearest table, 0 inside one; at most ``within_m``."""
        return self._tables.distance(points, within_m)

    def in_band(self, points: Floats, band_m: tuple[float, float]) -> tuple[Indices, Floats]:
        """Return the indices of the points within ``band_m`` of the nearest table, and their distances."""
        # Few tables are looked at for the many points that are too near.
        away = np.flatnonzero(self.to_tables(points, band_m[0]) >= band_m[0])
        distance = self.to_tables(points[away], band_m[1] + 1.0)
        within = distance <= band_m[1]
        return away[within], distance[within]

    def to_road(self, points: Floats) -> Floats:
        """Return the distances (P,) to the edge of the nearest carriageway, within the reach that the roads know."""
        return self._roads.distance(points[:, 0], points[:, 1]) - self._roads.width_m / 2

    def is_free(self, points: Floats, radius_m: float, table_gap_m: float, gap_m: float = 0.5) -> Mask:
        """Return whether (P,) circles around the points keep the gaps to tables and to all other occupied places."""
        free = np.ones(len(points), dtype=np.bool_)
        least = radius_m + gap_m
        # The dearer tests look only at what is left.
        for distance, least_m in (
            (lambda left: distance_to_circles(left[:, 0], left[:, 1], self._circles, least), least),
            (self.to_road, least),
            (lambda left: distance_to_segments(left, self._walls, least), least),
            (lambda left: self.to_tables(left, radius_m + table_gap_m), radius_m + table_gap_m),
        ):
            free[free] = distance(points[free]) >= least_m
        return np.asarray(free)


class Outlines:
    """Convex counterclockwise polygons, prepared for questions about few points at a time."""

    def __init__(self, corners: Floats) -> None:
        """``corners`` are (T, V, 2)."""
        self._corners = corners
        middles = corners.mean(axis=1)
        self._middles = _WestToEast(middles)
        self._radius = np.sqrt(((corners - middles[:, None]) ** 2).sum(axis=-1)).max(axis=1, initial=0.0)

    def distance(self, points: Floats, within_m: float) -> Floats:
        """Return the distances (P,) in meters to the nearest polygon, 0 inside one, at most ``within_m``."""
        distance = np.full(len(points), float(within_m))
        point, polygon = self._middles.near(points, within_m + self._radius)
        start = self._corners[polygon]
        edge = np.roll(start, -1, axis=1) - start
        offset = points[point][:, None] - start
        nearest, _ = nearest_on_segments(offset[..., 0], offset[..., 1], edge[..., 0], edge[..., 1])
        inside = (edge[..., 0] * offset[..., 1] - edge[..., 1] * offset[..., 0] >= 0).all(axis=1)
        np.minimum.at(distance, point, np.where(inside, 0.0, nearest.min(axis=1)))
        return distance


def distance_to_segments(points: Floats, segments: Floats, within_m: float) -> Floats:
    """Return the distances (P,) in meters to the nearest of the segments (K, 2, 2), at most ``within_m``."""
    distance = np.full(len(points), float(within_m))
    edges = segments[:, 1] - segments[:, 0]
    point, segment = _WestToEast(segments.mean(axis=1)).near(points, within_m + np.hypot(*edges.T) / 2)
    offset = points[point] - segments[segment, 0]
    nearest, _ = nearest_on_segments(*offset.T, *edges[segment].T)
    np.minimum.at(distance, point, nearest)
    return distance


def distance_to_circles(x: Floats, y: Floats, circles: Floats, within_m: float) -> Floats:
    """Return the distances (N,) in meters of points to the nearest of circles (M, 3: x, y, radius), negative inside.

    ``within_m`` is the greatest distance that is given.
    """
    distance = np.full(len(x), float(within_m))
    points = np.column_stack([x, y])
    point, circle = _WestToEast(circles[:, :2]).near(points, within_m + circles[:, 2])
    apart = points[point] - circles[circle, :2]
    np.minimum.at(distance, point, np.sqrt((apart * apart).sum(axis=1)) - circles[circle, 2])
    return distance


class _WestToEast:
    """Middles (K, 2), sorted, so that only those within reach of a point in this direction are looked at."""

    def __init__(self, middles: Floats) -> None:
        self._middles = middles
        self._order = np.argsort(middles[:, 0], kind="stable")
        self._sorted = middles[self._order, 0]

    def near(self, points: Floats, reach: Floats) -> tuple[Indices, Indices]:
        """Return the indices of the points (P, 2) and middles that are nearer to each other than ``reach`` (K,)."""
        farthest = reach.max(initial=0.0)
        first = np.searchsorted(self._sorted, points[:, 0] - farthest)
        count = np.searchsorted(self._sorted, points[:, 0] + farthest) - first
        point = np.repeat(np.arange(len(points)), count)
        within = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
        middle = self._order[first[point] + within]
        x, y = (points[point, axis] - self._middles[middle, axis] for axis in (0, 1))
        near = x * x + y * y < reach[middle] * reach[middle]
        return point[near], middle[near]
