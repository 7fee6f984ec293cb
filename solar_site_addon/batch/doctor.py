# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor: what this machine has for making datasets, whether it works, and which command fits it.

It is asked where something is wrong, so it needs nothing but this Python and goes as far as it can.
"""

from __future__ import annotations

import dataclasses
import platform
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import Message
from ..generator.settings.schema import RunSettings, Settings, with_values
from .blender_command import BlenderCommand, find_blender
from .command_line import Request, to_arguments
from .display import size
from .events import IMAGE_DONE, IMAGE_FAILED, Event, EventTail
from .interruption import Interruption
from .memory import bytes_of_process, memory_warnings, processes_that_fit, usable_memory
from .probe import LOG, ProbeReport, probe_blender, run_worker, with_last_words
from .processes import available_cores, exit_in_words
from .work_unit import WorkUnit, image_name, write_unit

CAN_WORK, CANNOT_WORK = 0, 1
CPU = "CPU"
SECONDS_TO_RENDER = 900.0
"""The first picture on a GPU may wait some minutes for Cycles to compile its kernels."""
TRIAL_SETTINGS: Mapping[str, object] = {
    "site.size_m": 120,
    "site.relief": 0.3,
    "camera.width_px": 320,
    "camera.height_px": 240,
    "render.max_samples": 16,
}
"""A picture of about ten seconds on two cores."""
CORES_OF_PROCESS = 4
"""Cycles keeps all cores busy with one process, but for planning and writing: those of two or more overlap."""
PROCESSES_OF_GPU = 2
"""One plans and writes while the other renders."""
MOST_PROCESSES = 8
PICTURES = 100
PYTHONS_OF_WHEELS = ((3, 11), (3, 13))


@dataclass(frozen=True)
class Machine:
    """What a computer has, as far as a plain Python can see."""

    system: str
    python: str
    cores: int
    memory: float | None
    """Bytes that this process may use, None where the system does not tell."""
    disk: float
    """Free bytes where the dataset would lie."""


def examine(request: Request, running_in: str | None, interruption: Interruption) -> int:
    """Print what was found, make a test picture, recommend a command; gives the exit code.

    ``running_in`` is the Blender that runs this. Raises InterruptedRun where the user did not wait.
    """
    machine = look_at_machine(request.out)
    _print(describe_machine(machine, request.out))
    unit = trial_unit(request)
    try:
        command = find_blender(request.blender, running_in)
        report = probe_blender(command, unit, interruption, hardware=True)
    except SolarSiteError as error:
        return _give_up(error, how_to_get_blender(sys.version_info[:2]))
    _print(describe_blender(command, report))
    _print([_line("Test", f"rendering a picture of {_trial_size()} on {report.backend} ...")])
    try:
        _print([_line("", make_trial_picture(command, unit, interruption))])
    except SolarSiteError as error:
        return _give_up(error, how_to_render(report))
    processes = recommended_processes(machine, report, request.settings)
    _print(advice(machine, report, request, processes))
    _print([_line("Command", shlex.join(recommended_command(request, running_in, processes)))])
    return CAN_WORK


def _give_up(error: SolarSiteError, remedies: Iterable[str]) -> int:
    _print([_line("Problem", str(error)), *_block("To do", list(remedies))])
    return CANNOT_WORK


def look_at_machine(out: Path) -> Machine:
    """What this computer has."""
    existing = next(path for path in (out.absolute(), *out.absolute().parents) if path.exists())
    return Machine(
        system=platform.platform(terse=True),
        python=f"{platform.python_version()} ({sys.executable})",
        cores=available_cores(),
        memory=usable_memory(),
        disk=shutil.disk_usage(existing).free,
    )


def describe_machine(machine: Machine, out: Path) -> list[str]:
    """The machine in lines for a person."""
    return [
        _line("System", machine.system),
        _line("Python", machine.python),
        _line("Cores", str(machine.cores)),
        _line("Memory", "not told by this system" if machine.memory is None else size(machine.memory)),
        _line("Disk", f"{size(machine.disk)} free for {out.absolute()}"),
    ]


def describe_blender(command: BlenderCommand, report: ProbeReport) -> list[str]:
    """Blender, its devices and denoisers in lines for a person."""
    versions = f"{report.versions['blender']} with Python {report.versions['python']}"
    lines = [_line("Blender", f"{versions} ({command.description})")]
    found = [
        f"{backend}: {name} ({CPU if backend == CPU else 'GPU'})"
        for backend, names in report.devices.items()
        for name in names
    ]
    empty = [backend for backend, names in report.devices.items() if not names]
    lines += _block("Devices", found + ([f"none of {', '.join(empty)}"] if empty else []))
    lines.append(_line("Denoisers", ", ".join(report.denoisers) or "none"))
    lines.append(_line("Renders on", ": ".join(part for part in (report.backend, report.device) if part)))
    return lines + [_line("Warning", str(message)) for message in report.messages]


def trial_unit(request: Request) -> WorkUnit:
    """A small picture of a site that is known to be possible, with the device and the denoiser asked for."""
    settings = with_values(Settings(), {**TRIAL_SETTINGS, "render.denoiser": request.settings.render.denoiser})
    return WorkUnit(settings, 0, (0,), "test", request.run.device, request.run.use_gpu)


def make_trial_picture(command: BlenderCommand, unit: WorkUnit, interruption: Interruption) -> str:
    """Make ``unit``'s picture in a temporary folder, as a run would, and say what it took.

    Raises SolarSiteError, with the reason, where it is not made.
    """
    with tempfile.TemporaryDirectory(prefix="solar_site_") as name:
        folder = Path(name)
        events = folder / "events.jsonl"
        write_unit(folder / "unit.json", unit)
        places = ["--unit", str(folder / "unit.json"), "--out", str(folder), "--events", str(events)]
        code = run_worker(command.worker([*places, "--watch_stdin"]), folder, interruption, SECONDS_TO_RENDER)
        by_kind: dict[str, Event] = {str(event["event"]): event for event in EventTail(events).read_new()}
        if IMAGE_DONE in by_kind:
            return f"made in {by_kind[IMAGE_DONE]['seconds']:.1f} s"
        if IMAGE_FAILED in by_kind:
            raise SolarSiteError("The test image failed: {reason}", reason=Message.from_json(by_kind[IMAGE_FAILED]))
        late = Message("no image within {seconds:.0f} s", {"seconds": SECONDS_TO_RENDER})
        reason = with_last_words(late if code is None else exit_in_words(code), folder / LOG)
        raise SolarSiteError("The test image {image} was not rendered ({reason}).", image=image_name(0), reason=reason)


def how_to_get_blender(python: tuple[int, ...]) -> Iterator[str]:
    """What helps where no Blender does the work; ``python`` is this one's version."""
    yield "install Blender 4.2 or later (blender.org) and name it: --blender PATH, or the environment variable BLENDER"
    here = ".".join(map(str, python))
    if python in PYTHONS_OF_WHEELS:
        install = f"{shlex.quote(sys.executable)} -m pip install '.[bpy]'"
        yield f"or give this Python {here} the bpy wheel, in the project's folder: {install}"
    else:
        wheels = " or ".join(".".join(map(str, version)) for version in PYTHONS_OF_WHEELS)
        yield f"or take Python {wheels} and the bpy wheel (there is none for Python {here}): make demo sets it up"


def how_to_render(report: ProbeReport) -> Iterator[str]:
    """What helps where Blender is there and makes no picture."""
    if report.backend != CPU:
        yield f"bring the driver of {report.device} up to date; until then render on the CPU: --no_use_gpu"
    yield "end other programs, so that there is more memory, and ask again"


def recommended_processes(machine: Machine, report: ProbeReport, settings: Settings) -> int:
    """Processes that cores, GPUs and memory have room for; at least one.

    On the CPU one for every four cores, but two where there are two cores; on GPUs two for each.
    """
    if report.backend == CPU:
        wanted = max(machine.cores // CORES_OF_PROCESS, min(machine.cores, 2))
    else:
        wanted = min(PROCESSES_OF_GPU * len(report.devices.get(report.backend, [""])), machine.cores)
    wanted = max(1, min(wanted, MOST_PROCESSES))
    return processes_that_fit(settings, report.denoiser, machine.memory, wanted)


def advice(machine: Machine, report: ProbeReport, request: Request, processes: int) -> list[str]:
    """Why so many processes, in lines for a person."""
    width, height = request.settings.camera.image_size
    need = bytes_of_process(request.settings, report.denoiser)
    what = f"pictures of {width} x {height} px need about {size(need)} of memory a process"
    lines = [_line("Advice", f"{processes} {'process' if processes == 1 else 'processes'} on {report.backend}; {what}")]
    warnings = memory_warnings(request.settings, report.denoiser, processes, machine.memory)
    return lines + [_line("Warning", str(warning)) for warning in warnings]


def recommended_command(request: Request, running_in: str | None, processes: int) -> list[str]:
    """The command line that fits this machine, with what the user has asked for; run it in the project's folder."""
    asked_for = request.run.num_images != RunSettings().num_images
    pictures = request.run.num_images if asked_for else PICTURES
    run = dataclasses.replace(request.run, num_images=pictures, num_parallel=processes)
    out = request.out if request.out != Path() else Path("output/dataset")
    arguments = to_arguments(dataclasses.replace(request, out=out, run=run, doctor=False, dry_run=False))
    if "--num_parallel" not in arguments:  # said also where it is the default
        arguments += ["--num_parallel", str(processes)]
    if running_in is not None:
        return [running_in, "-b", "-P", "headless/batch.py", "--", *arguments]
    return [sys.executable or "python3", "headless/batch.py", *arguments]


def _trial_size() -> str:
    return f"{TRIAL_SETTINGS['camera.width_px']} x {TRIAL_SETTINGS['camera.height_px']} px"


def _block(name: str, texts: list[str]) -> list[str]:
    return [_line("" if number else name, text) for number, text in enumerate(texts)]


def _line(name: str, text: str) -> str:
    return f"{name:<11}{text}"


def _print(lines: list[str]) -> None:
    print("\n".join(lines), flush=True)
