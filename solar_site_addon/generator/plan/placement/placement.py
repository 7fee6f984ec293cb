# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds ground for one thing after the other: free, level enough, and as near to something as asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats, Indices, Mask
from ...domain.random_streams import stream
from ..array.tables import Tables
from ..numerics.columns import joined
from ..terrain.terrain import Terrain
from .clearance import FreeGround
from .things import Things, WorkKind, covering_circles, no_things

_TRIES = 120
"""Places that are drawn for a thing to be put; the first one that fits is taken."""
_SETTLED_M = 0.05
"""How far a slab's upper side lies above the highest ground below it."""
_EMBEDDED_M = 0.3
"""How far slabs reach into the lowest ground below them."""
_EDGE_M = 4.0
"""Free ground between works and the border of the fine terrain."""
_SLOPE_STEP_M = 6.0
"""To either side, for the slope that a thing is turned along."""
_STEEPEST_TRACK = 0.2
"""Tangent of the steepest slope on which somebody parks."""
_ROAD_NOISE_M = 8.0
"""What is farther from a road by less than this may still be tried sooner."""
_BESIDE_M = 34.0
"""From a road to the middle of what stands beside it."""
_NEAR_NOISE_M = 45.0
"""The same of what is tried by its distance from the tables."""


@dataclass(frozen=True)
class Rule:
    """What a kind of thing asks of its ground."""

    kind: WorkKind
    low: tuple[float, float, float]
    """Least length, width and height, m."""
    high: tuple[float, float, float]
    """Greatest length, width and height, m."""
    fall_m: float
    """Most that the ground under it may fall; for what stands on wheels, how far it may be from a plane."""
    table_gap_m: float
    on_wheels: bool = False

    @property
    def name(self) -> str:
        """The kind's name in the names of streams."""
        return self.kind.name.lower()


class Candidates(NamedTuple):
    """Places to try, best first."""

    points: Floats
    """(P, 2) m."""
    turns: Floats
    """(P,) direction of the length, radians from east, counter-clockwise."""


class Placement:
    """The things that have been placed, and the ground that is left.

    Every thing has a ``name``, the path of its streams, so that what is drawn for it depends on no other thing.
    """

    def __init__(self, terrain: Terrain, tables: Tables, free: FreeGround, seed: int) -> None:
        self.terrain, self.free, self.seed = terrain, free, seed
        self.things = no_things()
        self._tables = tables
        self._middle = tables.centre[:, :2]

    def put(self, rule: Rule, candidates: Candidates, name: str) -> bool:
        """Put one thing of drawn size on the first candidate that the rule allows; False where there is none."""
        low, high = np.array(rule.low), np.array(rule.high)
        size = low + (high - low) * self._stream(name, "size").random(3)
        look = self._stream(name, "look").random(4)
        allowed = self._allowed(rule, candidates, size)
        if not allowed.any():
            return False
        best = int(np.argmax(allowed))
        self._add(rule, candidates.points[best], float(candidates.turns[best]), size, look)
        return True

    def near_tables(
        self, group: Indices, ring_m: tuple[float, float], name: str, *, by_road: bool = False
    ) -> Candidates:
        """Places at ``ring_m`` from the outlines of tables of the group, parallel to their rows or at right angles.

        ``by_road``: those near a road come first, though not strictly.
        """
        rng = self._stream(name, "place")
        table = group[rng.integers(len(group), size=_TRIES)]
        share = rng.uniform(-0.5, 0.5, (_TRIES, 2)) * self._tables.size[table]
        axes = self._tables.axes[table]
        start = self._middle[table] + share[:, :1] * axes[:, 0, :2] + share[:, 1:] * axes[:, 1, :2]
        away = rng.uniform(0, 2 * np.pi, _TRIES)
        half = self._tables.size[table].max(axis=1) / 2
        points = start + (half * rng.random(_TRIES) + rng.uniform(*ring_m, _TRIES))[:, None] * _unit(away)
        turns = np.arctan2(axes[:, 0, 1], axes[:, 0, 0]) + rng.integers(0, 2, _TRIES) * (np.pi / 2)
        turns += np.radians(rng.normal(0.0, 3.0, _TRIES))
        chosen, _ = self.free.in_band(points, ring_m)
        if by_road:
            chosen = self._by_road(points, chosen, name)
        return Candidates(points[chosen], turns[chosen])

    def near_any_table(self, ring_m: tuple[float, float], name: str, *, by_road: bool = False) -> Candidates:
        """Places at ``ring_m`` from the outline of any table."""
        return self.near_tables(np.arange(len(self._tables)), ring_m, name, by_road=by_road)

    def around(self, band_m: tuple[float, float], near: Floats | None, name: str) -> Candidates:
        """Places at ``band_m`` from the nearest table, along the contour, those near tables first by tendency.

        They lie about ``near`` (2,) where that is given.
        """
        half, rng = self.terrain.fine_half_m, self._stream(name, "place")
        if near is None:
            points = rng.uniform(-half, half, (2 * _TRIES, 2))
        else:
            points = near + rng.normal(0.0, 16.0, (2 * _TRIES, 2))
        chosen, distance = self.free.in_band(points, band_m)
        later = _NEAR_NOISE_M * self._stream(name, "place/order").random(len(points))
        turned = np.radians(self._stream(name, "place/turn").normal(0.0, 5.0, len(points)))
        chosen = chosen[np.argsort(distance + later[chosen], kind="stable")]
        points = points[chosen]
        turns = self._along_contour(points) + turned[chosen]
        return Candidates(points, turns)

    def beside_road(self, band_m: tuple[float, float], name: str) -> Candidates:
        """Places at ``band_m`` from the nearest table and within _BESIDE_M of a road, with their right side to it.

        Those nearest to the road come first by tendency.
        """
        half = self.terrain.fine_half_m
        points = self._stream(name, "place").uniform(-half, half, (40 * _TRIES, 2))
        chosen = np.flatnonzero(self.free.to_road(points) <= _BESIDE_M)
        chosen = chosen[self.free.in_band(points[chosen], band_m)[0]]
        points = points[self._by_road(points, chosen, name)]
        steps = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        east, west, north, south = (self.free.to_road(points + step) for step in steps)
        return Candidates(points, np.arctan2(west - east, north - south))

    def _by_road(self, points: Floats, chosen: Indices, name: str) -> Indices:
        """The ``chosen`` of the places (P, 2) in an order in which the nearest to a road come first by tendency."""
        later = _ROAD_NOISE_M * self._stream(name, "place/order").random(len(points))
        result: Indices = chosen[np.argsort(self.free.to_road(points[chosen]) + later[chosen], kind="stable")]
        return result

    def _stream(self, name: str, purpose: str) -> np.random.Generator:
        return stream(self.seed, f"{name}/{purpose}")

    def _along_contour(self, points: Floats) -> Floats:
        """(P,) directions in which the ground neither rises nor falls, radians from east."""
        x, y = points.T
        rise_x = self.terrain.height(x + _SLOPE_STEP_M, y) - self.terrain.height(x - _SLOPE_STEP_M, y)
        rise_y = self.terrain.height(x, y + _SLOPE_STEP_M) - self.terrain.height(x, y - _SLOPE_STEP_M)
        result: Floats = np.arctan2(rise_x, -rise_y)
        return result

    def _allowed(self, rule: Rule, candidates: Candidates, size: Floats) -> Mask:
        points, along = candidates.points, _unit(candidates.turns)
        half = self.terrain.fine_half_m - _EDGE_M - size[:2].max() / 2
        allowed = (np.abs(points) <= half).all(axis=1)
        allowed &= self._is_level(rule, points, along, size)
        across = np.stack([-along[:, 1], along[:, 0]], axis=1)
        for x, y, radius in covering_circles(np.zeros(2), np.array([1.0, 0.0]), size[0], size[1]):
            chosen = np.flatnonzero(allowed)
            circle = points[chosen] + x * along[chosen] + y * across[chosen]
            allowed[chosen] = self.free.is_free(circle, float(radius), rule.table_gap_m)
        return allowed

    def _is_level(self, rule: Rule, points: Floats, along: Floats, size: Floats) -> Mask:
        if not rule.on_wheels:
            return np.ptp(_ground_below(self.terrain, points, along, size, 7), axis=(1, 2)) <= rule.fall_m
        rear_right, rear_left, front_right, front_left = _wheel_heights(self.terrain, points, along, size)
        twist = np.abs(rear_right + front_left - rear_left - front_right) / 4
        steep = np.abs(front_left + front_right - rear_left - rear_right) / 2 > _STEEPEST_TRACK * size[0]
        steep |= np.abs(front_left + rear_left - front_right - rear_right) / 2 > _STEEPEST_TRACK * size[1]
        return (twist <= rule.fall_m) & ~steep

    def _add(self, rule: Rule, point: Floats, turn: float, size: Floats, look: Floats) -> None:
        along = _unit(np.array([turn]))
        if rule.on_wheels:
            base, axes, depth = *_on_wheels(self.terrain, point, along, size), 0.0
        else:
            # Steps of half a metre find every edge of the ground's triangles that could stick out.
            steps = int(np.ceil(size[:2].max() / 0.5)) + 1
            ground = _ground_below(self.terrain, point[None], along, size, steps)
            base = np.append(point, ground.max() + _SETTLED_M)
            axes = np.array([[along[0, 0], along[0, 1], 0.0], [-along[0, 1], along[0, 0], 0.0], [0.0, 0.0, 1.0]])
            depth = float(np.ptp(ground)) + _SETTLED_M + _EMBEDDED_M
        thing = Things(
            np.array([rule.kind], dtype=np.int32), base[None], axes[None], size[None], np.array([depth]), look[None]
        )
        self.things = joined([self.things, thing])
        self.free.take(covering_circles(point, along[0], size[0], size[1]))


def _unit(angles: Floats) -> Floats:
    """(P, 2) unit vectors in directions (P,) in radians from east."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def _ground_below(terrain: Terrain, points: Floats, along: Floats, size: Floats, steps: int) -> Floats:
    """(P, steps, steps) heights of the ground under rectangles around the points (P, 2), borders included."""
    share = np.linspace(-0.5, 0.5, steps)
    u, v = np.meshgrid(share * size[0], share * size[1])
    x = points[:, 0, None, None] + u * along[:, 0, None, None] - v * along[:, 1, None, None]
    y = points[:, 1, None, None] + u * along[:, 1, None, None] + v * along[:, 0, None, None]
    return terrain.height(x, y)


def _wheel_heights(terrain: Terrain, points: Floats, along: Floats, size: Floats) -> Floats:
    """(4, P) heights of the ground at the wheels: rear right, rear left, front right, front left."""
    ground = _ground_below(terrain, points, along, size * 0.8, 2)
    return np.stack([ground[:, 0, 0], ground[:, 1, 0], ground[:, 0, 1], ground[:, 1, 1]])


def _on_wheels(terrain: Terrain, point: Floats, along: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Base (3,) and axes (3, 3) of what stands with four wheels on the ground, in the plane nearest to them."""
    rear_right, rear_left, front_right, front_left = _wheel_heights(terrain, point[None], along, size)[:, 0]
    rise = (front_left + front_right - rear_left - rear_right) / 2 / (0.8 * size[0])
    bank = (front_left + rear_left - front_right - rear_right) / 2 / (0.8 * size[1])
    forward = np.array([along[0, 0], along[0, 1], rise])
    left = np.array([-along[0, 1], along[0, 0], bank])
    forward /= np.sqrt((forward * forward).sum())
    upward = np.cross(forward, left)
    upward /= np.sqrt((upward * upward).sum())
    height = (rear_right + rear_left + front_right + front_left) / 4
    return np.append(point, height), np.stack([forward, np.cross(upward, forward), upward])
