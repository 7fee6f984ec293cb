# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that runs this, which must be a Blender or have the bpy wheel: one image after the other.

BlenderProc's script uses it, because BlenderProc is a single process. Only here does an executor import bpy.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...generator.pipeline import Renderer, prepare_renderer
from ..blender_command import BlenderCommand
from ..dataset_folder import events_file, log_file, samples_folder, temporary_folder
from ..display import Display
from ..events import WORKER_DONE, WORKER_STARTED, append_event
from ..interruption import Interruption
from ..progress import RunState
from ..work_unit import WorkUnit
from ..worker import CurrentSite, describe, make_sample
from .base import Job, Run, RunProgress


class InProcessExecutor:
    """Carries out jobs one after the other. Nothing restarts this process: if it dies, the same command resumes."""

    def __init__(self, renderer: Renderer | None = None) -> None:
        self._renderer = renderer

    def describe(self, jobs: Sequence[Job]) -> list[str]:
        return ["in this process"] * len(jobs)

    def run(self, run: Run, display: Display, interruption: Interruption) -> RunState:
        progress = RunProgress(run)
        for _ in self._make_samples(run):
            display.show(progress.look())
            if interruption.requested:
                break
        state = progress.look()
        display.close(state)
        return state

    def _make_samples(self, run: Run) -> Iterator[None]:
        """Make the samples of all jobs and yield after each."""
        for job in run.jobs:
            with temporary_files_in(temporary_folder(run.out, job.name)):
                yield from self._carry_out(job, run.out)

    def _carry_out(self, job: Job, out: Path) -> Iterator[None]:
        renderer = self._renderer or _renderer_of(job.unit)
        events = events_file(out, job.name)
        samples_folder(out, job.name).mkdir(exist_ok=True)
        append_event(events, WORKER_STARTED, threads=renderer.threads, pid=os.getpid(), **describe(renderer))
        with CurrentSite(job.unit.settings) as site:
            for number in job.unit.numbers:
                with printing_to(log_file(out, job.name)):
                    make_sample(site, number, samples_folder(out, job.name), events, renderer)
                if number.index == job.indices[-1]:
                    append_event(events, WORKER_DONE)
                yield


def create(_: BlenderCommand) -> InProcessExecutor:
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
