# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators have in common: errors in one sentence in the status bar, the window, its pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from ..generator.domain.errors import SolarSiteError
from .locale.translations import say, say_error


def attempt(operator: bpy.types.Operator, action: Callable[[], Any], done: str = "") -> set[str]:
    """Do ``action`` and report ``done``; where it raises an error for the user, that. Gives the operator's result."""
    try:
        action()
    except SolarSiteError as error:
        operator.report({"ERROR"}, say_error(error))
        return {"CANCELLED"}
    if done:
        operator.report({"INFO"}, done)
    return {"FINISHED"}


@contextmanager
def busy(window: bpy.types.Window) -> Iterator[None]:
    """While the body works, the pointer over the window shows that it does."""
    window.cursor_modal_set("WAIT")
    try:
        yield
    finally:
        window.cursor_modal_restore()


def without_cycles() -> str:
    """Why nothing renders where Blender's add-on Cycles is not switched on."""
    return say("Cycles is disabled: enable it in Blender's preferences, under Add-ons")


def window_of(context: bpy.types.Context) -> bpy.types.Window:
    """The window that the operator was called in; without one, as in scripts, the first."""
    return context.window or context.window_manager.windows[0]
