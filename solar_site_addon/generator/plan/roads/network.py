# SPDX-License-Identifier: GPL-3.0-or-later
"""Courses of the service roads: one road enters the site from outside, and branches reach everything else."""

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
from ..numerics.segments import distance_along
from ..terrain.terrain import Terrain
from ..terrain.topography import Topography

POINT_SPACING_M = 2.0
"""Distance between the points of a course, m."""
_CELL_M = 8.0
_MAX_CELLS = 80
"""Largest number of cells along one side of the grids for path search."""
_FAR_HALF_M = 2200.0
"""Half the side length of the land that the access road crosses."""
_MAX_ROAD_DISTANCE_M = 70.0
"""In a single field, no table should be farther from a road than this. Estimate."""
_MAX_BRANCHES = 12
_SMOOTHING_M = 12.0
"""Half the length of the mean that smooths a course, applied twice: it makes bends wide enough for trucks."""
TURNING_RADIUS_M = 8.0
"""Smallest radius of the center line. Estimate for trucks (docs/sources.md)."""
_WIDENING_RADIUS_M = 11.0
"""Bends are pushed toward this radius and end up somewhere above TURNING_RADIUS_M."""
_WIDENING_ROUNDS = 60
_WIDENING_TOLERANCE_M = 0.02
"""Tolerance of the distance between points."""
_EASING = 0.1
"""Share of the way to its neighbors' mean that each point moves per round."""
_PAIRS = (*range(2, 20), *range(20, 64, 4))
"""Numbers of steps between the points of a course that are compared in pairs."""
_CONTINUATION_M = 20.0
"""A road that begins this close to the end of another one continues it."""
_WANDER_M, _WANDER_LENGTH_M = 1.6, 42.0
"""Deviation of roads from their line, and the wavelength of the deviation. Estimate."""
_CROSS_SLOPE_COST = 5.0
"""Cost factor of cut and fill: added per meter of road, times the square of the slope's tangent. Estimate."""
_FLAT_BELOW = 0.10
"""On ground less steep than this, as a tangent, roads run along the rows of tables or at right angles to them."""


def plan_courses(
    settings: DrawnSettings, terrain: Terrain, topography: Topography, regions: list[Region], seed: int
) -> list[Floats]:
    """Return the courses (P, 2) of the roads, m: the access road first, then branches that start at their junctions."""
    max_grade = settings.site.road_max_grade_percent / 100
    access = _access_course(terrain, max_grade, stream(seed, "roads/from_afar").uniform(0, 2 * math.pi))
    entry = int(np.argmax(np.abs(access).max(axis=1) < topography.axis[-1] - _CELL_M))
    survey = _Survey(topography, max_grade, regions)
    survey.add(access[entry : entry + 1])
    paths: list[Floats] = []
    parents: list[int] = []
    courses: list[Floats] = []
    for target in _targets(settings, survey, topography, regions):
        path = survey.path_to(target)
        if not paths:
            path = np.concatenate([access[:entry], path])
        parent = _nearest_course(courses, path[0])
        if parent >= 0 and _to_end(courses[parent], path[0]) < _CONTINUATION_M:
            # A path that begins where a road ends is the continuation of that road.
            paths[parent] = _continued(paths[parent], path)
            courses[parent] = smoothed(paths[parent])
        else:
            paths.append(path)
            parents.append(parent)
            courses.append(smoothed(path))
        survey.add(smoothed(path))
    return _built(paths, parents, seed)


def _built(paths: list[Floats], parents: list[int], seed: int) -> list[Floats]:
    """Return the courses along the paths, with small deviations and no bend sharper than ``TURNING_RADIUS_M``."""
    courses: list[Floats] = []
    for path, parent in zip(paths, parents, strict=True):
        line = _wandering(path, seed)
        if parent >= 0:
            line[0] = courses[parent][_nearest(courses[parent], line[0])]
        courses.append(_resampled(widened(smoothed(line), _WIDENING_RADIUS_M)))
    return courses


def _wandering(path: Floats, seed: int) -> Floats:
    """Return the path with a small deviation that varies smoothly, so that connected roads stay connected."""
    points = _resampled(path)
    x, y = points[:, 0] / _WANDER_LENGTH_M, points[:, 1] / _WANDER_LENGTH_M
    moved = np.stack([gradient_noise(x, y, stream_seed(seed, f"roads/wander/{way}")) for way in "xy"], axis=1)
    result: Floats = points + _WANDER_M * moved
    return result


def _nearest_course(courses: list[Floats], point: Floats) -> int:
    """Return the index of the course nearest to ``point`` (2,); -1 if there is none."""
    if not courses:
        return -1
    return int(np.argmin([_squares(point[None, :], course).min() for course in courses]))


def _to_end(course: Floats, point: Floats) -> float:
    """Return the length of a course (P, 2) beyond its point nearest to ``point`` (2,), m."""
    return POINT_SPACING_M * (len(course) - 1 - _nearest(course, point))


def _continued(path: Floats, rest: Floats) -> Floats:
    """Return the path (P, 2) up to its point nearest to the start of ``rest`` (Q, 2), followed by ``rest``."""
    return np.concatenate([path[: _nearest(path, rest[0])], rest])


class _Survey:
    """A coarse grid over the fine ground, with the cheapest paths to the roads built so far."""

    def __init__(self, topography: Topography, max_grade: float, regions: list[Region]) -> None:
        half = float(topography.axis[-1])
        count = min(int(2 * half / _CELL_M), _MAX_CELLS)
        self.axis = np.linspace(-half, half, count + 1)
        self.x, self.y = np.meshgrid(self.axis, self.axis)
        at = topography.nearest(self.x, self.y)
        slope = np.hypot(topography.gradient_x[at], topography.gradient_y[at])
        burden = 1.0 + _CROSS_SLOPE_COST * slope * slope + 1.0 * topography.gully[at]
        flatness = np.clip(1.0 - slope / _FLAT_BELOW, 0.0, 1.0)
        azimuth = regions[0].azimuth_deg if regions[0].aisles else 0.0
        heights = topography.smooth[at]
        self._costs = LeastCost(self.axis[1] - self.axis[0], heights, burden, max_grade, flatness, azimuth)
        self.added: list[Floats] = []
        """The roads (P, 2) that were added."""

    def cell(self, points: Floats) -> tuple[Indices, Indices]:
        """Return rows and columns of the cells nearest to points (P, 2)."""
        step = self.axis[1] - self.axis[0]
        place = np.clip(np.rint((points - self.axis[0]) / step), 0, len(self.axis) - 1).astype(np.intp)
        return place[:, 1], place[:, 0]

    def add(self, course: Floats) -> None:
        """Add a road through points (P, 2); points outside the grid are ignored."""
        within = course[np.abs(course).max(axis=1) <= self.axis[-1]]
        self.added.append(within)
        self._costs.add_sources(*self.cell(within))

    def path_to(self, target: Floats) -> Floats:
        """Return the cheapest path (P, 2) from a road to the target (2,)."""
        row, column = self.cell(target[None, :])
        rows, columns = self._costs.path(int(row[0]), int(column[0]))
        return np.stack([self.axis[columns], self.axis[rows]], axis=1)

    def cost_of(self, points: Floats) -> Floats:
        """Return the cost (P,) of a road to each of the points (P, 2)."""
        return np.asarray(self._costs.cost[self.cell(points)])


def _targets(
    settings: DrawnSettings, survey: _Survey, topography: Topography, regions: list[Region]
) -> Iterator[Floats]:
    """Yield the points (2,) to be reached; roads are added to the survey between two of them.

    First comes the middle of each region, cheapest first. In a single field, the point farthest from any road follows.
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
    field, seen = np.concatenate(places), 0
    distance = np.full(len(field), np.inf)
    for _ in range(_MAX_BRANCHES if len(field) else 0):
        distance = np.minimum(distance, _distance(field, np.concatenate(survey.added[seen:])))
        seen = len(survey.added)
        if distance.max() <= _MAX_ROAD_DISTANCE_M:
            return
        yield field[int(np.argmax(distance))]


def _places(settings: DrawnSettings, survey: _Survey, topography: Topography, region: Region) -> Floats:
    """Return the cells (P, 2) of the survey where tables of the region may stand."""
    points = np.stack([survey.x.ravel(), survey.y.ravel()], axis=1)
    suitable = suitable_ground(topography, settings, region.azimuth_deg)
    fit = suitable[topography.nearest(points[:, 0], points[:, 1])] & region.contains(points)
    result: Floats = points[fit]
    return result


def _middle(points: Floats) -> Floats:
    """Return the point (2,) nearest to the mean of the points (P, 2)."""
    offset = points - points.mean(axis=0)
    result: Floats = points[int(np.argmin((offset * offset).sum(axis=1)))]
    return result


def _distance(points: Floats, others: Floats) -> Floats:
    """Return the distance (P,) to the nearest of ``others`` (O, 2), of which every third is used, m."""
    return np.sqrt(_squares(points, others[::3]).min(axis=1))


def _nearest(course: Floats, point: Floats) -> int:
    """Return the index of the point of a course (P, 2) nearest to ``point`` (2,)."""
    return int(np.argmin(_squares(point[None, :], course)[0]))


def _squares(points: Floats, others: Floats) -> Floats:
    """Return the squared distances (P, O)."""
    # Summed by coordinate: numpy is slow at reducing axes of length two.
    x, y = (points[:, None, axis] - others[:, axis] for axis in (0, 1))
    x *= x
    y *= y
    x += y
    return x


def _access_course(terrain: Terrain, max_grade: float, bearing: float) -> Floats:
    """Return the cheapest path (P, 2) to the center of the site from a distant border near ``bearing`` (rad)."""
    axis = np.linspace(-_FAR_HALF_M, _FAR_HALF_M, _MAX_CELLS + 1)
    x, y = np.meshgrid(axis, axis)
    heights = terrain.height(x, y)
    costs = LeastCost(axis[1] - axis[0], heights, np.ones_like(heights), max_grade, np.zeros_like(heights), 0.0)
    middle = np.array([_MAX_CELLS // 2])
    costs.add_sources(middle, middle)
    towards = (x * math.sin(bearing) + y * math.cos(bearing)) / _FAR_HALF_M
    on_border = np.maximum(np.abs(x), np.abs(y)) >= _FAR_HALF_M - 1e-6
    chosen = np.where(on_border, costs.cost * (1.5 - towards), np.inf)
    row, column = np.unravel_index(int(np.argmin(chosen)), chosen.shape)
    rows, columns = costs.path(int(row), int(column))
    return np.stack([axis[columns], axis[rows]], axis=1)[::-1]


def smoothed(path: Floats) -> Floats:
    """Return a path (P, 2) as a smooth course with points about POINT_SPACING_M apart; both ends stay."""
    for _ in range(2):
        path = running_mean(_resampled(path), round(_SMOOTHING_M / POINT_SPACING_M))
    return _resampled(path)


def widened(course: Floats, radius_m: float) -> Floats:
    """Return a course (P, 2) of evenly spaced points with its bends widened toward the radius; its start stays.

    By Schur's comparison theorem, two points of a curve that nowhere bends more sharply than a circle are at least as
    far apart as two points of the circle with the same arc between them, up to half of the circle; beyond that they
    keep the circle's diameter, so that a road does not run into itself. Points that are closer are pushed apart until
    hardly any are left, which makes hairpin bends round enough to drive.
    """
    for _ in range(_WIDENING_ROUNDS):
        course = _resampled(course)
        push = _pushed_apart(course, radius_m)
        if push is None:
            break
        # A small step toward the neighbors' mean removes the kinks that the pushes leave.
        eased = _EASING * (course[2:] + course[:-2] - 2 * course[1:-1])
        course[1:] += push[1:]
        course[1:-1] += eased
    return course


def _pushed_apart(course: Floats, radius_m: float) -> Floats | None:
    """Return the displacement (P, 2) of points of a course (P, 2) that are too close; None if there are none."""
    step = float(np.hypot(*(course[1] - course[0])))
    push, distances = np.zeros_like(course), 0
    for apart in [pair for pair in _PAIRS if pair < len(course)]:
        chord = course[apart:] - course[:-apart]
        length = np.sqrt(chord[:, 0] ** 2 + chord[:, 1] ** 2)
        least = 2 * radius_m * math.sin(min(apart * step / (2 * radius_m), math.pi / 2))
        close = np.flatnonzero(length < least - _WIDENING_TOLERANCE_M)
        if len(close) == 0:
            continue
        moved = (least / np.maximum(length[close], 1e-6) - 1)[:, None] * chord[close] / 2
        push[close + apart] += moved
        push[close] -= moved
        distances += 1
    # Each distance along the course at which points are too close asks for about the same displacement, hence the mean.
    return push / distances if distances else None


def _resampled(path: Floats) -> Floats:
    """Return points at equal distances along a polyline (P, 2)."""
    passed = distance_along(path)
    count = max(int(passed[-1] / POINT_SPACING_M), 1) + 1
    at = np.linspace(0.0, passed[-1], count)
    return np.stack([np.interp(at, passed, path[:, axis]) for axis in (0, 1)], axis=1)
