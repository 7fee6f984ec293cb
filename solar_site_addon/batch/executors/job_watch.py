# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches over one job of a run on this machine: starts its workers, notices how they end, and sets images aside.

A worker that dies or hangs is replaced. An image during which this happens twice is set aside, with the last lines of
the log and Blender's crash report; an image for which memory or storage did not suffice is not to blame and waits.
"""

from __future__ import annotations

import contextlib
import enum
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...generator.dataset.layout import image_name
from ...generator.domain.messages import Message
from ..blender_command import BlenderCommand, unit_arguments
from ..dataset_folder import crash_report, events_file, log_file, temporary_folder
from ..events import IMAGE_FAILED, IMAGE_RETRIED, WORKER_ENDED
from ..exit_codes import WORKER_NO_MEMORY, WORKER_NO_STORAGE
from ..log_tail import last_lines
from ..memory import memory_of_process
from ..probe import ran_out_of_memory
from ..processes import WorkerProcess, exit_in_words
from ..quantities import duration
from ..run_reader import UnitReader
from ..silence import SilenceWatch
from ..storage import Storage, is_storage_error
from .base import Job

DIED_WITHIN = "Blender ended twice with {how} while rendering this image"
DIED_BEFORE = "Blender ended twice with {how} before starting this image"
HUNG_WITHIN = "Blender twice made no progress for {time} while rendering this image"
HUNG_BEFORE = "Blender twice made no progress for {time} before starting this image"
DIED = "{image}: Blender ended with {how}; trying again in a new process"
HUNG = "{image}: Blender made no progress for {time} and was ended; trying again in a new process"
TOO_LITTLE_MEMORY = Message("too little memory")
BEFORE_FIRST = Message("before the first image")
MAX_ATTEMPTS = 2
"""How often workers may die or hang during an image, and one after the other before their first image."""
CRASH_REPORTS = "*.crash.txt"
"""Blender writes ``blender.crash.txt`` into its temporary folder."""


class Ending(enum.Enum):
    """How a worker ended."""

    DONE = enum.auto()
    DIED = enum.auto()
    HUNG = enum.auto()
    NO_MEMORY = enum.auto()
    NO_STORAGE = enum.auto()


@dataclass(frozen=True)
class Share:
    """What a worker may use of the machine."""

    cores: Sequence[int]
    gpu_slot: int
    """Number of the worker among those that run at the same time, to distribute GPUs."""
    use_gpu: bool = True
    """Whether the worker may use a GPU at all."""
    own_group: bool = True
    """Whether the worker gets a process group of its own."""


class JobWatch:
    """Carries out one job with as many workers as it takes, one after the other."""

    def __init__(self, job: Job, out: Path, command: BlenderCommand, storage: Storage) -> None:
        self.reader = UnitReader(out, job.name, job.indices)
        self.worker: WorkerProcess | None = None
        self.share: Share | None = None
        self.peak = 0.0
        """Most memory that a worker of this job has held, bytes; 0 if the system does not report it."""
        self.finished = not job.indices
        self._out, self._name, self._command, self._storage = out, job.name, command, storage
        self._log, self._temporary = log_file(out, job.name), temporary_folder(out, job.name)
        self._deaths: Counter[int | None] = Counter()
        self._done_at_start = 0
        self._silence = SilenceWatch(())

    @property
    def waits(self) -> bool:
        """Whether the job needs a worker."""
        return self.worker is None and not self.finished

    def start(self, share: Share) -> Ending | None:
        """Start a worker; return how it ended if it could not even be started."""
        self.reader.look()
        self._done_at_start = self.reader.state.workers_done
        self.share = share
        arguments = [*unit_arguments(self._out, self._name), "--processes", str(self._storage.processes)]
        arguments += ["--log", str(self._log), "--threads", str(len(share.cores)), "--gpu_slot", str(share.gpu_slot)]
        arguments += [] if share.use_gpu else ["--no_gpu"]
        shutil.rmtree(self._temporary, ignore_errors=True)  # files of a worker that died
        try:
            command = self._command.worker(arguments, len(share.cores))
            self.worker = WorkerProcess.start(
                command, self._log, self._temporary, share.cores, own_group=share.own_group
            )
        except OSError as error:
            if is_storage_error(error) or self._storage.trouble() is not None:
                return Ending.NO_STORAGE
            raise
        self._silence = SilenceWatch([events_file(self._out, self._name), self._log, self._temporary])
        return None

    def look(self) -> None:
        """Read the worker's new events."""
        if self.reader.look().current is not None:
            self._deaths[None] = 0

    def measure(self) -> float:
        """Return the bytes that the worker holds now, and keep their maximum."""
        if self.worker is None:
            return 0.0
        held, peak = memory_of_process(self.worker.pid)
        self.peak = max(self.peak, peak)
        return held

    def ending(self, patience: float) -> tuple[Ending, Message | str] | None:
        """Return how the worker ended, in words, too; None while it runs. One that is silent for too long is ended.

        ``patience`` is in seconds.
        """
        if self.worker is None:
            return None
        code = self.worker.exit_code()  # before the events: a worker that has ended appends no more of them
        self.look()
        if code is not None:
            self._leave()
            return self._of_code(code), TOO_LITTLE_MEMORY if code == WORKER_NO_MEMORY else exit_in_words(code)
        silent = self._silence.look()
        if silent < patience:
            return None
        self.worker.end(seconds=0)
        self._leave()
        return Ending.HUNG, duration(silent)

    def _leave(self) -> None:
        if self.worker is not None:
            self.worker.ask_to_leave()  # closes our end of its pipe
        self.worker = self.share = None

    def _of_code(self, code: int) -> Ending:
        if self.reader.state.workers_done > self._done_at_start:
            return Ending.DONE
        if code == WORKER_NO_STORAGE or self._storage.trouble() is not None:
            return Ending.NO_STORAGE
        return Ending.NO_MEMORY if ran_out_of_memory(code, self._log) else Ending.DIED

    def after(self, ending: Ending, how: Message | str, *, blame: bool) -> None:
        """Do what an ending requires: nothing, a new worker, or to set images aside.

        ``blame`` tells whether the image counts as a cause: it is set aside when this happens for the second time.
        """
        state = self.reader.state
        if ending is Ending.DONE:
            self.finished = True
        elif blame:
            self._deaths[state.current] += 1
            if self._deaths[state.current] >= MAX_ATTEMPTS:
                indices = state.remaining if state.current is None else [state.current]
                self._set_aside(indices, self._reason(ending, how, within=state.current is not None))
            else:
                self._note_death(ending, how)
        if ending is not Ending.DONE:
            self.reader.report(WORKER_ENDED)
        self.finished = self.finished or not self.reader.state.num_remaining

    def retry_failed(self) -> None:
        """Let the next worker try the failed images again."""
        self.look()
        for index in sorted(self.reader.state.failed):
            self.reader.report(IMAGE_RETRIED, index=index)
            self._deaths[index] = MAX_ATTEMPTS - 1
            self.finished = False
        self._deaths[None] = 0

    def _note_death(self, ending: Ending, how: Message | str) -> None:
        index = self.reader.state.current
        values = {"image": BEFORE_FIRST if index is None else image_name(index)}
        if ending is Ending.HUNG:
            self.reader.note(Message(HUNG, {**values, "time": how}))
        else:
            self.reader.note(Message(DIED, {**values, "how": how}))
        self._keep_crash_report()

    def _reason(self, ending: Ending, how: Message | str, *, within: bool) -> Message:
        if ending is Ending.HUNG:
            return Message(HUNG_WITHIN if within else HUNG_BEFORE, {"time": how})
        return Message(DIED_WITHIN if within else DIED_BEFORE, {"how": how})

    def _set_aside(self, indices: Sequence[int], message: Message) -> None:
        evidence: dict[str, Any] = {"output": last_lines(self._log)}
        if report := self._keep_crash_report():
            evidence["crash_report"] = report
        for index in indices:
            self.reader.report(IMAGE_FAILED, index=index, **message.to_json(), **evidence)

    def _keep_crash_report(self) -> str:
        """Move what Blender wrote when it crashed out of the temporary folder; return its name, empty without one."""
        with contextlib.suppress(OSError):
            for found in sorted(self._temporary.glob(CRASH_REPORTS)):
                kept = crash_report(self._out, self._name)
                found.replace(kept)
                return kept.name
        return ""
