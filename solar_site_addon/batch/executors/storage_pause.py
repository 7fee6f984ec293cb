# SPDX-License-Identifier: GPL-3.0-or-later
"""The pause of a run while nothing can be written: it ends automatically once there is room, or ends the run."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...generator.domain.errors import StoppedRunError
from ...generator.domain.messages import Message
from ..dataset_folder import existing_parent
from ..quantities import duration
from ..run_reader import UnitReader
from ..storage import Storage

SECONDS_BETWEEN_LOOKS = 2.0
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0
PAUSED = "Paused: {reason}. The run continues automatically, or ends after {time} without an image"
CONTINUES = Message("Space is available again: the run continues")
STOPPED = "{reason}; no image could be made for {time}"
REMOVED = "{folder} was removed during the run"


class StoragePause:
    """Whether a run has to wait because its folder takes no more images.

    Usually free space tells. A quota does not show: then a worker fails although there seems to be room, and the next
    attempt is made after a pause that doubles each time.
    """

    def __init__(self, storage: Storage, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._storage = storage
        self._longest = longest
        self._clock = clock
        self._device = _device(storage)
        self._since: float | None = None
        self._made = 0
        self._retry_at = 0.0
        self._next_pause = FIRST_PAUSE_SECONDS
        self._next_look = 0.0
        self._paused = False

    def begin(self, reader: UnitReader) -> None:
        """Begin to wait because a worker could not write; tell those who follow the unit of ``reader``."""
        if self._storage.trouble() is None:  # nothing to look at but the clock
            self._retry_at = self._clock() + self._next_pause
            self._next_pause = min(2 * self._next_pause, LONGEST_PAUSE_SECONDS)
        self._next_look = 0.0
        self._wait(self._storage.trouble() or self._storage.refused(), reader)

    def lasts(self, made: int, reader: UnitReader) -> bool:
        """Return whether no worker may start now; ``made`` is the number of images that the run has made.

        Raise StoppedRunError if the folder was removed, or no image could be made for too long.
        """
        if self._clock() < self._next_look:
            return self._paused
        self._next_look = self._clock() + SECONDS_BETWEEN_LOOKS
        self._refuse_removed()
        if made > self._made:
            self._made, self._since, self._next_pause = made, None, FIRST_PAUSE_SECONDS
        trouble = self._storage.trouble()
        if trouble is not None or self._clock() < self._retry_at:
            self._wait(trouble or self._storage.refused(), reader)
        elif self._paused:
            self._paused = False
            reader.note(CONTINUES)
        return self._paused

    def _wait(self, reason: Message, reader: UnitReader) -> None:
        self._since = self._clock() if self._since is None else self._since
        if self._clock() - self._since >= self._longest:
            raise StoppedRunError(STOPPED, reason=reason, time=duration(self._longest))
        if not self._paused:
            self._paused = True
            reader.note(Message(PAUSED, {"reason": reason, "time": duration(self._longest)}))

    def _refuse_removed(self) -> None:
        """Raise StoppedRunError if the folder is gone, unless its whole file system is: that may come back."""
        if not self._storage.folder.exists() and _device(self._storage) == self._device:
            raise StoppedRunError(REMOVED, folder=self._storage.folder)


def _device(storage: Storage) -> int:
    """Return the file system that the folder is on, or that of its nearest existing parent."""
    return existing_parent(storage.folder).stat().st_dev
