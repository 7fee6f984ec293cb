# SPDX-License-Identifier: GPL-3.0-or-later
"""Helpers for operators: error reports, the wait cursor and the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from ..generator.domain.errors import SolarSiteError
from .locale.translations import say, say_error


def attempt(operator: bpy.types.Operator, action: Callable[[], Any], done: str = "") -> set[str]:
    """Run ``action`` and report ``done``, or the SolarSiteError that it raises; return the operator's result."""
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
    """Show the wait cursor in ``window`` while the body runs."""
    window.cursor_modal_set("WAIT")
    try:
        yield
    finally:
        window.cursor_modal_restore()


def without_cycles() -> str:
    """Return the message for a Blender whose Cycles add-on is disabled."""
    return say("Cycles is disabled: enable it in Blender's preferences, under Add-ons")


def window_of(context: bpy.types.Context) -> bpy.types.Window:
    """Return the operator's window, or the first one if a script called it without a window."""
    return context.window or context.window_manager.windows[0]
