# SPDX-License-Identifier: GPL-3.0-or-later
"""Many boxes as one object: a mesh of their faces to render, or one point for each box to save with a file.

A box takes 500 bytes as a mesh and 60 bytes as a point, from which geometry nodes make the same box again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Floats
from ..geometry.meshes import BOX_FACES, boxes
from .instances import euler_angles, instances, realize
from .meshes import mesh_object

_UNIT = np.array([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1], [-1, -1, -1], [1, -1, -1], [1, 1, -1], [-1, 1, -1]])


def box_object(
    name: str,
    top: Floats,
    bottom: Floats,
    material: bpy.types.Material,
    values: Mapping[str, NDArray[np.number[Any]]],
    *,
    uv: NDArray[np.floating[Any]] | None = None,
    compact: bool = False,
) -> bpy.types.Object:
    """Return one object with B boxes of right angles, given by the corners (B, 4, 3) of their tops and bottoms, in m.

    ``values`` (B,) are float attributes of the boxes, ``uv`` (6, 4, 2) is the UV map of each box, and ``compact``
    stores the boxes as points.
    """
    if compact:
        return _as_points(name, top, bottom, material, values, uv)
    vertices, faces = boxes(top, bottom)
    return mesh_object(
        name,
        vertices,
        faces,
        material,
        uv=None if uv is None else np.tile(uv, (len(top), 1, 1)),
        face_values={key: np.repeat(value, len(BOX_FACES)) for key, value in values.items()},
    )


def _as_points(
    name: str,
    top: Floats,
    bottom: Floats,
    material: bpy.types.Material,
    values: Mapping[str, NDArray[np.number[Any]]],
    uv: NDArray[np.floating[Any]] | None,
) -> bpy.types.Object:
    sides = np.stack([top[:, 1] - top[:, 0], top[:, 3] - top[:, 0], top[:, 0] - bottom[:, 0]], axis=1)
    size = np.linalg.norm(sides, axis=-1)
    result = instances(
        name,
        [mesh_object(f"{name} box", _UNIT / 2, BOX_FACES, material, uv=uv)],
        prototype=np.zeros(len(top), dtype=np.int32),
        position=(top.mean(axis=1) + bottom.mean(axis=1)) / 2,
        rotation=euler_angles(sides / size[..., None]),
        scale=size,
        values=values,
    )
    realize(result, realized=True)
    result.data.materials.append(material)
    return result
