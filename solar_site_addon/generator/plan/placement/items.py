# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of equipment and surroundings as arrays. World axes: meters, x east, y north, z up.

Arrays refer to kinds by index into a tuple of names that belongs to the same object. These indices mean nothing outside
it: a kind is identified by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Ints, Mask

TARPAULIN_POINTS = 24
"""Points along each side of a tarpaulin."""


@dataclass(frozen=True)
class Item:
    """One rigid item."""

    kind: str
    """Name of its kind."""
    base: Floats
    """(3,) center of the footprint, at the height on which the item stands."""
    axes: Floats
    """(3, 3) unit vectors: along the length, across it, up."""
    size: Floats
    """(3,) length, width and height above the base, m."""
    depth: float
    """How far the foundation reaches below the base, m."""
    look: Floats
    """(4,) numbers from 0 to 1 that select colors and details."""

    @property
    def center(self) -> Floats:
        """(2,) center in plan view."""
        return self.base[:2]


@dataclass(frozen=True)
class Tarpaulin:
    """One tarpaulin, draped over the ground."""

    kind: str
    """Name of its kind."""
    points: Floats
    """(R, R, 3) grid of points over it, m."""
    look: Floats
    """(4,) numbers from 0 to 1 that select its color."""

    @property
    def center(self) -> Floats:
        """(2,) center in plan view."""
        result: Floats = self.points[..., :2].mean(axis=(0, 1))
        return result


@dataclass(frozen=True)
class Items:
    """N rigid items, as arrays that share their first axis."""

    kinds: tuple[str, ...]
    """Names of the kinds that occur, in alphabetical order."""
    kind: Ints
    """(N,) indices into ``kinds``."""
    base: Floats
    """(N, 3), see Item."""
    axes: Floats
    """(N, 3, 3), see Item."""
    size: Floats
    """(N, 3), see Item."""
    depth: Floats
    """(N,), see Item."""
    look: Floats
    """(N, 4), see Item."""

    @classmethod
    def of(cls, items: Sequence[Item]) -> Items:
        """Return ``items`` as arrays, in their order."""
        kinds, kind = _indexed([item.kind for item in items])
        return cls(
            kinds=kinds,
            kind=kind,
            base=np.array([item.base for item in items]).reshape(-1, 3),
            axes=np.array([item.axes for item in items]).reshape(-1, 3, 3),
            size=np.array([item.size for item in items]).reshape(-1, 3),
            depth=np.array([item.depth for item in items], dtype=np.float64),
            look=np.array([item.look for item in items]).reshape(-1, 4),
        )

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def names(self) -> list[str]:
        """The name of each item's kind."""
        return [self.kinds[index] for index in self.kind]

    def are(self, *names: str) -> Mask:
        """Return (N,) whether each item is of one of the kinds ``names``."""
        return np.isin(self.kind, [index for index, name in enumerate(self.kinds) if name in names])

    @property
    def outlines(self) -> Floats:
        """(N, 4, 2) corners of the footprints, counter-clockwise."""
        half = self.size[:, None, :2] / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        along, across = self.axes[:, None, 0, :2], self.axes[:, None, 1, :2]
        return self.base[:, None, :2] + half[..., :1] * along + half[..., 1:] * across

    @property
    def circles(self) -> Floats:
        """(M, 3) x, y and radius in meters of circles that together cover the footprints."""
        parts = [
            covering_circles(base[:2], axes[0, :2], size[0], size[1])
            for base, axes, size in zip(self.base, self.axes, self.size, strict=True)
        ]
        return np.concatenate([np.zeros((0, 3)), *parts])


@dataclass(frozen=True)
class Tarpaulins:
    """S tarpaulins, as arrays that share their first axis."""

    kinds: tuple[str, ...]
    """Names of the kinds that occur, in alphabetical order."""
    kind: Ints
    """(S,) indices into ``kinds``."""
    points: Floats
    """(S, R, R, 3), see Tarpaulin."""
    look: Floats
    """(S, 4), see Tarpaulin."""

    @classmethod
    def of(cls, tarpaulins: Sequence[Tarpaulin]) -> Tarpaulins:
        """Return ``tarpaulins`` as arrays, in their order."""
        kinds, kind = _indexed([tarpaulin.kind for tarpaulin in tarpaulins])
        points = np.array([tarpaulin.points for tarpaulin in tarpaulins])
        return cls(
            kinds=kinds,
            kind=kind,
            points=points.reshape(-1, TARPAULIN_POINTS, TARPAULIN_POINTS, 3),
            look=np.array([tarpaulin.look for tarpaulin in tarpaulins]).reshape(-1, 4),
        )

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def circles(self) -> Floats:
        """(S, 3) x, y and radius in meters of the circles around the tarpaulins."""
        return np.concatenate([np.zeros((0, 3)), *(tarpaulin_circle(points) for points in self.points)])


def tarpaulin_circle(points: Floats) -> Floats:
    """Return (1, 3) x, y and radius of the circle around the points (R, R, 3) of a tarpaulin."""
    flat = points[..., :2].reshape(-1, 2)
    center = flat.mean(axis=0)
    reach = np.sqrt(((flat - center) ** 2).sum(axis=1).max())
    return np.array([[center[0], center[1], reach]])


def covering_circles(center: Floats, along: Floats, length: float, width: float) -> Floats:
    """Return (K, 3) x, y and radius of circles in a line that cover a rectangle.

    ``along`` (2,) is the unit vector parallel to its length.
    """
    if width > length:
        along, length, width = np.array([-along[1], along[0]]), width, length
    count = int(np.ceil(length / width))
    places = (np.arange(count) - (count - 1) / 2) * (length / count)
    radius = float(np.hypot(width, length / count)) / 2
    return np.column_stack([center + places[:, None] * along, np.full(count, radius)])


def _indexed(names: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Return the names that occur, sorted, and the index (N,) of each of ``names`` among them."""
    kinds = tuple(sorted(dict.fromkeys(names)))
    return kinds, np.array([kinds.index(name) for name in names], dtype=np.int32)
