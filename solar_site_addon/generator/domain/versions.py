# SPDX-License-Identifier: GPL-3.0-or-later
"""Every difference between Blender versions, and nowhere else."""

from __future__ import annotations

import bpy

from .errors import SolarSiteError

OLDEST = (4, 2, 0)


def blender_version() -> str:
    """The version as ``4.5.3``, without words such as LTS."""
    return ".".join(str(part) for part in bpy.app.version)


def check_supported() -> None:
    """Raise SolarSiteError where this Blender is older than the oldest that works."""
    if bpy.app.version < OLDEST:
        raise SolarSiteError("Solar Site needs Blender 4.2 or later; this is {version}.", version=blender_version())


def enable_nodes(owner: bpy.types.Material | bpy.types.World) -> bpy.types.NodeTree:
    """The owner's empty node tree. From 5.0 nodes are always on, and asking for them is deprecated."""
    if bpy.app.version < (5, 0, 0):
        owner.use_nodes = True
    owner.node_tree.nodes.clear()
    return owner.node_tree


def write_multilayer_exr(scene: bpy.types.Scene) -> None:
    """Store the scene's renders as one uncompressed EXR of 32-bit floats that holds every pass.

    5.0 asks for the media type first and writes one part for each pass unless told to interleave them.
    """
    image = scene.render.image_settings
    if bpy.app.version >= (5, 0, 0):
        image.media_type = "MULTI_LAYER_IMAGE"
    image.file_format = "OPEN_EXR_MULTILAYER"
    image.color_depth = "32"
    image.exr_codec = "NONE"
    if hasattr(image, "use_exr_interleave"):
        image.use_exr_interleave = True
