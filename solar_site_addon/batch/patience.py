# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the launcher itself wait for room on a full disk, when it writes work units, records and indexes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..generator.domain.errors import StoppedRunError
from ..generator.domain.messages import system_reason
from .interruption import InterruptedRun, Interruption
from .quantities import duration
from .storage import is_storage_error

SECONDS_BETWEEN_ATTEMPTS = 2.0
POLL_SECONDS = 0.1

Result = TypeVar("Result")


def until_written(write: Callable[[], Result], folder: Path, longest: float, interruption: Interruption) -> Result:
    """Return the result of ``write``, called again and again while nothing can be written into ``folder``.

    Raise StoppedRunError after ``longest`` seconds, InterruptedRun if the user interrupts.
    """
    began, told = time.monotonic(), False
    while True:
        try:
            return write()
        except OSError as error:
            if not is_storage_error(error):
                raise
            reason = system_reason(error)
        if time.monotonic() - began >= longest:
            raise StoppedRunError(
                "{folder} cannot be written ({reason}) for {time}", folder=folder, reason=reason, time=duration(longest)
            )
        if not told:
            told = True
            print(
                f"Paused: {folder} cannot be written ({reason}): free some space; the run continues automatically.",
                flush=True,
            )
        _sleep(interruption)


def _sleep(interruption: Interruption) -> None:
    until = time.monotonic() + SECONDS_BETWEEN_ATTEMPTS
    while time.monotonic() < until:
        if interruption.requested:
            raise InterruptedRun
        time.sleep(POLL_SECONDS)
