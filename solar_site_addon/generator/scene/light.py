# SPDX-License-Identifier: GPL-3.0-or-later
"""Sun and sky: a sun lamp, a world that shows the plan's radiance map, and the shadows of its clouds."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Vector

from ..domain.categories import Category
from ..domain.versions import enable_nodes
from ..plan.view.atmosphere import Clouds, Sun
from ..plan.view.sky import SkyLight, cloud_transmission
from .images import new_image
from .meshes import mesh_object
from .nodes import ShaderGraph, new_material
from .ownership import own

SHADE_HEIGHT_M = 150.0
"""Of the plane that throws the clouds' shadows, above the highest ground: out of the way of all that is built."""
SHADE_HALF_M = 8000.0


def build_sun(sky: SkyLight) -> bpy.types.Object:
    """A sun lamp with the irradiance and direction of the plan's sun."""
    lamp = own(bpy.data.lights.new("Solar Site sun", "SUN"))
    strongest = float(sky.sun_irradiance.max())
    lamp.energy = strongest
    lamp.color = (sky.sun_irradiance / strongest).tolist() if strongest > 0 else (1.0, 1.0, 1.0)
    lamp.angle = float(np.radians(sky.sun_diameter_deg))
    sun = own(bpy.data.objects.new("Solar Site sun", lamp))
    sun.rotation_euler = Vector(sky.sun_direction.tolist()).to_track_quat("Z", "Y").to_euler()
    return sun


def build_world(sky: SkyLight) -> bpy.types.World:
    """A world that shines as the sky does."""
    height, width, _ = sky.radiance.shape
    pixels = np.ones((height, width, 4))
    pixels[..., :3] = sky.radiance[::-1]  # Blender's first row is the lowest
    image = new_image("Solar Site sky", pixels, floats=True)
    world = own(bpy.data.worlds.new("Solar Site world"))
    # The sky is smooth and the sun a lamp of its own: rays that bounce off the ground find it as well as rays aimed at
    # it, at a fifth less time a sample and without the seconds that its importance map takes.
    world.cycles.sampling_method = "NONE"
    graph = ShaderGraph(enable_nodes(world))
    texture = graph.node("ShaderNodeTexEnvironment", {"image": image})
    background = graph.node("ShaderNodeBackground", Color=texture.outputs["Color"])
    graph.node("ShaderNodeOutputWorld", Surface=background.outputs[0])
    return world


def build_cloud_shadows(sun: Sun, clouds: Clouds, highest_ground_m: float) -> bpy.types.Object:
    """A plane that only the rays between a surface and the sun see, and that dims them as the clouds above do."""
    pixels = np.ones((*clouds.thickness.shape, 4))
    pixels[..., :3] = cloud_transmission(clouds.thickness)[..., None]
    material, graph = new_material("Solar Site cloud shadows", Category.OTHER)
    texture = graph.node("ShaderNodeTexImage", {"image": new_image("Solar Site clouds", pixels)})
    graph.surface(graph.node("ShaderNodeBsdfTransparent", Color=texture.outputs["Color"]).outputs[0])
    height = highest_ground_m + SHADE_HEIGHT_M
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * SHADE_HALF_M
    uv = (corners + clouds.shift(sun, height) - clouds.origin) / clouds.TILE_M
    vertices = np.column_stack([corners, np.full(4, height)])
    plane = mesh_object("Solar Site cloud shadows", vertices, np.array([[0, 1, 2, 3]]), material, uv=uv[None])
    for kind in ("camera", "diffuse", "glossy", "transmission", "volume_scatter"):
        setattr(plane, f"visible_{kind}", False)
    plane.hide_viewport = True
    return plane
