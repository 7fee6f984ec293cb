# SPDX-License-Identifier: GPL-3.0-or-later
"""Controls a launcher from outside: starts it as an independent process, follows it, cancels it. No bpy.

Everything about a run is in the dataset folder, so anyone can follow and cancel it later.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..generator.dataset.files import rgb_file
from ..generator.domain.errors import SettingsError
from ..generator.domain.messages import system_reason
from ..generator.settings.schema import RunSettings, from_dict, with_values
from .blender_command import BlenderCommand
from .command_line import Request, to_arguments
from .dataset_folder import cancel_file, sample_folder
from .final_message import FILE_VARIABLE, message_file
from .lock import is_locked, is_running
from .progress import RunState
from .run_reader import RunReader
from .run_record import read_record

LAUNCHER_MAIN = Path(__file__).with_name("launcher_main.py")
LOCK_VARIABLE = "SOLAR_SITE_LAUNCHER_LOCK"
"""Environment variable: the file that a launcher started from here keeps locked while it lives."""

if sys.platform == "win32":
    DETACHED = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    DETACHED = 0


def launcher_command(command: BlenderCommand, request: Request) -> list[str]:
    """Return the command line of a launcher that carries out ``request`` with the Blender ``command``."""
    script = [str(LAUNCHER_MAIN), "--", *to_arguments(request)]
    if command.is_wheel:
        return [command.program, *script]
    return [command.program, "-b", "--factory-startup", "--python-exit-code", "1", "-P", *script]


def start_detached(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a launcher that outlives this process; its output replaces ``log``.

    Raise SettingsError if it cannot be started.
    """
    try:
        for earlier in (cancel_before_start(log), message_file(log)):  # left over from an earlier launcher
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
    """Return the file that the launcher which writes ``log`` keeps locked."""
    return log.with_suffix(".lock")


def cancel_before_start(log: Path) -> Path:
    """Return the file that asks the launcher which writes ``log`` to stop, even before it uses the dataset folder."""
    return log.with_suffix(".cancel")


def is_alive(log: Path) -> bool:
    """Return whether the launcher that writes ``log`` is alive, whoever started it."""
    return is_locked(lock_of(log))


def cancel(out: Path, log: Path) -> None:
    """Ask the launcher of ``out``, which writes ``log``, to stop as after Ctrl-C: complete samples are kept.

    Raise SettingsError if the request cannot be written.
    """
    file = cancel_file(out) if is_running(out) else cancel_before_start(log)
    try:
        file.touch()
    except OSError as error:
        raise SettingsError("{file} cannot be written ({reason}).", file=file, reason=system_reason(error)) from error


def earlier_request(out: Path, run: RunSettings) -> Request:
    """Return the request that resumes the dataset in ``out``: the same images, made in the way that ``run`` says.

    Raise SettingsError if no run has started there.
    """
    record = read_record(out)
    if record is None or record.recipe.settings is None:
        raise SettingsError("{folder} does not contain a batch that can be resumed.", folder=out)
    recipe = record.recipe
    values = {"seed": recipe.seed, "views_per_site": recipe.views_per_site, "num_images": record.num_images}
    return Request(out, from_dict(dict(record.recipe.settings)), with_values(run, values))


@dataclass(frozen=True)
class BatchView:
    """A run as the panel shows it."""

    state: RunState
    running: bool
    last_image: Path | None
    ended: int | None
    """Exit code of the run; None while it is running, and for ever if its launcher was killed."""

    @property
    def finished(self) -> bool:
        """Whether every image is complete."""
        return self.state.done >= self.state.total


class BatchReader:
    """Follows the run in a folder; each call reads only what is new."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._reader = RunReader(out)

    def look(self) -> BatchView | None:
        """Return the run as it is now, None if there is none."""
        found = self._reader.look()
        if found is None:
            return None
        record, state = found
        return BatchView(state, is_running(self._out), _last_image(self._out, state), record.ended)


def _last_image(out: Path, state: RunState) -> Path | None:
    """Return the newest of the images that each process made last."""
    made = [
        rgb_file(sample_folder(out, process.name, next(reversed(process.seconds))))
        for process in state.processes
        if process.seconds
    ]
    existing = [path for path in made if path.is_file()]
    return max(existing, key=lambda path: path.stat().st_mtime, default=None)
