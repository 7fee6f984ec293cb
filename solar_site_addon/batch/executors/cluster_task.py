# SPDX-License-Identifier: GPL-3.0-or-later
"""What one machine of a cluster does with a work unit: check that it can carry it out, and do so like a local run.

It does not matter which program distributes the units. Nothing is said in exceptions, which do not travel well: the
outcome tells.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import functools
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...generator.domain.errors import SolarSiteError, StoppedRunError
from ...generator.domain.messages import Message
from ..blender_command import find_blender
from ..dataset_folder import unit_file
from ..interruption import Interruption
from ..lock import try_lock
from ..probe import probe_blender
from ..processes import available_cores, core_numbers, split_cores
from ..progress import RunState
from ..work_unit import WorkUnit
from .base import Run
from .job_watch import Share
from .local import LocalExecutor, Place

OTHER_VERSION = "it has Blender {version} ({program}), and this run needs {needed}"
NOT_SHARED = "it does not see {file}: put the dataset into a folder that all machines of the cluster share"


class Result(enum.Enum):
    """How a task ended."""

    DONE = enum.auto()
    REFUSED = enum.auto()
    """This machine cannot carry out units of this run, and another one may."""
    CROWDED = enum.auto()
    """Memory did not suffice beside the other work on this machine."""
    STOPPED = enum.auto()
    """Nothing could be written for too long."""


@dataclass(frozen=True)
class Outcome:
    """What the distributor of the units has to know about a task."""

    result: Result
    machine: str
    """Id of the machine, as the distributor calls it."""
    reason: Message = Message("")
    warnings: tuple[Message, ...] = ()
    """What the machine lacks, although it can make images."""


@dataclass(frozen=True)
class Task:
    """A run of a single unit, and what the cluster has assigned to it."""

    run: Run
    """The run, with one job."""
    first_unit: WorkUnit
    """The first image of the dataset, with which every machine is checked, as that of the launcher was."""
    blender: str | None
    """Blender to use, as requested; None lets each machine find its own."""
    version: str
    """Version of Blender that the run needs."""
    cpus: int
    use_gpu: bool
    alone: bool
    """Whether no other work competes for the memory of the machine."""


class NoDisplay:
    """A display that shows nothing: the launcher reads the events in the dataset folder."""

    def show(self, state: RunState) -> None: ...

    def say(self, line: str) -> None: ...

    def close(self, state: RunState) -> None: ...


def carry_out(task: Task, machine: str) -> Outcome:
    """Carry out the unit of a task on this machine, which is called ``machine``."""
    os.environ.pop("OMP_NUM_THREADS", None)  # Ray sets it to the CPUs of a task, numpy's libraries obey
    run, (job,) = task.run, task.run.jobs
    if not unit_file(run.out, job.name).is_file():
        return Outcome(Result.REFUSED, machine, Message(NOT_SHARED, {"file": unit_file(run.out, job.name)}))
    try:
        warnings = examine(task.blender, task.version, dataclasses.replace(task.first_unit, use_gpu=task.use_gpu))
    except SolarSiteError as error:
        return Outcome(Result.REFUSED, machine, error.message)
    with own_cores(task.cpus) as cores:
        place = Place(Share(cores, gpu_slot=0, use_gpu=task.use_gpu, own_group=False), task.alone)
        try:
            state = LocalExecutor(find_blender(task.blender), place).run(run, NoDisplay(), Interruption())
        except StoppedRunError as error:
            return Outcome(Result.STOPPED, machine, error.message)
    left = any(process.num_remaining for process in state.processes)
    return Outcome(Result.CROWDED if left else Result.DONE, machine, warnings=warnings)


@functools.cache
def examine(blender: str | None, version: str, first: WorkUnit) -> tuple[Message, ...]:
    """Return what this machine lacks; raise SolarSiteError if it cannot make images of a run at all.

    Each process asks only once if the answer is yes.
    """
    command = find_blender(blender)
    report = probe_blender(command, first, Interruption())
    found = report.versions["blender"]
    if found != version:
        raise SolarSiteError(OTHER_VERSION, version=found, program=command.description, needed=version)
    return report.messages


@contextlib.contextmanager
def own_cores(number: int) -> Iterator[Sequence[int]]:
    """Yield ``number`` CPU cores of this machine that no other task uses, as far as there are any.

    The lock of a file tells which are in use; it is released however this process ends.
    """
    shares = split_cores(core_numbers(), max(1, available_cores() // number))
    user = os.getuid() if hasattr(os, "getuid") else "all"
    with contextlib.ExitStack() as stack:
        for share in shares:
            file = Path(tempfile.gettempdir()) / f"solar_site_cores_{user}_{share[0]}"
            if stack.enter_context(try_lock(file)):
                yield share
                return
        yield shares[-1]
