# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers and unregisters everything that the extension adds to Blender, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bpy

from . import preferences, properties, session, viewport
from .locale import translations

MenuEntry = Callable[[bpy.types.Menu, bpy.types.Context], None]


def register(classes: Sequence[type], menu_entry: MenuEntry) -> None:
    """Register properties, ``classes`` in their order, the entry of the Render menu, translations and handlers."""
    properties.register()
    for cls in (*preferences.CLASSES, *classes):
        bpy.utils.register_class(cls)
    bpy.types.TOPBAR_MT_render.append(menu_entry)
    translations.register()
    session.start()
    viewport.register()


def unregister(classes: Sequence[type], menu_entry: MenuEntry) -> None:
    """Undo ``register``, in reverse order."""
    viewport.unregister()
    session.stop()
    translations.unregister()
    bpy.types.TOPBAR_MT_render.remove(menu_entry)
    for cls in reversed((*preferences.CLASSES, *classes)):
        bpy.utils.unregister_class(cls)
    properties.unregister()
