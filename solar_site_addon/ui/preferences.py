# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's preferences, which apply to all files."""

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
        column.operator("solar_site.open_help", icon="HELP")


def preference(name: str) -> Any:
    """Return a preference, or its default if the extension is not listed in Blender's preferences."""
    addon = bpy.context.preferences.addons.get(__package__)
    if addon is None or addon.preferences is None:
        return 0 if name == "processes" else ""
    return getattr(addon.preferences, name)


def background_blender() -> BlenderCommand:
    """Return the Blender for background renders: the preferred one, or this one.

    Raises:
        SolarSiteError: it is not a Blender.
    """
    return find_blender(bpy.path.abspath(preference("blender")) or None, bpy.app.binary_path or None)


def user_folder(name: str) -> Path:
    """Return a user folder for the extension's own files; create it if it does not exist."""
    try:
        path = bpy.utils.extension_path_user(__package__, path=name, create=True)
    except ValueError:  # not installed as an extension
        path = bpy.utils.user_resource("DATAFILES", path=f"solar_site/{name}", create=True)
    return Path(path)


CLASSES: tuple[type, ...] = (SolarSitePreferences,)
