# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user sets once for all files, in Blender's preferences of the extension."""

from pathlib import Path
from typing import Any

import bpy

from ..batch.blender_command import BlenderCommand, find_blender

FolderProperty = bpy.props.StringProperty(
    name="Default Folder", description="Dataset folder for scenes that do not set their own", subtype="DIR_PATH"
)
BlenderProperty = bpy.props.StringProperty(
    name="Blender for Renders",
    description="Blender executable for background rendering. Leave empty to use this Blender",
    subtype="FILE_PATH",
)
ProcessesProperty = bpy.props.IntProperty(
    name="Automatic Processes",
    description="Number of Blender processes in automatic mode. 0 selects it from this computer's devices",
    default=0,
    min=0,
    max=256,
)


class SolarSitePreferences(bpy.types.AddonPreferences):
    """Preferences of the extension."""

    bl_idname = __package__
    default_folder: FolderProperty
    blender: BlenderProperty
    processes: ProcessesProperty

    def draw(self, _context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        for name in ("default_folder", "blender", "processes"):
            column.prop(self, name)


def preference(name: str) -> Any:
    """One preference, or its default where the extension runs without an entry in Blender's preferences."""
    addon = bpy.context.preferences.addons.get(__package__)
    if addon is None or addon.preferences is None:
        return 0 if name == "processes" else ""
    return getattr(addon.preferences, name)


def background_blender() -> BlenderCommand:
    """The Blender for background renders: the preferred one, else this one; raises SolarSiteError if it is none."""
    return find_blender(bpy.path.abspath(preference("blender")) or None, bpy.app.binary_path or None)


def user_folder(name: str) -> Path:
    """A folder of the user's for the extension's own files, made where it is missing."""
    try:
        path = bpy.utils.extension_path_user(__package__, path=name, create=True)
    except ValueError:  # not installed as an extension
        path = bpy.utils.user_resource("DATAFILES", path=f"solar_site/{name}", create=True)
    return Path(path)


CLASSES: tuple[type, ...] = (SolarSitePreferences,)
