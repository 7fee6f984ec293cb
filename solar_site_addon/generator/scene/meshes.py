# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes from arrays, in bulk operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from ..geometry.meshes import Connected, Paired
from .ownership import own


def mesh_object(
    name: str,
    vertices: NDArray[np.floating[Any]],
    faces: NDArray[np.integer[Any]] | Connected | Paired,
    material: bpy.types.Material,
    *,
    uv: NDArray[np.floating[Any]] | None = None,
    face_values: Mapping[str, NDArray[np.floating[Any]]] | None = None,
    vertex_values: Mapping[str, NDArray[np.floating[Any]]] | None = None,
    smooth: bool = False,
) -> bpy.types.Object:
    """Return an object with one mesh of ``vertices`` (V, 3) in m and ``faces`` (F, 3) or (F, 4).

    ``uv`` (F, corners, 2) goes into the only UV map; ``face_values`` (F,) and ``vertex_values`` (V,) are float
    attributes. Values (F, 3) are linear colors.

    ``Paired`` faces are for meshes that take little space: ``face_values`` are those of the triangles, colors have 8
    bits, and numbers that are 0 everywhere are left out, which materials read as 0.

    Positions and corners are written through their attributes: through the legacy names ("co", "vertex_index"), Blender
    takes a hundred times as long.
    """
    known = faces if isinstance(faces, Connected) else None
    compact = isinstance(faces, Paired)
    if isinstance(faces, Paired):
        face_values = {key: np.asarray(values)[faces.triangle] for key, values in (face_values or {}).items()}
    faces = faces.faces if isinstance(faces, Connected | Paired) else np.asarray(faces)
    corners = faces[faces >= 0]
    ends = np.cumsum((faces >= 0).sum(axis=1))
    count = len(faces)
    mesh = own(bpy.data.meshes.new(name))
    mesh.vertices.add(len(vertices))
    mesh.loops.add(len(corners))
    mesh.polygons.add(count)
    position, corner = mesh.attributes["position"], mesh.attributes[".corner_vert"]
    position.data.foreach_set("vector", np.ascontiguousarray(vertices, dtype=np.float32).ravel())
    corner.data.foreach_set("value", np.ascontiguousarray(corners, dtype=np.int32))
    mesh.polygons.foreach_set("loop_start", np.append(0, ends[:-1])[:count].astype(np.int32))
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
            _add_attribute(mesh, attribute, domain, np.asarray(values), compact=compact)
    mesh.update(calc_edges=known is None)
    mesh.materials.append(material)
    return own(bpy.data.objects.new(name, mesh))


def _add_attribute(
    mesh: bpy.types.Mesh, name: str, domain: str, values: NDArray[np.floating[Any]], *, compact: bool
) -> None:
    """Add linear colors (N, 3), or numbers of any shape."""
    if values.shape[1:] == (3,):
        fits = compact and values.min(initial=0.0) >= 0.0 and values.max(initial=0.0) <= 1.0
        values = np.concatenate([values, np.ones((len(values), 1), dtype=values.dtype)], axis=1)
        data, field = mesh.attributes.new(name, "BYTE_COLOR" if fits else "FLOAT_COLOR", domain).data, "color"
    elif compact and not values.any():
        return
    else:
        data, field = mesh.attributes.new(name, "FLOAT", domain).data, "value"
    data.foreach_set(field, np.ascontiguousarray(values, dtype=np.float32).ravel())
