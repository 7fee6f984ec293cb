# SPDX-License-Identifier: GPL-3.0-or-later
"""Solar Site, a Blender extension. Imports nothing of Blender: launcher and tests load the package without it."""

from __future__ import annotations


def register() -> None:
    """Called by Blender when the extension is switched on."""
    from .ui import registration  # noqa: PLC0415 - needs bpy

    registration.register()


def unregister() -> None:
    """Called by Blender when the extension is switched off."""
    from .ui import registration  # noqa: PLC0415 - needs bpy

    registration.unregister()
