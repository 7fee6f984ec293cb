# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a launcher from outside: starts it so that it outlives its starter, watches and cancels it. No bpy.

All that is known of a run lies in the dataset's folder, so a run can be watched and cancelled by whoever comes later.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..generator.dataset.files import rgb_file
from ..generator.domain.errors import SettingsError
from ..generator.domain.messages import system_reason
from ..generator.settings.schema import RunSettings, Settings, from_dict, with_values
from .blender_command import BlenderCommand
from .command_line import Request, to_arguments
from .dataset_folder import ENDED, RUN_FILE, at_work, cancel_file, events_file, is_locked, unit_file, work_folder
from .events import EventTail
from .final_message import FILE_VARIABLE, message_file
from .memory import processes_that_fit
from .progress import RunState, process_state
from .work_unit import image_name, read_unit

LAUNCHER_MAIN = Path(__file__).with_name("launcher_main.py")
LOCK_VARIABLE = "SOLAR_SITE_LAUNCHER_LOCK"
"""Environment variable: the file that a launcher started from here keeps locked as long as it lives."""
MOST_PROCESSES_ON_CPU = 4
CORES_OF_A_PROCESS = 4
PROCESSES_ON_GPU = 2
"""One renders while the other one plans, builds and writes."""

if sys.platform == "win32":
    DETACHED = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    DETACHED = 0


def launcher_command(command: BlenderCommand, request: Request) -> list[str]:
    """Command line of a launcher that does what ``request`` asks for in the Blender ``command``."""
    script = [str(LAUNCHER_MAIN), "--", *to_arguments(request)]
    if command.is_wheel:
        return [command.program, *script]
    return [command.program, "-b", "--factory-startup", "--python-exit-code", "1", "-P", *script]


def start_detached(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a launcher that goes on when this process ends; ``log`` is written anew with what it prints.

    Raises SettingsError where it cannot be started.
    """
    try:
        for earlier in (cancel_before_work(log), message_file(log)):  # what belongs to an earlier launcher
            earlier.unlink(missing_ok=True)
        with log.open("wb") as file:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                creationflags=DETACHED,
                env={**os.environ, LOCK_VARIABLE: str(lock_of(log)), FILE_VARIABLE: str(message_file(log))},
            )
    except OSError as error:
        raise SettingsError(
            "{program} cannot be started ({reason}).", program=command[0], reason=system_reason(error)
        ) from error


def lock_of(log: Path) -> Path:
    """The file that the launcher which writes ``log`` keeps locked."""
    return log.with_suffix(".lock")


def cancel_before_work(log: Path) -> Path:
    """The file that asks the launcher which writes ``log`` to end, also before it has come to the dataset's folder."""
    return log.with_suffix(".cancel")


def is_alive(log: Path) -> bool:
    """Whether the launcher that writes ``log`` lives, whoever has started it."""
    return is_locked(lock_of(log))


def cancel(out: Path, log: Path) -> None:
    """Ask the launcher of ``out``, which writes ``log``, to end as after Ctrl-C: what is whole stays.

    Raises SettingsError where the file that asks it cannot be written.
    """
    file = cancel_file(out) if at_work(out) else cancel_before_work(log)
    try:
        file.touch()
    except OSError as error:
        raise SettingsError("{file} cannot be written ({reason}).", file=file, reason=system_reason(error)) from error


def earlier_request(out: Path, run: RunSettings) -> Request:
    """What asks for the rest of the dataset that lies in ``out``: the same pictures, made as ``run`` says.

    Raises SettingsError where no run has begun there.
    """
    try:
        record: dict[str, Any] = json.loads((work_folder(out) / RUN_FILE).read_text(encoding="utf-8"))
        settings = from_dict(record["settings"])
        values = {name: record[name] for name in ("seed", "views_per_site", "num_images")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError("{folder} does not contain a batch that can be resumed.", folder=out) from error
    return Request(out, settings, with_values(run, values))


def automatic_processes(cores: int, on_gpu: bool, num_images: int, settings: Settings, memory: float | None) -> int:
    """Processes that keep this computer busy without filling its ``memory`` (bytes): each holds a whole Blender."""
    wanted = PROCESSES_ON_GPU if on_gpu else min(MOST_PROCESSES_ON_CPU, cores // CORES_OF_A_PROCESS)
    return processes_that_fit(settings, settings.render.denoiser, memory, max(1, min(wanted, num_images)))


@dataclass(frozen=True)
class BatchView:
    """A run as the panel shows it."""

    state: RunState
    at_work: bool
    last_picture: Path | None
    ended: int | None
    """Exit code with which the run came to its end; None before, and for ever where its launcher was killed."""

    @property
    def finished(self) -> bool:
        """Whether every picture is there."""
        return self.state.done >= self.state.total


class RunReader:
    """Reads how far the run in a folder is; each look reads only what is new."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._started: float | None = None
        self._indices: dict[str, tuple[int, ...]] = {}
        self._tails: dict[str, EventTail] = {}
        self._events: dict[str, list[Any]] = {}

    def look(self) -> BatchView | None:
        """The run as it is now, None where there has been none."""
        try:
            run = json.loads((work_folder(self.out) / RUN_FILE).read_text(encoding="utf-8"))
            total, earlier, started = int(run["num_images"]), int(run["earlier"]), float(run["started"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if started != self._started:
            self._started, self._indices, self._tails, self._events = started, {}, {}, {}
        processes = []
        for file in sorted(work_folder(self.out).glob("batch_*.json")):
            name = file.stem
            if name not in self._tails:
                self._indices[name] = read_unit(unit_file(self.out, name)).indices
                self._tails[name], self._events[name] = EventTail(events_file(self.out, name)), []
            self._events[name] += self._tails[name].read_new()
            processes.append(process_state(name, self._indices[name], self._events[name]))
        state = RunState(total, earlier, started, tuple(processes))
        return BatchView(state, at_work(self.out), _last_picture(self.out, state), run.get(ENDED))


def _last_picture(out: Path, state: RunState) -> Path | None:
    """The newest of the pictures that each process made last."""
    made = [
        rgb_file(out / process.name / image_name(list(process.seconds)[-1]))
        for process in state.processes
        if process.seconds
    ]
    there = [path for path in made if path.is_file()]
    return max(there, key=lambda path: path.stat().st_mtime, default=None)
