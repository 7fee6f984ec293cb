# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of long reads of elevation models, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[float], None]] = []


def on_reading(report: Callable[[float], None] | None) -> None:
    """Call ``report`` from now on with the share that has been read, 0 to 1, again and again; None ends that."""
    _listeners[:] = [] if report is None else [report]


def note_read(done: int, total: int) -> None:
    """Tell that ``done`` of ``total`` parts have been read."""
    for report in _listeners:
        report(done / max(total, 1))
