# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the extension tells Blender, in order, and takes back."""

from __future__ import annotations

import bpy

from . import operators, panels, preferences, properties, session, translations

CLASSES: tuple[type, ...] = (*preferences.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Register properties, classes, translations and the timer."""
    properties.register()
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    translations.register()
    session.start()


def unregister() -> None:
    """Take everything back, in reverse."""
    session.stop()
    translations.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    properties.unregister()
