# SPDX-License-Identifier: GPL-3.0-or-later
"""The works of a site: what people have put there besides modules and their structure, as arrays.

World axes: metres, x east, y north, z up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ...domain.array_types import Floats, Ints


class WorkKind(IntEnum):
    """What a thing is. Up to WEATHER_STATION it stands within the plant's fence; the rest may stand anywhere."""

    TRANSFORMER = 0
    STRING_INVERTER = 1
    COMBINER_BOX = 2
    LIGHTNING_ROD = 3
    WEATHER_STATION = 4
    HOUSE = 5
    SHED = 6
    CONTAINER = 7
    TUNNEL = 8
    GLASSHOUSE = 9
    POND = 10
    TANK = 11
    PICKUP = 12
    VAN = 13
    EXCAVATOR = 14
    PACKED_MODULES = 15
    SUBSTATION = 16


class FenceStyle(IntEnum):
    """What hangs between the posts of a fence."""

    WELDED_MESH = 0
    CHAIN_LINK = 1
    BARBED_WIRE = 2


@dataclass(frozen=True)
class Fence:
    """P posts, K stretches of fence from post to post, and L leaves of gates."""

    posts: Floats
    """(P, 3) where the posts meet the ground."""
    spans: Ints
    """(K, 2) indices of the posts at the ends of each stretch."""
    leaves: Floats
    """(L, 2, 3) where the hinge and the far end of each leaf of a gate are above the ground, at its height."""
    height_m: float
    style: FenceStyle
    shade: float
    """0 to 1: decides the colour."""

    def __len__(self) -> int:
        return len(self.posts)

    @property
    def walls(self) -> Floats:
        """(K + L, 2, 2) ends of all stretches and leaves, seen from above."""
        return np.concatenate([self.posts[self.spans], self.leaves])[..., :2]


@dataclass(frozen=True)
class Things:
    """N things, as arrays that share their first axis."""

    kind: Ints
    """(N,) numbers of WorkKind."""
    base: Floats
    """(N, 3) middle of the footprint, at the height on which the thing stands."""
    axes: Floats
    """(N, 3, 3) unit vectors: [0] along the length, [1] across it, [2] up."""
    size: Floats
    """(N, 3) length, width and height above the base, m."""
    depth: Floats
    """(N,) how far a foundation reaches below the base, m."""
    look: Floats
    """(N, 4) numbers from 0 to 1 that decide colours and details."""

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def outlines(self) -> Floats:
        """(N, 4, 2) corners of the footprints, counter-clockwise."""
        half = self.size[:, None, :2] / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        along, across = self.axes[:, None, 0, :2], self.axes[:, None, 1, :2]
        return self.base[:, None, :2] + half[..., :1] * along + half[..., 1:] * across


def no_things() -> Things:
    """Nothing."""
    vectors, flat = np.zeros((0, 3)), np.zeros(0)
    return Things(np.zeros(0, dtype=np.int32), vectors, np.zeros((0, 3, 3)), vectors, flat, np.zeros((0, 4)))


@dataclass(frozen=True)
class Works:
    """Things, C pieces of cable tray, S tarpaulins that lie on the ground, and the fences."""

    things: Things
    trays: Floats
    """(C, 2, 3) ends of straight pieces of cable tray, m."""
    sheets: Floats
    """(S, R, R, 3) points of tarpaulins, a grid over each, m."""
    sheet_look: Floats
    """(S, 4) numbers from 0 to 1 that decide their colours."""
    fence: Fence
    yard_fence: Fence
    """Of the substation."""

    @property
    def circles(self) -> Floats:
        """(M, 3) x, y and radius in metres of circles that together hold the ground that things and sheets take."""
        things = self.things
        parts = [np.zeros((0, 3))]
        for base, axes, size in zip(things.base, things.axes, things.size, strict=True):
            parts.append(covering_circles(base[:2], axes[0, :2], size[0], size[1]))
        parts.extend(sheet_circle(sheet) for sheet in self.sheets)
        return np.concatenate(parts)


def sheet_circle(sheet: Floats) -> Floats:
    """(1, 3) x, y and radius of the circle around the points (R, R, 3) of a sheet."""
    points = sheet[..., :2].reshape(-1, 2)
    middle = points.mean(axis=0)
    reach = np.sqrt(((points - middle) ** 2).sum(axis=1).max())
    return np.array([[middle[0], middle[1], reach]])


def covering_circles(middle: Floats, along: Floats, length: float, width: float) -> Floats:
    """(K, 3) x, y and radius of circles in a line that cover a rectangle; ``along`` (2,) is parallel to its length."""
    if width > length:
        along, length, width = np.array([-along[1], along[0]]), width, length
    count = int(np.ceil(length / width))
    places = (np.arange(count) - (count - 1) / 2) * (length / count)
    radius = float(np.hypot(width, length / count)) / 2
    return np.column_stack([middle + places[:, None] * along, np.full(count, radius)])
