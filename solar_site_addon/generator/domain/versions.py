# SPDX-License-Identifier: GPL-3.0-or-later
"""All differences between Blender versions; no other module may check the version."""

from __future__ import annotations

import bpy

from .errors import SolarSiteError

OLDEST = (4, 2, 0)
"""Oldest supported version."""


def blender_version() -> str:
    """Return the version as ``4.5.3``, without words such as LTS."""
    return ".".join(str(part) for part in bpy.app.version)


def check_supported() -> None:
    """Raise SolarSiteError if this Blender is too old."""
    if bpy.app.version < OLDEST:
        raise SolarSiteError("Solar Site needs Blender 4.2 or later; this is {version}.", version=blender_version())


def enable_nodes(owner: bpy.types.Material | bpy.types.World) -> bpy.types.NodeTree:
    """Return the owner's node tree, emptied. From 5.0, nodes are always on, and enabling them is deprecated."""
    if bpy.app.version < (5, 0, 0):
        owner.use_nodes = True
    owner.node_tree.nodes.clear()
    return owner.node_tree


def write_multilayer_exr(scene: bpy.types.Scene) -> None:
    """Configure the scene to store renders as an uncompressed EXR of 32-bit floats with every pass.

    5.0 requires the media type first, and writes one part per pass unless passes are interleaved.
    """
    image = scene.render.image_settings
    if bpy.app.version >= (5, 0, 0):
        image.media_type = "MULTI_LAYER_IMAGE"
    image.file_format = "OPEN_EXR_MULTILAYER"
    image.color_depth = "32"
    image.exr_codec = "NONE"
    if hasattr(image, "use_exr_interleave"):
        image.use_exr_interleave = True


def prints_render_progress() -> bool:
    """Return whether Blender prints the statistics of a render in the background: from 5.0, it no longer does."""
    return bool(bpy.app.version < (5, 0, 0))
