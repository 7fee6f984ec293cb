# SPDX-License-Identifier: GPL-3.0-or-later
"""Find ground for one item after the other: free, level enough, and as near to something as required."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats, Indices, Mask
from ...domain.random_streams import stream
from ..array.tables import Tables
from ..terrain.terrain import Terrain
from .clearance import FreeGround
from .items import Item, Tarpaulin, covering_circles, tarpaulin_circle
from .kinds import Ground, Kind

_TRIES = 120
"""Places drawn for each item; the first suitable one is used."""
_AT_ONCE = 12
"""Places whose ground is looked at together: one of the first is suitable nearly always."""
_SETTLED_M = 0.05
"""Height of a slab's upper side above the highest ground below it."""
_EMBEDDED_M = 0.3
"""Depth of slabs below the lowest ground under them."""
_EDGE_M = 4.0
"""Least distance of items from the edge of the fine terrain."""
_SLOPE_STEP_M = 6.0
"""Step to either side over which the slope is measured that an item is aligned with."""
_STEEPEST_TRACK = 0.2
"""Tangent of the steepest slope on which a vehicle is parked."""
_ROAD_NOISE_M = 8.0
"""A place that is up to this much farther from a road may still be tried first."""
_BESIDE_M = 34.0
"""Greatest distance from a road to the center of an item beside it."""
_NEAR_NOISE_M = 45.0
"""The same for places in the order of their distance from the tables."""


class Candidates(NamedTuple):
    """Places to try, best first."""

    points: Floats
    """(P, 2) m."""
    turns: Floats
    """(P,) direction of the length, radians counter-clockwise from east."""


class Placement:
    """The items that have been placed, and the ground that is still free.

    Every item has a ``name``, the path of its streams, so that its draws depend on no other item.
    """

    def __init__(self, terrain: Terrain, tables: Tables, free: FreeGround, seed: int) -> None:
        self.terrain, self.tables, self.free, self.seed = terrain, tables, free, seed
        self.items: list[Item] = []
        self.tarpaulins: list[Tarpaulin] = []
        self._middle = tables.centre[:, :2]

    def put(self, kind: Kind, candidates: Candidates, name: str) -> Item | None:
        """Put one item of drawn size on the first candidate whose ground suits it; return None if there is none."""
        size = kind.size(self._stream(name, "size").random(3))
        look = self._stream(name, "look").random(4)
        best = self._first_suitable(kind, candidates, size)
        if best is None:
            return None
        item = self._item(kind, candidates.points[best], float(candidates.turns[best]), size, look)
        self.items.append(item)
        self.free.take(covering_circles(item.center, _unit(candidates.turns[best : best + 1])[0], size[0], size[1]))
        return item

    def add(self, items: Sequence[Item], circles: Floats) -> None:
        """Add items that were placed by a rule of their own, and take the ground of ``circles`` (K, 3)."""
        self.items.extend(items)
        self.free.take(circles)

    def add_tarpaulin(self, tarpaulin: Tarpaulin) -> None:
        """Add a tarpaulin and take its ground."""
        self.tarpaulins.append(tarpaulin)
        self.free.take(tarpaulin_circle(tarpaulin.points))

    def near_tables(
        self, group: Indices, ring_m: tuple[float, float], name: str, *, by_road: bool = False
    ) -> Candidates:
        """Return places at ``ring_m`` from the outlines of tables of the group, parallel to their rows or across them.

        ``by_road`` puts those near a road first, with some randomness.
        """
        rng = self._stream(name, "place")
        table = group[rng.integers(len(group), size=_TRIES)]
        share = rng.uniform(-0.5, 0.5, (_TRIES, 2)) * self.tables.size[table]
        axes = self.tables.axes[table]
        start = self._middle[table] + share[:, :1] * axes[:, 0, :2] + share[:, 1:] * axes[:, 1, :2]
        away = rng.uniform(0, 2 * np.pi, _TRIES)
        half = self.tables.size[table].max(axis=1) / 2
        points = start + (half * rng.random(_TRIES) + rng.uniform(*ring_m, _TRIES))[:, None] * _unit(away)
        turns = np.arctan2(axes[:, 0, 1], axes[:, 0, 0]) + rng.integers(0, 2, _TRIES) * (np.pi / 2)
        turns += np.radians(rng.normal(0.0, 3.0, _TRIES))
        chosen, _ = self.free.in_band(points, ring_m)
        if by_road:
            chosen = self._by_road(points, chosen, name)
        return Candidates(points[chosen], turns[chosen])

    def near_any_table(self, ring_m: tuple[float, float], name: str, *, by_road: bool = False) -> Candidates:
        """Return places at ``ring_m`` from the outline of any table."""
        return self.near_tables(np.arange(len(self.tables)), ring_m, name, by_road=by_road)

    def around(self, band_m: tuple[float, float], near: Floats | None, name: str) -> Candidates:
        """Return places at ``band_m`` from the nearest table, along the contour; those near tables tend to come first.

        They lie around ``near`` (2,) if that is given.
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
        """Return places at ``band_m`` from the nearest table and within _BESIDE_M of a road, right side facing it.

        Those near the road tend to come first.
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
        """Return the ``chosen`` of the places (P, 2) in an order in which those near a road tend to come first."""
        later = _ROAD_NOISE_M * self._stream(name, "place/order").random(len(points))
        result: Indices = chosen[np.argsort(self.free.to_road(points[chosen]) + later[chosen], kind="stable")]
        return result

    def _stream(self, name: str, purpose: str) -> np.random.Generator:
        return stream(self.seed, f"{name}/{purpose}")

    def _along_contour(self, points: Floats) -> Floats:
        """Return (P,) directions of the contour lines, radians from east."""
        x, y = points.T
        rise_x = self.terrain.height(x + _SLOPE_STEP_M, y) - self.terrain.height(x - _SLOPE_STEP_M, y)
        rise_y = self.terrain.height(x, y + _SLOPE_STEP_M) - self.terrain.height(x, y - _SLOPE_STEP_M)
        result: Floats = np.arctan2(rise_x, -rise_y)
        return result

    def _first_suitable(self, kind: Kind, candidates: Candidates, size: Floats) -> int | None:
        """Return the index of the first candidate whose ground suits an item, or None if there is none."""
        for start in range(0, len(candidates.points), _AT_ONCE):
            few = slice(start, start + _AT_ONCE)
            suitable = self._suitable(kind, Candidates(candidates.points[few], candidates.turns[few]), size)
            if suitable.any():
                return start + int(np.argmax(suitable))
        return None

    def _suitable(self, kind: Kind, candidates: Candidates, size: Floats) -> Mask:
        points, along = candidates.points, _unit(candidates.turns)
        half = self.terrain.fine_half_m - _EDGE_M - size[:2].max() / 2
        suitable = (np.abs(points) <= half).all(axis=1)
        suitable &= self._is_level(kind.ground, points, along, size)
        across = np.stack([-along[:, 1], along[:, 0]], axis=1)
        for x, y, radius in covering_circles(np.zeros(2), np.array([1.0, 0.0]), size[0], size[1]):
            chosen = np.flatnonzero(suitable)
            circle = points[chosen] + x * along[chosen] + y * across[chosen]
            suitable[chosen] = self.free.is_free(circle, float(radius), kind.ground.table_gap_m)
        return suitable

    def _is_level(self, ground: Ground, points: Floats, along: Floats, size: Floats) -> Mask:
        if not ground.on_wheels:
            return np.ptp(_ground_below(self.terrain, points, along, size, 7), axis=(1, 2)) <= ground.fall_m
        rear_right, rear_left, front_right, front_left = _wheel_heights(self.terrain, points, along, size)
        twist = np.abs(rear_right + front_left - rear_left - front_right) / 4
        steep = np.abs(front_left + front_right - rear_left - rear_right) / 2 > _STEEPEST_TRACK * size[0]
        steep |= np.abs(front_left + rear_left - front_right - rear_right) / 2 > _STEEPEST_TRACK * size[1]
        return (twist <= ground.fall_m) & ~steep

    def _item(self, kind: Kind, point: Floats, turn: float, size: Floats, look: Floats) -> Item:
        along = _unit(np.array([turn]))
        if kind.ground.on_wheels:
            base, axes, depth = *_on_wheels(self.terrain, point, along, size), 0.0
        else:
            # Half-meter steps find every edge of the ground's triangles that could protrude.
            steps = int(np.ceil(size[:2].max() / 0.5)) + 1
            ground = _ground_below(self.terrain, point[None], along, size, steps)
            base = np.append(point, ground.max() + _SETTLED_M)
            axes = np.array([[along[0, 0], along[0, 1], 0.0], [-along[0, 1], along[0, 0], 0.0], [0.0, 0.0, 1.0]])
            depth = float(np.ptp(ground)) + _SETTLED_M + _EMBEDDED_M
        return Item(kind.name, base, axes, size, depth, look)


def _unit(angles: Floats) -> Floats:
    """Return (P, 2) unit vectors in the directions (P,), radians from east."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def _ground_below(terrain: Terrain, points: Floats, along: Floats, size: Floats, steps: int) -> Floats:
    """Return (P, steps, steps) heights of the ground under rectangles around the points (P, 2), edges included."""
    share = np.linspace(-0.5, 0.5, steps)
    u, v = np.meshgrid(share * size[0], share * size[1])
    x = points[:, 0, None, None] + u * along[:, 0, None, None] - v * along[:, 1, None, None]
    y = points[:, 1, None, None] + u * along[:, 1, None, None] + v * along[:, 0, None, None]
    return terrain.height(x, y)


def _wheel_heights(terrain: Terrain, points: Floats, along: Floats, size: Floats) -> Floats:
    """Return (4, P) heights of the ground at the wheels: rear right, rear left, front right, front left."""
    ground = _ground_below(terrain, points, along, size * 0.8, 2)
    return np.stack([ground[:, 0, 0], ground[:, 1, 0], ground[:, 0, 1], ground[:, 1, 1]])


def _on_wheels(terrain: Terrain, point: Floats, along: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Return base (3,) and axes (3, 3) of an item on four wheels, in the plane that fits their ground best."""
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
