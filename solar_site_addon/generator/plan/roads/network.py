# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the service roads run: one that comes from beyond the hills, and branches to all that has to be reached."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ...domain.array_types import Floats, Indices, Mask
from ...domain.random_streams import stream, stream_seed
from ...settings.drawn import DrawnSettings
from ..array.regions import Region, suitable_ground
from ..numerics.blur import running_mean
from ..numerics.least_cost import LeastCost
from ..numerics.noise import gradient_noise
from ..numerics.segments import way_along
from ..terrain.terrain import Terrain
from ..terrain.topography import Topography

POINT_SPACING_M = 2.0
_CELL_M = 8.0
_MOST_CELLS = 80
"""Cells along one side of the grids that paths are searched on."""
_FAR_HALF_M = 2200.0
"""Half the side of the land through which the road comes to the site."""
_WIDEST_FIELD_M = 70.0
"""In one field no table should be farther from a road than this."""
_MOST_BRANCHES = 12
_SMOOTHED_OVER_M = 12.0
"""Half the length that a road's course is averaged over, twice: bends become as wide as a lorry needs."""
TURNING_RADIUS_M = 8.0
"""Of the centre line in the tightest bends."""
_WIDENED_TO_M = 11.0
"""Bends are pushed towards this radius, and stop somewhere above TURNING_RADIUS_M."""
_OPENING_ROUNDS = 60
_OPEN_ENOUGH_M = 0.02
"""Points may be so much nearer than they should be."""
_EASED = 0.1
"""Share of the way to the mean of its neighbours that each point goes in a round."""
_PAIRS = (*range(2, 20), *range(20, 64, 4))
"""Numbers of steps between the points of a course that are looked at in pairs."""
_CONTINUED_M = 20.0
"""A road that begins this near to the end of another goes on where that ends."""
_WANDER_M, _WANDER_LENGTH_M = 1.6, 42.0
"""How far roads are off their line, and the length of the waves in which they wander."""
_CROSS_SLOPE_COST = 5.0
"""Burden of a metre of road on ground of slope 1 (45 degrees), squared with the slope: that of cut and fill."""
_FLAT_BELOW = 0.10
"""Below this slope roads run along the rows of tables or across them, as on a drawing board."""


def plan_courses(
    settings: DrawnSettings, terrain: Terrain, topography: Topography, regions: list[Region], seed: int
) -> list[Floats]:
    """Courses (P, 2) of the roads, m: first the one from afar to the site, then branches, each from its junction."""
    max_grade = settings.site.road_max_grade_percent / 100
    afar = _course_from_afar(terrain, max_grade, stream(seed, "roads/from_afar").uniform(0, 2 * math.pi))
    entry = int(np.argmax(np.abs(afar).max(axis=1) < topography.axis[-1] - _CELL_M))
    survey = _Survey(topography, max_grade, regions)
    survey.add(afar[entry : entry + 1])
    paths: list[Floats] = []
    parents: list[int] = []
    courses: list[Floats] = []
    for target in _targets(settings, survey, topography, regions, courses):
        path = survey.path_to(target)
        if not paths:
            path = np.concatenate([afar[:entry], path])
        parent = _nearest_course(courses, path[0])
        if parent >= 0 and _to_end(courses[parent], path[0]) < _CONTINUED_M:
            # What begins where a road ends is the rest of that road.
            paths[parent] = _continued(paths[parent], path)
            courses[parent] = smoothed(paths[parent])
        else:
            paths.append(path)
            parents.append(parent)
            courses.append(smoothed(path))
        survey.add(smoothed(path))
    return _built(paths, parents, seed)


def _built(paths: list[Floats], parents: list[int], seed: int) -> list[Floats]:
    """The courses along the paths, which wander a little, with no bend sharper than ``TURNING_RADIUS_M``."""
    courses: list[Floats] = []
    for path, parent in zip(paths, parents, strict=True):
        line = _wandering(path, seed)
        if parent >= 0:
            line[0] = courses[parent][_nearest(courses[parent], line[0])]
        courses.append(_resampled(opened(smoothed(line), _WIDENED_TO_M)))
    return courses


def _wandering(path: Floats, seed: int) -> Floats:
    """The path off the drawing board: every place is moved a little, near ones alike, so that roads that meet do so."""
    points = _resampled(path)
    x, y = points[:, 0] / _WANDER_LENGTH_M, points[:, 1] / _WANDER_LENGTH_M
    moved = np.stack([gradient_noise(x, y, stream_seed(seed, f"roads/wander/{way}")) for way in "xy"], axis=1)
    result: Floats = points + _WANDER_M * moved
    return result


def _nearest_course(courses: list[Floats], point: Floats) -> int:
    """Index of the course nearest to ``point`` (2,); -1 where there is none."""
    if not courses:
        return -1
    return int(np.argmin([_squares(point[None, :], course).min() for course in courses]))


def _to_end(course: Floats, point: Floats) -> float:
    """Length in metres of what is left of a course (P, 2) after its point nearest to ``point`` (2,)."""
    return POINT_SPACING_M * (len(course) - 1 - _nearest(course, point))


def _continued(path: Floats, rest: Floats) -> Floats:
    """The path (P, 2) as far as its point nearest to where ``rest`` (Q, 2) begins, and that."""
    return np.concatenate([path[: _nearest(path, rest[0])], rest])


class _Survey:
    """The coarse grid over the fine ground, on which paths to the roads built so far are known."""

    def __init__(self, topography: Topography, max_grade: float, regions: list[Region]) -> None:
        half = float(topography.axis[-1])
        count = min(int(2 * half / _CELL_M), _MOST_CELLS)
        self.axis = np.linspace(-half, half, count + 1)
        self.x, self.y = np.meshgrid(self.axis, self.axis)
        at = topography.nearest(self.x, self.y)
        slope = np.hypot(topography.gradient_x[at], topography.gradient_y[at])
        burden = 1.0 + _CROSS_SLOPE_COST * slope * slope + 1.0 * topography.gully[at]
        flatness = np.clip(1.0 - slope / _FLAT_BELOW, 0.0, 1.0)
        azimuth = regions[0].azimuth_deg if regions[0].aisles else 0.0
        heights = topography.smooth[at]
        self._costs = LeastCost(self.axis[1] - self.axis[0], heights, burden, max_grade, flatness, azimuth)

    def cell(self, points: Floats) -> tuple[Indices, Indices]:
        """Rows and columns of the cells nearest to points (P, 2)."""
        step = self.axis[1] - self.axis[0]
        place = np.clip(np.rint((points - self.axis[0]) / step), 0, len(self.axis) - 1).astype(np.intp)
        return place[:, 1], place[:, 0]

    def add(self, course: Floats) -> None:
        """Make a road of points (P, 2) known; what lies outside the grid is left out."""
        self._costs.add_sources(*self.cell(course[np.abs(course).max(axis=1) <= self.axis[-1]]))

    def path_to(self, target: Floats) -> Floats:
        """(P, 2) the cheapest path from a road to the target (2,)."""
        row, column = self.cell(target[None, :])
        rows, columns = self._costs.path(int(row[0]), int(column[0]))
        return np.stack([self.axis[columns], self.axis[rows]], axis=1)

    def cost_of(self, points: Floats) -> Floats:
        """(P,) cost of a road to each of the points (P, 2)."""
        return np.asarray(self._costs.cost[self.cell(points)])


def _targets(
    settings: DrawnSettings, survey: _Survey, topography: Topography, regions: list[Region], courses: list[Floats]
) -> Iterator[Floats]:
    """Points (2,) to be reached, one after the other as ``courses`` grows.

    The middle of each region, the cheapest first; in a field then always what is farthest from a road.
    """
    places = [_places(settings, survey, topography, region) for region in regions]
    middles = np.array([_middle(own) for own in places if len(own)])
    left: Mask = np.ones(len(middles), dtype=np.bool_)
    while left.any():
        costs = np.where(left, survey.cost_of(middles), np.inf)
        nearest = int(np.argmin(costs))
        left[nearest] = False
        yield middles[nearest]
    if not regions[0].aisles:
        return
    field = np.concatenate(places)
    for _ in range(_MOST_BRANCHES if len(field) else 0):
        distance = _distance(field, np.concatenate(courses))
        if distance.max() <= _WIDEST_FIELD_M:
            return
        yield field[int(np.argmax(distance))]


def _places(settings: DrawnSettings, survey: _Survey, topography: Topography, region: Region) -> Floats:
    """(P, 2) cells of the survey where the region's tables may stand."""
    points = np.stack([survey.x.ravel(), survey.y.ravel()], axis=1)
    suitable = suitable_ground(topography, settings, region.azimuth_deg)
    fit = suitable[topography.nearest(points[:, 0], points[:, 1])] & region.contains(points)
    result: Floats = points[fit]
    return result


def _middle(points: Floats) -> Floats:
    """The point (2,) nearest to the mean of the points (P, 2)."""
    offset = points - points.mean(axis=0)
    result: Floats = points[int(np.argmin((offset * offset).sum(axis=1)))]
    return result


def _distance(points: Floats, others: Floats) -> Floats:
    """(P,) distance in metres to the nearest of ``others`` (O, 2), of which every third is looked at."""
    return np.sqrt(_squares(points, others[::3]).min(axis=1))


def _nearest(course: Floats, point: Floats) -> int:
    """Index of the point of a course (P, 2) nearest to ``point`` (2,)."""
    return int(np.argmin(_squares(point[None, :], course)[0]))


def _squares(points: Floats, others: Floats) -> Floats:
    """(P, O) squared distances."""
    # Two sums of whole arrays: numpy adds up axes of length two one by one.
    x, y = (points[:, None, axis] - others[:, axis] for axis in (0, 1))
    x *= x
    y *= y
    x += y
    return x


def _course_from_afar(terrain: Terrain, max_grade: float, bearing: float) -> Floats:
    """(P, 2) the cheapest way to the middle of the site from a border far away, about at ``bearing`` (rad)."""
    axis = np.linspace(-_FAR_HALF_M, _FAR_HALF_M, _MOST_CELLS + 1)
    x, y = np.meshgrid(axis, axis)
    heights = terrain.height(x, y)
    costs = LeastCost(axis[1] - axis[0], heights, np.ones_like(heights), max_grade, np.zeros_like(heights), 0.0)
    middle = np.array([_MOST_CELLS // 2])
    costs.add_sources(middle, middle)
    towards = (x * math.sin(bearing) + y * math.cos(bearing)) / _FAR_HALF_M
    on_border = np.maximum(np.abs(x), np.abs(y)) >= _FAR_HALF_M - 1e-6
    chosen = np.where(on_border, costs.cost * (1.5 - towards), np.inf)
    row, column = np.unravel_index(int(np.argmin(chosen)), chosen.shape)
    rows, columns = costs.path(int(row), int(column))
    return np.stack([axis[columns], axis[rows]], axis=1)[::-1]


def smoothed(path: Floats) -> Floats:
    """A path (P, 2) as a smooth course with points about POINT_SPACING_M apart; both ends stay."""
    for _ in range(2):
        path = running_mean(_resampled(path), round(_SMOOTHED_OVER_M / POINT_SPACING_M))
    return _resampled(path)


def opened(course: Floats, radius_m: float) -> Floats:
    """A course (P, 2) of evenly spaced points with its bends widened towards the radius; its start stays.

    By Schur's comparison theorem two points of a curve that nowhere bends more than a circle are at least as far apart
    as two of the circle with as much of it between them, up to half of it; farther along they keep the circle's
    diameter, so that a road does not run into itself. Points that are nearer are pushed apart, until nearly none is:
    hairpin bends become as round as drivers need them.
    """
    for _ in range(_OPENING_ROUNDS):
        course = _resampled(course)
        push = _pushed_apart(course, radius_m)
        if push is None:
            break
        # A little of the mean of both neighbours takes the kinks out that the pushes leave.
        eased = _EASED * (course[2:] + course[:-2] - 2 * course[1:-1])
        course[1:] += push[1:]
        course[1:-1] += eased
    return course


def _pushed_apart(course: Floats, radius_m: float) -> Floats | None:
    """(P, 2) how far to move the points of a course (P, 2) that are too near to each other; None where none is."""
    step = float(np.hypot(*(course[1] - course[0])))
    push, distances = np.zeros_like(course), 0
    for apart in [pair for pair in _PAIRS if pair < len(course)]:
        chord = course[apart:] - course[:-apart]
        length = np.sqrt(chord[:, 0] ** 2 + chord[:, 1] ** 2)
        least = 2 * radius_m * math.sin(min(apart * step / (2 * radius_m), math.pi / 2))
        close = np.flatnonzero(length < least - _OPEN_ENOUGH_M)
        if len(close) == 0:
            continue
        moved = (least / np.maximum(length[close], 1e-6) - 1)[:, None] * chord[close] / 2
        push[close + apart] += moved
        push[close] -= moved
        distances += 1
    # The mean over the distances along the course at which points are too near: each asks for about the same move.
    return push / distances if distances else None


def _resampled(path: Floats) -> Floats:
    """Points at equal distances along a polyline (P, 2)."""
    passed = way_along(path)
    count = max(int(passed[-1] / POINT_SPACING_M), 1) + 1
    at = np.linspace(0.0, passed[-1], count)
    return np.stack([np.interp(at, passed, path[:, axis]) for axis in (0, 1)], axis=1)
