# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor: what this machine offers for making datasets, whether it works, and which command suits it.

Users run it when something is wrong, so it needs nothing but this Python, and goes as far as it can.
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

from ..generator.dataset.layout import image_name
from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import Message
from ..generator.settings.schema import RunSettings, Settings, with_values
from .blender_command import BlenderCommand, find_blender, unit_arguments
from .command_line import Request, to_arguments
from .dataset_folder import events_file, existing_parent, log_file, unit_file
from .events import IMAGE_DONE, IMAGE_FAILED, Event, EventTail
from .interruption import Interruption
from .memory import bytes_of_process, memory_warnings, usable_memory
from .probe import NAME, probe_blender, run_worker, with_last_words
from .probe_report import ProbeReport
from .processes import available_cores, exit_in_words
from .quantities import size
from .recommendation import recommended_processes
from .work_unit import WorkUnit, write_unit

CAN_WORK, CANNOT_WORK = 0, 1
CPU = "CPU"
SECONDS_TO_RENDER = 900.0
"""The first image on a GPU may wait some minutes for Cycles to compile its kernels."""
TRIAL_SETTINGS: Mapping[str, object] = {
    "site.size_m": 120,
    "site.relief": 0.3,
    "camera.width_px": 320,
    "camera.height_px": 240,
    "render.max_samples": 16,
}
"""An image that takes about ten seconds on two cores."""
NUM_IMAGES = 100
"""Images of the recommended command if the user does not say how many."""
PYTHONS_OF_WHEELS = ((3, 11), (3, 13))


@dataclass(frozen=True)
class Machine:
    """What a computer offers, as far as a plain Python can see."""

    system: str
    python: str
    cores: int
    memory: float | None
    """Bytes that this process may use, None if the operating system does not report it."""
    disk: float
    """Free bytes on the disk of the dataset folder."""


def examine(request: Request, running_in: str | None, interruption: Interruption) -> int:
    """Print what was found, render a test image, recommend a command; return the exit code.

    ``running_in`` is the Blender that runs this. Raise InterruptedRun if the user interrupts.
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
    _print([_line("Test", f"rendering an image of {_trial_size()} on {report.backend} ...")])
    try:
        _print([_line("", make_trial_image(command, unit, interruption))])
    except SolarSiteError as error:
        return _give_up(error, how_to_render(report))
    processes = recommend(machine, report, request)
    _print(advice(machine, report, request, processes))
    _print([_line("Command", shlex.join(recommended_command(request, running_in, processes)))])
    return CAN_WORK


def _give_up(error: SolarSiteError, remedies: Iterable[str]) -> int:
    _print([_line("Problem", str(error)), *_block("To do", list(remedies))])
    return CANNOT_WORK


def look_at_machine(out: Path) -> Machine:
    """Return what this computer offers."""
    return Machine(
        system=platform.platform(terse=True),
        python=f"{platform.python_version()} ({sys.executable})",
        cores=available_cores(),
        memory=usable_memory(),
        disk=shutil.disk_usage(existing_parent(out)).free,
    )


def describe_machine(machine: Machine, out: Path) -> list[str]:
    """Return the machine in lines for a person."""
    return [
        _line("System", machine.system),
        _line("Python", machine.python),
        _line("Cores", str(machine.cores)),
        _line("Memory", "not reported by this system" if machine.memory is None else size(machine.memory)),
        _line("Disk", f"{size(machine.disk)} free for {out.absolute()}"),
    ]


def describe_blender(command: BlenderCommand, report: ProbeReport) -> list[str]:
    """Return Blender, its devices and denoisers in lines for a person."""
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
    """Return a unit with a small image of a site that is known to work, with the requested device and denoiser."""
    settings = with_values(Settings(), {**TRIAL_SETTINGS, "render.denoiser": request.settings.render.denoiser})
    return WorkUnit(settings, 0, (0,), NAME, request.run.device, request.run.use_gpu)


def make_trial_image(command: BlenderCommand, unit: WorkUnit, interruption: Interruption) -> str:
    """Make the image of ``unit`` in a temporary dataset folder, as a run would, and return how long it took.

    Raise SolarSiteError with the reason if it fails.
    """
    with tempfile.TemporaryDirectory(prefix="solar_site_") as name:
        folder = Path(name)
        write_unit(unit_file(folder, NAME), unit)
        code = run_worker(command.worker(unit_arguments(folder, NAME)), folder, interruption, SECONDS_TO_RENDER)
        by_kind: dict[str, Event] = {event["event"]: event for event in EventTail(events_file(folder, NAME)).read_new()}
        if IMAGE_DONE in by_kind:
            return f"done in {by_kind[IMAGE_DONE]['seconds']:.1f} s"
        if IMAGE_FAILED in by_kind:
            raise SolarSiteError("The test image failed: {reason}", reason=Message.from_json(by_kind[IMAGE_FAILED]))
        late = Message("no image within {seconds:.0f} s", {"seconds": SECONDS_TO_RENDER})
        ended = with_last_words(late if code is None else exit_in_words(code), log_file(folder, NAME))
        raise SolarSiteError("The test image {image} was not rendered ({reason}).", image=image_name(0), reason=ended)


def how_to_get_blender(python: tuple[int, ...]) -> Iterator[str]:
    """Yield what helps if no Blender works; ``python`` is the version of this one."""
    yield "install Blender 4.2 or later (blender.org) and set --blender PATH or the environment variable BLENDER"
    here = ".".join(map(str, python))
    if python in PYTHONS_OF_WHEELS:
        install = f"{shlex.quote(sys.executable)} -m pip install '.[bpy]'"
        yield f"or install the bpy wheel into this Python {here}, from the project's folder: {install}"
    else:
        wheels = " or ".join(".".join(map(str, version)) for version in PYTHONS_OF_WHEELS)
        yield f"or use Python {wheels} and the bpy wheel (Python {here} has none): make demo sets it up"


def how_to_render(report: ProbeReport) -> Iterator[str]:
    """Yield what helps if Blender works but renders no image."""
    if report.backend != CPU:
        yield f"update the driver of {report.device}; until then, render on the CPU: --no_use_gpu"
    yield "close other programs to free memory, then run the doctor again"


def recommend(machine: Machine, report: ProbeReport, request: Request) -> int:
    """Return the recommended number of processes for a request on a machine."""
    return recommended_processes(
        cores=machine.cores,
        gpus=report.gpus,
        num_images=_num_images(request),
        settings=request.settings,
        denoiser=report.denoiser,
        memory=machine.memory,
    )


def advice(machine: Machine, report: ProbeReport, request: Request, processes: int) -> list[str]:
    """Return the reasons for that number of processes in lines for a person."""
    width, height = request.settings.camera.image_size
    need = bytes_of_process(request.settings, report.denoiser)
    what = f"images of {width} x {height} px need about {size(need)} of memory per process"
    lines = [_line("Advice", f"{processes} {'process' if processes == 1 else 'processes'} on {report.backend}; {what}")]
    warnings = memory_warnings(request.settings, report.denoiser, processes, machine.memory)
    return lines + [_line("Warning", str(warning)) for warning in warnings]


def recommended_command(request: Request, running_in: str | None, processes: int) -> list[str]:
    """Return the command that suits this machine, with what the user requested; to run in the project's folder."""
    run = dataclasses.replace(request.run, num_images=_num_images(request), num_parallel=processes)
    out = request.out if request.out != Path() else Path("output/dataset")
    arguments = to_arguments(dataclasses.replace(request, out=out, run=run, doctor=False, dry_run=False))
    if "--num_parallel" not in arguments:  # given even if it is the default
        arguments += ["--num_parallel", str(processes)]
    if running_in is not None:
        return [running_in, "-b", "-P", "headless/batch.py", "--", *arguments]
    return [sys.executable or "python3", "headless/batch.py", *arguments]


def _num_images(request: Request) -> int:
    given = request.run.num_images
    return given if given != RunSettings().num_images else NUM_IMAGES


def _trial_size() -> str:
    return f"{TRIAL_SETTINGS['camera.width_px']} x {TRIAL_SETTINGS['camera.height_px']} px"


def _block(name: str, texts: list[str]) -> list[str]:
    return [_line("" if number else name, text) for number, text in enumerate(texts)]


def _line(name: str, text: str) -> str:
    return f"{name:<11}{text}"


def _print(lines: list[str]) -> None:
    print("\n".join(lines), flush=True)
