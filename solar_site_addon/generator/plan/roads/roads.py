# SPDX-License-Identifier: GPL-3.0-or-later
"""Service roads: graded ways to everything on the site, and the way out to the horizon."""

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
"""Levelled ground on each side of the carriageway."""
_CLEAR_M = 1.0
"""Tables keep this far from the verges, for what drives there turns and sways."""
_OUTLINE_STEP_M = 1.5
"""Between the points of a table's outline that are looked at."""
_NO_BOUND_M = 1e5
"""A height that no ground reaches."""
_BETWEEN_SLOPE = 0.5
"""The levelled ground of two roads differs in height by no more than this times the gap between: a bank has room."""


@dataclass(frozen=True)
class Roads:
    """The centre lines of all carriageways, one after the other, and how far the ground's vertices are from them."""

    points: Floats
    """(P, 3) points of the centre lines, m; heights are those of the finished road."""
    road: Ints
    """(P,) number of the road that each point belongs to, ascending. Road 0 comes from beyond the site; the others
    begin on a road of a lower number."""
    width_m: float
    """Width of the carriageway."""
    surface: str
    """gravel, earth or concrete."""
    growth: float
    """0 to 1: how far grass has come back on the carriageway."""
    strip: Strip
    """The roads on the grid of the terrain."""
    grid_x: Floats
    """(X,) grid lines of the terrain, m."""
    grid_y: Floats
    """(Y,) likewise."""

    def __len__(self) -> int:
        return int(self.road[-1]) + 1 if len(self.road) else 0

    def distance(self, x: Floats | float, y: Floats | float) -> Floats:
        """Distance in metres of the points (broadcast) to the nearest centre line; REACH_M for all beyond that.

        Looked at are the segment nearest to the closest vertex of the ground and its two neighbours. On the fine ground
        that is exact to a few centimetres near a road; where two roads meet, and midway between them, it may be up to a
        metre too much.
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
        """(N,) whether rectangles (N, 4, 2), seen from above, keep off the roads and their verges."""
        least = self.width_m / 2 + VERGE_M + _CLEAR_M
        sides = np.roll(outlines, -1, axis=1) - outlines
        longest = float(np.sqrt((sides * sides).sum(axis=-1)).max(initial=0.0))
        shares = np.linspace(0.0, 1.0, max(int(np.ceil(longest / _OUTLINE_STEP_M)), 1), endpoint=False)
        points = outlines[:, :, None] + shares[:, None] * sides[:, :, None]
        return np.asarray((self.distance(points[..., 0], points[..., 1]) >= least).all(axis=(1, 2)))


def plan_roads(
    settings: DrawnSettings, terrain: Terrain, topography: Topography, regions: list[Region], seed: int
) -> tuple[Roads, Terrain]:
    """The roads that serve the regions, none where ``site.roads`` is off; and the ground with their cut and fill."""
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
    # Grass has nowhere to root between slabs.
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
    """(P, 3) the courses with profiles that keep the grade, and fit those before them where they meet or come close.

    ``level_m`` is the width of the levelled ground.
    """
    done: list[Floats] = []
    for course in courses:
        steps = np.diff(course, axis=0)
        # In bends the points are a little closer together: with the shortest step for all, none is too steep.
        passed = np.arange(len(course)) * np.sqrt((steps * steps).sum(axis=1)).min()
        low, high = np.full(len(course), -_NO_BOUND_M), np.full(len(course), _NO_BOUND_M)
        for other in done:
            apart, height = _nearest_height(course, other)
            room = np.where(apart < REACH_M, _BETWEEN_SLOPE * np.maximum(apart - level_m, 0.0), _NO_BOUND_M)
            low, high = np.maximum(low, height - room), np.minimum(high, height + room)
        profile = grade_limited(_natural(course, terrain, topography), passed, max_grade, low, high)
        done.append(np.column_stack([course, profile]))
    return np.concatenate([np.empty((0, 3)), *done])


def _nearest_height(points: Floats, road: Floats) -> tuple[Floats, Floats]:
    """Distances (P,) of points (P, 2) to a road (Q, 3) within reach, REACH_M for others, and its heights there."""
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
    """(P,) heights of the ground along a course, smoothed where the ground is fine."""
    x, y = course[:, 0], course[:, 1]
    fine = np.maximum(np.abs(x), np.abs(y)) <= topography.axis[-1]
    return np.where(fine, topography.smooth[topography.nearest(x, y)], terrain.height(x, y))
