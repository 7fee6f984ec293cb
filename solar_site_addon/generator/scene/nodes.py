# SPDX-License-Identifier: GPL-3.0-or-later
"""Shorthand for building shader nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import bpy
import numpy as np

from ..domain.categories import Category
from ..domain.versions import enable_nodes
from .images import new_image
from .ownership import own
from .shading import Shading

if TYPE_CHECKING:
    from .texture_look import TextureImage

Socket: TypeAlias = bpy.types.NodeSocket

OBJECT = "object"
"""Name of the annotation pass, and of the face attribute, with the site-wide number of the object (``plan.objects``), 0
for none."""
SEMANTIC_AOV = "semantic"
NORMAL_AOV = "normal"
MARKED_AOV = "marked"
"""Name of the annotation pass with the opacity of the mark on a module's glass (``plan.array.conditions``)."""


class ShaderGraph(Shading):
    """The nodes of one material. Inputs may be plain values, which are set, or sockets, which are linked."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree
        self._images: dict[TextureImage, bpy.types.Image] = {}

    def node(self, kind: str, properties: dict[str, Any] | None = None, **inputs: Any) -> bpy.types.Node:
        """Add a node of type ``kind``; ``inputs`` are named after its sockets, with _ for spaces."""
        node = self.tree.nodes.new(kind)
        for name, value in (properties or {}).items():
            setattr(node, name, value)
        for name, value in inputs.items():
            self.feed(node.inputs[name.replace("_", " ")], value)
        return node

    def feed(self, socket: bpy.types.NodeSocket, value: Any) -> None:
        """Link ``value`` to ``socket`` if it is a socket; otherwise set it as the socket's value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def math(self, operation: str, *values: Any) -> bpy.types.NodeSocket:
        """Return the result of one arithmetic operation."""
        node = self.node("ShaderNodeMath", {"operation": operation})
        for socket, value in zip(node.inputs, values, strict=False):
            self.feed(socket, value)
        return node.outputs[0]

    def mix(self, factor: Any, first: Any, second: Any, kind: str = "MIX") -> bpy.types.NodeSocket:
        """Return a color between ``first`` (factor 0) and ``second`` (factor 1), or blended with the mode ``kind``."""
        node = self.node("ShaderNodeMix", {"data_type": "RGBA", "blend_type": kind})
        # The node repeats its socket names for each data type: 6 and 7 are the colors, 2 is the result.
        for number, value in ((0, factor), (6, first), (7, second)):
            self.feed(node.inputs[number], value)
        return node.outputs[2]

    def product(self, first: Any, second: Any) -> bpy.types.NodeSocket:
        """Return the product of two colors."""
        return self.mix(1.0, first, second, "MULTIPLY")

    def mix_shaders(self, share: Any, first: bpy.types.NodeSocket, second: Any) -> bpy.types.NodeSocket:
        """Return a surface that is ``second`` in ``share`` of it and ``first`` in the rest."""
        node = self.node("ShaderNodeMixShader", Fac=share)
        # Both sockets are named Shader.
        self.feed(node.inputs[1], first)
        self.feed(node.inputs[2], second)
        return node.outputs[0]

    def for_camera(self, seen: bpy.types.NodeSocket, unseen: Any) -> bpy.types.NodeSocket:
        """Return a surface that is ``seen`` by the camera; only light on its way to another surface meets ``unseen``.

        Cycles skips the side whose share is 0, so a simple ``unseen`` saves time.
        """
        return self.mix_shaders(self.node("ShaderNodeLightPath").outputs["Is Camera Ray"], unseen, seen)

    def blend(self, factor: Any, first: Any, second: Any) -> bpy.types.NodeSocket:
        """Return a number between ``first`` (factor 0) and ``second`` (factor 1)."""
        node = self.node("ShaderNodeMix", {"data_type": "FLOAT"})
        for number, value in ((0, factor), (2, first), (3, second)):
            self.feed(node.inputs[number], value)
        return node.outputs[0]

    def smoothstep(self, value: Any, low: float, high: float) -> bpy.types.NodeSocket:
        """Return 0 below ``low``, 1 above ``high`` and a smooth transition in between."""
        node = self.node(
            "ShaderNodeMapRange", {"interpolation_type": "SMOOTHSTEP"}, Value=value, From_Min=low, From_Max=high
        )
        return node.outputs["Result"]

    def attribute(self, name: str) -> bpy.types.NodeSocket:
        """Return the value of a float attribute of the mesh."""
        return self.node("ShaderNodeAttribute", {"attribute_name": name}).outputs["Fac"]

    def attribute_colour(self, name: str) -> bpy.types.NodeSocket:
        """Return the value of a color attribute of the mesh."""
        return self.node("ShaderNodeAttribute", {"attribute_name": name}).outputs["Color"]

    def position(self) -> tuple[bpy.types.NodeSocket, bpy.types.NodeSocket]:
        """Return x and y of the place on the ground, m."""
        place = self.node("ShaderNodeTexCoord").outputs["Object"]
        x, y, _ = self.node("ShaderNodeSeparateXYZ", Vector=place).outputs
        return x, y

    def texel(self, image: TextureImage, u: Any, v: Any, _wanted: Any, /) -> Sequence[Any]:
        """Return the four channels of a repeated image."""
        if image not in self._images:
            self._images[image] = new_image(f"Solar Site {image.name}", image.levels[0] / np.float32(255.0))
        place = self.node("ShaderNodeCombineXYZ", X=u, Y=v).outputs[0]
        properties = {"image": self._images[image], "interpolation": "Closest" if image.closest else "Linear"}
        texture = self.node("ShaderNodeTexImage", properties, Vector=place)
        return (*self.channels(texture.outputs["Color"]), texture.outputs["Alpha"])

    def colour(self, red: Any, green: Any, blue: Any) -> bpy.types.NodeSocket:
        """Return the color with these channels."""
        return self.node("ShaderNodeCombineColor", Red=red, Green=green, Blue=blue).outputs[0]

    def channels(self, colour: Any) -> tuple[Any, Any, Any]:
        """Return red, green and blue of a color."""
        red, green, blue = self.node("ShaderNodeSeparateColor", Color=colour).outputs
        return red, green, blue

    def instance_colour(self, name: str) -> bpy.types.NodeSocket:
        """Return a color that each instance defines."""
        return self._instance_attribute(name).outputs["Color"]

    def instance_value(self, name: str) -> bpy.types.NodeSocket:
        """Return the fourth component of a color that each instance defines."""
        return self._instance_attribute(name).outputs["Alpha"]

    def _instance_attribute(self, name: str) -> bpy.types.Node:
        return self.node("ShaderNodeAttribute", {"attribute_name": name, "attribute_type": "INSTANCER"})

    def annotate(self, aov: str, value: Any) -> None:
        """Write ``value`` into the annotation pass ``aov`` wherever this material is visible; the last call wins."""
        for node in self.tree.nodes:
            if node.bl_idname == "ShaderNodeOutputAOV" and node.aov_name == aov:
                self.feed(node.inputs["Value"], value)
                return
        self.node("ShaderNodeOutputAOV", {"aov_name": aov}, Value=value)

    def annotate_normal(self) -> None:
        """Write the surface normal into its annotation pass, without bumps that only affect shading."""
        normal = self.node("ShaderNodeNewGeometry").outputs["Normal"]
        self.node("ShaderNodeOutputAOV", {"aov_name": NORMAL_AOV}, Color=normal)

    def surface(self, shader: bpy.types.NodeSocket) -> None:
        """Make ``shader`` the material's surface."""
        self.node("ShaderNodeOutputMaterial", Surface=shader)


def new_material(name: str, category: Category) -> tuple[bpy.types.Material, ShaderGraph]:
    """Return an owned material and its graph, which so far holds only the annotations category and normal."""
    material = own(bpy.data.materials.new(name))
    graph = ShaderGraph(enable_nodes(material))
    graph.annotate(SEMANTIC_AOV, float(category))
    graph.annotate_normal()
    return material, graph
