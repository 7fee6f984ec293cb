# SPDX-License-Identifier: GPL-3.0-or-later
"""Background Blenders on this machine, one for each job; a worker that dies is restarted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ...generator.domain.messages import Message
from ..blender_command import BlenderCommand, unit_arguments
from ..dataset_folder import events_file, log_file, temporary_folder
from ..display import Display
from ..events import append_failure
from ..interruption import Interruption
from ..processes import WorkerProcess, core_numbers, end_all, exit_in_words, split_cores
from ..progress import RunState
from ..run_reader import UnitReader, run_state
from .base import Job, Run

POLL_SECONDS = 0.1
DIED_WITHIN = "Blender ended twice with {how} while rendering this image"
DIED_BEFORE = "Blender ended twice with {how} before starting this image"
MAX_ATTEMPTS = 2
"""How often an image is started during which workers die, and a worker that dies before its first image."""


class LocalExecutor:
    """Carries out jobs in background processes, which share the cores and GPUs of this machine."""

    def __init__(self, command: BlenderCommand) -> None:
        self._command = command

    def describe(self, jobs: Sequence[Job]) -> list[str]:
        shares = split_cores(core_numbers(), len(jobs)) if jobs else []
        return [f"{len(cores)} CPU thread" + ("" if len(cores) == 1 else "s") for cores in shares]

    def run(self, run: Run, display: Display, interruption: Interruption) -> RunState:
        shares = split_cores(core_numbers(), len(run.jobs)) if run.jobs else []
        watches = [
            JobWatch(job, run.out, self._command, cores, gpu_slot)
            for gpu_slot, (job, cores) in enumerate(zip(run.jobs, shares, strict=True))
        ]
        readers = [watch.reader for watch in watches]
        try:
            for watch in watches:
                watch.start()
            while any(watch.worker for watch in watches) and not interruption.requested:
                for watch in watches:
                    watch.look()
                display.show(run_state(run.record, readers))
                time.sleep(POLL_SECONDS)
        finally:
            end_all([watch.worker for watch in watches if watch.worker is not None])
        state = run_state(run.record, readers)
        display.close(state)
        return state


def create(command: BlenderCommand) -> LocalExecutor:
    """Return the executor for the registry."""
    return LocalExecutor(command)


class JobWatch:
    """Carries out one job with as many workers as it takes, one after the other."""

    def __init__(self, job: Job, out: Path, command: BlenderCommand, cores: Sequence[int], gpu_slot: int) -> None:
        self._log = log_file(out, job.name)
        self._temporary = temporary_folder(out, job.name)
        self._events_file = events_file(out, job.name)
        self._cores = cores
        shares = ["--threads", str(len(cores)), "--gpu_slot", str(gpu_slot)]
        self._command = command.worker([*unit_arguments(out, job.name), *shares], len(cores))
        self._deaths_before_first_image = 0
        self._done_at_start = 0
        self.reader = UnitReader(out, job.name, job.indices)
        self.worker: WorkerProcess | None = None

    def start(self) -> None:
        """Start a worker."""
        self._done_at_start = self.reader.workers_done
        self.worker = WorkerProcess.start(self._command, self._log, self._temporary, self._cores)

    def look(self) -> None:
        """Read the worker's new events; if it has died, start another one for what remains."""
        if self.worker is None:
            return
        code = self.worker.exit_code()  # before the events: a worker that has ended appends no more of them
        self.reader.look()
        if code is None:
            return
        self.worker.ask_to_leave()  # closes our end of its pipe
        self.worker = None
        if self.reader.workers_done == self._done_at_start:
            self._after_death(exit_in_words(code))

    def _after_death(self, how: Message) -> None:
        """Set aside an image during which two workers died, or all images if no worker ever starts one; restart."""
        state = self.reader.state
        index = state.current
        if index is not None and state.attempts[index] >= MAX_ATTEMPTS:
            self._set_aside([index], Message(DIED_WITHIN, {"how": how}))
        elif index is None:
            self._deaths_before_first_image += 1
            if self._deaths_before_first_image >= MAX_ATTEMPTS:
                self._set_aside(state.remaining, Message(DIED_BEFORE, {"how": how}))
        if self.reader.state.remaining:
            self.start()

    def _set_aside(self, indices: Sequence[int], message: Message) -> None:
        for index in indices:
            append_failure(self._events_file, index, message)
        self.reader.look()
