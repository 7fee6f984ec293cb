# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that wait for something in the background: the status bar says how far it is, and Esc cancels it."""

from __future__ import annotations

from typing import Any

import bpy

from .locale.translations import say

SECONDS = 0.05
"""Time between two looks at what the operator waits for."""


class Escapable:
    """Base of an operator that waits. Other events reach Blender, so the window stays usable, unless it ``blocks``."""

    _timer: Any = None
    _said = ""

    def wait(self, context: bpy.types.Context) -> set[str]:
        """Begin to wait, as the result of ``invoke``."""
        self._timer = context.window_manager.event_timer_add(SECONDS, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Finish if what the operator waits for is over, and cancel it on Esc."""
        if event.type == "ESC" and event.value == "PRESS":
            self.give_up()
            return self.leave(context, {"CANCELLED"})
        if event.type != "TIMER":
            return {"RUNNING_MODAL"} if self.blocks() else {"PASS_THROUGH"}
        if self.is_over():
            return self.leave(context, self.finish(context))
        progress = self.progress()
        if progress != self._said:  # each change redraws the window
            self._said = progress
            context.workspace.status_text_set(say("{progress}   Esc: Cancel", progress=progress))
        return {"PASS_THROUGH"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Stop waiting: the window was closed or another file is opened."""
        self.leave(context, set())

    def is_over(self) -> bool:
        """Return whether there is nothing more to wait for."""
        raise NotImplementedError

    def blocks(self) -> bool:
        """Return whether a person must not change anything in this window for a moment."""
        return False

    def progress(self) -> str:
        """Return how far it is."""
        raise NotImplementedError

    def finish(self, context: bpy.types.Context) -> set[str]:
        """Do what follows, and return the operator's result."""
        raise NotImplementedError

    def give_up(self) -> None:
        """End what the operator waits for."""
        raise NotImplementedError

    def leave(self, context: bpy.types.Context, result: set[str]) -> set[str]:
        """Stop waiting with ``result``."""
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        if context.workspace is not None:
            context.workspace.status_text_set(None)
        return result
