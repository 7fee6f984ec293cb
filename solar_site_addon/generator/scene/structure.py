# SPDX-License-Identifier: GPL-3.0-or-later
"""The mounting structure: posts, rafters and purlins of galvanized steel in one mesh, clamps of aluminum in another."""

from __future__ import annotations

import bpy

from ..domain.categories import Category
from ..plan.array.tables import Beams
from .boxes import box_object
from .nodes import OBJECT, new_material
from .ownership import holding

STEEL = (0.45, 0.46, 0.47, 1.0)
"""Galvanized steel, linear. Estimate; so is the next."""
ALUMINUM = (0.70, 0.71, 0.72, 1.0)


def build_structure(beams: Beams, first_rack: int, *, compact: bool = False) -> list[bpy.types.Object]:
    """Return one object that holds every beam as a box; no object if there are none.

    The beams of a table have the object number of its rack; ``first_rack`` is that of the first table. ``compact``
    stores them as points.
    """
    return _boxes("Solar Site structure", beams, first_rack, _metal("Solar Site steel", STEEL), compact)


def build_clamps(clamps: Beams, first_rack: int, *, compact: bool = False) -> list[bpy.types.Object]:
    """Return one object that holds every clamp as a box, numbered like the beams; no object if there are none."""
    return _boxes("Solar Site clamps", clamps, first_rack, _metal("Solar Site aluminum", ALUMINUM), compact)


def _boxes(
    name: str, beams: Beams, first_rack: int, material: bpy.types.Material, compact: bool
) -> list[bpy.types.Object]:
    if len(beams.start) == 0:
        return []
    part = box_object(name, *beams.faces(), material, {OBJECT: first_rack + beams.table}, compact=compact)
    return [holding(part, Category.RACK)]


def _metal(name: str, colour: tuple[float, float, float, float]) -> bpy.types.Material:
    material, graph = new_material(name, Category.MOUNTING_STRUCTURE)
    graph.annotate(OBJECT, graph.attribute(OBJECT))
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=colour, Metallic=0.7, Roughness=0.5)
    graph.surface(shader.outputs[0])
    return material
