# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the state of a run from the events on disk; each call reads only what is new."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from ..generator.domain.messages import Message
from .dataset_folder import events_file, unit_file, unit_names
from .events import NOTE, Event, EventTail, append_event
from .progress import STARTED, ProcessState, RunState
from .run_record import RunRecord, read_record
from .work_unit import read_unit

UNITS_AT_ONCE = 256
"""Units whose events a reader looks for in each call: as many as a run on one machine has at most."""


class UnitReader:
    """Follows one work unit."""

    def __init__(self, out: Path, name: str, indices: tuple[int, ...]) -> None:
        self.name = name
        self._file = events_file(out, name)
        self._tail = EventTail(self._file)
        self.state = ProcessState(name, indices)

    def look(self) -> ProcessState:
        """Read the new events and return the state of the unit."""
        for event in self._tail.read_new():
            self.state.add(event)
        return self.state

    def report(self, event: str, **values: Any) -> None:
        """Append an event to those of the unit; if the disk is full, keep it in memory at least."""
        try:
            append_event(self._file, event, **values)
        except OSError:
            self.state.add(cast("Event", {"event": event, "time": time.time(), **values}))
        self.look()

    def note(self, message: Message) -> None:
        """Report what happened to the process, for everyone who follows the run."""
        self.report(NOTE, **message.to_json())


class RunReader:
    """Follows the latest run in a dataset folder, whoever started it.

    Of many units, some are looked at in each call, in turn, and always those that were at work before.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._of: tuple[float, int | None] | None = None
        """Start and end of the run that was seen last."""
        self._units: dict[str, UnitReader] = {}
        self._turn = 0

    def look(self) -> tuple[RunRecord, RunState] | None:
        """Return the record and the current state of the run; None if there is none."""
        record = read_record(self._out)
        if record is None:
            return None
        if self._of is None or record.started != self._of[0]:
            self._units = {}
        has_changed, self._of = (record.started, record.ended) != self._of, (record.started, record.ended)
        units = [self._unit(name) for name in unit_names(self._out)]
        self._turn += 1
        for unit in units if has_changed else self._in_turn(units):
            unit.look()
        return record, RunState(record.total, record.earlier, record.started, tuple(unit.state for unit in units))

    def _in_turn(self, units: Sequence[UnitReader]) -> list[UnitReader]:
        turns = -(-len(units) // UNITS_AT_ONCE)
        return [
            unit
            for place, unit in enumerate(units)
            if unit.state.phase == STARTED or place % turns == self._turn % turns
        ]

    def _unit(self, name: str) -> UnitReader:
        if name not in self._units:
            self._units[name] = UnitReader(self._out, name, read_unit(unit_file(self._out, name)).indices)
        return self._units[name]


def run_state(record: RunRecord, units: Sequence[UnitReader]) -> RunState:
    """Read the new events of all ``units`` and return the state of the run."""
    states = tuple(unit.look() for unit in units)
    return RunState(record.total, record.earlier, record.started, states)
