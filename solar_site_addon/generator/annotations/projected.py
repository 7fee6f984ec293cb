# SPDX-License-Identifier: GPL-3.0-or-later
"""Projected outlines of objects, which follow the curves that a lens makes of straight edges."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Floats, Longs, Mask
from .outlines import Point, clip_to_image, convex_hull, polygon_area

if TYPE_CHECKING:
    from ..domain.projection import Camera

TOLERANCE_PX = 0.1
"""Largest distance between an edge and the straight pieces of its outline."""
_MAX_PIECES = 64
_BOX_EDGES = np.array([*([k, (k + 1) % 4] for k in range(4)), *([4 + k, 4 + (k + 1) % 4] for k in range(4))] + [
    [k, k + 4] for k in range(4)
])  # fmt: skip


@dataclass(frozen=True)
class Outlines:
    """Outlines of N objects in pixels, neither occluded nor clipped."""

    points: Floats
    """(N, V, 2) points of each outline, of which the last is repeated to fill the row; NaN if a corner of the object is
    behind the camera."""
    count: Longs
    """(N,) number of points."""

    def __len__(self) -> int:
        return len(self.points)

    def of(self, rows: Longs) -> Outlines:
        """Return the outlines in these ``rows``."""
        return Outlines(self.points[rows], self.count[rows])

    @property
    def complete(self) -> Mask:
        """(N,) whether the outline is known."""
        complete: Mask = np.isfinite(self.points).all(axis=(1, 2))
        return complete

    def areas(self) -> Floats:
        """Return the areas (N,)."""
        return polygon_areas(self.points - self.points[:, :1])  # moved to the origin for precision

    def areas_in_image(self, width: int, height: int) -> Floats:
        """Return the areas (N,) of the parts in the image."""
        areas = self.areas()
        across = ~np.all((self.points >= 0) & (self.points <= [width, height]), axis=(1, 2)) & self.complete
        for row in np.flatnonzero(across).tolist():
            outline: list[Point] = [(x, y) for x, y in self.points[row, : self.count[row]].tolist()]
            areas[row] = polygon_area(clip_to_image(outline, width, height))
        return areas


def flat_outlines(camera: Camera, corners: Floats) -> Outlines:
    """Return the outlines of flat objects with these ``corners`` (N, 4, 3)."""
    pieces = _pieces(camera, corners, np.roll(corners, -1, axis=1))
    points = np.empty((len(corners), 4 * int(pieces.max(initial=1)), 2))
    for count in np.unique(pieces).tolist():
        rows = np.flatnonzero(pieces == count)
        outline = _along_edges(camera, corners[rows], np.roll(corners[rows], -1, axis=1), count)
        points[rows, : 4 * count] = outline
        points[rows, 4 * count :] = outline[:, -1:]
    return Outlines(points, 4 * pieces)


def box_outlines(camera: Camera, corners: Floats) -> Outlines:
    """Return the hulls of boxes with these ``corners`` (N, 8, 3)."""
    start, end = corners[:, _BOX_EDGES[:, 0]], corners[:, _BOX_EDGES[:, 1]]
    hulls: list[list[Point]] = []
    for row, pieces in enumerate(_pieces(camera, start, end).tolist()):
        points = _along_edges(camera, start[row, None], end[row, None], pieces)[0]
        known = bool(np.isfinite(points).all())
        hulls.append(convex_hull([(x, y) for x, y in points.tolist()]) if known else [(np.nan, np.nan)])
    count = np.array([len(hull) for hull in hulls], dtype=np.int64)
    most = int(count.max(initial=1))
    filled = [[*hull, *itertools.repeat(hull[-1], most - len(hull))] for hull in hulls]
    return Outlines(np.array(filled, dtype=np.float64).reshape(len(corners), most, 2), count)


def joined(first: Outlines, second: Outlines) -> Outlines:
    """Return both sets of outlines as one."""
    most = max(first.points.shape[1], second.points.shape[1])
    points = [
        np.concatenate([part.points, np.repeat(part.points[:, -1:], most - part.points.shape[1], axis=1)], axis=1)
        for part in (first, second)
    ]
    return Outlines(np.concatenate(points), np.concatenate([first.count, second.count]))


def polygon_areas(polygons: Floats) -> Floats:
    """Return the areas (N,) of simple polygons (N, V, 2) by the shoelace formula."""
    x, y = polygons[..., 0], polygons[..., 1]
    areas: Floats = np.abs(np.sum(x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1), axis=1)) / 2
    return areas


def meets_image(polygons: Floats, width: int, height: int) -> Mask:
    """Return which of the convex polygons (N, V, 2) overlap the image; polygons with NaN do not.

    Separating axis theorem (Gottschalk, Lin, Manocha: OBBTree, 1996): two convex shapes are disjoint if and only if
    their projections on the normal of one of their sides are.
    """
    low, high = polygons.min(axis=1), polygons.max(axis=1)
    meets: Mask = np.all((high > 0) & (low < [width, height]), axis=1)  # normals of the image's sides
    near = np.flatnonzero(meets)
    polygons = polygons[near]
    image = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    sides = np.roll(polygons, -1, axis=1) - polygons
    axes = np.stack([-sides[..., 1], sides[..., 0]], axis=-1)  # (N, V, 2)
    of_polygon = np.einsum("nad,nvd->nav", axes, polygons)
    of_image = np.einsum("nad,vd->nav", axes, image)
    flat = np.all(axes == 0, axis=2)  # a side without length has no normal
    overlap = (of_polygon.max(axis=2) > of_image.min(axis=2)) & (of_polygon.min(axis=2) < of_image.max(axis=2))
    meets[near] = np.all(overlap | flat, axis=1)
    return meets


def _pieces(camera: Camera, start: Floats, end: Floats) -> Longs:
    """Return the straight pieces (N,) that each edge of an object needs: edges from ``start`` to ``end`` (N, E, 3).

    A lens bends an edge into an arc, and half a chord has a quarter of the sagitta.
    """
    if camera.lens is None:
        return np.ones(len(start), dtype=np.int64)
    first, last, middle = (camera.project(points)[0] for points in (start, end, (start + end) / 2))
    along, away = last - first, middle - first
    length = np.maximum(np.hypot(along[..., 0], along[..., 1]), 1e-9)
    sagitta = np.abs(along[..., 0] * away[..., 1] - along[..., 1] * away[..., 0]) / length
    pieces = np.ceil(np.sqrt(np.nan_to_num(sagitta).max(axis=1, initial=0) / TOLERANCE_PX))
    return np.clip(pieces, 1, _MAX_PIECES).astype(np.int64)


def _along_edges(camera: Camera, start: Floats, end: Floats, pieces: int) -> Floats:
    """Return the pixels (N, E * pieces, 2) of points along edges (N, E, 3), from each start on."""
    share = np.arange(pieces)[:, None] / pieces
    points = start[:, :, None] + share * (end - start)[:, :, None]
    pixels, _ = camera.project(points)
    return pixels.reshape(len(start), -1, 2)
