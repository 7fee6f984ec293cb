# SPDX-License-Identifier: GPL-3.0-or-later
"""Vertices, faces and edges of meshes as numpy arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Floats, Longs

BOX_FACES = np.array([[0, 1, 2, 3], [7, 6, 5, 4], [0, 4, 5, 1], [1, 5, 6, 2], [2, 6, 7, 3], [3, 7, 4, 0]])
"""Faces of a box whose corners 0-3 are the top, counterclockwise from outside, and whose corners 4-7 lie below 0-3."""


class Connected(NamedTuple):
    """Faces with known edges; Blender takes long to find the edges of a large mesh."""

    faces: NDArray[np.integer[Any]]
    """Vertex indices (F, corners)."""
    ends: NDArray[np.integer[Any]]
    """Vertex indices (E, 2) of the edges."""
    sides: NDArray[np.integer[Any]]
    """Edge indices (F, corners) of the faces: from the first corner to the second, and so on."""


class Paired(NamedTuple):
    """Triangles of which pairs have become quadrilaterals."""

    faces: Longs
    """Vertex indices (F, 4); the last one of a triangle is -1."""
    triangle: Longs
    """The triangle (F,) whose values the face has."""


def connected(faces: NDArray[np.integer[Any]]) -> Connected:
    """Return ``faces`` (F, corners) with their edges, found by sorting, which suits small meshes."""
    both_ends = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    ends, side = np.unique(both_ends, axis=0, return_inverse=True)
    return Connected(*(numbers.astype(np.int32) for numbers in (faces, ends, side.reshape(faces.shape))))


def joined(first: Connected, vertices: int, second: Connected) -> Connected:
    """Return the faces of two meshes that become one; ``vertices`` is the number of vertices of the first."""
    return Connected(
        np.concatenate([first.faces, second.faces + vertices]),
        np.concatenate([first.ends, second.ends + vertices]),
        np.concatenate([first.sides, second.sides + len(first.ends)]),
    )


def paired(triangles: NDArray[np.integer[Any]], same: NDArray[np.floating[Any]] | None = None) -> Paired:
    """Return the faces in which triangles (a, b, c) and (a, c, d) of ``triangles`` (T, 3) have become (a, b, c, d).

    Only triangles whose rows of ``same`` (T, ...) are equal are joined.
    """
    first, middle, last = triangles.astype(np.int64).T
    most = int(triangles.max(initial=0)) + 1
    _, one, other = np.intersect1d(first * most + last, first * most + middle, return_indices=True)
    if same is not None:
        equal = (same[one] == same[other]).reshape(len(one), -1).all(axis=1)
        one, other = one[equal], other[equal]
    free = ~np.isin(one, other)  # of the triangles of a fan, every second one would be in two pairs
    one, other = one[free], other[free]
    faces = np.column_stack([triangles, np.full(len(triangles), -1)]).astype(np.int64)
    faces[one, 3] = triangles[other, 2]
    kept = np.delete(np.arange(len(triangles)), other)
    return Paired(faces[kept], kept)


def boxes(top: Floats, bottom: Floats) -> tuple[Floats, Longs]:
    """Return vertices (8 N, 3) and faces (6 N, 4) of N boxes from the corners (N, 4, 3) of top and bottom faces."""
    vertices = np.concatenate([top, bottom], axis=1)
    faces = BOX_FACES + 8 * np.arange(len(top))[:, None, None]
    return vertices.reshape(-1, 3), faces.reshape(-1, 4)
