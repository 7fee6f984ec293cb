# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the works: one mesh for each category that semantic.png tells apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import bpy
import numpy as np

from ..domain.array_types import Floats
from ..domain.categories import Category
from ..domain.projection import Camera
from ..geometry import equipment as plant_shapes
from ..geometry import substation as substation_shapes
from ..geometry import surroundings as site_shapes
from ..geometry.fence import fence_frame, fence_wires
from ..geometry.textures import detail_pixels
from ..plan.numerics.solids import Colour, Finish, Shape, bars, merged, numbered, placed
from ..plan.placement.things import Things, WorkKind, Works
from .images import new_image
from .meshes import mesh_object
from .nodes import OBJECT, ShaderGraph, new_material

SHAPES: dict[WorkKind, Callable[[Floats, float, Floats], Shape]] = {
    WorkKind.TRANSFORMER: plant_shapes.transformer,
    WorkKind.STRING_INVERTER: plant_shapes.string_inverter,
    WorkKind.COMBINER_BOX: plant_shapes.combiner_box,
    WorkKind.LIGHTNING_ROD: plant_shapes.lightning_rod,
    WorkKind.WEATHER_STATION: plant_shapes.weather_station,
    WorkKind.HOUSE: site_shapes.house,
    WorkKind.SHED: site_shapes.shed,
    WorkKind.CONTAINER: site_shapes.container,
    WorkKind.TUNNEL: site_shapes.tunnel,
    WorkKind.GLASSHOUSE: site_shapes.glasshouse,
    WorkKind.POND: site_shapes.pond,
    WorkKind.TANK: site_shapes.tank,
    WorkKind.PICKUP: site_shapes.pickup,
    WorkKind.VAN: site_shapes.van,
    WorkKind.EXCAVATOR: site_shapes.excavator,
    WorkKind.PACKED_MODULES: site_shapes.packed_modules,
    WorkKind.SUBSTATION: substation_shapes.substation,
}
NAMES = {
    Category.TERRAIN: "banks",
    Category.ELECTRICAL_EQUIPMENT: "equipment",
    Category.FENCE: "fence",
    Category.OTHER: "works",
}
TARPAULINS: tuple[Colour, ...] = (
    (0.02, 0.09, 0.30), (0.015, 0.016, 0.018), (0.03, 0.07, 0.17), (0.02, 0.10, 0.05), (0.30, 0.31, 0.32),
)  # fmt: skip
DUST: tuple[float, float, float, float] = (0.19, 0.15, 0.11, 1.0)
DIRT_TILE_M = 5.3
TRAY_M = (0.15, 0.08)

COLOUR, ROUGHNESS, METALLIC, WEAR = "paint", "roughness", "metallic", "wear"


def build_works(works: Works, first_number: int) -> list[bpy.types.Object]:
    """Objects that hold all works, except for the wires of the fences.

    Things and tarpaulins have the object numbers from ``first_number`` on (``plan.objects``).
    """
    frames = [fence_frame(fence) for fence in (works.fence, works.yard_fence)]
    shape = merged([things_shape(works.things, first_number), _trays(works), *_sheets(works, first_number), *frames])
    dirt = new_image("Solar Site dirt", detail_pixels()[::4, ::4])
    return [_object(shape, Category(int(semantic)), dirt) for semantic in np.unique(shape.finish[:, 6])]


def build_wires(works: Works, camera: Camera, parts: Iterable[bpy.types.Object]) -> list[bpy.types.Object]:
    """One object that holds the wires of all fences, as thick as ``camera`` needs them; none where there are none.

    They have the material of the posts and rails among ``parts``.
    """
    shape = merged([fence_wires(fence, camera) for fence in (works.fence, works.yard_fence)])
    if len(shape.faces) == 0:
        return []
    name = f"Solar Site {NAMES[Category.FENCE]}"
    frame = next(part for part in parts if part.name.startswith(name))
    return [_mesh(f"{name} wires", shape, frame.active_material)]


def things_shape(things: Things, first_number: int) -> Shape:
    """All things in their places with their object numbers; those that are alike to the last number are made once."""
    known: dict[bytes, list[int]] = {}
    for number in range(len(things)):
        parts = (things.kind, things.size, things.depth, things.look)
        known.setdefault(b"".join(part[number].tobytes() for part in parts), []).append(number)
    shapes = []
    for numbers in known.values():
        first = numbers[0]
        make = SHAPES[WorkKind(int(things.kind[first]))]
        shape = make(things.size[first], float(things.depth[first]), things.look[first])
        standing = placed(shape, things.base[numbers], things.axes[numbers])
        shapes.append(numbered(standing, first_number + np.repeat(numbers, len(shape.faces))))
    return merged(shapes)


def _trays(works: Works) -> Shape:
    start, end = works.trays[:, 0], works.trays[:, 1]
    return bars(start, end, *TRAY_M, plant_shapes.GALVANISED)


def _sheets(works: Works, first_number: int) -> list[Shape]:
    shapes = []
    numbers = first_number + len(works.things) + np.arange(len(works.sheets))
    for number, points, look in zip(numbers, works.sheets, works.sheet_look, strict=True):
        colour = TARPAULINS[min(int(look[0] * len(TARPAULINS)), len(TARPAULINS) - 1)]
        finish = Finish(colour, 0.3 + 0.3 * look[1], 0.0, 0.3 + 0.6 * look[2])
        index = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
        a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
        faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
        sheet = Shape(points.reshape(-1, 3), faces, np.tile(finish.row, (len(faces), 1)))
        shapes.append(numbered(sheet, number))
    return shapes


def _object(shape: Shape, semantic: Category, dirt: bpy.types.Image) -> bpy.types.Object:
    """The faces of one class, with the vertices that they use."""
    chosen = shape.finish[:, 6] == float(semantic)
    used, faces = np.unique(shape.faces[chosen], return_inverse=True)
    name = f"Solar Site {NAMES[semantic]}"
    part = Shape(shape.vertices[used], faces.reshape(-1, 3), shape.finish[chosen])
    return _mesh(name, part, _material(name, semantic, dirt))


def _mesh(name: str, shape: Shape, material: bpy.types.Material) -> bpy.types.Object:
    """An object with the paint of its faces as attributes."""
    finish = shape.finish
    return mesh_object(
        name,
        shape.vertices,
        shape.faces,
        material,
        face_values={
            COLOUR: finish[:, :3],
            ROUGHNESS: finish[:, 3],
            METALLIC: finish[:, 4],
            WEAR: finish[:, 5],
            OBJECT: finish[:, 7],
        },
    )


def _material(name: str, semantic: Category, dirt: bpy.types.Image) -> bpy.types.Material:
    """Paint as the faces say, with dust in patches and, as the pattern does not change with height, in streaks."""
    material, graph = new_material(name, semantic)
    graph.annotate(OBJECT, graph.attribute(OBJECT))
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
    return material


def _shaded(graph: ShaderGraph, noise: bpy.types.NodeSocket, wear: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """The face's colour, darker in places where it is worn."""
    paint = graph.attribute_colour(COLOUR)
    dark = graph.mix(0.45, paint, (0.02, 0.018, 0.016, 1.0))
    return graph.mix(graph.math("MULTIPLY", graph.smoothstep(noise, 0.45, 0.9), wear), paint, dark)
