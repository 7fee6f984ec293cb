# SPDX-License-Identifier: GPL-3.0-or-later
"""Many copies of a few meshes by geometry nodes: 100,000 copies cost 2 s and 270 MB per render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Floats, Singles
from .ownership import own

PROTOTYPE, ROTATION, SCALE, COLOUR = "prototype", "rotation", "scale", "instance_colour"
"""Attributes of the points; shaders read the color with ``ShaderGraph.instance_colour``."""
REALIZE = "realize"
"""Name of the node that makes the instances one mesh unless it is muted."""


def instances(
    name: str,
    prototypes: Sequence[bpy.types.Object],
    *,
    prototype: NDArray[np.integer[Any]],
    position: Floats,
    rotation: Floats,
    scale: Floats,
    colour: Floats | None = None,
    values: Mapping[str, NDArray[np.number[Any]]] | None = None,
) -> bpy.types.Object:
    """Return one object that shows prototype number ``prototype`` (N,) at each ``position`` (N, 3).

    ``rotation`` (N, 3) are Euler angles XYZ in radians and ``scale`` is (N, 3). ``colour`` is (N, 3), or (N, 4) with an
    additional value of any meaning, which materials read from each instance. ``values`` (N,) are float attributes;
    those that are 0 everywhere are left out, which materials read as 0. See ``realize`` for instances that become one
    mesh.
    """
    mesh = own(bpy.data.meshes.new(name))
    mesh.vertices.add(len(position))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(position, dtype=np.float32).ravel())
    of_instances = {} if colour is None else {COLOUR: _with_alpha(colour)}
    for attribute, kind, member, numbers in (
        (PROTOTYPE, "INT", "value", prototype.astype(np.int32)),
        (ROTATION, "FLOAT_VECTOR", "vector", rotation.astype(np.float32)),
        (SCALE, "FLOAT_VECTOR", "vector", scale.astype(np.float32)),
        *((name, "FLOAT_COLOR", "color", colours) for name, colours in of_instances.items()),
        *((name, "FLOAT", "value", value.astype(np.float32)) for name, value in (values or {}).items() if value.any()),
    ):
        data = mesh.attributes.new(attribute, kind, "POINT").data
        data.foreach_set(member, np.ascontiguousarray(numbers).ravel())
    result = own(bpy.data.objects.new(name, mesh))
    modifier = result.modifiers.new(name, "NODES")
    modifier.node_group = _instance_nodes(name, prototypes)
    realize(result, False)
    return result


def realize(part: bpy.types.Object, realized: bool) -> None:
    """Make the instances of ``part`` one mesh, or instances again; do nothing for any other object.

    The materials of a realized mesh read the attributes of the points like those of any mesh.
    """
    for modifier in part.modifiers:
        node = modifier.node_group.nodes.get(REALIZE) if modifier.type == "NODES" and modifier.node_group else None
        if node is not None:
            node.mute = not realized


def prototypes_of(part: bpy.types.Object) -> list[bpy.types.Object]:
    """Return the objects that ``part`` shows instances of, none for any other object."""
    groups = [modifier.node_group for modifier in part.modifiers if modifier.type == "NODES" and modifier.node_group]
    shapes = [node for group in groups for node in group.nodes if node.bl_idname == "GeometryNodeCollectionInfo"]
    return [prototype for node in shapes for prototype in node.inputs["Collection"].default_value.objects]


def _with_alpha(colour: Floats) -> Singles:
    """Return colors (N, 4) for those (N, 3) or (N, 4)."""
    return np.concatenate([colour, np.ones((len(colour), 4 - colour.shape[1]))], axis=1, dtype=np.float32)


def euler_angles(axes: Floats) -> Floats:
    """Return Euler angles XYZ (N, 3) of the rotations that turn x, y and z into the unit vectors ``axes`` (N, 3, 3)."""
    (x_x, x_y, x_z), (_, _, y_z), (_, _, z_z) = np.moveaxis(axes, 0, -1)
    result: Floats = np.stack([np.arctan2(y_z, z_z), np.arcsin(np.clip(-x_z, -1, 1)), np.arctan2(x_y, x_x)], axis=-1)
    return result


def upright_rotation(up: Floats, turn_deg: Floats) -> Floats:
    """Return Euler angles XYZ (N, 3): a turn about z by ``turn_deg``, then a tilt from z to ``up`` (N, 3).

    The tilt is the shortest rotation from z to ``up``, by Rodrigues' formula.
    """
    x, y, z = up.T
    share = 1.0 / (1.0 + z)
    turn = np.radians(turn_deg)
    cos, sin = np.cos(turn), np.sin(turn)
    # Rows of the tilt matrix times columns of the turn matrix; only the entries needed for the angles.
    tilt = np.array([[1 - share * x * x, -share * x * y], [-share * x * y, 1 - share * y * y], [-x, -y]])
    first = tilt[:, 0] * cos + tilt[:, 1] * sin
    second_z = tilt[2, 1] * cos - tilt[2, 0] * sin
    return np.stack(
        [np.arctan2(second_z, z), np.arcsin(np.clip(-first[2], -1, 1)), np.arctan2(first[1], first[0])], axis=-1
    )


def _instance_nodes(name: str, prototypes: Sequence[bpy.types.Object]) -> bpy.types.NodeTree:
    """Return geometry nodes that place instances of ``prototypes`` on the points of a mesh."""
    collection = own(bpy.data.collections.new(name))
    for number, prototype in enumerate(prototypes):
        prototype.name = f"{name} {number:03d}"  # the node sorts them by name
        collection.objects.link(prototype)
    tree = own(bpy.data.node_groups.new(name, "GeometryNodeTree"))
    for direction in ("INPUT", "OUTPUT"):
        tree.interface.new_socket(name="Geometry", in_out=direction, socket_type="NodeSocketGeometry")
    nodes, link = tree.nodes, tree.links.new
    points, result = nodes.new("NodeGroupInput"), nodes.new("NodeGroupOutput")
    shapes, place = nodes.new("GeometryNodeCollectionInfo"), nodes.new("GeometryNodeInstanceOnPoints")
    for socket, value in (("Collection", collection), ("Separate Children", True), ("Reset Children", True)):
        shapes.inputs[socket].default_value = value
    place.inputs["Pick Instance"].default_value = True
    link(points.outputs[0], place.inputs["Points"])
    link(shapes.outputs[0], place.inputs["Instance"])
    for socket, attribute, kind in (
        ("Instance Index", PROTOTYPE, "INT"),
        ("Rotation", ROTATION, "FLOAT_VECTOR"),
        ("Scale", SCALE, "FLOAT_VECTOR"),
    ):
        values = nodes.new("GeometryNodeInputNamedAttribute")
        values.data_type = kind
        values.inputs["Name"].default_value = attribute
        # The node has an output of the same name for each type; only that of its own type is enabled.
        link(next(output for output in values.outputs if output.enabled), place.inputs[socket])
    real = nodes.new("GeometryNodeRealizeInstances")
    real.name = REALIZE
    link(place.outputs[0], real.inputs[0])
    link(real.outputs[0], result.inputs[0])
    return tree
