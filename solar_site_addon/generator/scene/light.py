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
from .textures import new_image

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
