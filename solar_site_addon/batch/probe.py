# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that a Blender can do the work before anything is written."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path

from ..generator.dataset.files import DAMAGE
from ..generator.dataset.layout import batch_name
from ..generator.domain.errors import SolarSiteError, UnreadableModelError
from ..generator.domain.json_file import SETTINGS_BYTES, load_json
from ..generator.domain.messages import Message, system_reason
from .blender_command import BlenderCommand, probe_arguments
from .dataset_folder import events_file, log_file, temporary_folder, unit_file, work_folder
from .events import LAND_READ, EventTail
from .exit_codes import MEMORY_CODES
from .interruption import InterruptedRun, Interruption
from .log_tail import last_lines
from .memory import tells_of_memory
from .probe_report import ProbeReport
from .processes import WorkerProcess, exit_in_words
from .reading_report import reading_words
from .work_unit import WorkUnit, write_unit
from .worker_main import EXIT_TOO_OLD

SECONDS_TO_ANSWER = 300.0
POLL_SECONDS = 0.05
NO_MEMORY = (
    "{program} got too little memory to check whether it can run Solar Site ({reason}): close other programs, or raise "
    "the memory limit of this session or job."
)
NAME = batch_name(0)
"""Name of the only unit in a temporary dataset folder."""


def probe_blender(
    command: BlenderCommand, unit: WorkUnit, interruption: Interruption, *, hardware: bool = False
) -> ProbeReport:
    """Return what ``command`` is and renders with, after it has planned the first sample of ``unit``.

    ``hardware`` also requests all devices and denoisers, which takes a moment longer. Raise SolarSiteError if the
    command is not a supported Blender or no site can be made of the settings, UnreadableModelError if GDAL may read the
    elevation model, InterruptedRun if the user interrupts.
    """
    with tempfile.TemporaryDirectory(prefix="solar_site_") as name:
        folder = Path(name)
        report = folder / "report.json"
        write_unit(unit_file(folder, NAME), dataclasses.replace(unit, indices=unit.indices[:1]))
        arguments = probe_arguments(folder, NAME, report, hardware=hardware)
        code = run_worker(command.worker(arguments), folder, interruption, SECONDS_TO_ANSWER)
        return _read_report(report, log_file(folder, NAME), code, command)


def run_worker(command: list[str], folder: Path, interruption: Interruption, seconds: float) -> int | None:
    """Run a worker in the temporary dataset folder ``folder``; return its exit code, or None after ``seconds``.

    A worker that reports that it reads an elevation model gets the time anew. Raise SolarSiteError if it cannot be
    started, InterruptedRun if the user interrupts.
    """
    work_folder(folder).mkdir(exist_ok=True)
    try:
        worker = WorkerProcess.start(command, log_file(folder, NAME), temporary_folder(folder, NAME))
    except OSError as error:
        raise SolarSiteError(
            "{program} cannot be started ({reason}).", program=command[0], reason=system_reason(error)
        ) from error
    try:
        deadline, events = time.monotonic() + seconds, EventTail(events_file(folder, NAME))
        while worker.exit_code() is None and time.monotonic() < deadline:
            if interruption.requested:
                raise InterruptedRun
            for event in events.read_new():
                if event["event"] == LAND_READ:
                    print(reading_words(event["percent"]), flush=True)
                    deadline = time.monotonic() + seconds
            time.sleep(POLL_SECONDS)
        return worker.exit_code()
    finally:
        worker.end()


def _read_report(path: Path, log: Path, code: int | None, command: BlenderCommand) -> ProbeReport:
    if code == EXIT_TOO_OLD:
        raise SolarSiteError("Solar Site needs Blender 4.2 or later; {program} is older.", program=command.description)
    try:
        document = load_json(path, SETTINGS_BYTES)
        if "error" not in document:
            return ProbeReport.of(document)
        error = Message.from_json(document["error"])
    except (OSError, *DAMAGE):
        raise _no_answer(log, code, command) from None
    raise (UnreadableModelError if document.get("unreadable_model") else SolarSiteError).of(error)


def _no_answer(log: Path, code: int | None, command: BlenderCommand) -> SolarSiteError:
    late = Message("no answer within {seconds:.0f} s", {"seconds": SECONDS_TO_ANSWER})
    reason = with_last_words(late if code is None else exit_in_words(code), log)
    if ran_out_of_memory(code, log):
        return SolarSiteError(NO_MEMORY, program=command.description, reason=reason)
    return SolarSiteError("{program} cannot run Solar Site ({reason}).", program=command.description, reason=reason)


def with_last_words(ended: Message, log: Path) -> Message:
    """Return how a worker ended, with the last line of its output, if any."""
    lines = last_lines(log, 1)
    return Message("{ended}; last output: {line}", {"ended": ended, "line": lines[0]}) if lines else ended


def ran_out_of_memory(code: int | None, log: Path) -> bool:
    """Return whether a worker ended because memory ran out, as far as its exit code and its output tell."""
    return code in MEMORY_CODES or (code != 0 and tells_of_memory("\n".join(last_lines(log))))
