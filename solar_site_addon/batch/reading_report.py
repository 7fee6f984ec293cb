# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of a worker that reads a large elevation model, so that nobody takes it for one that hangs."""

from __future__ import annotations

import time
from pathlib import Path

from .events import LAND_READ, append_event

SECONDS_BETWEEN = 2.0


class ReadingReport:
    """Called with the share that has been read; appends an event when reading takes long, and logs it."""

    def __init__(self, events: Path) -> None:
        self._events = events
        self._next = 0.0
        self._share = 1.0

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if share < self._share:  # another read begins
            self._next = now + SECONDS_BETWEEN
        self._share = share
        if now < self._next:
            return
        self._next = now + SECONDS_BETWEEN
        append_event(self._events, LAND_READ, percent=round(100 * share))
        print(reading_words(round(100 * share)), flush=True)


def reading_words(percent: int) -> str:
    """Return the line that tells how much has been read."""
    return f"Reading the elevation model: {percent} %"
