# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that runs this, which must be a Blender or have the bpy wheel: one image after the other.

BlenderProc's script uses it, because BlenderProc is a single process. Only here does an executor import bpy.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...generator.domain.messages import Message
from ...generator.domain.numbering import ImageNumber
from ...generator.pipeline import Renderer, prepare_renderer
from ..blender_command import BlenderCommand
from ..command_line import Request
from ..dataset_folder import events_file, log_file, samples_folder, temporary_folder
from ..display import Display
from ..events import IMAGE_RETRIED, WORKER_DONE, WORKER_STARTED, append_event, append_failure
from ..exit_codes import WORKER_NO_STORAGE
from ..interruption import Interruption
from ..progress import RunState
from ..run_reader import UnitReader
from ..storage import Storage, bytes_to_make
from ..work_unit import WorkUnit
from ..worker import CannotGoOnError, CurrentSite, Task, describe, make_sample
from .base import Job, Run, RunProgress
from .storage_pause import StoragePause

POLL_SECONDS = 0.2
NO_MEMORY = Message("Memory ran out while this image was made")


class InProcessExecutor:
    """Carries out jobs one after the other. Nothing restarts this process: if it dies, the same command resumes."""

    def __init__(self, renderer: Renderer | None = None) -> None:
        self._renderer = renderer

    def number_of_units(self, _: int, num_parallel: int) -> int:
        return num_parallel

    def describe_machines(self) -> str:
        return ""

    def describe(self, jobs: Sequence[Job]) -> list[str]:
        return ["in this process"] * len(jobs)

    def run(self, run: Run, display: Display, interruption: Interruption) -> RunState:
        progress = RunProgress(run)
        try:
            for _ in self._make_samples(run):
                display.show(progress.look())
                if interruption.requested:
                    break
        finally:
            display.close(progress.look())
        return progress.look()

    def _make_samples(self, run: Run) -> Iterator[None]:
        """Make the samples of all jobs and yield after each, and while the run waits."""
        for job in run.jobs:
            with temporary_files_in(temporary_folder(run.out, job.name)):
                yield from self._carry_out(job, run, job.unit.numbers)
        if run.settings.retry_failed:
            yield from self._retry_failed(run)

    def _carry_out(self, job: Job, run: Run, numbers: Sequence[ImageNumber]) -> Iterator[None]:
        task = self._task(job, run)
        pause = StoragePause(task.storage, 60 * run.settings.storage_wait_minutes)
        reader = UnitReader(run.out, job.name, job.indices)
        task.folder.mkdir(exist_ok=True)
        append_event(
            task.events, WORKER_STARTED, threads=task.renderer.threads, pid=os.getpid(), **describe(task.renderer)
        )
        with CurrentSite(job.unit.settings) as site:
            for number in numbers:
                while not attempt(site, number, task):
                    pause.begin(reader)
                    while pause.lasts(len(reader.look().seconds), reader):
                        time.sleep(POLL_SECONDS)
                        yield
                if number == numbers[-1]:
                    append_event(task.events, WORKER_DONE)
                yield

    def _task(self, job: Job, run: Run) -> Task:
        unit = job.unit
        return Task(
            folder=samples_folder(run.out, job.name),
            events=events_file(run.out, job.name),
            renderer=self._renderer or _renderer_of(unit),
            storage=Storage(run.out, bytes_to_make(unit.settings)),
            log=log_file(run.out, job.name),
        )

    def _retry_failed(self, run: Run) -> Iterator[None]:
        for job in run.jobs:
            reader = UnitReader(run.out, job.name, job.indices)
            failed = set(reader.look().failed)
            for index in failed:
                reader.report(IMAGE_RETRIED, index=index)
            if failed:
                yield from self._carry_out(job, run, [number for number in job.unit.numbers if number.index in failed])


def attempt(site: CurrentSite, number: ImageNumber, task: Task) -> bool:
    """Make one sample, or report why it failed; return False if nothing can be written now."""
    try:
        with contextlib.ExitStack() as stack:
            if task.log is not None:
                stack.enter_context(printing_to(task.log))
            make_sample(site, number, task)
    except CannotGoOnError as error:
        if error.exit_code == WORKER_NO_STORAGE:
            return False
        append_failure(task.events, number.index, NO_MEMORY)
    return True


def create(_: Request, __: BlenderCommand) -> InProcessExecutor:
    """Return the executor for the registry; it renders with what the unit requests."""
    return InProcessExecutor()


def _renderer_of(unit: WorkUnit) -> Renderer:
    return prepare_renderer(unit.device, unit.use_gpu, 0, None, unit.settings.render.denoiser)


@contextlib.contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Put Python's temporary files into ``folder``: the dataset's disk has room, and the next run cleans up."""
    folder.mkdir(exist_ok=True)
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextlib.contextmanager
def printing_to(log: Path) -> Iterator[None]:
    """Append everything that this process prints, including Blender's own output, to ``log``."""
    streams = (sys.stdout, sys.stderr)
    for stream in streams:
        stream.flush()
    before = {number: os.dup(number) for number in (1, 2)}
    with log.open("ab") as file:
        for number in before:
            os.dup2(file.fileno(), number)
    try:
        yield
    finally:
        for stream in streams:
            stream.flush()
        for number, copy in before.items():
            os.dup2(copy, number)
            os.close(copy)
