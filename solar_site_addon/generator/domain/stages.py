# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages in which an image is made, and the time that each takes."""

from __future__ import annotations

import time
from collections.abc import Callable

SITE, VIEW, PASSES, RADIANCE, FILES = "site", "view", "passes", "radiance", "files"
"""Stages in their order. The first one is shared by all views of a site."""


class Laps:
    """The time that each stage of an image takes, s."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._last = clock()

    def finished(self, stage: str) -> None:
        """Note that ``stage`` has just finished."""
        now = self._clock()
        self.seconds[stage] = round(now - self._last, 3)
        self._last = now
