# SPDX-License-Identifier: GPL-3.0-or-later
"""What carries out the work units of a run, and what the launcher relies on.

The launcher decides which images are missing, divides them into work units and writes these to disk; an executor has
them carried out, wherever that may be. Units hold nothing that only one machine knows, so cores, GPU slots and hosts
are the executor's business. To add an executor, add one module here with ``create`` (see registry.py).

Every executor guarantees:

- All state is on disk. Samples appear complete; progress is appended to the events of their unit, output to its log.
  The executor reads the state of the run from there (``RunProgress``) and keeps none of its own, so that an executor
  that dies costs only the images that were in flight, and a panel or a later launcher sees the same state.
- A unit may be carried out again at any time, by any worker: complete samples are skipped. At most one worker at a time
  carries out a unit.
- When a worker dies or hangs, its unit is carried out again for what remains. An image during which this happens
  repeatedly is set aside with an ``image_failed`` event, so that every run ends.
- No image fails because memory or storage run out. Fewer workers than jobs are allowed at any time: jobs wait for a
  worker. While nothing can be written, all of them wait, and ``run`` raises StoppedRunError after the run's
  ``storage_wait_minutes``. What was decided is reported as a ``note`` event.
- With the run's ``retry_failed``, failed images are tried once more after all others.
- ``run`` shows the state while it works, and returns soon after an interruption is requested. When it returns or
  raises, nothing that it started is still writing to the dataset folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...generator.settings.schema import RunSettings
from ..display import Display
from ..interruption import Interruption
from ..progress import RunState
from ..run_reader import UnitReader, run_state
from ..run_record import RunRecord
from ..work_unit import WorkUnit


@dataclass(frozen=True)
class Job:
    """A work unit of a run and its name, which its files in the dataset folder share (``batch_00``)."""

    name: str
    unit: WorkUnit

    @property
    def indices(self) -> tuple[int, ...]:
        """Global image indices of the unit."""
        return self.unit.indices


@dataclass(frozen=True)
class Run:
    """Jobs whose units and folder have been written to disk."""

    out: Path
    record: RunRecord
    jobs: tuple[Job, ...]
    settings: RunSettings = RunSettings()
    storage: str | None = None
    """URL under which the launcher stores the samples that appear in the folder; others may be stored directly."""


class Executor(Protocol):
    """Carries out the jobs of a run."""

    def number_of_units(self, images: int, num_parallel: int, /) -> int:
        """Return into how many work units so many images are to be divided."""

    def describe_machines(self) -> str:
        """Return what carries out the jobs if it is not this machine, for the launcher's plan; empty if it is."""

    def describe(self, jobs: Sequence[Job]) -> list[str]:
        """Return what each job will run on, for the launcher's plan: ``2 CPU threads``."""

    def run(self, run: Run, display: Display, interruption: Interruption) -> RunState:
        """Carry out all jobs until they are done or an interruption is requested; return the final state.

        Raise StoppedRunError if nothing can be written for too long.
        """


class RunProgress:
    """The state of a run, read from the events of its units."""

    def __init__(self, run: Run) -> None:
        self._record = run.record
        self._units = [UnitReader(run.out, job.name, job.indices) for job in run.jobs]

    def look(self) -> RunState:
        """Read the new events and return the state of the run."""
        return run_state(self._record, self._units)
