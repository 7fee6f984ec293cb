# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs of progress in the log while a render runs, by which a launcher tells it from one that hangs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import bpy

from ..domain.versions import prints_render_progress


@contextlib.contextmanager
def printed_progress() -> Iterator[None]:
    """Print the statistics of Cycles during a render, in Blender versions that do not do so themselves.

    The handler is removed again: a bpy wheel crashes or hangs at exit if one is still registered.
    """
    if prints_render_progress():
        yield
        return
    handlers = bpy.app.handlers.render_stats
    handlers.append(_print_statistics)
    try:
        yield
    finally:
        handlers.remove(_print_statistics)


def _print_statistics(statistics: Any, *_: Any) -> None:
    print(statistics, flush=True)
