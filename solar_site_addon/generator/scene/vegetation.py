# SPDX-License-Identifier: GPL-3.0-or-later
"""Vegetation and stones: instances of a few shapes of each kind."""

from __future__ import annotations

import bpy
import numpy as np

from ..domain.categories import Category
from ..geometry.foliage import vegetation_shape
from ..geometry.meshes import paired
from ..plan.vegetation.kinds import VARIANTS, VegetationKind
from ..plan.vegetation.vegetation import Vegetation
from .instances import COLOUR, instances, upright_rotation
from .meshes import mesh_object
from .nodes import ShaderGraph, new_material

BARK = (0.095, 0.075, 0.058, 1.0)
"""Linear reflectance of bark. Estimate."""
SNOW = (0.74, 0.76, 0.80, 1.0)
"""Linear reflectance of snow. Estimate (docs/sources.md)."""
WOOD, LIGHT = "wood", "light"
"""Attributes of the vertices that the materials read."""
THROUGH_LEAVES = 0.28
"""Share of a leaf's light that it transmits, reduced for visible light (Jacquemoud and Baret 1990, PROSPECT)."""


def build_vegetation(vegetation: Vegetation, *, fine: bool = True) -> bpy.types.Object:
    """Return one object with all vegetation and stones as instances.

    Without ``fine``, near ones lack leaves and all of a kind have one shape, to save space.
    """
    snowy = bool(vegetation.snow.any())
    leaf, stone = _leaf_material(snowy), _stone_material(snowy)
    number = (vegetation.kind * VARIANTS + vegetation.variant * fine) * 2 + (vegetation.detailed & fine)
    used, prototype = np.unique(number, return_inverse=True)
    prototypes = [_prototype(int(which), leaf, stone, compact=not fine) for which in used]
    return instances(
        "Solar Site vegetation",
        prototypes,
        prototype=prototype,
        position=vegetation.position,
        rotation=upright_rotation(vegetation.up, vegetation.turn_deg),
        scale=np.stack([vegetation.spread, vegetation.spread, vegetation.height], axis=-1),
        colour=np.column_stack([vegetation.colour, vegetation.snow]),
    )


def _prototype(number: int, leaf: bpy.types.Material, stone: bpy.types.Material, *, compact: bool) -> bpy.types.Object:
    rest, detailed = divmod(number, 2)
    kind, variant = divmod(rest, VARIANTS)
    shape = vegetation_shape(VegetationKind(kind), variant, bool(detailed))
    is_stone = kind == VegetationKind.STONE
    return mesh_object(
        "Solar Site vegetation shape",
        shape.vertices,
        paired(shape.triangles) if compact else shape.triangles,
        stone if is_stone else leaf,
        vertex_values={WOOD: shape.wood, LIGHT: shape.light},
    )


def _leaf_material(snowy: bool) -> bpy.types.Material:
    """Return the material of leaves and bark: matte, with leaves that transmit light; no textures, to keep it fast."""
    material, graph = new_material("Solar Site vegetation", Category.VEGETATION)
    leaf = graph.product(graph.instance_colour(COLOUR), graph.attribute(LIGHT))
    wood = graph.attribute(WOOD)
    colour = graph.mix(wood, leaf, BARK)
    colour = _under_snow(graph, colour) if snowy else colour
    matt = graph.node("ShaderNodeBsdfDiffuse", Color=colour).outputs[0]
    through = graph.node("ShaderNodeBsdfTranslucent", Color=colour).outputs[0]
    share = graph.math("MULTIPLY", graph.rest(wood), THROUGH_LEAVES)
    graph.surface(graph.mix_shaders(share, matt, through))
    return material


def _stone_material(snowy: bool) -> bpy.types.Material:
    material, graph = new_material("Solar Site stones", Category.TERRAIN)
    colour = graph.product(graph.instance_colour(COLOUR), graph.attribute(LIGHT))
    colour = _under_snow(graph, colour) if snowy else colour
    graph.surface(graph.node("ShaderNodeBsdfDiffuse", Color=colour, Roughness=0.6).outputs[0])
    return material


def _under_snow(graph: ShaderGraph, colour: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """Return ``colour`` with snow on level and high parts, more of it the more snow the instance has."""
    normal = graph.node("ShaderNodeSeparateXYZ", Vector=graph.node("ShaderNodeNewGeometry").outputs["Normal"])
    level = graph.math("ABSOLUTE", normal.outputs["Z"])
    amount = graph.instance_value(COLOUR)
    # High parts of vegetation have high values of LIGHT.
    above = graph.sum((level, 0.5), (graph.attribute(LIGHT), 0.5), (amount, 0.75), plus=-1.05)
    share = graph.math("MULTIPLY", graph.smoothstep(above, -0.1, 0.1), graph.smoothstep(amount, 0.0, 0.15))
    return graph.mix(share, colour, SNOW)
