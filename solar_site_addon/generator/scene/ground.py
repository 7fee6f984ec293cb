# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground: the terrain's mesh under grass, soil and rock.

The plan says for each vertex what covers it; the material adds what is smaller than the mesh.
"""

from __future__ import annotations

from typing import TypeAlias

import bpy
import numpy as np

from ..plan.roads import Roads
from ..plan.site_plan import Ground
from ..plan.terrain import Terrain
from ..sample.classes import SemanticClass
from .meshes import mesh_object
from .nodes import SEMANTIC_AOV, ShaderGraph, new_material
from .roads import RoadNodes, far_strip, ground_attributes
from .textures import detail_pixels, new_image

Socket: TypeAlias = bpy.types.NodeSocket
Colour: TypeAlias = tuple[float, float, float, float]

FINE_TILE_M, COARSE_TILE_M = 6.7, 83.0
"""Sizes of the detail texture on the ground: together they hold waves from 1 cm to 14 m."""
SOILS: dict[str, tuple[Colour, Colour]] = {
    "brown": ((0.115, 0.075, 0.045, 1.0), (0.31, 0.23, 0.15, 1.0)),
    "yellow": ((0.150, 0.100, 0.050, 1.0), (0.40, 0.30, 0.175, 1.0)),
    "red": ((0.120, 0.050, 0.027, 1.0), (0.32, 0.165, 0.095, 1.0)),
    "grey": ((0.105, 0.098, 0.088, 1.0), (0.32, 0.30, 0.27, 1.0)),
    "sand": ((0.235, 0.170, 0.105, 1.0), (0.50, 0.40, 0.28, 1.0)),
}
"""Dark and light tone of each kind of soil, linear."""
SNOW: tuple[Colour, Colour] = ((0.58, 0.61, 0.67, 1.0), (0.78, 0.79, 0.81, 1.0))
FRESH_GRASS: tuple[Colour, Colour] = ((0.018, 0.034, 0.009, 1.0), (0.088, 0.125, 0.034, 1.0))
DRY_GRASS: tuple[Colour, Colour] = ((0.095, 0.077, 0.035, 1.0), (0.29, 0.235, 0.12, 1.0))
ROCK: tuple[Colour, Colour] = ((0.10, 0.095, 0.09, 1.0), (0.38, 0.36, 0.33, 1.0))


def build_ground(terrain: Terrain, ground: Ground, roads: Roads, soil: str) -> bpy.types.Object:
    """One object that holds the terrain and its roads from below the drone to the horizon."""
    vertices, triangles = terrain.mesh()
    cover = {
        "grass": ground.grass,
        "dry": ground.dry,
        "rock": ground.rock,
        "snow": ground.snow,
        **ground_attributes(roads, terrain),
    }
    strip = far_strip(roads, terrain)
    bare = np.zeros(len(strip.vertices))
    return mesh_object(
        "Solar Site terrain",
        np.concatenate([vertices, strip.vertices]),
        np.concatenate([triangles, strip.triangles + len(vertices)]),
        _ground_material(soil),
        vertex_values={name: np.append(values, strip.values.get(name, bare)) for name, values in cover.items()},
        smooth=True,
    )


def _ground_material(soil: str) -> bpy.types.Material:
    material, graph = new_material("Solar Site ground", SemanticClass.TERRAIN)
    image = new_image("Solar Site ground detail", detail_pixels())
    place = graph.node("ShaderNodeTexCoord").outputs["Object"]
    fine = _detail(graph, image, place, FINE_TILE_M, turned=0.0)
    # Turned, so that the two grids of tiles never line up.
    coarse = _detail(graph, image, place, COARSE_TILE_M, turned=0.61)
    road = RoadNodes(graph, fine[1], coarse[2])
    graph.label(SEMANTIC_AOV, graph.blend(road.carriageway, float(SemanticClass.TERRAIN), float(SemanticClass.ROAD)))
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=_colour(graph, fine, coarse, road, soil), Roughness=0.95)
    graph.feed(shader.inputs["Specular IOR Level"], 0.15)
    relief = graph.math("ADD", graph.math("MULTIPLY", fine[0], 0.35), graph.math("MULTIPLY", coarse[1], 1.3))
    relief = graph.math("MULTIPLY", relief, road.relief)
    bump = graph.node("ShaderNodeBump", Height=relief, Strength=1.0, Distance=0.5)
    graph.feed(shader.inputs["Normal"], bump.outputs["Normal"])
    graph.surface(shader.outputs[0])
    return material


def _detail(graph: ShaderGraph, image: bpy.types.Image, place: Socket, tile_m: float, turned: float) -> list[Socket]:
    """Four noises of waves from a thousandth to a sixth of ``tile_m``."""
    mapping = graph.node("ShaderNodeMapping", Vector=place, Scale=[1 / tile_m] * 3, Rotation=(0.0, 0.0, turned))
    texture = graph.node("ShaderNodeTexImage", {"image": image}, Vector=mapping.outputs[0])
    channels = graph.node("ShaderNodeSeparateColor", Color=texture.outputs["Color"])
    return [*channels.outputs, texture.outputs["Alpha"]]


def _colour(graph: ShaderGraph, fine: list[Socket], coarse: list[Socket], road: RoadNodes, soil_kind: str) -> Socket:
    """Roads over snow over rock over grass over soil, each between a dark and a light tone of its own."""
    tone = _between(graph, fine[0], coarse[0])
    soil = graph.mix(_between(graph, fine[1], coarse[0]), *SOILS[soil_kind])
    dryness = _cut(graph, graph.attribute("dry"), _between(graph, fine[3], coarse[3]), softness=0.16)
    grass = graph.mix(dryness, graph.mix(tone, *FRESH_GRASS), graph.mix(tone, *DRY_GRASS))
    growth = _cut(graph, graph.attribute("grass"), _between(graph, fine[2], coarse[1]), softness=0.07)
    growth = road.worn(growth)
    rock = graph.mix(tone, *ROCK)
    bareness = _cut(graph, graph.attribute("rock"), _between(graph, fine[3], coarse[2]), softness=0.05)
    ground = graph.mix(bareness, graph.mix(growth, soil, grass), rock)
    snow = _cut(graph, graph.attribute("snow"), _between(graph, fine[0], coarse[3]), softness=0.09)
    ground = graph.mix(snow, ground, graph.mix(tone, *SNOW))
    return road.surface(tone, ground)


def _between(graph: ShaderGraph, fine: Socket, coarse: Socket) -> Socket:
    """Noise of both scales, spread over 0 to 1."""
    total = graph.math("ADD", graph.math("MULTIPLY", fine, 0.55), graph.math("MULTIPLY", coarse, 0.45))
    return graph.smoothstep(total, 0.22, 0.78)


def _cut(graph: ShaderGraph, share: Socket, noise: Socket, softness: float) -> Socket:
    """1 on about ``share`` of the ground and 0 elsewhere, in patches that follow ``noise``."""
    difference = graph.math("SUBTRACT", share, noise)
    return graph.smoothstep(difference, -softness, softness)
