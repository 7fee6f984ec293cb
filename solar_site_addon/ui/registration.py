# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the extension tells Blender, in order, and takes back."""

from __future__ import annotations

import bpy

from .. import operators, panels
from . import preferences, properties, session, viewport
from .locale import translations

CLASSES: tuple[type, ...] = (*preferences.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Register properties, classes, the menu, translations, the timer and the handlers."""
    properties.register()
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    panels.register()
    translations.register()
    session.start()
    viewport.register()


def unregister() -> None:
    """Take everything back, in reverse."""
    viewport.unregister()
    session.stop()
    translations.unregister()
    panels.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    properties.unregister()
