# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C, termination signals and a cancel file, combined into one flag that the launcher's loops check."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals to catch, as far as the platform has them."""


class InterruptedRun(Exception):  # noqa: N818 - not an error
    """The user interrupted the run before the first sample was started."""


class Interruption:
    """While it is entered, a signal sets ``requested`` instead of ending the launcher in the middle of its work."""

    def __init__(self) -> None:
        self._noted = False
        self._files: list[Path] = []
        self._before: dict[int, Any] = {}

    @property
    def requested(self) -> bool:
        """Whether the run must stop."""
        if any(file.exists() for file in self._files):
            self._noted = True
        return self._noted

    def watch(self, file: Path) -> None:
        """Stop the run as soon as ``file`` exists: the only way that works on every operating system."""
        self._files.append(file)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in NAMES:
                number = getattr(signal, name, None)
                ignored = number is not None and signal.getsignal(number) is signal.SIG_IGN
                if number is not None and not (ignored and name == "SIGHUP"):  # nohup ignores it on purpose
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            if handler is not None:  # None: Blender's own handler, which Python cannot restore
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - signature of a signal handler
        self._noted = True
