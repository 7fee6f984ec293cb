# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker processes: which cores each may use, and how they are started and ended without leaving anything behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO

from ..generator.domain.messages import Message

PR_SET_PDEATHSIG = 1
"""Option of Linux' prctl(2): the signal that a process gets when its parent dies."""
SECONDS_TO_LEAVE = 3.0
SECONDS_TO_DIE = 10.0
TEMPORARY_FOLDER_VARIABLES = ("TMPDIR", "TEMP", "TMP")

if sys.platform == "win32":
    NEW_GROUP_ON_WINDOWS = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    NEW_GROUP_ON_WINDOWS = 0

ALLOCATOR = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(256 * 1024))
"""Lets the C library of Linux return large arrays to the system at once. By itself, it keeps arrays of up to 32 MB for
later: a worker at 2640 x 1978 px then holds 0.4 GB more between two renders. Other systems ignore these variables."""


def core_numbers() -> list[int]:
    """Return the CPU cores that this process may use: fewer than the machine has if its affinity is restricted."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def available_cores() -> int:
    """Return the number of CPU cores that this process may use."""
    return len(core_numbers())


def split_cores(cores: Sequence[int], processes: int) -> list[tuple[int, ...]]:
    """Return the cores of each process: at least one each, all in total, adjacent ones since they share caches."""
    share, rest = divmod(len(cores), processes)
    if share == 0:
        return [(cores[process % len(cores)],) for process in range(processes)]
    ends = [process * share + min(process, rest) for process in range(processes + 1)]
    return [tuple(cores[first:last]) for first, last in pairwise(ends)]


class WorkerProcess:
    """One background Blender.

    Its standard input is a pipe that nothing is written to: when it closes, because the launcher closed it or died,
    the worker ends (see ``worker.watch_parent``). The worker has its own process group, so that Ctrl-C in a terminal
    reaches only the launcher, which then ends the workers in order. Temporary files, including Blender's own, go into
    a folder of the worker's own, because a worker that is killed cannot remove them.

    With ``own_group`` false, the worker stays in the process group of its starter, for clusters that end a task with
    its process group.
    """

    def __init__(self, command: list[str], log: IO[bytes], temporary: Path, *, own_group: bool = True) -> None:
        self._own_group = own_group
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=own_group,
            creationflags=NEW_GROUP_ON_WINDOWS,
            env={**ALLOCATOR, **os.environ, **dict.fromkeys(TEMPORARY_FOLDER_VARIABLES, str(temporary))},
        )

    @classmethod
    def start(
        cls, command: list[str], log: Path, temporary: Path, cores: Sequence[int] = (), *, own_group: bool = True
    ) -> WorkerProcess:
        """Start a worker that appends its output to ``log``; create ``temporary`` if it does not exist.

        ``cores`` restricts the worker to these cores where the operating system can (Linux): Blender's thread pools
        start as many threads as they find cores, and those of several processes would compete. Raise OSError if the
        command cannot be started.
        """
        temporary.mkdir(exist_ok=True)
        with log.open("ab") as file:
            worker = cls(command, file, temporary, own_group=own_group)
        if cores and hasattr(os, "sched_setaffinity"):
            worker.keep_to(cores)
        return worker

    def keep_to(self, cores: Sequence[int]) -> None:
        """Restrict the worker, and all threads that it starts from now on, to these cores (Linux)."""
        with contextlib.suppress(ProcessLookupError):  # it may have ended already
            os.sched_setaffinity(self.pid, cores)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return the exit code, negative for the signal that ended the worker, or None while it runs."""
        return self._process.poll()

    def ask_to_leave(self) -> None:
        """Close the pipe; the worker ends as soon as it notices."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def end(self, seconds: float = SECONDS_TO_LEAVE) -> None:
        """End the worker and everything that it started, by force after ``seconds``. Leave no zombie.

        A process that waits for a device within the operating system cannot be ended by anyone: it is left behind.
        """
        self.ask_to_leave()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(SECONDS_TO_DIE)

    def _kill(self) -> None:
        if sys.platform == "win32" or not self._own_group:
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def end_all(workers: list[WorkerProcess]) -> None:
    """End several workers at once: they all leave during the same seconds."""
    for worker in workers:
        worker.ask_to_leave()
    for worker in workers:
        worker.end()


def die_with_parent() -> None:
    """Let Linux kill this process when the one that started it dies, even while it hangs in a driver.

    Closing the pipe does not end a process that runs no Python any more; its GPU would stay in use.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def exit_in_words(code: int) -> Message:
    """Return an exit code in words: ``exit code 1`` or ``signal SIGKILL``."""
    if code >= 0:
        return Message("exit code {code}", {"code": code})
    try:
        return Message("signal {signal}", {"signal": signal.Signals(-code).name})
    except ValueError:
        return Message("signal {signal}", {"signal": -code})
