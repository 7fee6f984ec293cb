# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a Blender, before anything is written, whether it can do the work."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..generator.errors import SolarSiteError
from .blender_command import BlenderCommand
from .interruption import InterruptedRun, Interruption
from .processes import WorkerProcess, exit_in_words
from .work_unit import WorkUnit, write_unit
from .worker_main import EXIT_TOO_OLD

SECONDS_TO_ANSWER = 300.0
POLL_SECONDS = 0.05
LOG = "log"


@dataclass(frozen=True)
class ProbeReport:
    """What a Blender said of itself."""

    versions: Mapping[str, str]
    """``blender`` and ``python``."""
    backend: str
    """METAL, OPTIX, CUDA, HIP, ONEAPI or CPU."""
    device: str
    """Name of the GPU that the first process renders on, empty for the CPU."""
    messages: tuple[str, ...]
    """Warnings: what was asked for and is not there."""


def probe_blender(command: BlenderCommand, unit: WorkUnit, interruption: Interruption) -> ProbeReport:
    """What ``command`` is and renders with, once it has planned the first sample of ``unit``.

    Raises SolarSiteError where it is no Blender, too old, or no site can be made of the settings; InterruptedRun
    where the user did not wait for the answer.
    """
    with tempfile.TemporaryDirectory(prefix="solar_site_") as name:
        folder = Path(name)
        write_unit(folder / "unit.json", dataclasses.replace(unit, indices=unit.indices[:1]))
        arguments = ["--unit", str(folder / "unit.json"), "--probe", str(folder / "report.json"), "--watch_stdin"]
        code = _run(command.worker(arguments), folder, interruption)
        return _read_report(folder, code, command)


def _run(command: list[str], folder: Path, interruption: Interruption) -> int | None:
    """Exit code, or None where there was none in time."""
    try:
        worker = WorkerProcess.start(command, folder / LOG, folder / "temporary")
    except OSError as error:
        raise SolarSiteError(f"{command[0]} cannot be started ({error.strerror}).") from error
    try:
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while worker.exit_code() is None and time.monotonic() < deadline:
            if interruption.asked:
                raise InterruptedRun
            time.sleep(POLL_SECONDS)
        return worker.exit_code()
    finally:
        worker.end()


def _read_report(folder: Path, code: int | None, command: BlenderCommand) -> ProbeReport:
    if code == EXIT_TOO_OLD:
        raise SolarSiteError(f"Solar Site needs Blender 4.2 or later; {command.description} is older.")
    try:
        report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise SolarSiteError(_no_answer(folder / LOG, code, command)) from None
    if "error" in report:
        raise SolarSiteError(report["error"])
    return ProbeReport(report["versions"], report["backend"], report["device"], tuple(report["messages"]))


def _no_answer(log: Path, code: int | None, command: BlenderCommand) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    ended = f"no answer within {SECONDS_TO_ANSWER:.0f} s" if code is None else exit_in_words(code)
    last = f"; its last words: {lines[-1]}" if lines else ""
    return f"{command.description} does not work as a Blender for Solar Site ({ended}{last})."
