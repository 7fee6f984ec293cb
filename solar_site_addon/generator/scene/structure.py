# SPDX-License-Identifier: GPL-3.0-or-later
"""The mounting structure: posts, rafters and purlins of galvanized steel in one mesh."""

from __future__ import annotations

import bpy
import numpy as np

from ..domain.categories import Category
from ..geometry.meshes import BOX_FACES, boxes
from ..plan.array.tables import Beams
from .meshes import mesh_object
from .nodes import OBJECT, new_material


def build_structure(beams: Beams, first_rack: int) -> list[bpy.types.Object]:
    """Return one object that holds every beam as a box; no object if there are none.

    The beams of a table have the object number of its rack; ``first_rack`` is that of the first table.
    """
    if len(beams.start) == 0:
        return []
    vertices, faces = boxes(*beams.faces())
    numbers = np.repeat(first_rack + beams.table, len(BOX_FACES))
    return [mesh_object("Solar Site structure", vertices, faces, _steel(), face_values={OBJECT: numbers})]


def _steel() -> bpy.types.Material:
    material, graph = new_material("Solar Site steel", Category.MOUNTING_STRUCTURE)
    graph.annotate(OBJECT, graph.attribute(OBJECT))
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=(0.45, 0.46, 0.47, 1), Metallic=0.7, Roughness=0.5)
    graph.surface(shader.outputs[0])
    return material
