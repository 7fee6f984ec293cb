# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a Blender, before anything is written, whether it can do the work."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import Message, system_reason
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
    messages: tuple[Message, ...]
    """Warnings: what was asked for and is not there."""
    denoiser: str
    """INTEL, OPTIX or NONE: the one that runs."""
    devices: Mapping[str, list[str]] = field(default_factory=dict)
    """Names of the real devices by backend, the CPU's included, where they were asked for."""
    denoisers: tuple[str, ...] = ()
    """INTEL and OPTIX, as far as this Blender can run them now, where they were asked for."""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> ProbeReport:
        """The report that a worker has written as JSON."""
        return cls(
            versions=answer["versions"],
            backend=answer["backend"],
            device=answer["device"],
            messages=tuple(map(Message.from_json, answer["messages"])),
            denoiser=answer["denoiser"],
            devices=answer.get("devices", {}),
            denoisers=tuple(answer.get("denoisers", ())),
        )


def probe_blender(
    command: BlenderCommand, unit: WorkUnit, interruption: Interruption, *, hardware: bool = False
) -> ProbeReport:
    """What ``command`` is and renders with, once it has planned the first sample of ``unit``.

    ``hardware`` asks for all devices and denoisers, too, which takes a moment longer.
    Raises SolarSiteError where it is no Blender, too old, or no site can be made of the settings; InterruptedRun
    where the user did not wait for the answer.
    """
    with tempfile.TemporaryDirectory(prefix="solar_site_") as name:
        folder = Path(name)
        write_unit(folder / "unit.json", dataclasses.replace(unit, indices=unit.indices[:1]))
        arguments = ["--unit", str(folder / "unit.json"), "--probe", str(folder / "report.json"), "--watch_stdin"]
        arguments += ["--hardware"] if hardware else []
        code = run_worker(command.worker(arguments), folder, interruption, SECONDS_TO_ANSWER)
        return _read_report(folder, code, command)


def run_worker(command: list[str], folder: Path, interruption: Interruption, seconds: float) -> int | None:
    """Run a worker to its end, its output going to LOG in ``folder``: its exit code, or None after ``seconds``.

    Raises SolarSiteError where it cannot be started, InterruptedRun where the user did not wait.
    """
    try:
        worker = WorkerProcess.start(command, folder / LOG, folder / "temporary")
    except OSError as error:
        raise SolarSiteError(
            "{program} cannot be started ({reason}).", program=command[0], reason=system_reason(error)
        ) from error
    try:
        deadline = time.monotonic() + seconds
        while worker.exit_code() is None and time.monotonic() < deadline:
            if interruption.asked:
                raise InterruptedRun
            time.sleep(POLL_SECONDS)
        return worker.exit_code()
    finally:
        worker.end()


def _read_report(folder: Path, code: int | None, command: BlenderCommand) -> ProbeReport:
    if code == EXIT_TOO_OLD:
        raise SolarSiteError("Solar Site needs Blender 4.2 or later; {program} is older.", program=command.description)
    try:
        report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _no_answer(folder / LOG, code, command) from None
    if "error" in report:
        raise SolarSiteError.of(Message.from_json(report["error"]))
    return ProbeReport.of(report)


def _no_answer(log: Path, code: int | None, command: BlenderCommand) -> SolarSiteError:
    late = Message("no answer within {seconds:.0f} s", {"seconds": SECONDS_TO_ANSWER})
    ended = late if code is None else exit_in_words(code)
    return SolarSiteError(
        "{program} cannot run Solar Site ({reason}).",
        program=command.description,
        reason=with_last_words(ended, log),
    )


def with_last_words(ended: Message, log: Path) -> Message:
    """How a worker has ended, with the last line of its output, if any."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return Message("{ended}; last output: {line}", {"ended": ended, "line": lines[-1]}) if lines else ended
