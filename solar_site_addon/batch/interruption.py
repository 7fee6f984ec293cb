# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C, signals that end a process, and a file that asks for the end: one flag that the launcher's loops look at."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Those of them that the platform has are caught."""


class InterruptedRun(Exception):  # noqa: N818 - it is no error
    """The user has ended the run before any sample was begun."""


class Interruption:
    """While it is entered, a signal sets ``asked`` instead of ending the launcher amid its work."""

    def __init__(self) -> None:
        self._noted = False
        self._files: list[Path] = []
        self._before: dict[int, Any] = {}

    @property
    def asked(self) -> bool:
        """Whether the run shall end."""
        if any(file.exists() for file in self._files):
            self._noted = True
        return self._noted

    def watch(self, file: Path) -> None:
        """From now on the file ``file`` asks for the end, too: the only way that works on every system."""
        self._files.append(file)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in NAMES:
                number = getattr(signal, name, None)
                ignored = number is not None and signal.getsignal(number) is signal.SIG_IGN
                if number is not None and not (ignored and name == "SIGHUP"):  # nohup wants it ignored
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            if handler is not None:  # None: Blender's own handler, which Python cannot put back
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        self._noted = True
