# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a worker has shown no sign of progress.

A process that hangs cannot be asked whether it does, and CPU time does not tell: an endless loop uses it, a render on a
GPU does not. What counts is what reaches the disk: an event, a line of output (Blender prints one for every step of a
render), or a temporary file that grows.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

SHORTEST_STEP_SECONDS = 0.5
LONGEST_STEP_SECONDS = 10.0
"""Most that passes between two looks as far as the worker is concerned: if more does, this process was stopped, too,
or the machine slept."""


class SilenceWatch:
    """Follows files and folders that grow while a worker makes progress."""

    def __init__(self, paths: Sequence[Path], clock: Callable[[], float] = time.monotonic) -> None:
        self._paths = paths
        self._clock = clock
        self._last_look = clock()
        self._seen = self._sizes()
        self._seconds = 0.0

    def look(self) -> float:
        """Return for how many seconds nothing has changed while somebody was looking."""
        now = self._clock()
        if now - self._last_look < SHORTEST_STEP_SECONDS:
            return self._seconds
        sizes = self._sizes()
        step = min(now - self._last_look, LONGEST_STEP_SECONDS)
        self._seconds = self._seconds + step if sizes == self._seen else 0.0
        self._last_look, self._seen = now, sizes
        return self._seconds

    def _sizes(self) -> tuple[tuple[int, int], ...]:
        return tuple(_files_and_bytes(path) for path in self._paths)


def _files_and_bytes(path: Path) -> tuple[int, int]:
    """Return number and total size of the files in a folder, or those of a file."""
    try:
        if not path.is_dir():
            return 1, path.stat().st_size
    except OSError:
        return 0, 0
    number, total = 0, 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.stat(os.path.join(folder, name)).st_size  # noqa: PTH116, PTH118 - called every second
                number += 1
            except OSError:  # just removed
                continue
    return number, total
