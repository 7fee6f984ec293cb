# SPDX-License-Identifier: GPL-3.0-or-later
"""What one machine of a cluster does with a work unit: check that it can carry it out, and do so like a local run.

It does not matter which program distributes the units. Nothing is said in exceptions, which do not travel well: the
outcome tells. If the samples of the run are stored under a URL, machines need no shared folder: each works in a
private folder among its temporary files, from which samples go to the storage, and then events and output to the
launcher.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import functools
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...generator.dataset.layout import image_index
from ...generator.domain.errors import SolarSiteError, StoppedRunError
from ...generator.domain.messages import Message, system_reason
from ..blender_command import find_blender
from ..dataset_folder import (
    LOCK,
    crash_report,
    events_file,
    log_file,
    samples_folder,
    temporary_folder,
    unit_file,
    work_folder,
)
from ..events import IMAGE_SKIPPED, NOTE, append_event, event_line
from ..interruption import Interruption
from ..lock import is_locked, lock_when_free, try_lock
from ..private_folder import private_folder
from ..probe import probe_blender
from ..processes import available_cores, core_numbers, split_cores
from ..progress import RunState
from ..remote_storage import RemoteDataset, Uploads
from ..retries import Retries
from ..work_unit import WorkUnit, write_unit
from .base import Job, Run
from .job_watch import Share
from .local import LocalExecutor, Place

OTHER_VERSION = "it has Blender {version} ({program}), and this run needs {needed}"
KEPT_SECONDS = 7 * 86400.0
NOT_ACCESSIBLE = "it cannot read or write {file} ({reason})"
NOT_SHARED = "it does not see {file}: put the dataset into a folder that all machines of the cluster share"

EVENTS = "events"
RELAYED: Mapping[str, Callable[[Path, str], Path]] = {EVENTS: events_file, "log": log_file, "crash": crash_report}
"""Files of a unit that a machine without the dataset folder passes on to the launcher."""
Send = Callable[[str, bytes], None]
"""Appends to one of the files ``RELAYED`` in the dataset folder."""


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


def carry_out(task: Task, machine: str, send: Send) -> Outcome:
    """Carry out the unit of a task on this machine, which is called ``machine``; ``send`` reaches the launcher."""
    os.environ.pop("OMP_NUM_THREADS", None)  # Ray sets it to the CPUs of a task, numpy's libraries obey
    try:
        if task.run.storage is not None:
            return carry_out_apart(task, task.run.storage, machine, send)
        return carry_out_together(task, machine)
    except SolarSiteError as error:
        return Outcome(Result.REFUSED, machine, error.message)
    except OSError as error:  # a full disk or a folder that is away on this machine: no image is to blame
        values = {"file": error.filename or "a file", "reason": system_reason(error)}
        return Outcome(Result.REFUSED, machine, Message(NOT_ACCESSIBLE, values))


def carry_out_together(task: Task, machine: str) -> Outcome:
    """Carry out the unit of a task in the dataset folder, which all machines share."""
    (job,) = task.run.jobs
    file = unit_file(task.run.out, job.name)
    if not file.is_file():
        raise SolarSiteError(NOT_SHARED, file=file)
    return carry_out_here(task, task.run, machine)


def carry_out_apart(task: Task, storage: str, machine: str, send: Send) -> Outcome:
    """Carry out the unit of a task in a folder of this machine, and store its samples.

    What could not be stored is found there and stored by the next task of the same unit on this machine. If there is
    another one already, of the same command given twice for example, wait until it has ended.
    """
    (job,) = task.run.jobs
    out = own_folder(task.run, storage)
    with lock_when_free(work_folder(out) / f"{job.name}.{LOCK}"):
        relay = UnitRelay(out, job.name, send)
        remote = RemoteDataset(storage)
        remote.check_writable()
        stored = remote.samples([job.name])
        own = put_unit(out, job, stored)
        with Uploads(remote, out, stored.values(), relay.note, relay, [job.name]) as uploads:
            outcome = carry_out_here(task, dataclasses.replace(task.run, out=out, jobs=(own,)), machine)
            uploads.finish(Retries(60 * task.run.settings.storage_wait_minutes, lambda: False, relay.note))
        shutil.rmtree(samples_folder(out, job.name), ignore_errors=True)
        remove_files(out, job.name)
    return outcome


def own_folder(run: Run, storage: str) -> Path:
    """Return the folder of this machine for a dataset: always the same one, so that samples are found again."""
    digest = hashlib.sha256(repr((storage, run.record.recipe)).encode()).hexdigest()[:16]
    folder = private_folder() / digest
    work_folder(folder).mkdir(parents=True, exist_ok=True)
    os.utime(work_folder(folder))
    remove_unused(folder.parent)
    return folder


def remove_unused(private: Path) -> None:
    """Remove the folders of datasets that no task has used for ``KEPT_SECONDS``, whatever was left in them."""
    for work in private.glob(work_folder(Path("*")).as_posix()):
        is_old = time.time() - work.stat().st_mtime > KEPT_SECONDS
        if is_old and not any(map(is_locked, work.glob(f"*.{LOCK}"))):
            shutil.rmtree(work.parent, ignore_errors=True)


def put_unit(out: Path, job: Job, stored: Mapping[int, str]) -> Job:
    """Write the unit of a job without the images that are ``stored`` into a folder; return the job of the rest."""
    unit = dataclasses.replace(job.unit, indices=tuple(index for index in job.indices if index not in stored))
    remove_files(out, job.name)
    for sample in samples_folder(out, job.name).glob("*"):
        if image_index(sample.name) not in unit.indices:  # of an earlier run, and somebody else makes it now
            shutil.rmtree(sample, ignore_errors=True)
    write_unit(unit_file(out, job.name), unit)
    for index in sorted(set(job.indices) & stored.keys()):
        append_event(events_file(out, job.name), IMAGE_SKIPPED, index=index)
    return Job(job.name, unit)


def remove_files(out: Path, name: str) -> None:
    """Remove the files of a unit, but not its samples."""
    for file in (unit_file(out, name), *(path(out, name) for path in RELAYED.values())):
        file.unlink(missing_ok=True)
    shutil.rmtree(temporary_folder(out, name), ignore_errors=True)


class UnitRelay:
    """Passes on what is appended to the files of a unit to the launcher, in whole lines."""

    def __init__(self, out: Path, unit: str, send: Send) -> None:
        self._files = {kind: path(out, unit) for kind, path in RELAYED.items()}
        self._read = dict.fromkeys(RELAYED, 0)
        self._send = send

    def read(self) -> Mapping[str, bytes]:
        """Return what is new in each file."""
        news = {}
        for kind, path in self._files.items():
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
                file.seek(self._read[kind])
                news[kind] = file.read().rpartition(b"\n")[0]
        return news

    def send(self, news: Mapping[str, bytes]) -> None:
        """Pass it on; what was read but not sent is read again."""
        for kind, lines in news.items():
            if lines:
                self._send(kind, lines + b"\n")
                self._read[kind] += len(lines) + 1

    def note(self, message: Message) -> None:
        """Tell the launcher something at once."""
        self._send(EVENTS, event_line(NOTE, **message.to_json()).encode())


def carry_out_here(task: Task, run: Run, machine: str) -> Outcome:
    """Carry out the unit of a task in the folder of ``run``, which holds it."""
    warnings = examine(task.blender, task.version, dataclasses.replace(task.first_unit, use_gpu=task.use_gpu))
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
    folder = private_folder()
    with contextlib.ExitStack() as stack:
        for share in shares:
            if stack.enter_context(try_lock(folder / f"cores_{share[0]}")):
                yield share
                return
        yield shares[-1]
