# SPDX-License-Identifier: GPL-3.0-or-later
"""Sun and sky: a sun lamp, a world with the plan's radiance map, and the shadows of its clouds."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Vector

from ..domain.categories import Category
from ..domain.versions import enable_nodes
from ..plan.atmosphere import Clouds, Sun
from ..plan.view.sky import SkyLight, cloud_transmission
from .images import new_image
from .meshes import mesh_object
from .nodes import ShaderGraph, new_material
from .ownership import own

SHADE_HEIGHT_M = 150.0
"""Height of the plane that casts cloud shadows above the highest ground, clear of everything built."""
SHADE_HALF_M = 8000.0


def build_sun(sky: SkyLight) -> bpy.types.Object:
    """Return a sun lamp with the irradiance and direction of the plan's sun."""
    lamp = own(bpy.data.lights.new("Solar Site sun", "SUN"))
    strongest = float(sky.sun_irradiance.max())
    lamp.energy = strongest
    lamp.color = (sky.sun_irradiance / strongest).tolist() if strongest > 0 else (1.0, 1.0, 1.0)
    lamp.angle = float(np.radians(sky.sun_diameter_deg))
    sun = own(bpy.data.objects.new("Solar Site sun", lamp))
    sun.rotation_euler = Vector(sky.sun_direction.tolist()).to_track_quat("Z", "Y").to_euler()
    return sun


def build_world(sky: SkyLight, *, step: int = 1) -> bpy.types.World:
    """Return a world with the radiance of the sky, whose image has every ``step``-th row and column, as means."""
    height, width, _ = (side // step for side in sky.radiance.shape)
    pixels = np.ones((height, width, 4))
    radiance = sky.radiance.reshape(height, step, width, step, 3).mean(axis=(1, 3)) if step > 1 else sky.radiance
    pixels[..., :3] = radiance[::-1]  # Blender's first row is the bottom one
    image = new_image("Solar Site sky", pixels, floats=True)
    world = own(bpy.data.worlds.new("Solar Site world"))
    # The sky is smooth and the sun is a separate lamp, so rays that bounce off the ground sample the sky as well as
    # rays aimed at it. This saves a fifth of the time per sample and the seconds that an importance map takes.
    world.cycles.sampling_method = "NONE"
    graph = ShaderGraph(enable_nodes(world))
    texture = graph.node("ShaderNodeTexEnvironment", {"image": image})
    background = graph.node("ShaderNodeBackground", Color=texture.outputs["Color"])
    graph.node("ShaderNodeOutputWorld", Surface=background.outputs[0])
    return world


def build_cloud_shadows(sun: Sun, clouds: Clouds, highest_ground_m: float) -> bpy.types.Object:
    """Return a plane visible only to rays between a surface and the sun, which dims them like the clouds above."""
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
