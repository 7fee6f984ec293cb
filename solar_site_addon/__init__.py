# SPDX-License-Identifier: GPL-3.0-or-later
"""Solar Site, a Blender extension. The package imports without bpy: launcher and tests load it outside Blender."""

from __future__ import annotations


def register() -> None:
    """Register the extension; Blender calls this when it is enabled."""
    from . import operators, panels  # noqa: PLC0415 - needs bpy
    from .ui import registration  # noqa: PLC0415

    registration.register((*operators.CLASSES, *panels.CLASSES), panels.draw_main_menu)


def unregister() -> None:
    """Unregister the extension; Blender calls this when it is disabled."""
    from . import operators, panels  # noqa: PLC0415 - needs bpy
    from .ui import registration  # noqa: PLC0415

    registration.unregister((*operators.CLASSES, *panels.CLASSES), panels.draw_main_menu)
