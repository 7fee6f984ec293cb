# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes from arrays, in one step each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import bpy
import numpy as np
from numpy.typing import NDArray

from .ownership import own

BOX_FACES = np.array([[0, 1, 2, 3], [7, 6, 5, 4], [0, 4, 5, 1], [1, 5, 6, 2], [2, 6, 7, 3], [3, 7, 4, 0]])
"""Faces of a box whose corners 0-3 are the top, counter-clockwise from outside, and 4-7 lie below 0-3."""


class Connected(NamedTuple):
    """Faces whose edges are known: to find those of a large mesh takes Blender long."""

    faces: NDArray[np.integer[Any]]
    """(F, corners)"""
    ends: NDArray[np.integer[Any]]
    """(E, 2) numbers of the edges' vertices."""
    sides: NDArray[np.integer[Any]]
    """(F, corners) numbers of the faces' edges: from the first corner to the second, and so on."""


def connected(faces: NDArray[np.integer[Any]]) -> Connected:
    """``faces`` (F, corners) with their edges, which are sorted out one by one: for small meshes."""
    both_ends = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    ends, side = np.unique(both_ends, axis=0, return_inverse=True)
    return Connected(*(numbers.astype(np.int32) for numbers in (faces, ends, side.reshape(faces.shape))))


def joined(first: Connected, vertices: int, second: Connected) -> Connected:
    """The faces of two meshes that become one; the first has so many ``vertices``."""
    return Connected(
        np.concatenate([first.faces, second.faces + vertices]),
        np.concatenate([first.ends, second.ends + vertices]),
        np.concatenate([first.sides, second.sides + len(first.ends)]),
    )


def mesh_object(
    name: str,
    vertices: NDArray[np.floating[Any]],
    faces: NDArray[np.integer[Any]] | Connected,
    material: bpy.types.Material,
    *,
    uv: NDArray[np.floating[Any]] | None = None,
    face_values: Mapping[str, NDArray[np.floating[Any]]] | None = None,
    vertex_values: Mapping[str, NDArray[np.floating[Any]]] | None = None,
    smooth: bool = False,
) -> bpy.types.Object:
    """An object with one mesh of ``vertices`` (V, 3) in metres and ``faces`` (F, 3) or (F, 4).

    ``uv`` (F, corners, 2) goes into the only UV map; ``face_values`` (F,) and ``vertex_values`` (V,) are float
    attributes. Values (F, 3) are linear colours.

    Places and corners are written as the attributes that they are: by the names of older days ("co", "vertex_index")
    Blender takes a hundred times as long.
    """
    known = faces if isinstance(faces, Connected) else None
    faces = known.faces if known else np.asarray(faces)
    count, corners = faces.shape
    mesh = own(bpy.data.meshes.new(name))
    mesh.vertices.add(len(vertices))
    mesh.loops.add(count * corners)
    mesh.polygons.add(count)
    position, corner = mesh.attributes["position"], mesh.attributes[".corner_vert"]
    position.data.foreach_set("vector", np.ascontiguousarray(vertices, dtype=np.float32).ravel())
    corner.data.foreach_set("value", np.ascontiguousarray(faces, dtype=np.int32).ravel())
    mesh.polygons.foreach_set("loop_start", np.arange(0, count * corners, corners, dtype=np.int32))
    if known:
        mesh.edges.add(len(known.ends))
        for attribute, numbers in ((".edge_verts", known.ends), (".corner_edge", known.sides)):
            mesh.attributes[attribute].data.foreach_set("value", np.ascontiguousarray(numbers, dtype=np.int32).ravel())
    if not smooth:
        mesh.attributes.new("sharp_face", "BOOLEAN", "FACE").data.foreach_set("value", np.ones(count, dtype=bool))
    if uv is not None:
        layer = mesh.uv_layers.new(name="UVMap")
        layer.uv.foreach_set("vector", np.ascontiguousarray(uv, dtype=np.float32).ravel())
    for domain, attributes in (("FACE", face_values), ("POINT", vertex_values)):
        for attribute, values in (attributes or {}).items():
            _add_attribute(mesh, attribute, domain, np.asarray(values))
    mesh.update(calc_edges=known is None)
    mesh.materials.append(material)
    return own(bpy.data.objects.new(name, mesh))


def _add_attribute(mesh: bpy.types.Mesh, name: str, domain: str, values: NDArray[np.floating[Any]]) -> None:
    """Linear colours (N, 3), or numbers, in whatever grid they come."""
    if values.shape[1:] == (3,):
        values = np.concatenate([values, np.ones((len(values), 1), dtype=values.dtype)], axis=1)
        data, field = mesh.attributes.new(name, "FLOAT_COLOR", domain).data, "color"
    else:
        data, field = mesh.attributes.new(name, "FLOAT", domain).data, "value"
    data.foreach_set(field, np.ascontiguousarray(values, dtype=np.float32).ravel())


def boxes(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Vertices (8 N, 3) and faces (6 N, 4) of N boxes, given the corners (N, 4, 3) of top and bottom faces."""
    vertices = np.concatenate([top, bottom], axis=1)
    faces = BOX_FACES + 8 * np.arange(len(top))[:, None, None]
    return vertices.reshape(-1, 3), faces.reshape(-1, 4)
