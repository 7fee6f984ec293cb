# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a run: pure functions from the workers' events to what a progress bar or a panel shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


@dataclass(frozen=True)
class ProcessState:
    """The state of one work unit. Images are given by their global index."""

    name: str
    indices: tuple[int, ...]
    phase: str = WAITING
    """``waiting`` for a worker, ``started`` or ``done``."""
    current: int | None = None
    current_since: float = 0.0
    """When the current image was started, Unix seconds."""
    seconds: Mapping[int, float] = field(default_factory=dict)
    """Time that each image of this run took."""
    skipped: frozenset[int] = frozenset()
    """Images that were already complete when a worker came to them, and that this run has not made."""
    failed: Mapping[int, Message] = field(default_factory=dict)
    """Message for each image that failed."""
    attempts: Mapping[int, int] = field(default_factory=dict)
    """How often each image was started."""
    evidence: Mapping[int, Evidence] = field(default_factory=dict)
    """What is known about each image during which processes ended."""
    notes: tuple[Note, ...] = ()
    """What happened to the process, in order."""

    @property
    def remaining(self) -> tuple[int, ...]:
        """Images of the unit that have neither been made nor failed, in order."""
        ended = self.seconds.keys() | self.skipped | self.failed.keys()
        return tuple(index for index in self.indices if index not in ended)


def process_state(name: str, indices: tuple[int, ...], events: Iterable[Event]) -> ProcessState:
    """Return the state of a work unit after ``events``, which may come from several workers, one after the other."""
    phase, current, since = WAITING, None, 0.0
    seconds: dict[int, float] = {}
    skipped: set[int] = set()
    failed: dict[int, Message] = {}
    attempts: dict[int, int] = {}
    evidence: dict[int, Evidence] = {}
    notes: list[Note] = []
    for event in events:
        kind, index = event["event"], event.get("index")
        if kind == NOTE:
            notes.append(Note(event["time"], Message.from_json(event)))
        elif kind in _PHASES:
            phase, current = _PHASES[kind], None
        elif kind == IMAGE_STARTED and index is not None:
            current, since = index, event["time"]
            attempts[index] = attempts.get(index, 0) + 1
        elif index is not None:
            current = None
            if kind == IMAGE_DONE:
                seconds[index] = event["seconds"]
            elif kind == IMAGE_SKIPPED:
                skipped.add(index)
            elif kind == IMAGE_FAILED:
                failed[index] = Message.from_json(event)
                evidence[index] = Evidence(tuple(event.get("output", ())), event.get("crash_report", ""))
            elif kind == IMAGE_RETRIED:
                failed.pop(index, None)
    skipped -= seconds.keys()  # a restarted worker skips what its predecessor has made
    return ProcessState(
        name, indices, phase, current, since, seconds, frozenset(skipped), failed, attempts, evidence, tuple(notes)
    )


@dataclass(frozen=True)
class RunState:
    """The state of a whole run."""

    total: int
    """Number of images in the dataset."""
    earlier: int
    """Images that were complete before this run began."""
    started: float
    """When the run began, Unix seconds."""
    processes: tuple[ProcessState, ...]

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
    def latest_note(self) -> Message | None:
        """What was reported last about any process, None if nothing was."""
        notes = [note for process in self.processes for note in process.notes]
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
        times = self.seconds.values()
        if not times:
            return None
        mean = sum(times) / len(times)
        return max((_time_left(process, mean, now) for process in self.processes), default=0.0)


def _time_left(process: ProcessState, mean_of_all: float, now: float) -> float:
    own = process.seconds.values()
    mean = sum(own) / len(own) if own else mean_of_all
    begun = min(mean, max(0.0, now - process.current_since)) if process.current is not None else 0.0
    return max(0.0, len(process.remaining) * mean - begun)
