# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the state of a run from the events on disk; each call reads only what is new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .dataset_folder import events_file, unit_file, unit_names
from .events import WORKER_DONE, Event, EventTail
from .progress import ProcessState, RunState, process_state
from .run_record import RunRecord, read_record
from .work_unit import read_unit


class UnitReader:
    """Follows one work unit."""

    def __init__(self, out: Path, name: str, indices: tuple[int, ...]) -> None:
        self.name = name
        self._indices = indices
        self._tail = EventTail(events_file(out, name))
        self._events: list[Event] = []
        self.state: ProcessState = process_state(name, indices, [])

    @property
    def workers_done(self) -> int:
        """Number of workers that have finished the unit."""
        return sum(event["event"] == WORKER_DONE for event in self._events)

    def look(self) -> ProcessState:
        """Read the new events and return the state of the unit."""
        new = self._tail.read_new()
        if new:
            self._events += new
            self.state = process_state(self.name, self._indices, self._events)
        return self.state


class RunReader:
    """Follows the latest run in a dataset folder, whoever started it."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._started: float | None = None
        self._units: dict[str, UnitReader] = {}

    def look(self) -> tuple[RunRecord, RunState] | None:
        """Return the record and the current state of the run; None if there is none."""
        record = read_record(self._out)
        if record is None:
            return None
        if record.started != self._started:
            self._started, self._units = record.started, {}
        return record, run_state(record, [self._unit(name) for name in unit_names(self._out)])

    def _unit(self, name: str) -> UnitReader:
        if name not in self._units:
            self._units[name] = UnitReader(self._out, name, read_unit(unit_file(self._out, name)).indices)
        return self._units[name]


def run_state(record: RunRecord, units: Sequence[UnitReader]) -> RunState:
    """Read the new events of all ``units`` and return the state of the run."""
    states = tuple(unit.look() for unit in units)
    return RunState(record.num_images, record.earlier, record.started, states)
