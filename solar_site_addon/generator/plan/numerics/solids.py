# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes, prisms and tubes as triangles, each with the finish of its surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...domain.array_types import Floats, Longs
from ...domain.categories import Category

Colour = tuple[float, float, float]
Rectangle = tuple[float, float, float, float]
_BAR_ENDS = np.array([[2, 1, 0], [3, 2, 0], [4, 5, 6], [4, 6, 7]])


@dataclass(frozen=True)
class Finish:
    """Appearance of a surface, and its category in semantic.png."""

    colour: Colour
    """Linear RGB."""
    roughness: float = 0.6
    metallic: float = 0.0
    wear: float = 0.5
    """From 0 (new and clean) to 1 (dirty and streaked)."""
    semantic: Category = Category.OTHER

    @property
    def row(self) -> Floats:
        """Color, roughness, metallic share, wear, category, and the number of the object, which is set later (8,)."""
        return np.array([*self.colour, self.roughness, self.metallic, self.wear, float(self.semantic), 0.0])


@dataclass(frozen=True)
class Shape:
    """A triangle mesh."""

    vertices: Floats
    """Vertices (V, 3), m."""
    faces: Longs
    """Vertex indices (F, 3)."""
    finish: Floats
    """Finish of each face (F, 8), in the layout of ``Finish.row``."""


def merged(parts: Sequence[Shape]) -> Shape:
    """Return all parts as one shape."""
    counts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    return Shape(
        np.concatenate([np.zeros((0, 3)), *(part.vertices for part in parts)]),
        np.concatenate(
            [np.zeros((0, 3), dtype=np.int64), *(part.faces + n for part, n in zip(parts, counts, strict=False))]
        ),
        np.concatenate([np.zeros((0, 8)), *(part.finish for part in parts)]),
    )


def numbered(shape: Shape, numbers: ArrayLike) -> Shape:
    """Return the shape with object numbers, (F,) or one for all, on its faces; faces of earth keep 0."""
    finish = shape.finish.copy()
    finish[:, 7] = np.where(finish[:, 6] == Category.TERRAIN, 0.0, numbers)
    return Shape(shape.vertices, shape.faces, finish)


def placed(shape: Shape, origins: Floats, axes: Floats) -> Shape:
    """Return N copies of the shape at ``origins`` (N, 3), with x, y and z along ``axes`` (N, 3, 3)."""
    x, y, z = (shape.vertices[None, :, k, None] * axes[:, None, k] for k in range(3))
    vertices = origins[:, None] + x + y + z
    count = len(origins)
    faces = shape.faces[None] + len(shape.vertices) * np.arange(count)[:, None, None]
    return Shape(vertices.reshape(-1, 3), faces.reshape(-1, 3), np.tile(shape.finish, (count, 1)))


def moved(shape: Shape, offset: ArrayLike, turn: float = 0.0) -> Shape:
    """Return the shape rotated about the vertical (radians, counterclockwise) and then moved by ``offset`` (3,)."""
    c, s = np.cos(turn), np.sin(turn)
    x, y, z = shape.vertices.T
    return Shape(np.stack([c * x - s * y, s * x + c * y, z], 1) + np.asarray(offset), shape.faces, shape.finish)


def loft(rings: ArrayLike, finish: Finish, *, closed: bool = True, caps: bool = True) -> Shape:
    """Return the surface through ``rings`` (K, n, 3), each joined to the next.

    If ``closed``, the last point of a ring is joined to its first, and ``caps`` closes the first and last rings, which
    must be convex. Counterclockwise rings that follow each other upward have outward normals.
    """
    points = np.asarray(rings, dtype=np.float64)
    number, size, _ = points.shape
    index = np.arange(number * size).reshape(number, size)
    here = index if closed else index[:, :-1]
    beside = np.roll(index, -1, axis=1) if closed else index[:, 1:]
    a, b, c, d = here[:-1], beside[:-1], beside[1:], here[1:]
    faces = [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    if closed and caps:
        fan = np.stack([np.zeros(size - 2, dtype=int), np.arange(1, size - 1), np.arange(2, size)], axis=1)
        faces += [index[-1][fan], index[0][fan[:, ::-1]]]
    joined = np.concatenate(faces)
    return Shape(points.reshape(-1, 3), joined, np.tile(finish.row, (len(joined), 1)))


def box(low: ArrayLike, high: ArrayLike, finish: Finish, bevel_m: float = 0.0) -> Shape:
    """Return a box from corner ``low`` to corner ``high`` (3,), with its upper edges beveled by ``bevel_m``."""
    (x0, y0, z0), (x1, y1, z1) = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    rings = [_rectangle(x0, y0, x1, y1, z0), _rectangle(x0, y0, x1, y1, z1 - bevel_m)]
    if bevel_m > 0:
        rings.append(_rectangle(x0 + bevel_m, y0 + bevel_m, x1 - bevel_m, y1 - bevel_m, z1))
    return loft(rings, finish)


def frustum(low: Rectangle, high: Rectangle, z: tuple[float, float], finish: Finish) -> Shape:
    """Return a solid from the rectangle ``low`` (x0, y0, x1, y1) at z[0] to the rectangle ``high`` at z[1]."""
    return loft([_rectangle(*low, z[0]), _rectangle(*high, z[1])], finish)


def bar(start: ArrayLike, end: ArrayLike, width: float, height: float, finish: Finish) -> Shape:
    """Return a straight bar of rectangular section, whose height axis is as close to vertical as possible."""
    return bars(np.asarray(start, dtype=float)[None], np.asarray(end, dtype=float)[None], width, height, finish)


def bars(start: Floats, end: Floats, width: float, height: float, finish: Finish, *, caps: bool = True) -> Shape:
    """Return N bars of one section, from ``start`` (N, 3) to ``end`` (N, 3); without ``caps`` the ends are open."""
    along = end - start
    steep = along[:, 2] ** 2 > 0.9 * (along * along).sum(axis=1)
    up = np.where(steep[:, None], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    side = np.cross(up, along)
    side *= width / 2 / np.sqrt((side * side).sum(axis=1, keepdims=True))
    lift = np.cross(along, side)
    lift *= height / 2 / np.sqrt((lift * lift).sum(axis=1, keepdims=True))
    ring = np.stack([side + lift, -side + lift, -side - lift, side - lift], axis=1)
    vertices = np.concatenate([start[:, None] + ring, end[:, None] + ring], axis=1)
    sides = np.array([[a, b, b + 4, a, b + 4, a + 4] for a, b in ((0, 1), (1, 2), (2, 3), (3, 0))]).reshape(-1, 3)
    faces = np.concatenate([sides, _BAR_ENDS]) if caps else sides
    joined = (faces + 8 * np.arange(len(start))[:, None, None]).reshape(-1, 3)
    return Shape(vertices.reshape(-1, 3), joined, np.tile(finish.row, (len(joined), 1)))


def tube(start: ArrayLike, end: ArrayLike, radius: float, finish: Finish, sides: int = 12, top: float = 1.0) -> Shape:
    """Return a cylinder, or a cone whose far end has ``top`` times the radius."""
    first, last = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    along = (last - first) / np.sqrt(((last - first) ** 2).sum())
    other = np.array([1.0, 0.0, 0.0]) if abs(along[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    side = np.cross(along, other)
    side /= np.sqrt((side * side).sum())
    lift = np.cross(along, side)
    angle = 2 * np.pi * np.arange(sides)[:, None] / sides
    ring = radius * (np.cos(angle) * side + np.sin(angle) * lift)
    return loft([first + ring, last + top * ring], finish)


def ribbed(corners: ArrayLike, pitch_m: float, rib_m: float, finish: Finish) -> Shape:
    """Return a metal sheet with trapezoidal ribs that run up the slope.

    ``corners`` (4, 3): left and right end of the eaves, right and left end of the ridge, seen from outside.
    """
    left, right, upper_right, upper_left = np.asarray(corners, dtype=float)
    count = max(round(float(np.sqrt(((right - left) ** 2).sum())) / pitch_m), 1)
    share = (np.arange(count)[:, None] + np.array([0.0, 0.62, 0.70, 0.92])).ravel() / count
    share = np.append(share, 1.0)
    lift = np.append(np.tile([0.0, 0.0, 1.0, 1.0], count), 0.0)[:, None] * rib_m
    normal = np.cross(right - left, upper_left - left)
    normal /= np.sqrt((normal * normal).sum())
    low = left + share[:, None] * (right - left) + lift * normal
    high = upper_left + share[:, None] * (upper_right - upper_left) + lift * normal
    return loft([low, high], finish, closed=False)


def _rectangle(x0: float, y0: float, x1: float, y1: float, z: float) -> Floats:
    return np.array([[x0, y0, z], [x1, y0, z], [x1, y1, z], [x0, y1, z]])
