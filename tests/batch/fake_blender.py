# SPDX-License-Identifier: GPL-3.0-or-later
"""Fake Blender: accepts Blender's command line and runs the real worker with a pipeline that only writes samples.

The environment variable FAKE_BLENDER holds the behavior as JSON:
    seconds      minimum time per image
    hold         [indices of images that wait until the file ``go`` appears in the folder ``memory``]
    crash        {index: how many times the process kills itself during that image}
    segfault     {index: how many times it crashes during that image, with a report like Blender's}
    sleep        {index: how many times that image never ends}
    burn         {index: how many times that image never ends and uses a CPU}
    stop         {index: how many times the process is stopped (SIGSTOP) during that image}
    no_memory    {index: how many times that image raises MemoryError}
    no_gpu_memory  {index: how many times Blender prints that GPU memory is out and gives no image}
    exit         {index: [exit codes of the process during that image, one after the other]}
    allocate     megabytes that each image allocates, and keeps for the time of the image
    allocate_start  megabytes that each process allocates at its start, the probe included
    bytes        size of the image file
    crash_start  true: the process kills itself before its first image
    fail         {index: message of a SolarSiteError}
    fail_once    [indices that fail with a SolarSiteError at the first attempt]
    break        [indices that raise an unexpected error]
    version      Blender version, 4.5.0 by default
    too_old      true: this Blender is not supported
    no_site      true: no table fits
    needs_gdal   true: no elevation model can be read but those that the launcher has converted
    no_sites     [seeds of sites on which no table fits, although the first one is good]
    hardware     return value of describe_hardware
    no_gpu       true: warn as on a machine without a GPU
    gpus         number of GPUs
    memory       folder for state that outlives a process
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib
import json
import os
import runpy
import signal
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BEHAVIOUR: dict[str, Any] = json.loads(os.environ.get("FAKE_BLENDER", "{}"))
BATCH = Path(__file__).parents[2] / "solar_site_addon" / "batch"


def main() -> None:
    options, script = sys.argv[1 : sys.argv.index("-P")], sys.argv[sys.argv.index("-P") + 1]
    assert options[:4] == ["-b", "--factory-startup", "--python-exit-code", "1"], options
    assert Path(script) == BATCH / "worker_main.py"
    bootstrap = runpy.run_path(script)
    bootstrap["load_package"]()
    errors = importlib.import_module("solar_site_addon.generator.domain.errors")
    install_fakes(errors.SolarSiteError)
    allocated = allocate(BEHAVIOUR.get("allocate_start", 0))
    code = bootstrap["run_worker"]()
    del allocated
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os._exit(code)


def install_fakes(error: type[Exception]) -> None:
    pipeline: Any = types.ModuleType("solar_site_addon.generator.pipeline")
    pipeline.Renderer = types.SimpleNamespace
    pipeline.check_site = lambda settings, _: check_site(error, settings)
    pipeline.prepare_renderer = prepare_renderer
    pipeline.describe_hardware = lambda: BEHAVIOUR.get("hardware", {"devices": {"CPU": ["Fake CPU"]}, "denoisers": []})
    pipeline.built_site = lambda settings, seed: built_site(error, settings, seed)
    pipeline.make_view = lambda *arguments: make_view(error, *arguments)
    versions: Any = types.ModuleType("solar_site_addon.generator.domain.versions")
    versions.blender_version = lambda: BEHAVIOUR.get("version", "4.5.0")
    versions.check_supported = lambda: refuse(error, "too_old", "Solar Site needs Blender 4.2 or later; this is 4.1.")
    sys.modules[pipeline.__name__], sys.modules[versions.__name__] = pipeline, versions


def check_site(error: type[Exception], settings: Any) -> None:
    refuse(error, "no_site", "No table fits on the site.")
    model = settings.site.elevation_model
    if BEHAVIOUR.get("needs_gdal") and not Path(model).name.startswith("elevation_model_"):
        errors = importlib.import_module("solar_site_addon.generator.domain.errors")
        raise errors.UnreadableModelError("site.elevation_model = {file} cannot be read without GDAL.", file=model)


def refuse(error: type[Exception], reason: str, message: str) -> None:
    if BEHAVIOUR.get(reason):
        raise error(message)


def prepare_renderer(device: str, use_gpu: bool, gpu_slot: int, threads: int | None, denoiser: str) -> Any:
    if BEHAVIOUR.get("crash_start") and threads is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    message = importlib.import_module("solar_site_addon.generator.domain.messages").Message
    messages = (message("Using only the CPU for rendering: no GPU was found."),) if BEHAVIOUR.get("no_gpu") else ()
    device = types.SimpleNamespace(name="", count=BEHAVIOUR.get("gpus", 0))
    return types.SimpleNamespace(
        backend="CUDA" if device.count else "CPU", device=device, messages=messages, denoiser=denoiser, threads=threads
    )


@contextlib.contextmanager
def built_site(error: type[Exception], settings: Any, seed: int) -> Iterator[int]:
    remember(f"{seed} {os.getpid()}", "sites")
    if seed in BEHAVIOUR.get("no_sites", []):
        raise error(f"No table fits on the site {seed}.")
    yield seed


def make_view(
    error: type[Exception], site: int, settings: Any, number: Any, folder: Path, renderer: Any, finished: Any
) -> None:
    assert site == number.seed
    index = number.index
    hidden = folder.with_name(f".{folder.name}.partial")
    hidden.mkdir(parents=True, exist_ok=True)
    (hidden / "rgb.png").write_bytes(b"half")
    remember(f"{index} {os.getpid()}")
    allocated = allocate(BEHAVIOUR.get("allocate", 0))
    time.sleep(BEHAVIOUR.get("seconds", 0))
    hold(index)
    misbehave(index)
    if str(index) in BEHAVIOUR.get("fail", {}):
        raise error(BEHAVIOUR["fail"][str(index)])
    if index in BEHAVIOUR.get("fail_once", []) and not (Path(BEHAVIOUR["memory"]) / f"failed_{index}").exists():
        (Path(BEHAVIOUR["memory"]) / f"failed_{index}").touch()
        raise error("This time it fails.")
    if index in BEHAVIOUR.get("break", []):
        raise ZeroDivisionError("somebody has divided by zero")
    write_sample(hidden, settings, number)
    hidden.rename(folder)
    finished("files")
    del allocated


def remember(line: str, name: str = "made") -> None:
    """Record in the file ``made`` which process started which image, and in ``sites`` which site was built."""
    if "memory" in BEHAVIOUR:
        with (Path(BEHAVIOUR["memory"]) / name).open("a") as file:
            file.write(line + "\n")


def hold(index: int) -> None:
    """Stay in an image until the test releases it, so that no test depends on the machine's speed."""
    while index in BEHAVIOUR.get("hold", []) and not (Path(BEHAVIOUR["memory"]) / "go").exists():
        time.sleep(0.02)


def misbehave(index: int) -> None:
    """Do what the test asks for during this image, as often as it asks for it."""
    for kind, act in DEEDS.items():
        asked = BEHAVIOUR.get(kind, {}).get(str(index), 0)
        done = len(list(Path(BEHAVIOUR["memory"]).glob(f"{kind}_{index}_*"))) if "memory" in BEHAVIOUR else 0
        if done < (len(asked) if isinstance(asked, list) else asked):
            (Path(BEHAVIOUR["memory"]) / f"{kind}_{index}_{done}").touch()
            act(asked[done] if isinstance(asked, list) else 0)


def crash_with_report(_: int) -> None:
    print("line of the log before the crash", flush=True)
    (Path(os.environ["TMPDIR"]) / "blender.crash.txt").write_text("# backtrace\n")
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def sleep_for_ever(_: int) -> None:
    while True:
        time.sleep(1000)


def burn(_: int) -> None:
    while True:
        pass


def run_out_of_memory(_: int) -> None:
    raise MemoryError


def run_out_of_gpu_memory(_: int) -> None:
    print("System is out of GPU memory", flush=True)
    errors = importlib.import_module("solar_site_addon.generator.domain.errors")
    raise errors.RenderError("Blender finished rendering without an image; its output is in the log.")


DEEDS = {
    "crash": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "segfault": crash_with_report,
    "sleep": sleep_for_ever,
    "burn": burn,
    "stop": lambda _: os.kill(os.getpid(), signal.SIGSTOP),
    "no_memory": run_out_of_memory,
    "no_gpu_memory": run_out_of_gpu_memory,
    "exit": os._exit,
}


def allocate(megabytes: int) -> bytearray:
    """Return memory that has been written to, and so is in use."""
    block = bytearray(megabytes * 1_000_000)
    block[::4096] = bytes([1]) * len(block[::4096])
    return block


def write_sample(folder: Path, settings: Any, number: Any) -> None:
    schema = sys.modules["solar_site_addon.generator.settings.schema"]
    files = importlib.import_module("solar_site_addon.generator.dataset.files")
    image = f"image of seed {number.seed}".encode() + (f", view {number.view}".encode() if number.view else b"")
    image = image.ljust(BEHAVIOUR.get("bytes", 0))
    (folder / "rgb.png").write_bytes(image)
    (folder / "semantic.png").write_bytes(image)
    described = {"bytes": len(image), "sha256": hashlib.sha256(image).hexdigest()}
    sample = {
        "schema": 2,
        "generator": {
            "version": files.extension_version(),
            "blender": BEHAVIOUR.get("version", "4.5.0"),
            "settings_sha256": schema.settings_sha256(settings),
        },
        **dataclasses.asdict(number),
        "images": {
            "rgb": {
                "file": "rgb.png",
                "width": settings.camera.width_px,
                "height": settings.camera.height_px,
                "camera": {"gsd_m": 0.02, "altitude_agl_m": 60.0},
            }
        },
        "sun": {"elevation_deg": 40.0},
        "counts": {},
        "files": {"rgb.png": described, "semantic.png": described},
        "objects": [],
        "tables": [],
        "conditions": [],
    }
    (folder / "sample.json").write_text(json.dumps(sample))


if __name__ == "__main__":
    main()
