# SPDX-License-Identifier: GPL-3.0-or-later
"""Service roads: graded roads to everything on the site, and the access road to the horizon."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Ints, Mask
from ...settings.drawn import DrawnSettings
from ..array.regions import Region
from ..numerics.segments import nearest_on_segments
from ..terrain.terrain import Terrain, nearest_line
from ..terrain.topography import Topography
from .earthworks import REACH_M, Strip, grade_limited, lay_roads
from .network import plan_courses

VERGE_M = 1.2
"""Width of the leveled ground on either side of the carriageway. Estimate."""
_CLEAR_M = 1.0
"""Clearance of tables from the verges, because vehicles swing out. Estimate."""
_OUTLINE_STEP_M = 1.5
"""Distance between the points of a table's outline that are checked."""
_NO_BOUND_M = 1e5
"""A height that no ground reaches."""
_MAX_SLOPE_BETWEEN = 0.5
"""Height difference of the leveled ground of two roads per meter between them, at most: it leaves room for a bank.
Estimate."""


@dataclass(frozen=True)
class Roads:
    """The center lines of all carriageways, in sequence, and the distances of the ground's vertices to them."""

    points: Floats
    """Points (P, 3) of the center lines, m; the heights are those of the finished road."""
    road: Ints
    """Number of the road (P,) that each point belongs to, ascending. Road 0 is the access road; the others start on a
    road with a lower number."""
    width_m: float
    """Width of the carriageway, m."""
    surface: str
    """Material: gravel, earth or concrete."""
    growth: float
    """Share of the carriageway that grass has reclaimed, 0 to 1."""
    strip: Strip
    """The roads on the grid of the terrain."""
    grid_x: Floats
    """Columns (X,) of the terrain's grid, m."""
    grid_y: Floats
    """Rows (Y,) of the terrain's grid, m."""

    def __len__(self) -> int:
        return int(self.road[-1]) + 1 if len(self.road) else 0

    def distance(self, x: Floats | float, y: Floats | float) -> Floats:
        """Return the distance of points (broadcast) to the nearest center line, m; at most REACH_M.

        It considers the segment nearest to the closest vertex of the ground, and its two neighbors. On the fine ground,
        the result is accurate to a few centimeters near a road; at junctions, and midway between two roads, it may be
        up to a meter too large.
        """
        px, py = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        result = np.full(px.shape, REACH_M)
        segment = self.strip.segment[nearest_line(self.grid_y, py), nearest_line(self.grid_x, px)]
        near = segment >= 0
        own, px, py = segment[near], px[near], py[near]
        best = np.full(len(own), REACH_M)
        for step in (-1, 0, 1):
            first = np.clip(own + step, 0, len(self.points) - 2)
            first = np.where(self.road[first] == self.road[first + 1], first, own)
            start, run = self.points[first], self.points[first + 1] - self.points[first]
            distance, _ = nearest_on_segments(px - start[:, 0], py - start[:, 1], run[:, 0], run[:, 1])
            best = np.minimum(best, distance)
        result[near] = best
        return result

    def clear(self, outlines: Floats) -> Mask:
        """Return whether rectangles (N, 4, 2), in plan view, keep clear of the roads and their verges (N,)."""
        least = self.width_m / 2 + VERGE_M + _CLEAR_M
        sides = np.roll(outlines, -1, axis=1) - outlines
        longest = float(np.sqrt((sides * sides).sum(axis=-1)).max(initial=0.0))
        shares = np.linspace(0.0, 1.0, max(int(np.ceil(longest / _OUTLINE_STEP_M)), 1), endpoint=False)
        points = outlines[:, :, None] + shares[:, None] * sides[:, :, None]
        return np.asarray((self.distance(points[..., 0], points[..., 1]) >= least).all(axis=(1, 2)))


def plan_roads(
    settings: DrawnSettings, terrain: Terrain, topography: Topography, regions: list[Region], seed: int
) -> tuple[Roads, Terrain]:
    """Return the roads that serve the regions, and the terrain with their cut and fill.

    There are no roads if ``site.roads`` is off.
    """
    site = settings.site
    width = site.road_width_m.value
    courses = plan_courses(settings, terrain, topography, regions, seed) if site.roads else []
    max_grade = site.road_max_grade_percent / 100
    points = _with_heights(courses, terrain, topography, max_grade, width + 2 * VERGE_M)
    road = np.repeat(np.arange(len(courses), dtype=np.int32), [len(course) for course in courses])
    first = np.flatnonzero(road[:-1] == road[1:]).astype(np.int32)
    segments = np.stack([points[first], points[first + 1]], axis=1)
    half = width / 2 + VERGE_M
    strip, heights = lay_roads(terrain.x, terrain.y, terrain.heights, segments, first, road[first], half)
    graded = dataclasses.replace(terrain, heights=heights)
    surface = site.road_surface.value
    # Grass cannot take root between slabs.
    growth = 0.0 if surface == "concrete" else site.road_growth.value
    roads = Roads(
        points=points,
        road=road,
        width_m=width,
        surface=surface,
        growth=growth,
        strip=strip,
        grid_x=terrain.x,
        grid_y=terrain.y,
    )
    return roads, graded


def _with_heights(
    courses: list[Floats], terrain: Terrain, topography: Topography, max_grade: float, level_m: float
) -> Floats:
    """Return the courses with profiles (P, 3) that keep the grade and fit earlier roads where they meet or come close.

    ``level_m`` is the width of the leveled ground.
    """
    done: list[Floats] = []
    for course in courses:
        steps = np.diff(course, axis=0)
        # Points are slightly closer together in bends: with the shortest step for all, no grade exceeds the limit.
        passed = np.arange(len(course)) * np.sqrt((steps * steps).sum(axis=1)).min()
        low, high = np.full(len(course), -_NO_BOUND_M), np.full(len(course), _NO_BOUND_M)
        for other in done:
            apart, height = _nearest_height(course, other)
            room = np.where(apart < REACH_M, _MAX_SLOPE_BETWEEN * np.maximum(apart - level_m, 0.0), _NO_BOUND_M)
            low, high = np.maximum(low, height - room), np.minimum(high, height + room)
        profile = grade_limited(_natural(course, terrain, topography), passed, max_grade, low, high)
        done.append(np.column_stack([course, profile]))
    return np.concatenate([np.empty((0, 3)), *done])


def _nearest_height(points: Floats, road: Floats) -> tuple[Floats, Floats]:
    """Return the distances (P,) of points (P, 2) to a road (Q, 3), REACH_M at most, and the road's heights there."""
    distance, height = np.full(len(points), REACH_M), np.zeros(len(points))
    low, high = points.min(axis=0) - REACH_M, points.max(axis=0) + REACH_M
    near = ((road[:, :2] >= low) & (road[:, :2] <= high)).all(axis=1)
    for number in np.flatnonzero(near[:-1] | near[1:]):
        run = road[number + 1] - road[number]
        x, y = (points - road[number, :2]).T
        apart, share = nearest_on_segments(x, y, run[0], run[1])
        nearer = apart < distance
        distance[nearer], height[nearer] = apart[nearer], road[number, 2] + share[nearer] * run[2]
    return distance, height


def _natural(course: Floats, terrain: Terrain, topography: Topography) -> Floats:
    """Return the heights (P,) of the ground along a course, smoothed where the ground is fine."""
    x, y = course[:, 0], course[:, 1]
    fine = np.maximum(np.abs(x), np.abs(y)) <= topography.axis[-1]
    return np.where(fine, topography.smooth[topography.nearest(x, y)], terrain.height(x, y))
