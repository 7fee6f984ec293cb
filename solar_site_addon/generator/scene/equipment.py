# SPDX-License-Identifier: GPL-3.0-or-later
"""Build equipment and surroundings: one mesh for each category that semantic.png distinguishes."""

from __future__ import annotations

from collections.abc import Iterable

import bpy
import numpy as np

from ..domain.categories import Category
from ..domain.projection import Camera
from ..geometry.equipment import cable_trays_shape, items_shape, tarpaulins_shape
from ..geometry.fence import fence_frame, fence_wires
from ..geometry.meshes import paired
from ..plan.equipment.equipment import Equipment
from ..plan.numerics.solids import Shape, merged
from ..plan.surroundings.surroundings import Surroundings
from .images import patches_image
from .meshes import mesh_object
from .nodes import OBJECT, ShaderGraph, new_material
from .ownership import holding

NAMES = {
    Category.TERRAIN: "banks",
    Category.ELECTRICAL_EQUIPMENT: "equipment",
    Category.FENCE: "fence",
    Category.OTHER: "surroundings",
}
DUST: tuple[float, float, float, float] = (0.19, 0.15, 0.11, 1.0)
DIRT_TILE_M = 5.3

COLOUR, ROUGHNESS, METALLIC, WEAR = "paint", "roughness", "metallic", "wear"


def build_equipment(
    equipment: Equipment, surroundings: Surroundings, first_number: int, *, compact: bool = False
) -> list[bpy.types.Object]:
    """Return objects that show all equipment and surroundings, except for the wires of the fences.

    Items and tarpaulins have the object numbers from ``first_number`` on, see ``plan.objects``. ``compact`` saves
    space, see ``Paired``, and leaves out the legs of cable trays.
    """
    first_around = first_number + len(equipment.items)
    shape = merged(
        [
            items_shape(equipment.items, first_number),
            items_shape(surroundings.items, first_around),
            cable_trays_shape(equipment.trays, legs=not compact),
            tarpaulins_shape(surroundings.tarpaulins, first_around + len(surroundings.items)),
            *(fence_frame(fence) for fence in (equipment.fence, *equipment.yard_fences)),
        ]
    )
    dirt = patches_image()
    return [_object(shape, Category(int(semantic)), dirt, compact) for semantic in np.unique(shape.finish[:, 6])]


def build_wires(
    equipment: Equipment, camera: Camera, parts: Iterable[bpy.types.Object], *, compact: bool = False
) -> list[bpy.types.Object]:
    """Return one object with the wires of all fences, as thick as ``camera`` needs them; no object if there are none.

    They have the material of the posts and rails among ``parts``.
    """
    shape = merged([fence_wires(fence, camera) for fence in (equipment.fence, *equipment.yard_fences)])
    if len(shape.faces) == 0:
        return []
    name = f"Solar Site {NAMES[Category.FENCE]}"
    frame = next(part for part in parts if part.name.startswith(name))
    wires = painted_object(f"{name} wires", shape, frame.active_material, compact=compact)
    return [holding(wires, Category.FENCE)]


def _object(shape: Shape, semantic: Category, dirt: bpy.types.Image, compact: bool) -> bpy.types.Object:
    """Return the faces of one category with their vertices."""
    chosen = shape.finish[:, 6] == float(semantic)
    used, faces = np.unique(shape.faces[chosen], return_inverse=True)
    name = f"Solar Site {NAMES[semantic]}"
    part = Shape(shape.vertices[used], faces.reshape(-1, 3), shape.finish[chosen])
    material, graph = paint(name, semantic, dirt)
    graph.annotate(OBJECT, graph.attribute(OBJECT))
    result = painted_object(name, part, material, compact=compact)
    return result if semantic is Category.TERRAIN else holding(result, semantic)


def painted_object(name: str, shape: Shape, material: bpy.types.Material, *, compact: bool = False) -> bpy.types.Object:
    """Return an object with the paint of its faces as attributes; ``compact`` saves space, see ``Paired``."""
    finish = shape.finish
    return mesh_object(
        name,
        shape.vertices,
        paired(shape.faces, finish) if compact else shape.faces,
        material,
        face_values={
            COLOUR: finish[:, :3],
            ROUGHNESS: finish[:, 3],
            METALLIC: finish[:, 4],
            WEAR: finish[:, 5],
            OBJECT: finish[:, 7],
        },
    )


def paint(name: str, semantic: Category, dirt: bpy.types.Image) -> tuple[bpy.types.Material, ShaderGraph]:
    """Return the finish of the faces with patches of dust, and streaks, since the pattern is constant over height."""
    material, graph = new_material(name, semantic)
    place = graph.node("ShaderNodeTexCoord").outputs["Object"]
    mapping = graph.node("ShaderNodeMapping", Vector=place, Scale=[1 / DIRT_TILE_M, 1 / DIRT_TILE_M, 0.0])
    texture = graph.node("ShaderNodeTexImage", {"image": dirt}, Vector=mapping.outputs[0])
    channels = graph.node("ShaderNodeSeparateColor", Color=texture.outputs["Color"])
    patches = graph.smoothstep(channels.outputs[0], 0.30, 0.85)
    wear = graph.attribute(WEAR)
    dust = graph.math("MULTIPLY", graph.math("MULTIPLY", wear, patches), 0.6)
    shader = graph.node(
        "ShaderNodeBsdfPrincipled",
        Base_Color=graph.mix(dust, _shaded(graph, channels.outputs[1], wear), DUST),
        Metallic=graph.math("MULTIPLY", graph.attribute(METALLIC), graph.math("SUBTRACT", 1.0, dust)),
        Roughness=graph.math("MAXIMUM", graph.attribute(ROUGHNESS), graph.math("MULTIPLY", dust, 0.9)),
    )
    graph.surface(shader.outputs[0])
    return material, graph


def _shaded(graph: ShaderGraph, noise: bpy.types.NodeSocket, wear: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """Return the color of a face, darker where it is worn."""
    paint = graph.attribute_colour(COLOUR)
    dark = graph.mix(0.45, paint, (0.02, 0.018, 0.016, 1.0))
    return graph.mix(graph.math("MULTIPLY", graph.smoothstep(noise, 0.45, 0.9), wear), paint, dark)
