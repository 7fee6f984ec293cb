# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground: the terrain's mesh, with the material that shows its look from any camera."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import bpy
import numpy as np

from ..domain.array_types import Floats, Singles
from ..domain.categories import Category
from ..geometry.meshes import Connected, connected, joined, paired
from ..geometry.textures import NEARBY_M, detail_pixels, nearby_pixels
from ..plan.ground.ground_cover import Ground
from ..plan.ground.ground_images import NO_IMAGES, GroundImages
from ..plan.roads.roads import Roads
from ..plan.terrain.orthophoto import Orthophoto
from ..plan.terrain.terrain import Terrain
from .fields import field_attributes
from .ground_images import load_textures
from .ground_look import BUMP_M, GRAVELS, SOILS, TILES_M, TURNS_RAD, GroundLook, GroundShading, Nearby, Noises
from .ground_paint import TRIANGLE, PaintedMesh, painted_mesh
from .images import new_image, patches_image
from .meshes import mesh_object
from .nodes import SEMANTIC_AOV, ShaderGraph, new_material
from .orthophoto import DRAPED, draped_share, load_orthophoto
from .roads import EDGE, far_strip, ground_attributes, road_look

Socket: TypeAlias = bpy.types.NodeSocket

LIGHT_STEP = 4
"""A ground with fewer lines takes every fourth point of the road to the horizon."""


class BuiltGround(NamedTuple):
    """The ground in Blender, and what it takes to paint it for one camera."""

    surface: bpy.types.Object
    mesh: PaintedMesh


def build_ground(
    terrain: Terrain,
    ground: Ground,
    roads: Roads,
    soil: str,
    gravel: str,
    images: GroundImages = NO_IMAGES,
    orthophoto: Orthophoto | None = None,
    *,
    most_lines: int | None = None,
) -> BuiltGround:
    """Return the terrain and its roads out to the horizon, in one object.

    ``soil`` and ``gravel`` are names in SOILS and GRAVELS. ``most_lines`` limits the rows and columns of vertices
    and saves space where it can (see ``Paired``); such a ground cannot be painted for a camera. Raise SettingsError if
    an image cannot be read.
    """
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
    if orthophoto is not None:
        cover[DRAPED] = draped_share(orthophoto, terrain, ground, cover[EDGE])
    strip = far_strip(roads, terrain, 1 if most_lines is None else LIGHT_STEP)
    if most_lines is not None:
        terrain, rows, columns = terrain.thinned(most_lines)
        cover = {name: values[np.ix_(rows, columns)] for name, values in cover.items()}
    vertices, triangles = terrain.mesh()
    land, far = Connected(triangles, *terrain.edges()), connected(strip.triangles)
    beside = terrain.nearest(*strip.vertices[:, :2].T)
    look = GroundLook(
        SOILS[soil],
        GRAVELS[gravel],
        road_look(roads.surface, roads.growth, SOILS[soil]),
        ground.fields.any,
        load_textures(images),
        load_orthophoto(orthophoto),
    )
    places, faces = np.concatenate([vertices, strip.vertices]), joined(land, len(vertices), far)
    values = {  # attributes that the strip lacks equal those of the terrain beside it
        name: _with_strip(values, strip.values.get(name, values[beside])) for name, values in cover.items()
    }
    surface = mesh_object(
        "Solar Site terrain",
        places,
        faces if most_lines is None else paired(faces.faces),
        _ground_material(look, coarse=most_lines is not None),
        face_values={TRIANGLE: np.arange(1.0, len(faces.faces) + 1)} if most_lines is None else None,
        vertex_values=values,
        smooth=True,
    )
    normals = np.empty((len(places), 3), dtype=np.float32)
    surface.data.vertex_normals.foreach_get("vector", normals.ravel())
    return BuiltGround(surface, painted_mesh(places, faces.faces.astype(np.int32), normals, values, look))


def _with_strip(values: Floats, of_strip: Floats) -> Singles:
    """Return the values of all vertices from those (Y, X, ...) of the terrain and those (S, ...) of the strip."""
    return np.concatenate([values.reshape(-1, *values.shape[2:]), of_strip], dtype=np.float32)


def _ground_material(look: GroundLook, *, coarse: bool) -> bpy.types.Material:
    """Return the material of the ground; if ``coarse``, its detail texture is the small one of other materials."""
    material, graph = new_material("Solar Site ground", Category.TERRAIN)
    image = patches_image() if coarse else new_image("Solar Site ground detail", detail_pixels())
    place = graph.node("ShaderNodeTexCoord").outputs["Object"]
    grain, fine, coarser = (
        _detail(graph, image, place, tile, turn) for tile, turn in zip(TILES_M, TURNS_RAD, strict=True)
    )
    nearby = None
    if not coarse:
        pixels = new_image("Solar Site gravel and grass", nearby_pixels())
        nearby = Nearby(*_detail(graph, pixels, place, NEARBY_M, 0.0)[:2])
    shading = GroundShading(graph, Noises(grain, fine, coarser, nearby), look)
    graph.annotate(SEMANTIC_AOV, graph.blend(shading.carriageway, float(Category.TERRAIN), float(Category.ROAD)))
    graph.annotate(TRIANGLE, graph.attribute(TRIANGLE))
    # Steeper bumps would shade each other and halve the brightness of the ground.
    bump = graph.node("ShaderNodeBump", Height=shading.relief(), Strength=1.0, Distance=BUMP_M)
    graph.surface(ground_surface(graph, shading.colour(), bump.outputs["Normal"], shading.roughness()))
    return material


def ground_surface(graph: ShaderGraph, colour: Socket, normal: Socket, roughness: Socket | float) -> Socket:
    """Return the surface of the ground, which is almost matte."""
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=colour, Roughness=roughness, Normal=normal)
    graph.feed(shader.inputs["Specular IOR Level"], 0.15)
    return shader.outputs[0]


def _detail(graph: ShaderGraph, image: bpy.types.Image, place: Socket, tile_m: float, turned: float) -> list[Socket]:
    """Return four noises with wavelengths from a thousandth to a sixth of ``tile_m``."""
    mapping = graph.node("ShaderNodeMapping", Vector=place, Scale=[1 / tile_m] * 3, Rotation=(0.0, 0.0, turned))
    texture = graph.node("ShaderNodeTexImage", {"image": image}, Vector=mapping.outputs[0])
    channels = graph.node("ShaderNodeSeparateColor", Color=texture.outputs["Color"])
    return [*channels.outputs, texture.outputs["Alpha"]]
