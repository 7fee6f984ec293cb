# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the workers of a run going: a worker that dies is started again for what it has left."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..generator.domain.messages import Message
from .blender_command import BlenderCommand
from .dataset_folder import events_file, log_file, temporary_folder, unit_file
from .display import Display
from .events import WORKER_DONE, Event, EventTail, append_failure
from .interruption import Interruption
from .processes import WorkerProcess, end_all, exit_in_words
from .progress import ProcessState, RunState, process_state

POLL_SECONDS = 0.1
DIED_WITHIN = "Blender ended with {how} twice while rendering this image"
DIED_BEFORE = "Blender ended with {how} twice before rendering this image"
MOST_ATTEMPTS = 2
"""How often an image is begun that a worker dies in, and a worker is started that dies before its first image."""


@dataclass(frozen=True)
class Job:
    """One process of a run: its unit's name and images, and what only this machine knows."""

    name: str
    indices: tuple[int, ...]
    cores: tuple[int, ...]
    """Numbers of the CPU cores that it may use."""
    gpu_slot: int

    @property
    def threads(self) -> int:
        """CPU threads: one a core."""
        return len(self.cores)


class JobWatch:
    """Carries out one job, with as many workers, one after the other, as it takes."""

    def __init__(self, job: Job, out: Path, command: BlenderCommand) -> None:
        self._job = job
        self._log = log_file(out, job.name)
        self._temporary = temporary_folder(out, job.name)
        self._events_file = events_file(out, job.name)
        self._command = command.worker(_worker_arguments(job, out), job.threads)
        self._tail = EventTail(self._events_file)
        self._events: list[Event] = []
        self._deaths_before_first_image = 0
        self._events_at_start = 0
        self.worker: WorkerProcess | None = None
        self.state: ProcessState = process_state(job.name, job.indices, [])

    def start(self) -> None:
        """Start a worker."""
        self._events_at_start = len(self._events)
        self.worker = WorkerProcess.start(self._command, self._log, self._temporary, self._job.cores)

    def look(self) -> None:
        """Take in the worker's new events; where it has ended, see whether another one is needed."""
        if self.worker is None:
            return
        code = self.worker.exit_code()  # before the events: a worker that has ended writes no more of them
        self.take_in()
        if code is None:
            return
        self.worker.ask_to_leave()  # closes our end of its pipe
        self.worker = None
        if not any(event["event"] == WORKER_DONE for event in self._events[self._events_at_start :]):
            self._after_death(exit_in_words(code))

    def take_in(self) -> None:
        """Take in the events since the last look."""
        new = self._tail.read_new()
        if new:
            self._events += new
            self.state = process_state(self._job.name, self._job.indices, self._events)

    def _after_death(self, how: Message) -> None:
        """Give up the image that the worker has died in twice, or all where it never comes to one; start anew."""
        index = self.state.current
        if index is not None and self.state.attempts[index] >= MOST_ATTEMPTS:
            self._give_up([index], Message(DIED_WITHIN, {"how": how}))
        elif index is None:
            self._deaths_before_first_image += 1
            if self._deaths_before_first_image >= MOST_ATTEMPTS:
                self._give_up(
                    self.state.remaining,
                    Message(DIED_BEFORE, {"how": how}),
                )
        if self.state.remaining:
            self.start()

    def _give_up(self, indices: Sequence[int], message: Message) -> None:
        for index in indices:
            append_failure(self._events_file, index, message)
        self.take_in()


def supervise(
    jobs: Sequence[Job],
    out: Path,
    command: BlenderCommand,
    run_state: Callable[[tuple[ProcessState, ...]], RunState],
    display: Display,
    interruption: Interruption,
) -> RunState:
    """Carry out all jobs side by side until they are done, or the user interrupts; no worker outlives this."""
    watches = [JobWatch(job, out, command) for job in jobs]

    def state_now() -> RunState:
        return run_state(tuple(watch.state for watch in watches))

    try:
        for watch in watches:
            watch.start()
        while any(watch.worker for watch in watches) and not interruption.asked:
            for watch in watches:
                watch.look()
            display.show(state_now())
            time.sleep(POLL_SECONDS)
    finally:
        end_all([watch.worker for watch in watches if watch.worker is not None])
    for watch in watches:
        watch.take_in()
    state = state_now()
    display.close(state)
    return state


def _worker_arguments(job: Job, out: Path) -> list[str]:
    return [
        *("--unit", str(unit_file(out, job.name))),
        *("--out", str(out)),
        *("--events", str(events_file(out, job.name))),
        *("--threads", str(job.threads)),
        *("--gpu_slot", str(job.gpu_slot)),
        "--watch_stdin",
    ]
