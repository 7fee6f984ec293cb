# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker processes: how many threads each may have, and how they are started and ended without a trace."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO

from ..generator.domain.messages import Message

SECONDS_TO_LEAVE = 3.0
TEMPORARY_FOLDER_VARIABLES = ("TMPDIR", "TEMP", "TMP")

if sys.platform == "win32":
    NEW_GROUP_ON_WINDOWS = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    NEW_GROUP_ON_WINDOWS = 0


def core_numbers() -> list[int]:
    """The CPU cores that this process may use: fewer than the machine has where its affinity is restricted."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def available_cores() -> int:
    """Number of CPU cores that this process may use."""
    return len(core_numbers())


def split_cores(cores: Sequence[int], processes: int) -> list[tuple[int, ...]]:
    """Cores of each process: together all, each at least one, neighbours together since they share caches."""
    share, rest = divmod(len(cores), processes)
    if share == 0:
        return [(cores[process % len(cores)],) for process in range(processes)]
    ends = [process * share + min(process, rest) for process in range(processes + 1)]
    return [tuple(cores[first:last]) for first, last in pairwise(ends)]


class WorkerProcess:
    """One background Blender.

    Its standard input is a pipe that is never written to: when it closes, because the launcher has closed it
    or is gone, the worker ends (see ``worker.watch_parent``). The worker has a process group of its own, so that
    Ctrl-C in a terminal reaches the launcher alone, which then ends the workers in order. What it writes as
    temporary files, Blender's own included, goes into a folder of its own, because a worker that is ended cannot
    tidy up.
    """

    def __init__(self, command: list[str], log: IO[bytes], temporary: Path) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=NEW_GROUP_ON_WINDOWS,
            env={**os.environ, **dict.fromkeys(TEMPORARY_FOLDER_VARIABLES, str(temporary))},
        )

    @classmethod
    def start(cls, command: list[str], log: Path, temporary: Path, cores: Sequence[int] = ()) -> WorkerProcess:
        """Start a worker that appends what it prints to the file ``log``; ``temporary`` is made where needed.

        ``cores`` are the only ones that it may use, where given and where the system can say so (Linux): Blender's
        thread pools take as many threads as they find cores, and those of several processes would be in each other's
        way. Raises OSError where the command is none.
        """
        temporary.mkdir(exist_ok=True)
        with log.open("ab") as file:
            worker = cls(command, file, temporary)
        if cores and hasattr(os, "sched_setaffinity"):
            worker.keep_to(cores)
        return worker

    def keep_to(self, cores: Sequence[int]) -> None:
        """Let the worker, and all threads that it starts from now on, use only these cores (Linux)."""
        with contextlib.suppress(ProcessLookupError):  # it may have ended already
            os.sched_setaffinity(self.pid, cores)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Exit code, negative for the signal that ended it, or None while the worker runs."""
        return self._process.poll()

    def ask_to_leave(self) -> None:
        """Close the pipe; the worker ends as soon as it notices."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def end(self, seconds: float = SECONDS_TO_LEAVE) -> None:
        """End the worker and whatever it has started: politely, then by force. Leaves no zombie."""
        self.ask_to_leave()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()

    def _kill(self) -> None:
        if sys.platform == "win32":
            self._process.kill()
        else:
            os.killpg(self._process.pid, signal.SIGKILL)


def end_all(workers: list[WorkerProcess]) -> None:
    """End several workers together: the time to leave is granted once, not one after the other."""
    for worker in workers:
        worker.ask_to_leave()
    for worker in workers:
        worker.end()


def exit_in_words(code: int) -> Message:
    """What an exit code says: ``exit code 1`` or ``signal SIGKILL``."""
    if code >= 0:
        return Message("exit code {code}", {"code": code})
    try:
        return Message("signal {signal}", {"signal": signal.Signals(-code).name})
    except ValueError:
        return Message("signal {signal}", {"signal": -code})
