# SPDX-License-Identifier: GPL-3.0-or-later
"""Black surfaces for renders that only look at annotation passes: what is seen does not depend on how it looks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import bpy

from ..scene.ownership import MARK


@contextlib.contextmanager
def bare_surfaces() -> Iterator[None]:
    """Make all materials of the site black and matte within the context; annotation passes are written as before.

    Cycles evaluates the whole material of each pixel, although no annotation pass reads its color or bumps: without
    them, a pixel takes less than a third of the time. A black surface reflects nothing, so no light is sampled either;
    one that emits nothing or is missing would be skipped, together with its annotations.
    """
    trees = [material.node_tree for material in bpy.data.materials if MARK in material]
    replaced = [_blackened(tree, node) for tree in trees for node in list(tree.nodes) if _is_surface(node)]
    try:
        yield
    finally:
        for tree, black, shader, socket in replaced:
            tree.links.new(shader, socket)
            tree.nodes.remove(black)


Replaced = tuple[bpy.types.NodeTree, bpy.types.Node, bpy.types.NodeSocket, bpy.types.NodeSocket]


def _is_surface(node: bpy.types.Node) -> bool:
    return bool(node.bl_idname == "ShaderNodeOutputMaterial" and node.inputs["Surface"].is_linked)


def _blackened(tree: bpy.types.NodeTree, output: bpy.types.Node) -> Replaced:
    """Link a black surface to the material's output; return the tree, the new node, and the former link's sockets."""
    socket = output.inputs["Surface"]
    shader = socket.links[0].from_socket
    black = tree.nodes.new("ShaderNodeBsdfDiffuse")
    black.inputs["Color"].default_value = (0.0, 0.0, 0.0, 1.0)
    tree.links.new(black.outputs[0], socket)
    return tree, black, shader, socket
