# SPDX-License-Identifier: GPL-3.0-or-later
"""Enabling and disabling the extension leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.bpy


def ours(bpy: Any) -> set[str]:
    """Return the names of everything in Blender that belongs to the extension."""
    types = {name for name in dir(bpy.types) if "solar" in name.lower()}
    operators = {f"ops.{name}" for name in dir(bpy.ops.solar_site)}
    properties = {f"Scene.{key}" for key in bpy.types.Scene.bl_rna.properties.keys() if "solar" in key}  # noqa: SIM118
    handlers = {
        f"handlers.{name}"
        for name in dir(bpy.app.handlers)
        if isinstance(getattr(bpy.app.handlers, name), list)
        for function in getattr(bpy.app.handlers, name)
        if "solar_site" in (getattr(function, "__module__", None) or "")
    }
    menu = {
        f"TOPBAR_MT_render.{function.__name__}"
        for function in getattr(bpy.types.TOPBAR_MT_render.draw, "_draw_funcs", ())
        if "solar_site" in function.__module__
    }
    return types | operators | properties | handlers | menu


def test_enabling_and_disabling_fifty_times_leaves_nothing_behind() -> None:
    bpy = pytest.importorskip("bpy")
    import solar_site_addon
    from solar_site_addon.ui.session import Session, session, tick

    before = ours(bpy)
    for _ in range(50):
        solar_site_addon.register()
        assert bpy.app.timers.is_registered(tick)
        assert len(ours(bpy)) > 30
        assert "TOPBAR_MT_render.draw_main_menu" in ours(bpy)
        solar_site_addon.unregister()
        assert not bpy.app.timers.is_registered(tick)
    assert ours(bpy) == before
    assert not hasattr(bpy.types.Scene, "solar_site")
    assert session == Session()


def test_the_package_can_be_imported_without_blender() -> None:
    code = "import sys, solar_site_addon; sys.exit('bpy' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_blender_exits_cleanly_after_enabling_and_disabling() -> None:
    code = (
        "import bpy, solar_site_addon as s; s.register(); bpy.context.scene.solar_site.run.seed = '3'; s.unregister()"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
