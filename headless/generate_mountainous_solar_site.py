# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a dataset under BlenderProc, which refuses a script whose first line does not "import blenderproc".

    blenderproc run headless/generate_mountainous_solar_site.py OUT --num_images 10 --use_clusters --use_gpu --seed 42

The flags are those of headless/batch.py, whose --help lists them, but for --num_parallel and --doctor: this is one
process. BlenderProc itself takes --help, and --blender for its own --blender-install-path. --hdf5 also writes files in
BlenderProc's own format, OUT/hdf5/0.hdf5 and so on, with the keys that its own renderers give.

Device, samples, noise threshold and denoiser are set through bproc.renderer, in BlenderProc's scene, and read back from
there, so that your own calls in ``set_up_renderer`` count. The pictures themselves are rendered by the shared generator
and not by bproc.renderer.render, for two reasons. A dataset is a pure function of settings, seed and Blender version:
begun here, it can be continued by headless/batch.py in the same Blender, to the byte. And BlenderProc's way costs
quality: its INTEL denoiser is a node that works on the finished picture, it allows no glossy bounces, so that no glass
reflects, and its segmentation takes one id an object, where a plant has thousands of modules in one mesh.
"""

from __future__ import annotations

try:
    import blenderproc as bproc
except ImportError:
    bproc = None

import contextlib
import dataclasses
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

if bproc is None:
    print(
        "This script runs in BlenderProc: pip install blenderproc==2.8.0, blenderproc run SCRIPT OUT.", file=sys.stderr
    )
    sys.exit(2)

import bpy
import cv2
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from solar_site_addon.batch.blender_command import BlenderCommand
from solar_site_addon.batch.command_line import Request, build_parser, parse
from solar_site_addon.batch.dataset_folder import events_file, log_file, temporary_folder, unit_file
from solar_site_addon.batch.display import Display
from solar_site_addon.batch.events import WORKER_DONE, EventTail, append_event
from solar_site_addon.batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, INTERRUPTED, SOME_FAILED
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.last_resort import run_safely
from solar_site_addon.batch.launcher import RunPlan, carry_out, check_folder, describe, plan_with
from solar_site_addon.batch.probe import ProbeReport
from solar_site_addon.batch.progress import ProcessState, RunState, process_state
from solar_site_addon.batch.supervisor import Job
from solar_site_addon.batch.work_unit import read_unit
from solar_site_addon.batch.worker import CurrentSite, make_sample
from solar_site_addon.batch.worker import describe as describe_process
from solar_site_addon.generator.dataset.files import ANNOTATION_FILES, read_sample, rgb_file
from solar_site_addon.generator.dataset.index import find_samples
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError
from solar_site_addon.generator.domain.messages import Message
from solar_site_addon.generator.pipeline import check_site
from solar_site_addon.generator.render.device import DeviceChoice, choose_device, cycles_preferences, found_devices
from solar_site_addon.generator.render.quality import DENOISERS, available_denoisers, choose_denoiser
from solar_site_addon.generator.render.renderer import Renderer
from solar_site_addon.generator.settings.schema import RunSettings, with_values

HDF5_FLAG = "--hdf5"
DEPTH_OF_SKY_M = 1e10
"""What BlenderProc's depth holds where nothing is seen."""

MakeSamples = Callable[
    [Sequence[Job], Path, BlenderCommand, Callable[[tuple[ProcessState, ...]], RunState], Display, Interruption],
    RunState,
]


def main(arguments: Sequence[str]) -> int:
    """Do what a command line asks for; gives the exit code, which is that of headless/batch.py."""
    leave_when_interrupted()
    try:
        request = parse([argument for argument in arguments if argument != HDF5_FLAG])
        if request is None:
            print(build_parser().format_help())
            return ALL_WHOLE
        request = alone(request)
        bproc.init()
        warnings = set_up_renderer(request)
        request, renderer = read_back(request, warnings)
        plan = plan_run(request, renderer)
        print("\n".join(describe(plan)), flush=True)
        if request.dry_run:
            return ALL_WHOLE
        code = carry_out(plan, Interruption(), samples_maker(renderer))
        return write_hdf5_files(plan.out, code) if HDF5_FLAG in arguments else code
    except SolarSiteError as error:
        print(error, file=sys.stderr)
        return BAD_ARGUMENTS


def alone(request: Request) -> Request:
    """The request with one process; raises SettingsError where it asks for what only headless/batch.py does."""
    for name in ("doctor", "rebuild"):
        if getattr(request, name):
            raise SettingsError("--{name} is only available in headless/batch.py.", name=name)
    if request.run.num_parallel not in (1, RunSettings().num_parallel):
        raise SettingsError(
            "BlenderProc runs as one process: for --num_parallel, use headless/run_parallel.sh or headless/batch.py."
        )
    return dataclasses.replace(request, run=dataclasses.replace(request.run, num_parallel=1))


def set_up_renderer(request: Request) -> tuple[Message, ...]:
    """Tell BlenderProc how to render; gives warnings: what was asked for and could not be had.

    This is the place for your own calls of bproc.renderer: what they set last holds.
    """
    run, render = request.run, request.settings.render
    device = choose_device(run.device, run.use_gpu, 0, sys.platform, found_devices)
    denoiser, warnings = choose_denoiser(render.denoiser, device.backend, available_denoisers())
    if device.backend == "CPU":
        bproc.renderer.set_render_devices(use_only_cpu=True)
    else:
        bproc.renderer.set_render_devices(desired_gpu_device_type=device.backend, desired_gpu_ids=device.number)
    bproc.renderer.set_max_amount_of_samples(render.max_samples)
    bproc.renderer.set_noise_threshold(render.noise_threshold)
    bproc.renderer.set_denoiser(None if denoiser == "NONE" else denoiser)
    return device.messages + warnings


def read_back(request: Request, warnings: tuple[Message, ...]) -> tuple[Request, Renderer]:
    """The request, and what it is rendered with, as they stand in BlenderProc's scene now."""
    scene = bpy.context.scene
    cycles = scene.cycles
    values: dict[str, float] = {"render.max_samples": cycles.samples}
    threshold = cycles.adaptive_threshold if cycles.use_adaptive_sampling else 0.0
    if threshold != np.float32(request.settings.render.noise_threshold):
        values["render.noise_threshold"] = float(f"{threshold:.6g}")  # Blender has it with seven digits
    threads = scene.render.threads if scene.render.threads_mode == "FIXED" else None
    request = dataclasses.replace(request, settings=with_values(request.settings, values))
    return request, Renderer(device_of(scene), denoiser_of(scene), threads, warnings)


def device_of(scene: bpy.types.Scene) -> DeviceChoice:
    """The device that a scene renders on."""
    preferences = cycles_preferences()
    if preferences is None or scene.cycles.device == "CPU" or preferences.compute_device_type == "NONE":
        return DeviceChoice("CPU", "")
    backend = preferences.compute_device_type
    used = [device.name for device in preferences.get_devices_for_type(backend) if device.use]
    return DeviceChoice(backend, ", ".join(used))


def denoiser_of(scene: bpy.types.Scene) -> str:
    """INTEL, OPTIX or NONE: Cycles' own denoiser, or else BlenderProc's INTEL, which is a node of the compositor."""
    if scene.cycles.use_denoising:
        return next(name for name, identifier in DENOISERS.items() if identifier == scene.cycles.denoiser)
    has_node = scene.use_nodes and any(node.type == "DENOISE" for node in scene.node_tree.nodes)
    return "INTEL" if has_node else "NONE"


def plan_run(request: Request, renderer: Renderer) -> RunPlan:
    """Everything that is to be known before work begins; raises SolarSiteError where it cannot begin."""
    check_folder(request)
    check_site(request.settings, request.run.seed)
    program = bpy.app.binary_path or sys.executable
    return plan_with(
        request, BlenderCommand(program, is_wheel=not bpy.app.binary_path), ProbeReport.of(describe_process(renderer))
    )


def samples_maker(renderer: Renderer) -> MakeSamples:
    """A function that makes the samples of a run in this process, to be called as ``supervisor.supervise`` is."""

    def make(
        jobs: Sequence[Job],
        out: Path,
        command: BlenderCommand,  # noqa: ARG001 - this Blender is the one
        run_state: Callable[[tuple[ProcessState, ...]], RunState],
        display: Display,
        interruption: Interruption,
    ) -> RunState:
        state = run_state(())
        for job in jobs:  # one, or none where every sample is there
            for process in make_samples(job, out, renderer):
                state = run_state((process,))
                display.show(state)
                if interruption.asked:
                    break
        display.close(state)
        return state

    return make


def make_samples(job: Job, out: Path, renderer: Renderer) -> Iterator[ProcessState]:
    """Make a job's samples one after the other, and say after each how far it is."""
    unit, events = read_unit(unit_file(out, job.name)), events_file(out, job.name)
    folder = out / unit.folder
    folder.mkdir(exist_ok=True)
    # In the dataset's folder there is room for a picture, and the next run clears away what this one leaves.
    tempfile.tempdir = str(temporary_folder(out, job.name))
    temporary_folder(out, job.name).mkdir(exist_ok=True)
    with CurrentSite(unit.settings) as site:
        for number in unit.numbers:
            with printing_to(log_file(out, job.name)):
                make_sample(site, number, folder, events, renderer)
            if number.index == job.indices[-1]:
                append_event(events, WORKER_DONE)
            yield process_state(job.name, job.indices, EventTail(events).read_new())


@contextlib.contextmanager
def printing_to(log: Path) -> Iterator[None]:
    """Append to ``log`` what this process, Blender included, prints."""
    streams = (sys.stdout, sys.stderr)
    for stream in streams:
        stream.flush()
    before = {number: os.dup(number) for number in (1, 2)}
    with log.open("ab") as file:
        for number in before:
            os.dup2(file.fileno(), number)
    try:
        yield
    finally:
        for stream in streams:
            stream.flush()
        for number, copy in before.items():
            os.dup2(copy, number)
            os.close(copy)


def leave_when_interrupted() -> None:
    """From now on end at once on Ctrl-C and SIGTERM, also within a render, where Python handles no signals.

    What is whole stays, and what is half is cleared away by the next run.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    terminal = os.dup(2)

    def leave() -> None:
        os.read(reader, 1)
        os.write(terminal, b"Interrupted: the same command goes on.\n")
        os._exit(INTERRUPTED)

    threading.Thread(target=leave, name="leave when interrupted", daemon=True).start()
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # without a handler of Python's nothing is written to the pipe


def write_hdf5_files(out: Path, code: int) -> int:
    """Write OUT/hdf5/INDEX.hdf5 for every whole sample that has none; gives ``code``, or that of a failure."""
    folder = out / "hdf5"
    try:
        folder.mkdir(exist_ok=True)
        for index, sample in find_samples(out).items():
            if not (folder / f"{index}.hdf5").exists():
                write_hdf5_file(folder, index, sample)
    except OSError as error:
        print(f"The HDF5 files could not be finished ({error}): the same command goes on.", file=sys.stderr)
        return SOME_FAILED
    return code


def write_hdf5_file(folder: Path, index: int, sample: Path) -> None:
    """Write a sample with BlenderProc's writer, which names the file by the number of the scene's frame."""
    instances, classes = (np.array(Image.open(sample / ANNOTATION_FILES[name])) for name in ("instances", "semantic"))
    depth = cv2.imread(str(sample / ANNOTATION_FILES["depth"]), cv2.IMREAD_UNCHANGED)
    objects = [
        {"idx": record["id"], "category_id": int(Category[record["category"].upper()])}
        for record in read_sample(sample)["objects"]
    ]
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = index, index + 1
    with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial:
        bproc.writer.write_hdf5(
            partial,
            {
                "colors": [np.array(Image.open(rgb_file(sample)))],
                "depth": [np.where(np.isfinite(depth), depth, np.float32(DEPTH_OF_SKY_M))],
                "instance_segmaps": [instances.astype(np.int32)],
                "class_segmaps": [classes.astype(np.int32)],
                "instance_attribute_maps": [objects],
            },
        )
        (Path(partial) / f"{index}.hdf5").replace(folder / f"{index}.hdf5")


if __name__ == "__main__":
    exit_code = run_safely(lambda: main(sys.argv[1:]), sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Leaving as usual hangs or crashes in some versions of Blender's Python module.
    os._exit(exit_code)
