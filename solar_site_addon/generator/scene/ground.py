# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground: the terrain's mesh with a material of grass, soil, gravel and rock.

The plan defines the cover of each vertex; the material adds detail smaller than the mesh. Colors and dimensions of the
detail are estimates (docs/sources.md).
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import bpy
import numpy as np

from ..domain.array_types import Floats
from ..domain.categories import Category
from ..geometry.meshes import Connected, connected, joined
from ..geometry.textures import detail_pixels
from ..plan.ground.ground_cover import Ground
from ..plan.ground.rills import SPACING_M
from ..plan.roads.roads import Roads
from ..plan.terrain.terrain import Terrain
from .fields import FieldNodes, field_attributes
from .images import new_image
from .meshes import mesh_object
from .nodes import SEMANTIC_AOV, ShaderGraph, new_material
from .roads import RoadLook, RoadNodes, far_strip, ground_attributes, road_look

Socket: TypeAlias = bpy.types.NodeSocket
Colour: TypeAlias = tuple[float, float, float, float]

GRAIN_TILE_M, FINE_TILE_M, COARSE_TILE_M = 1.3, 6.7, 83.0
"""Sizes of the detail texture on the ground: together they hold wavelengths from a few millimeters to 14 m."""
SOILS: dict[str, tuple[Colour, Colour]] = {
    "brown": ((0.115, 0.075, 0.045, 1.0), (0.31, 0.23, 0.15, 1.0)),
    "yellow": ((0.150, 0.100, 0.050, 1.0), (0.40, 0.30, 0.175, 1.0)),
    "red": ((0.120, 0.050, 0.027, 1.0), (0.32, 0.165, 0.095, 1.0)),
    "grey": ((0.105, 0.098, 0.088, 1.0), (0.32, 0.30, 0.27, 1.0)),
    "sand": ((0.235, 0.170, 0.105, 1.0), (0.50, 0.40, 0.28, 1.0)),
}
"""Dark and light tone of each soil, linear."""
# Dark and light tones that are the same on all sites.
SNOW: tuple[Colour, Colour] = ((0.58, 0.61, 0.67, 1.0), (0.78, 0.79, 0.81, 1.0))
FRESH_GRASS: tuple[Colour, Colour] = ((0.018, 0.034, 0.009, 1.0), (0.088, 0.125, 0.034, 1.0))
DRY_GRASS: tuple[Colour, Colour] = ((0.095, 0.077, 0.035, 1.0), (0.29, 0.235, 0.12, 1.0))
LAWN: tuple[Colour, Colour] = ((0.030, 0.050, 0.013, 1.0), (0.120, 0.160, 0.050, 1.0))
ROCK: tuple[Colour, Colour] = ((0.060, 0.056, 0.050, 1.0), (0.29, 0.27, 0.24, 1.0))
GRAVELS: dict[str, tuple[Colour, Colour]] = {
    "grey": ((0.180, 0.180, 0.176, 1.0), (0.620, 0.615, 0.595, 1.0)),
    "beige": ((0.200, 0.168, 0.125, 1.0), (0.640, 0.560, 0.445, 1.0)),
    "dark": ((0.045, 0.046, 0.050, 1.0), (0.260, 0.260, 0.265, 1.0)),
}
"""Dark and light tone of each gravel, linear."""
BUMP_M = 0.12
"""Height that 1 represents in the small relief."""
STRIPE_M = 2.3
"""Width of two strips of a lawn, mown in opposite directions."""
RILL_HALF_WIDTH_M = 0.24
"""Half width of the widest rills, on steep slopes."""
RILL_DEPTH = 1.2
"""Depth of rills, in the unit of the small relief."""
RILL_SHADE = 0.2
"""Darkening of the moist, shaded beds, as a share of the range from the light to the dark tone of the soil."""
TRACKS_M = (1.2, 2.9)
"""Distances of wheel tracks from the tables."""


class Tones(NamedTuple):
    """Dark and light tones that differ between sites."""

    soil: tuple[Colour, Colour]
    gravel: tuple[Colour, Colour]


class Noises(NamedTuple):
    """Samples of the detail texture at three scales, with four noises each."""

    grain: list[Socket]
    fine: list[Socket]
    coarse: list[Socket]


class Shares(NamedTuple):
    """Shares of the natural ground, 0 to 1."""

    worn: Socket
    """Share worn by wheels along the rows."""
    growth: Socket
    """Share under grass."""
    rill: Socket
    """Share in the bed of a rill that is not hidden by grass."""


def build_ground(terrain: Terrain, ground: Ground, roads: Roads, soil: str, gravel: str) -> bpy.types.Object:
    """Return one object with the terrain and its roads out to the horizon.

    ``soil`` and ``gravel`` are names in SOILS and GRAVELS.
    """
    vertices, triangles = terrain.mesh()
    cover = {
        "grass": ground.grass,
        "dry": ground.dry,
        "rock": ground.rock,
        "snow": ground.snow,
        "light": ground.light,
        "gravel": ground.gravel,
        "mown": ground.mown,
        "rills": ground.rills,
        "beside": ground.beside,
        **ground_attributes(roads, terrain),
        **(field_attributes(ground.fields, terrain) if ground.fields.any else {}),
    }
    strip = far_strip(roads, terrain)
    land, far = Connected(triangles, *terrain.edges()), connected(strip.triangles)
    beside = terrain.nearest(*strip.vertices[:, :2].T)
    look = road_look(roads.surface, roads.growth, SOILS[soil])
    return mesh_object(
        "Solar Site terrain",
        np.concatenate([vertices, strip.vertices]),
        joined(land, len(vertices), far),
        _ground_material(ground, Tones(SOILS[soil], GRAVELS[gravel]), look),
        vertex_values={  # attributes that the strip lacks equal those of the terrain beside it
            name: _with_strip(values, strip.values.get(name, values[beside])) for name, values in cover.items()
        },
        smooth=True,
    )


def _with_strip(values: Floats, of_strip: Floats) -> Floats:
    """Return the values of all vertices from those (Y, X, ...) of the terrain and those (S, ...) of the strip."""
    return np.concatenate([values.reshape(-1, *values.shape[2:]), of_strip], dtype=np.float32)


def _ground_material(ground: Ground, tones: Tones, look: RoadLook) -> bpy.types.Material:
    material, graph = new_material("Solar Site ground", Category.TERRAIN)
    image = new_image("Solar Site ground detail", detail_pixels())
    place = graph.node("ShaderNodeTexCoord").outputs["Object"]
    # Rotated, so that the tilings never line up.
    noises = Noises(
        _detail(graph, image, place, GRAIN_TILE_M, turned=0.35),
        _detail(graph, image, place, FINE_TILE_M, turned=0.0),
        _detail(graph, image, place, COARSE_TILE_M, turned=0.61),
    )
    road = RoadNodes(graph, noises.fine, noises.coarse, look)
    graph.annotate(SEMANTIC_AOV, graph.blend(road.carriageway, float(Category.TERRAIN), float(Category.ROAD)))
    field = FieldNodes(graph, noises.fine, noises.coarse) if ground.fields.any else None
    shares = _shares(graph, noises, road)
    colour = _colour(graph, noises, shares, road, field, tones)
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=colour, Roughness=0.95)
    graph.feed(shader.inputs["Specular IOR Level"], 0.15)
    # Steeper bumps would shade each other and halve the brightness of the ground.
    bump = graph.node(
        "ShaderNodeBump", Height=_relief(graph, noises, shares, road, field), Strength=1.0, Distance=BUMP_M
    )
    graph.feed(shader.inputs["Normal"], bump.outputs["Normal"])
    graph.surface(shader.outputs[0])
    return material


def _shares(graph: ShaderGraph, noises: Noises, road: RoadNodes) -> Shares:
    worn = _wheel_tracks(graph, noises.coarse[2])
    wild = covered(graph, graph.attribute("grass"), _between(graph, noises.fine[2], noises.coarse[1]), softness=0.07)
    growth = graph.math("MULTIPLY", road.worn(wild), graph.rest(worn))
    rill = graph.math("MULTIPLY", rill_bed(graph, noises), graph.rest(growth))
    return Shares(worn, growth, graph.math("MULTIPLY", rill, graph.rest(road.carriageway)))


def _relief(graph: ShaderGraph, noises: Noises, shares: Shares, road: RoadNodes, field: FieldNodes | None) -> Socket:
    """Return the height of the small relief in units of BUMP_M: stones, clods, rills and furrows, reduced on roads."""
    stony = graph.sum((noises.fine[0], 0.35), (noises.coarse[1], 1.3), (noises.grain[0], 0.09))
    relief = graph.math("MULTIPLY", stony, road.relief)
    relief = graph.sum((relief, 1.0), (shares.rill, -RILL_DEPTH))
    return graph.math("ADD", relief, field.relief) if field else relief


def _detail(graph: ShaderGraph, image: bpy.types.Image, place: Socket, tile_m: float, turned: float) -> list[Socket]:
    """Return four noises with wavelengths from a thousandth to a sixth of ``tile_m``."""
    mapping = graph.node("ShaderNodeMapping", Vector=place, Scale=[1 / tile_m] * 3, Rotation=(0.0, 0.0, turned))
    texture = graph.node("ShaderNodeTexImage", {"image": image}, Vector=mapping.outputs[0])
    channels = graph.node("ShaderNodeSeparateColor", Color=texture.outputs["Color"])
    return [*channels.outputs, texture.outputs["Alpha"]]


def _colour(
    graph: ShaderGraph, noises: Noises, shares: Shares, road: RoadNodes, field: FieldNodes | None, tones: Tones
) -> Socket:
    """Return the color: roads over snow, gravel, fields, rock, grass and soil, each between a dark and a light tone."""
    grain, fine, coarse = noises
    tone = _between(graph, fine[0], coarse[0])
    soil_tone = _soil_tone(graph, noises, shares)
    ground = graph.mix(shares.growth, graph.mix(soil_tone, *tones.soil), _grass(graph, noises, tone))
    bareness = covered(graph, graph.attribute("rock"), _between(graph, fine[3], coarse[2]), softness=0.05)
    ground = graph.mix(bareness, ground, graph.mix(tone, *ROCK))
    if field:
        tilled = graph.mix(field.tilled(soil_tone), *tones.soil)
        ground = field.surface(tone, ground, tilled)
    spread = covered(graph, graph.attribute("gravel"), _between(graph, fine[3], coarse[1]), softness=0.09)
    stones = graph.smoothstep(graph.sum((grain[1], 0.75), (fine[1], 0.25), (graph.attribute("light"), 0.35)), 0.35, 1.0)
    ground = graph.mix(spread, ground, graph.mix(stones, *tones.gravel))
    snow = covered(graph, graph.attribute("snow"), _between(graph, fine[0], coarse[3]), softness=0.09)
    ground = graph.mix(snow, ground, graph.mix(tone, *SNOW))
    return road.surface(tone, ground)


def _soil_tone(graph: ShaderGraph, noises: Noises, shares: Shares) -> Socket:
    """Return 0 (dark) to 1 (light): patches of moisture, clods and small stones; packed and pale in wheel tracks."""
    small = _between(graph, noises.fine[1], noises.coarse[0])
    light = graph.attribute("light")
    tone = graph.sum((small, 0.5), (light, 0.9), (noises.grain[2], 0.5), (shares.worn, 0.12), plus=-0.45)
    return graph.sum((graph.smoothstep(tone, -0.05, 1.05), 1.0), (shares.rill, -RILL_SHADE))


def _grass(graph: ShaderGraph, noises: Noises, tone: Socket) -> Socket:
    """Return the color of wild grass, fresh or dry in patches; lawns are paler, more even and striped."""
    dryness = covered(graph, graph.attribute("dry"), _between(graph, noises.fine[3], noises.coarse[3]), softness=0.16)
    wild = graph.mix(tone, *FRESH_GRASS)
    stripe = graph.math("SINE", graph.math("MULTIPLY", graph.attribute("beside"), 2 * math.pi / STRIPE_M))
    stripe = graph.smoothstep(stripe, -0.5, 0.5)
    even = graph.sum((tone, 0.4), (noises.grain[1], 0.25), (stripe, 0.34), plus=-0.1)
    fresh = graph.mix(graph.attribute("mown"), wild, graph.mix(even, *LAWN))
    return graph.mix(dryness, fresh, graph.mix(tone, *DRY_GRASS))


def rill_bed(graph: ShaderGraph, noises: Noises) -> Socket:
    """Return 1 in the bed of an erosion rill, 0 beside it; its width is the planned one, its edges are ragged."""
    across, along, width = graph.node("ShaderNodeSeparateColor", Color=graph.attribute_colour("rills")).outputs
    turn = graph.math("ABSOLUTE", graph.math("ARCTAN2", along, across))
    away = graph.sum((turn, SPACING_M / (2 * math.pi)), (noises.fine[2], 0.5), (noises.coarse[0], 0.3), plus=-0.4)
    beyond = graph.sum((away, 1.0), (width, -RILL_HALF_WIDTH_M))
    bed = graph.rest(graph.smoothstep(beyond, 0.0, 0.15))
    return graph.math("MULTIPLY", bed, graph.smoothstep(width, 0.05, 0.2))


def _wheel_tracks(graph: ShaderGraph, noise: Socket) -> Socket:
    """Return 1 on wheel tracks along the rows, which cover part of their length; 0 elsewhere."""
    beside = graph.attribute("beside")
    first, second = (graph.math("ABSOLUTE", graph.math("SUBTRACT", beside, away)) for away in TRACKS_M)
    off = graph.math("MINIMUM", first, second)
    rolled = graph.rest(graph.smoothstep(off, 0.1, 0.34))
    return graph.math("MULTIPLY", rolled, graph.smoothstep(noise, 0.42, 0.62))


def _between(graph: ShaderGraph, fine: Socket, coarse: Socket) -> Socket:
    """Return noise of both scales, stretched to 0 to 1: their mean lies between about 0.22 and 0.78."""
    return graph.smoothstep(graph.sum((fine, 0.55), (coarse, 0.45)), 0.22, 0.78)


def covered(graph: ShaderGraph, share: Socket, noise: Socket, softness: float) -> Socket:
    """Return 1 on about ``share`` of the ground and 0 elsewhere, in patches that follow ``noise`` from 0 to 1.

    A share of 0 covers nothing, even where the noise is 0, and a share of 1 covers everything.
    """
    difference = graph.sum((share, 1.0 + 2.0 * softness), (noise, -1.0), plus=-softness)
    return graph.smoothstep(difference, -softness, softness)
