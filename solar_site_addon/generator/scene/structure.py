# SPDX-License-Identifier: GPL-3.0-or-later
"""The mounting structure: posts, rafters and purlins of galvanized steel in one mesh, clamps of aluminum in another."""

from __future__ import annotations

import bpy
import numpy as np

from ..domain.array_types import Floats
from ..domain.categories import Category
from ..geometry.meshes import boxes
from ..plan.array.tables import Beams
from .meshes import mesh_object
from .nodes import new_material

STEEL = (0.45, 0.46, 0.47, 1.0)
"""Galvanized steel, linear. Estimate; so is the next."""
ALUMINUM = (0.70, 0.71, 0.72, 1.0)


def build_structure(beams: Beams) -> bpy.types.Object:
    """Return one object that holds every beam as a box."""
    vertices, faces = boxes(*beam_faces(beams))
    return mesh_object("Solar Site structure", vertices, faces, _metal("Solar Site steel", STEEL))


def build_clamps(clamps: Beams) -> bpy.types.Object:
    """Return one object that holds every clamp as a box."""
    vertices, faces = boxes(*beam_faces(clamps))
    return mesh_object("Solar Site clamps", vertices, faces, _metal("Solar Site aluminum", ALUMINUM))


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


def _metal(name: str, colour: tuple[float, float, float, float]) -> bpy.types.Material:
    material, graph = new_material(name, Category.MOUNTING_STRUCTURE)
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=colour, Metallic=0.7, Roughness=0.5)
    graph.surface(shader.outputs[0])
    return material
