# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a triangle mesh a solid, worked out from its triangles alone."""

from __future__ import annotations

from collections import Counter

import numpy as np


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    """Signed volume in m3 by the divergence theorem: positive where the triangles face outward."""
    corners = (vertices - vertices.mean(axis=0))[faces]
    return float(np.einsum("fi,fi->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def area(vertices: np.ndarray, faces: np.ndarray) -> float:
    """Area of all triangles in m2."""
    corners = vertices[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.linalg.norm(cross, axis=1).sum() / 2)


def open_edges(faces: np.ndarray) -> int:
    """Number of edges that are not gone along once in each direction: 0 on a closed, evenly oriented skin."""
    ways: Counter[tuple[int, int]] = Counter()
    for face in faces.tolist():
        ways.update(zip(face, face[1:] + face[:1], strict=True))
    return sum(count != 1 or ways[(end, start)] != 1 for (start, end), count in ways.items())


def parts(faces: np.ndarray) -> list[np.ndarray]:
    """The faces (F, n) in groups that share vertices, in the order of their first faces."""
    group = np.arange(int(faces.max()) + 1)

    def root(vertex: int) -> int:
        while group[vertex] != vertex:
            group[vertex] = group[group[vertex]]
            vertex = int(group[vertex])
        return vertex

    for face in faces.tolist():
        for other in face[1:]:
            one, two = root(face[0]), root(other)
            group[max(one, two)] = min(one, two)
    of_face = np.array([root(face[0]) for face in faces.tolist()])
    return [faces[of_face == number] for number in np.unique(of_face)]
