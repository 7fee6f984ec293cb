# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the progress of a run: a bar in a terminal, one plain line per image elsewhere."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Protocol, TextIO

from ..generator.dataset.layout import BATCH_PREFIX, image_name
from ..generator.domain.messages import Message
from .progress import DONE, WAITING, Evidence, ProcessState, RunState
from .quantities import duration

BAR_WIDTH = 24
BAR_SECONDS = 0.5


class Display(Protocol):
    """Where executors show the state of their run."""

    def show(self, state: RunState) -> None:
        """Show the state; called several times per second."""

    def say(self, line: str) -> None:
        """Print a separate line."""

    def close(self, state: RunState) -> None:
        """Show the final state."""


def display_for(stream: TextIO) -> Display:
    """Return a bar if ``stream`` is a terminal, or plain lines otherwise."""
    return BarDisplay(stream) if stream.isatty() else LineDisplay(stream)


class LineDisplay:
    """One line for each image that is done or has failed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._news = News()
        self._notes = Notes()

    def show(self, state: RunState) -> None:
        now = time.time()
        for process, note in self._notes.new(state):
            self.say(f"{time.strftime('%H:%M:%S')}  {process}  {note}")
        for index, process, text in self._news.new(state):
            clock = time.strftime("%H:%M:%S")
            self.say(f"{clock}  {process}  {image_name(index)}  {text}  ({progress_words(state, now)})")

    def say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    def close(self, state: RunState) -> None:
        self.show(state)


class BarDisplay:
    """One line that is redrawn; failures stay above it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._news = News()
        self._width = 0
        self._next = 0.0
        self._notes = Notes()

    def show(self, state: RunState) -> None:
        for process, note in self._notes.new(state):
            self.say(f"{process}  {note}")
        failures = self._news.failures(state)
        for index, _, text in failures:
            self.say(f"{image_name(index)}  {text}")
        if failures or time.monotonic() >= self._next:
            self._next = time.monotonic() + BAR_SECONDS
            self._draw(bar_line(state, time.time(), shutil.get_terminal_size().columns - 1))

    def say(self, line: str) -> None:
        self._draw("")
        print(f"\r{line}", file=self._stream, flush=True)
        self._width = 0

    def close(self, state: RunState) -> None:
        self._next = 0.0
        self.show(state)
        print(file=self._stream, flush=True)

    def _draw(self, line: str) -> None:
        self._stream.write(f"\r{line}{' ' * (self._width - len(line))}")
        self._stream.flush()
        self._width = len(line)


class Notes:
    """What has been reported about processes and not been shown yet."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}

    def new(self, state: RunState) -> list[tuple[str, Message]]:
        """Return process name and text of each new note."""
        found = [
            (process.name, note.message)
            for process in state.processes
            for note in process.notes[self._shown.get(process.name, 0) :]
        ]
        self._shown = {process.name: len(process.notes) for process in state.processes}
        return found


class News:
    """Images that have ended and have not been shown yet. Only their number is kept of those that are made."""

    def __init__(self) -> None:
        self._made: dict[str, int] = {}
        self._failed: set[int] = set()

    def new(self, state: RunState) -> list[tuple[int, str, str]]:
        """Return index, process name and what happened, for each of these images."""
        return self._images_made(state) + self.failures(state)

    def _images_made(self, state: RunState) -> list[tuple[int, str, str]]:
        found = []
        for process in state.processes:
            number = len(process.seconds) - self._made.get(process.name, 0)
            newest = list(islice(reversed(process.seconds.items()), number))
            found += [(index, process.name, f"done in {seconds:.1f} s") for index, seconds in reversed(newest)]
            self._made[process.name] = len(process.seconds)
        return found

    def failures(self, state: RunState) -> list[tuple[int, str, str]]:
        """Return the same of images that have failed."""
        found = [
            (index, process.name, f"failed: {message}")
            for process in state.processes
            for index, message in process.failed.items()
            if index not in self._failed
        ]
        self._failed.update(index for index, _, _ in found)
        return found


def bar_line(state: RunState, now: float, width: int) -> str:
    """Return bar, counts, pace, time left and the current image of each process, cut to ``width`` characters."""
    filled = BAR_WIDTH * state.done // max(1, state.total)
    bar = f"[{'#' * filled}{'-' * (BAR_WIDTH - filled)}]"
    some = islice(state.processes, width)
    processes = "  ".join(f"{process.name.removeprefix(BATCH_PREFIX)}:{_at(process)}" for process in some)
    return f"{bar} {progress_words(state, now)}  {processes}"[:width]


def progress_words(state: RunState, now: float) -> str:
    """Return counts, pace and time left in words: ``3 of 8, 540 per hour, 0:00:33 left``."""
    words = [f"{state.done} of {state.total}"]
    if state.num_failed:
        words.append(f"{state.num_failed} failed")
    pace, eta = state.images_per_hour(now), state.eta_seconds(now)
    if pace is not None and eta is not None:
        words += [f"{pace:.0f} per hour", f"{duration(eta)} left"]
    return ", ".join(words)


def summary(state: RunState, seeds: Mapping[int, int], logs: Mapping[str, str], now: float) -> list[str]:
    """Return the result of a run in lines; ``seeds`` by image index, ``logs`` by process name."""
    pace = state.images_per_hour(now)
    took = f" in {duration(now - state.started)}" + (f", {pace:.0f} per hour" if pace else "")
    complete = f"{state.done} of {state.total} images are complete"
    lines = [f"{complete}: {state.earlier} from earlier runs, {state.made} made{took}."]
    evidence = state.evidence
    for index, (process, message) in sorted(state.failures.items()):
        lines.append(f"{image_name(index)} (seed {seeds[index]}) failed: {message} (log: {logs[process]})")
        lines += evidence_lines(evidence.get(index, Evidence()), Path(logs[process]).parent)
    return lines


def evidence_lines(evidence: Evidence, out: Path) -> list[str]:
    """Return what a process left behind when it ended, in indented lines; ``out`` is the dataset folder."""
    report = [f"    crash report: {out / evidence.crash_report}"] if evidence.crash_report else []
    return report + [f"    log: {line}" for line in evidence.output]


def _at(process: ProcessState) -> str:
    if process.current is not None:
        return str(process.current)
    return {WAITING: "starting", DONE: "done"}.get(process.phase, "-")
