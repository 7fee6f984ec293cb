# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground: the terrain's mesh, grown over with grass where it is not too steep, soil and rock elsewhere."""

from __future__ import annotations

import bpy

from ..plan.site_plan import Ground
from ..plan.terrain import Terrain
from ..sample.classes import SemanticClass
from .meshes import mesh_object
from .nodes import ShaderGraph, new_material

Socket = bpy.types.NodeSocket


def build_ground(terrain: Terrain, ground: Ground) -> bpy.types.Object:
    """One object that holds the terrain from below the drone to the horizon."""
    vertices, triangles = terrain.mesh()
    return mesh_object("Solar Site terrain", vertices, triangles, _ground_material(ground), smooth=True)


def _ground_material(ground: Ground) -> bpy.types.Material:
    material, graph = new_material("Solar Site ground", SemanticClass.TERRAIN)
    place = graph.node("ShaderNodeTexCoord").outputs["Object"]
    geometry = graph.node("ShaderNodeNewGeometry")
    steepness = graph.math("SUBTRACT", 1.0, graph.node("ShaderNodeSeparateXYZ", Vector=geometry.outputs["Normal"]).outputs["Z"])
    colour = _ground_colour(graph, place, steepness, ground.greenness)
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=colour, Roughness=0.95)
    graph.feed(shader.inputs["Specular IOR Level"], 0.15)
    graph.feed(shader.inputs["Normal"], _relief(graph, place))
    graph.surface(shader.outputs[0])
    return material


def _ground_colour(graph: ShaderGraph, place: Socket, steepness: Socket, greenness: float) -> Socket:
    """Soil with stones, under grass that is fresh or dry from place to place; bare rock where it is steep."""
    soil = graph.mix(graph.noise(place, 0.9, 6.0, 0.65), (0.115, 0.075, 0.045, 1.0), (0.30, 0.225, 0.15, 1.0))
    soil = graph.mix(graph.smoothstep(graph.noise(place, 7.0, 3.0), 0.60, 0.68), soil, (0.34, 0.31, 0.27, 1.0))
    fresh = graph.mix(graph.noise(place, 4.0, 6.0, 0.75), (0.022, 0.042, 0.010, 1.0), (0.085, 0.125, 0.032, 1.0))
    dry = graph.mix(graph.noise(place, 5.0, 6.0, 0.75), (0.105, 0.085, 0.038, 1.0), (0.27, 0.225, 0.115, 1.0))
    grass = graph.mix(graph.smoothstep(graph.noise(place, 0.045, 5.0, 0.6), 0.40, 0.62), fresh, dry)
    # Patches of three sizes: fields of growth, tufts, single plants.
    cover = graph.math(
        "ADD",
        graph.math("MULTIPLY", graph.noise(place, 0.05, 4.0, 0.6), 0.55),
        graph.math("MULTIPLY", graph.noise(place, 1.1, 8.0, 0.72), 0.45),
    )
    bare_below = 0.68 - 0.36 * greenness
    covered = graph.mix(graph.smoothstep(cover, bare_below - 0.035, bare_below + 0.035), soil, grass)
    rock = graph.mix(graph.noise(place, 0.6, 8.0, 0.7), (0.10, 0.095, 0.09, 1.0), (0.36, 0.34, 0.31, 1.0))
    rugged = graph.math("ADD", steepness, graph.math("MULTIPLY", graph.math("SUBTRACT", graph.noise(place, 0.3, 6.0), 0.5), 0.22))
    return graph.mix(graph.smoothstep(rugged, 0.17, 0.23), covered, rock)


def _relief(graph: ShaderGraph, place: Socket) -> Socket:
    """Normal of the small relief (tufts, clods, stones) that the mesh is too coarse for."""
    height = graph.math(
        "ADD",
        graph.math("MULTIPLY", graph.noise(place, 1.6, 8.0, 0.7), 0.55),
        graph.math("MULTIPLY", graph.noise(place, 9.0, 4.0, 0.7), 0.12),
    )
    return graph.node("ShaderNodeBump", Height=height, Strength=1.0, Distance=0.45).outputs["Normal"]
