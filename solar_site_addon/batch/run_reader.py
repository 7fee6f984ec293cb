# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the state of a run from the events on disk; each call reads only what is new."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from ..generator.domain.messages import Message
from .dataset_folder import events_file, unit_file, unit_names
from .events import NOTE, WORKER_DONE, Event, EventTail, append_event
from .progress import ProcessState, RunState, process_state
from .run_record import RunRecord, read_record
from .work_unit import read_unit


class UnitReader:
    """Follows one work unit."""

    def __init__(self, out: Path, name: str, indices: tuple[int, ...]) -> None:
        self.name = name
        self._indices = indices
        self._file = events_file(out, name)
        self._tail = EventTail(self._file)
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
            self._add(new)
        return self.state

    def report(self, event: str, **values: Any) -> None:
        """Append an event to those of the unit; if the disk is full, keep it in memory at least."""
        try:
            append_event(self._file, event, **values)
        except OSError:
            self._add([cast("Event", {"event": event, "time": time.time(), **values})])
        self.look()

    def note(self, message: Message) -> None:
        """Report what happened to the process, for everyone who follows the run."""
        self.report(NOTE, **message.to_json())

    def _add(self, events: list[Event]) -> None:
        self._events += events
        self.state = process_state(self.name, self._indices, self._events)


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
    return RunState(record.total, record.earlier, record.started, states)
