# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a run: from the workers' events to what a progress bar or a panel shows."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..generator.domain.messages import Message
from .events import (
    IMAGE_DONE,
    IMAGE_FAILED,
    IMAGE_RETRIED,
    IMAGE_SKIPPED,
    IMAGE_STARTED,
    NOTE,
    WORKER_DONE,
    WORKER_ENDED,
    WORKER_STARTED,
    Event,
)

WAITING = "waiting"
STARTED = "started"
DONE = "done"
_PHASES = {WORKER_STARTED: STARTED, WORKER_ENDED: WAITING, WORKER_DONE: DONE}


@dataclass(frozen=True)
class Evidence:
    """What a process left behind that ended while it made an image."""

    output: tuple[str, ...] = ()
    """Last lines of its log."""
    crash_report: str = ""
    """Name of the file that Blender wrote when it crashed, empty if there is none."""


@dataclass(frozen=True)
class Note:
    """Something that happened to a process and that people should know."""

    time: float
    """Unix seconds."""
    message: Message


@dataclass
class ProcessState:
    """The state of one work unit, which grows with its events. Images are given by their global index.

    Of an image that is made, only the time that it took is kept: a run may have millions of them.
    """

    name: str
    indices: Sequence[int]
    """Ascending."""
    phase: str = WAITING
    """``waiting`` for a worker, ``started`` or ``done``."""
    current: int | None = None
    current_since: float = 0.0
    """When the current image was started, Unix seconds."""
    seconds: dict[int, float] = field(default_factory=dict)
    """Time that each image of this run took, in the order in which they were made."""
    total_seconds: float = 0.0
    """Sum of these times."""
    slowest: float = 0.0
    """Longest of these times."""
    skipped: set[int] = field(default_factory=set)
    """Images that were already complete when a worker came to them, and that this run has not made."""
    failed: dict[int, Message] = field(default_factory=dict)
    """Message for each image that failed."""
    evidence: dict[int, Evidence] = field(default_factory=dict)
    """What is known about each image during which processes ended."""
    notes: list[Note] = field(default_factory=list)
    """What happened to the process, in order."""
    workers_done: int = 0
    """Number of workers that have finished the unit."""
    seen: int = 0
    """Number of events so far."""

    @property
    def remaining(self) -> tuple[int, ...]:
        """Images of the unit that have neither been made nor failed, in order."""
        return tuple(index for index in self.indices if not self._has_ended(index))

    @property
    def num_remaining(self) -> int:
        """Number of these images."""
        only_failed = sum(index not in self.seconds and index not in self.skipped for index in self.failed)
        return max(0, len(self.indices) - len(self.seconds) - len(self.skipped) - only_failed)

    def _has(self, index: int) -> bool:
        place = bisect.bisect_left(self.indices, index)
        return place < len(self.indices) and self.indices[place] == index

    def _has_ended(self, index: int) -> bool:
        return index in self.seconds or index in self.skipped or index in self.failed

    def add(self, event: Event) -> None:
        """Take note of the next event; events may come from several workers, one after the other."""
        self.seen += 1
        kind, index = event["event"], event.get("index")
        if index is not None and not self._has(index):
            return  # not written by a worker of this unit
        if kind == NOTE:
            self.notes.append(Note(event["time"], Message.from_json(event)))
        elif kind in _PHASES:
            self.phase, self.current = _PHASES[kind], None
            self.workers_done += kind == WORKER_DONE
        elif kind == IMAGE_STARTED and index is not None:
            self.current, self.current_since = index, event["time"]
        elif index is not None:
            self.current = None
            self._end(kind, index, event)

    def _end(self, kind: str, index: int, event: Event) -> None:
        if kind == IMAGE_DONE:
            self.total_seconds += event["seconds"] - self.seconds.get(index, 0.0)
            self.slowest = max(self.slowest, event["seconds"])
            self.seconds[index] = event["seconds"]
            self.skipped.discard(index)
        elif kind == IMAGE_SKIPPED and index not in self.seconds:  # else a restarted worker, after its predecessor
            self.skipped.add(index)
        elif kind == IMAGE_FAILED:
            self.failed[index] = Message.from_json(event)
            self.evidence[index] = Evidence(tuple(event.get("output", ())), event.get("crash_report", ""))
        elif kind == IMAGE_RETRIED:
            self.failed.pop(index, None)


def process_state(name: str, indices: Sequence[int], events: Iterable[Event]) -> ProcessState:
    """Return the state of a work unit after ``events``."""
    state = ProcessState(name, indices)
    for event in events:
        state.add(event)
    return state


@dataclass(frozen=True)
class RunState:
    """The state of a whole run."""

    total: int
    """Number of images in the dataset."""
    earlier: int
    """Images that were complete before this run began."""
    started: float
    """When the run began, Unix seconds."""
    processes: tuple[ProcessState, ...] = field(compare=False)
    """They go on growing: states of the same run are equal if they were made after the same number of events."""
    seen: int = field(init=False)
    """Number of events so far."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "seen", sum(process.seen for process in self.processes))

    @property
    def made(self) -> int:
        """Number of images that this run has made."""
        return sum(len(process.seconds) for process in self.processes)

    @property
    def done(self) -> int:
        """Number of complete images, whenever they were made."""
        return self.earlier + self.made + sum(len(process.skipped) for process in self.processes)

    @property
    def failures(self) -> dict[int, tuple[str, Message]]:
        """Process name and message for each failed image, by index."""
        return {
            index: (process.name, message)
            for process in self.processes
            for index, message in sorted(process.failed.items())
        }

    @property
    def num_failed(self) -> int:
        """Number of failed images."""
        return sum(len(process.failed) for process in self.processes)

    @property
    def slowest(self) -> float:
        """Time that the slowest image of this run took, 0 before the first."""
        return max((process.slowest for process in self.processes), default=0.0)

    @property
    def latest_note(self) -> Message | None:
        """What was reported last about any process, None if nothing was."""
        notes = [process.notes[-1] for process in self.processes if process.notes]
        return max(notes, key=lambda note: note.time).message if notes else None

    @property
    def evidence(self) -> dict[int, Evidence]:
        """What is known about each image during which processes ended."""
        return {index: found for process in self.processes for index, found in process.evidence.items()}

    @property
    def seconds(self) -> dict[int, float]:
        """Time that each image of this run took."""
        return {index: seconds for process in self.processes for index, seconds in process.seconds.items()}

    def images_per_hour(self, now: float) -> float | None:
        """Return the images per hour at this run's pace so far; None before the first image."""
        elapsed = now - self.started
        return 3600 * self.made / elapsed if self.made and elapsed > 0 else None

    def eta_seconds(self, now: float) -> float | None:
        """Return the time until the slowest process will have finished; None before the first image."""
        made = self.made
        if not made:
            return None
        mean = sum(process.total_seconds for process in self.processes) / made
        return max((_time_left(process, mean, now) for process in self.processes), default=0.0)


def _time_left(process: ProcessState, mean_of_all: float, now: float) -> float:
    mean = process.total_seconds / len(process.seconds) if process.seconds else mean_of_all
    begun = min(mean, max(0.0, now - process.current_since)) if process.current is not None else 0.0
    return max(0.0, process.num_remaining * mean - begun)
