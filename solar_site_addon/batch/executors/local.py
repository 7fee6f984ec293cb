# SPDX-License-Identifier: GPL-3.0-or-later
"""Background Blenders on this machine, at most one for each job; a worker that dies or hangs is replaced.

Each job starts as soon as there is a free worker and enough memory. There are as many workers as jobs at first, and one
fewer whenever the system ends one for lack of memory. While nothing can be written, no worker is started.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ...generator.domain.messages import Message
from ...generator.settings.schema import Settings
from ..blender_command import BlenderCommand
from ..command_line import Request
from ..display import Display
from ..interruption import Interruption
from ..memory import available_memory, bytes_of_process, leaves_room
from ..processes import core_numbers, end_all, split_cores
from ..progress import RunState
from ..run_reader import run_state
from ..storage import Storage, bytes_to_make
from .base import Job, Run
from .job_watch import Ending, JobWatch, Share
from .storage_pause import StoragePause

POLL_SECONDS = 0.1
SECONDS_BETWEEN_ADMISSIONS = 1.0
PIXELS_OF_TILE = 2048**2
SAMPLES_OF_STEP = 16
"""Cycles renders tiles of this size, and with adaptive sampling reports after this many samples at the latest."""
SLOWEST_RATE = 1e4
"""Samples per second of a worker on a very slow machine: one of several on two cores was measured at 1e5."""
FEWER = "Blender ended with {how}, probably because memory ran out: from now on, at most {number} run at the same time"
NO_ROOM_YET = "Memory does not leave room for another process yet: {number} of {count} run"


@dataclass(frozen=True)
class Place:
    """What a cluster has assigned to a single worker on this machine."""

    share: Share
    alone: bool
    """Whether no other work competes for the memory of the machine."""


class LocalExecutor:
    """Carries out jobs in background processes, which share the cores and GPUs of this machine.

    With a ``place``, it carries out a single job there. If the system ends a worker for lack of memory while other work
    competes for it, the job is left unfinished, and no image is to blame.
    """

    def __init__(self, command: BlenderCommand, place: Place | None = None) -> None:
        self._command = command
        self._place = place

    def number_of_units(self, _: int, num_parallel: int) -> int:
        return num_parallel

    def describe_machines(self) -> str:
        return ""

    def describe(self, jobs: Sequence[Job]) -> list[str]:
        shares = split_cores(core_numbers(), len(jobs)) if jobs else []
        return [f"{len(cores)} CPU thread" + ("" if len(cores) == 1 else "s") for cores in shares]

    def run(self, run: Run, display: Display, interruption: Interruption) -> RunState:
        crew = Crew(run, self._command, self._place)
        try:
            crew.work(display, interruption)
            if run.settings.retry_failed and crew.retry_failed():
                crew.work(display, interruption)
        finally:
            end_all([watch.worker for watch in crew.watches if watch.worker is not None])
            display.close(crew.state())
        return crew.state()


def create(_: Request, command: BlenderCommand) -> LocalExecutor:
    """Return the executor for the registry."""
    return LocalExecutor(command)


def silent_step(settings: Settings) -> float:
    """Return for how many seconds Cycles shows no progress on a very slow machine."""
    pixels = min(math.prod(settings.camera.image_size), PIXELS_OF_TILE)
    return pixels * SAMPLES_OF_STEP / SLOWEST_RATE


class Crew:
    """The workers of a run, and how many there may be."""

    def __init__(self, run: Run, command: BlenderCommand, place: Place | None = None) -> None:
        self._run = run
        self._place = place
        self._most = len(run.jobs)
        """Most workers at the same time."""
        settings = [job.unit.settings for job in run.jobs[:1]]
        self._storage = Storage(run.out, sum(map(bytes_to_make, settings)), self._most)
        self._pause = StoragePause(self._storage, 60 * run.settings.storage_wait_minutes)
        self._estimated = sum(bytes_of_process(one, one.render.denoiser) for one in settings)
        self._silent_step = max(map(silent_step, settings), default=0.0)
        self._next_admission = 0.0
        self._told_of_memory = False
        self.watches = [JobWatch(job, run.out, command, self._storage) for job in run.jobs]

    def work(self, display: Display, interruption: Interruption) -> None:
        """Carry out all jobs until they are done, an interruption is requested, or memory leaves room for no worker."""
        while self._most and any(not watch.finished for watch in self.watches) and not interruption.requested:
            state = self.state()
            self._look(state)
            self._admit(state)
            display.show(self.state())
            time.sleep(POLL_SECONDS)

    def retry_failed(self) -> bool:
        """Let a single worker at a time try the failed images again; return whether there are any."""
        self._most = min(1, self._most)
        for watch in self.watches:
            watch.retry_failed()
        return any(not watch.finished for watch in self.watches)

    def state(self) -> RunState:
        """Read the new events and return the state of the run."""
        return run_state(self._run.record, [watch.reader for watch in self.watches])

    def _look(self, state: RunState) -> None:
        patience = self._patience(state)
        for watch in self.watches:
            ended = watch.ending(patience)
            if ended is not None:
                self._after(watch, *ended)

    def _patience(self, state: RunState) -> float:
        """Return for how many seconds a worker may show no sign of progress.

        Before the first image, Cycles may be silent while it takes the samples between two checks for noise in a tile.
        """
        longest = self._run.settings.hang_factor * state.slowest if state.slowest else self._silent_step
        return max(60 * self._run.settings.hang_minutes, longest)

    def _after(self, watch: JobWatch, ending: Ending, how: Message | str) -> None:
        """Replace a worker that has ended, unless the machine lacks something; then wait, or use fewer workers."""
        alone = self._most == 1 and (self._place is None or self._place.alone)
        watch.after(ending, how, blame=ending is not Ending.NO_STORAGE and (alone or ending is not Ending.NO_MEMORY))
        if ending is Ending.NO_STORAGE:
            self._pause.begin(watch.reader)
        elif ending is Ending.NO_MEMORY and not alone:
            self._most -= 1
            if self._most:
                watch.reader.note(Message(FEWER, {"how": how, "number": self._most}))

    def _admit(self, state: RunState) -> None:
        """Start workers for jobs that wait, as far as disk and memory allow."""
        waiting = [watch for watch in self.watches if watch.waits]
        reporter = (waiting or self.watches)[0].reader
        if self._pause.lasts(state.made, reporter) or time.monotonic() < self._next_admission:
            return
        for watch in waiting:
            running = [other for other in self.watches if other.worker is not None]
            if len(running) >= self._most:
                return
            if running and not self._fits(running, state):
                self._tell_of_memory(watch, len(running))
                self._next_admission = time.monotonic() + SECONDS_BETWEEN_ADMISSIONS
                return
            ending = watch.start(self._share(running))
            if ending is not None:
                self._pause.begin(watch.reader)
                return

    def _fits(self, running: Sequence[JobWatch], state: RunState) -> bool:
        """Return whether memory leaves room for another worker, as measured, once there has been an image."""
        held = [watch.measure() for watch in running]
        measured = max(watch.peak for watch in self.watches)
        peak = measured if state.made and measured else self._estimated
        return leaves_room(available_memory(), held, peak)

    def _tell_of_memory(self, watch: JobWatch, number: int) -> None:
        if not self._told_of_memory:
            self._told_of_memory = True
            watch.reader.note(Message(NO_ROOM_YET, {"number": number, "count": self._most}))

    def _share(self, running: Sequence[JobWatch]) -> Share:
        """Return the cores and the number of the next worker: the lowest that none of the ``running`` ones has."""
        if self._place is not None:
            return self._place.share
        taken = {watch.share.gpu_slot for watch in running if watch.share is not None}
        slot = next(number for number in range(len(running) + 1) if number not in taken)
        shares = split_cores(core_numbers(), self._most)
        return Share(shares[min(slot, self._most - 1)], slot)
