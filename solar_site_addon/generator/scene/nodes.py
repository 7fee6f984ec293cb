# SPDX-License-Identifier: GPL-3.0-or-later
"""Short ways to write shader nodes."""

from __future__ import annotations

from typing import Any

import bpy

from ..domain.categories import Category
from ..domain.versions import enable_nodes
from .ownership import own

OBJECT = "object"
"""Pass, and attribute of faces, that holds the site's number of the object (``plan.objects``), 0 for none."""
SEMANTIC_AOV = "semantic"
NORMAL_AOV = "normal"


class ShaderGraph:
    """The nodes of one material. Sockets are inputs; a plain value is set, a socket is linked."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree

    def node(self, kind: str, properties: dict[str, Any] | None = None, **inputs: Any) -> bpy.types.Node:
        """A node of type ``kind``; ``inputs`` by the names of its sockets, with _ for blanks."""
        node = self.tree.nodes.new(kind)
        for name, value in (properties or {}).items():
            setattr(node, name, value)
        for name, value in inputs.items():
            self.feed(node.inputs[name.replace("_", " ")], value)
        return node

    def feed(self, socket: bpy.types.NodeSocket, value: Any) -> None:
        """Link ``value`` to ``socket`` if it is a socket, else set it as the socket's value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def math(self, operation: str, *values: Any) -> bpy.types.NodeSocket:
        """Result of one arithmetic operation."""
        node = self.node("ShaderNodeMath", {"operation": operation})
        for socket, value in zip(node.inputs, values, strict=False):
            self.feed(socket, value)
        return node.outputs[0]

    def sum(self, *terms: tuple[Any, float], plus: float = 0.0) -> bpy.types.NodeSocket:
        """Sum of ``terms``, each a value and its weight, and of ``plus``."""
        total: Any = plus
        for value, weight in terms:
            total = self.math("MULTIPLY_ADD", value, weight, total)
        return total

    def rest(self, share: Any) -> bpy.types.NodeSocket:
        """What ``share`` leaves of 1."""
        return self.math("SUBTRACT", 1.0, share)

    def mix(self, factor: Any, first: Any, second: Any, kind: str = "MIX") -> bpy.types.NodeSocket:
        """Colour between ``first`` (factor 0) and ``second`` (factor 1), or first blended with second as ``kind``."""
        node = self.node("ShaderNodeMix", {"data_type": "RGBA", "blend_type": kind})
        # The node has sockets of the same names for each data type: 6 and 7 are the colours, 2 is the result.
        for number, value in ((0, factor), (6, first), (7, second)):
            self.feed(node.inputs[number], value)
        return node.outputs[2]

    def product(self, first: Any, second: Any) -> bpy.types.NodeSocket:
        """Product of two colours."""
        return self.mix(1.0, first, second, "MULTIPLY")

    def mix_shaders(self, share: Any, first: bpy.types.NodeSocket, second: Any) -> bpy.types.NodeSocket:
        """Surface of which ``share`` is as ``second``, the rest as ``first``."""
        node = self.node("ShaderNodeMixShader", Fac=share)
        # Both sockets are named Shader.
        self.feed(node.inputs[1], first)
        self.feed(node.inputs[2], second)
        return node.outputs[0]

    def blend(self, factor: Any, first: Any, second: Any) -> bpy.types.NodeSocket:
        """Number between ``first`` (factor 0) and ``second`` (factor 1)."""
        node = self.node("ShaderNodeMix", {"data_type": "FLOAT"})
        for number, value in ((0, factor), (2, first), (3, second)):
            self.feed(node.inputs[number], value)
        return node.outputs[0]

    def smoothstep(self, value: Any, low: float, high: float) -> bpy.types.NodeSocket:
        """0 below ``low``, 1 above ``high``, smooth between."""
        node = self.node(
            "ShaderNodeMapRange", {"interpolation_type": "SMOOTHSTEP"}, Value=value, From_Min=low, From_Max=high
        )
        return node.outputs["Result"]

    def attribute(self, name: str) -> bpy.types.NodeSocket:
        """Value of a float attribute of the mesh."""
        return self.node("ShaderNodeAttribute", {"attribute_name": name}).outputs["Fac"]

    def attribute_colour(self, name: str) -> bpy.types.NodeSocket:
        """Value of a colour attribute of the mesh."""
        return self.node("ShaderNodeAttribute", {"attribute_name": name}).outputs["Color"]

    def instance_colour(self, name: str) -> bpy.types.NodeSocket:
        """A colour that each instance has for itself."""
        return self._instance_attribute(name).outputs["Color"]

    def instance_value(self, name: str) -> bpy.types.NodeSocket:
        """The fourth number of a colour that each instance has for itself."""
        return self._instance_attribute(name).outputs["Alpha"]

    def _instance_attribute(self, name: str) -> bpy.types.Node:
        return self.node("ShaderNodeAttribute", {"attribute_name": name, "attribute_type": "INSTANCER"})

    def annotate(self, aov: str, value: Any) -> None:
        """Write ``value`` into the annotation pass ``aov`` wherever this material is seen; the last call counts."""
        for node in self.tree.nodes:
            if node.bl_idname == "ShaderNodeOutputAOV" and node.aov_name == aov:
                self.feed(node.inputs["Value"], value)
                return
        self.node("ShaderNodeOutputAOV", {"aov_name": aov}, Value=value)

    def annotate_normal(self) -> None:
        """Write the surface's normal into its annotation pass, without the bumps that only shade it."""
        normal = self.node("ShaderNodeNewGeometry").outputs["Normal"]
        self.node("ShaderNodeOutputAOV", {"aov_name": NORMAL_AOV}, Color=normal)

    def surface(self, shader: bpy.types.NodeSocket) -> None:
        """Make ``shader`` the material's surface."""
        self.node("ShaderNodeOutputMaterial", Surface=shader)


def new_material(name: str, category: Category) -> tuple[bpy.types.Material, ShaderGraph]:
    """A material of ours with a graph that holds only its annotations: category and normal."""
    material = own(bpy.data.materials.new(name))
    graph = ShaderGraph(enable_nodes(material))
    graph.annotate(SEMANTIC_AOV, float(category))
    graph.annotate_normal()
    return material, graph
