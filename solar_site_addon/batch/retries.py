# SPDX-License-Identifier: GPL-3.0-or-later
"""Repeats what fails for a while, with growing pauses: a storage under a URL is away now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ..generator.domain.errors import SettingsError, StoppedRunError
from ..generator.domain.messages import Message
from .interruption import InterruptedRun
from .quantities import duration

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0
POLL_SECONDS = 0.1
WAITS = "Paused: {reason}. The run continues automatically, or ends after {time} without success"

Result = TypeVar("Result")


class Retries:
    """How long failures are put up with, and what is said about them."""

    def __init__(self, longest: float, stop: Callable[[], bool], say: Callable[[Message], None]) -> None:
        """Give up after ``longest`` seconds without success, or when ``stop`` says so; ``say`` tells a person once."""
        self._longest, self._stop, self._say = longest, stop, say
        self._told = False
        self.succeeded()

    def succeeded(self) -> None:
        """Begin to count anew."""
        self._last_success, self._pause = time.monotonic(), FIRST_PAUSE_SECONDS

    def wait(self, reason: Message) -> None:
        """Wait until it is time for another attempt.

        Raise StoppedRunError with the ``reason`` if there have been enough, InterruptedRun if the user interrupts.
        """
        if self._stop():
            raise InterruptedRun
        if time.monotonic() - self._last_success >= self._longest:
            raise StoppedRunError.of(reason)
        if not self._told:
            self._told = True
            self._say(Message(WAITS, {"reason": reason, "time": duration(self._longest)}))
        until = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        while time.monotonic() < until:
            if self._stop():
                raise InterruptedRun
            time.sleep(POLL_SECONDS)

    def result_of(self, attempt: Callable[[], Result]) -> Result:
        """Return the result of ``attempt``, repeated while it raises SettingsError: the settings have worked before.

        Raise StoppedRunError or InterruptedRun like ``wait``.
        """
        while True:
            if self._stop():
                raise InterruptedRun
            try:
                result = attempt()
            except SettingsError as error:
                self.wait(error.message)
            else:
                self.succeeded()
                return result
