# SPDX-License-Identifier: GPL-3.0-or-later
"""Sun and sky: a sun lamp and a world that shows the plan's radiance map."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Vector

from ..plan.sky import SkyLight
from ..versions import enable_nodes
from .nodes import ShaderGraph
from .ownership import own

SUN_DIAMETER_DEG = 0.53


def build_sun(sky: SkyLight) -> bpy.types.Object:
    """A sun lamp with the irradiance and direction of the plan's sun."""
    lamp = own(bpy.data.lights.new("Solar Site sun", "SUN"))
    strongest = float(sky.sun_irradiance.max())
    lamp.energy = strongest
    lamp.color = (sky.sun_irradiance / strongest).tolist() if strongest > 0 else (1.0, 1.0, 1.0)
    lamp.angle = float(np.radians(SUN_DIAMETER_DEG))
    sun = own(bpy.data.objects.new("Solar Site sun", lamp))
    sun.rotation_euler = Vector(sky.sun_direction.tolist()).to_track_quat("Z", "Y").to_euler()
    return sun


def build_world(sky: SkyLight) -> bpy.types.World:
    """A world that shines as the sky does."""
    height, width, _ = sky.radiance.shape
    image = own(bpy.data.images.new("Solar Site sky", width, height, float_buffer=True))
    image.colorspace_settings.name = "Non-Color"
    pixels = np.ones((height, width, 4), dtype=np.float32)
    pixels[..., :3] = sky.radiance[::-1]  # Blender's first row is the lowest
    image.pixels.foreach_set(pixels.ravel())
    image.update()
    image.pack()
    world = own(bpy.data.worlds.new("Solar Site world"))
    graph = ShaderGraph(enable_nodes(world))
    texture = graph.node("ShaderNodeTexEnvironment", {"image": image})
    background = graph.node("ShaderNodeBackground", Color=texture.outputs["Color"])
    graph.node("ShaderNodeOutputWorld", Surface=background.outputs[0])
    return world
