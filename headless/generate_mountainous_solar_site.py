# SPDX-License-Identifier: GPL-3.0-or-later
"""Generates a dataset under BlenderProc, which requires "import blenderproc" at the top of a script.

    blenderproc run headless/generate_mountainous_solar_site.py OUT --num_images 10 --use_clusters --use_gpu --seed 42

The flags are those of headless/batch.py (listed by its --help) except --num_parallel, --doctor and --rebuild, because
BlenderProc is a single process. BlenderProc itself handles --help, and reads --blender as its --blender-install-path.
--hdf5 also writes files in BlenderProc's format, OUT/hdf5/0.hdf5 and so on, with the keys of its own renderers.

Device, samples, noise threshold and denoiser are set through bproc.renderer and read back from BlenderProc's scene, so
your own calls in ``set_up_renderer`` take effect. The images are rendered by the shared generator, not by
bproc.renderer.render, for two reasons. A dataset is a pure function of settings, seed and Blender version: started
here, it can be resumed by headless/batch.py in the same Blender with identical bytes. And BlenderProc's own renderer
loses quality: its INTEL denoiser is a compositor node on the finished image, it disables glossy bounces, so glass does
not reflect, and its segmentation assigns one id per object, while a site has thousands of modules in one mesh.
"""

from __future__ import annotations

try:
    import blenderproc as bproc
except ImportError:
    bproc = None

import dataclasses
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

if bproc is None:
    print(
        "This script runs in BlenderProc: pip install blenderproc==2.8.0, blenderproc run SCRIPT OUT.", file=sys.stderr
    )
    sys.exit(2)

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from headless.hdf5 import layers
from solar_site_addon.batch.blender_command import BlenderCommand
from solar_site_addon.batch.command_line import Request, build_parser, parse
from solar_site_addon.batch.dataset_folder import hdf5_file, hdf5_folder
from solar_site_addon.batch.executors.in_process import InProcessExecutor
from solar_site_addon.batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, INTERRUPTED, SOME_FAILED
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.last_resort import run_safely
from solar_site_addon.batch.launcher import RunPlan, carry_out, check_folder, describe, plan_with
from solar_site_addon.batch.probe_report import ProbeReport
from solar_site_addon.batch.worker import describe as describe_process
from solar_site_addon.generator.dataset.index import find_samples
from solar_site_addon.generator.domain.atomic_files import replacing_path
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError
from solar_site_addon.generator.domain.messages import Message
from solar_site_addon.generator.pipeline import check_site
from solar_site_addon.generator.render.device import DeviceChoice, choose_device, cycles_preferences, found_devices
from solar_site_addon.generator.render.quality import DENOISERS, available_denoisers, choose_denoiser
from solar_site_addon.generator.render.renderer import Renderer
from solar_site_addon.generator.settings.schema import RunSettings, with_values

HDF5_FLAG = "--hdf5"


def main(arguments: Sequence[str]) -> int:
    """Carry out a command line; return the exit code, as headless/batch.py does."""
    leave_when_interrupted()
    try:
        request = parse([argument for argument in arguments if argument != HDF5_FLAG])
        if request is None:
            print(build_parser().format_help())
            return ALL_WHOLE
        request = single_process(request)
        bproc.init()
        warnings = set_up_renderer(request)
        request, renderer = read_back(request, warnings)
        plan = plan_run(request, renderer)
        print("\n".join(describe(plan)), flush=True)
        if request.dry_run:
            return ALL_WHOLE
        code = carry_out(plan, Interruption())
        return write_hdf5_files(plan.out, code) if HDF5_FLAG in arguments else code
    except SolarSiteError as error:
        print(error, file=sys.stderr)
        return BAD_ARGUMENTS


def single_process(request: Request) -> Request:
    """Return the request with one process; raise SettingsError if it needs headless/batch.py."""
    for name in ("doctor", "rebuild"):
        if getattr(request, name):
            raise SettingsError("--{name} is available in headless/batch.py only.", name=name)
    if request.run.num_parallel not in (1, RunSettings().num_parallel):
        raise SettingsError(
            "BlenderProc is a single process: for --num_parallel, use headless/run_parallel.sh or headless/batch.py."
        )
    return dataclasses.replace(request, run=dataclasses.replace(request.run, num_parallel=1))


def set_up_renderer(request: Request) -> tuple[Message, ...]:
    """Configure BlenderProc's renderer; return warnings about anything that is not available.

    This is the place for your own calls of bproc.renderer: the last call wins.
    """
    run, render = request.run, request.settings.render
    device = choose_device(run.device, run.use_gpu, 0, sys.platform, found_devices)
    denoiser, warnings = choose_denoiser(render.denoiser, device.backend, available_denoisers())
    if device.backend == "CPU":
        bproc.renderer.set_render_devices(use_only_cpu=True)
    else:
        bproc.renderer.set_render_devices(desired_gpu_device_type=device.backend, desired_gpu_ids=device.number)
    bproc.renderer.set_max_amount_of_samples(render.sampling.max_samples)
    bproc.renderer.set_noise_threshold(render.sampling.noise_threshold)
    bproc.renderer.set_denoiser(None if denoiser == "NONE" else denoiser)
    return device.messages + warnings


def read_back(request: Request, warnings: tuple[Message, ...]) -> tuple[Request, Renderer]:
    """Return the request and the renderer as BlenderProc's scene has them now."""
    scene = bpy.context.scene
    cycles = scene.cycles
    asked = request.settings.render.sampling
    values: dict[str, float] = {}
    if cycles.samples != asked.max_samples:
        values["render.max_samples"] = cycles.samples
    threshold = cycles.adaptive_threshold if cycles.use_adaptive_sampling else 0.0
    if threshold != np.float32(asked.noise_threshold):
        values["render.noise_threshold"] = float(f"{threshold:.6g}")  # Blender stores seven digits
    threads = scene.render.threads if scene.render.threads_mode == "FIXED" else None
    request = dataclasses.replace(request, settings=with_values(request.settings, values))
    return request, Renderer(device_of(scene), denoiser_of(scene), threads, warnings)


def device_of(scene: bpy.types.Scene) -> DeviceChoice:
    """Return the device that a scene renders on."""
    preferences = cycles_preferences()
    if preferences is None or scene.cycles.device == "CPU" or preferences.compute_device_type == "NONE":
        return DeviceChoice("CPU", "")
    backend = preferences.compute_device_type
    used = [device.name for device in preferences.get_devices_for_type(backend) if device.use]
    return DeviceChoice(backend, ", ".join(used), count=len(used))


def denoiser_of(scene: bpy.types.Scene) -> str:
    """Return INTEL, OPTIX or NONE: Cycles' denoiser, or else BlenderProc's INTEL, which is a compositor node."""
    if scene.cycles.use_denoising:
        return next(name for name, identifier in DENOISERS.items() if identifier == scene.cycles.denoiser)
    has_node = scene.use_nodes and any(node.type == "DENOISE" for node in scene.node_tree.nodes)
    return "INTEL" if has_node else "NONE"


def plan_run(request: Request, renderer: Renderer) -> RunPlan:
    """Return the plan of the run; raise SolarSiteError if it cannot start."""
    check_folder(request)
    check_site(request.settings, request.run.seed)
    program = bpy.app.binary_path or sys.executable
    command = BlenderCommand(program, is_wheel=not bpy.app.binary_path)
    report = ProbeReport.of(describe_process(renderer))
    return plan_with(request, command, report, InProcessExecutor(renderer))


def leave_when_interrupted() -> None:
    """From now on, exit immediately on Ctrl-C and SIGTERM, even during a render, when Python handles no signals.

    Complete samples are kept; the next run removes incomplete ones.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    terminal = os.dup(2)

    def leave() -> None:
        os.read(reader, 1)
        os.write(terminal, b"Interrupted. Resume with the same command.\n")
        os._exit(INTERRUPTED)

    threading.Thread(target=leave, name="leave when interrupted", daemon=True).start()
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # without a Python handler, nothing is written to the pipe


def write_hdf5_files(out: Path, code: int) -> int:
    """Write the HDF5 file of every complete sample that has none; return ``code``, or SOME_FAILED on an error."""
    try:
        hdf5_folder(out).mkdir(exist_ok=True)
        for index, sample in find_samples(out).items():
            if not hdf5_file(out, index).exists():
                write_hdf5_file(hdf5_file(out, index), index, sample)
    except OSError as error:
        print(f"The HDF5 files could not be completed ({error}). Resume with the same command.", file=sys.stderr)
        return SOME_FAILED
    return code


def write_hdf5_file(path: Path, index: int, sample: Path) -> None:
    """Write a sample to ``path`` with BlenderProc's writer, which names files by the scene's frame number."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = index, index + 1
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".partial-") as partial, replacing_path(path) as hidden:
        bproc.writer.write_hdf5(partial, {key: [value] for key, value in layers(sample).items()})
        (Path(partial) / path.name).replace(hidden)


if __name__ == "__main__":
    exit_code = run_safely(lambda: main(sys.argv[1:]), sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # A regular exit hangs or crashes in some versions of the bpy wheel.
    os._exit(exit_code)
