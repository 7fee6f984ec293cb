# SPDX-License-Identifier: GPL-3.0-or-later
"""The mounting structure: posts, rafters and purlins of galvanized steel in one mesh."""

from __future__ import annotations

import bpy
import numpy as np

from ..domain.array_types import Floats
from ..domain.categories import Category
from ..geometry.meshes import boxes
from ..plan.array.tables import Beams
from .meshes import mesh_object
from .nodes import new_material


def build_structure(beams: Beams) -> list[bpy.types.Object]:
    """Return one object that holds every beam as a box; no object if there are none."""
    if len(beams.start) == 0:
        return []
    vertices, faces = boxes(*beam_faces(beams))
    return [mesh_object("Solar Site structure", vertices, faces, _steel())]


def beam_faces(beams: Beams) -> tuple[Floats, Floats]:
    """Return the corners (B, 4, 3) of the two long faces, along +up and -up, of each beam."""
    along = beams.end - beams.start
    side = np.cross(beams.up, along)
    side /= np.linalg.norm(side, axis=-1, keepdims=True)
    half_width = side * beams.section[:, :1] / 2
    half_height = beams.up * beams.section[:, 1:] / 2
    outline = np.stack(
        [beams.start + half_width, beams.start - half_width, beams.end - half_width, beams.end + half_width], axis=1
    )
    return outline + half_height[:, None], outline - half_height[:, None]


def _steel() -> bpy.types.Material:
    material, graph = new_material("Solar Site steel", Category.MOUNTING_STRUCTURE)
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=(0.45, 0.46, 0.47, 1), Metallic=0.7, Roughness=0.5)
    graph.surface(shader.outputs[0])
    return material
