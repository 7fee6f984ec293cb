# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for a Blender: takes its command line and runs the real worker with a pipeline that only writes samples.

The environment variable FAKE_BLENDER holds, as JSON, what goes wrong:
    seconds      least time that a picture takes
    hold         [indices of pictures that are not finished before the file ``go`` lies in the folder ``memory``]
    crash        {index: how many times the process kills itself in that picture}
    crash_start  True: the process kills itself before its first picture
    fail         {index: message of a SolarSiteError}
    break        [indices that raise an error nobody expected]
    version      version of Blender, 4.5.0 where it is not given
    too_old      True: this Blender is not supported
    no_site      True: no table fits
    hardware     what describe_hardware gives
    no_gpu       True: the warning of a machine without a GPU
    memory       folder for what has to be remembered from one process to the next
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import runpy
import signal
import sys
import time
import types
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
    code = bootstrap["run_worker"]()
    sys.stdout.flush()
    os._exit(code)


def install_fakes(error: type[Exception]) -> None:
    pipeline: Any = types.ModuleType("solar_site_addon.generator.pipeline")
    pipeline.Renderer = types.SimpleNamespace
    pipeline.plan_site = lambda *_: refuse(error, "no_site", "No table fits on the site.")
    pipeline.prepare_renderer = prepare_renderer
    pipeline.describe_hardware = lambda: BEHAVIOUR.get("hardware", {"devices": {"CPU": ["Fake CPU"]}, "denoisers": []})
    pipeline.generate_sample = lambda *arguments: generate_sample(error, *arguments)
    versions: Any = types.ModuleType("solar_site_addon.generator.domain.versions")
    versions.blender_version = lambda: BEHAVIOUR.get("version", "4.5.0")
    versions.check_supported = lambda: refuse(error, "too_old", "Solar Site needs Blender 4.2 or later; this is 4.1.")
    sys.modules[pipeline.__name__], sys.modules[versions.__name__] = pipeline, versions


def refuse(error: type[Exception], reason: str, message: str) -> None:
    if BEHAVIOUR.get(reason):
        raise error(message)


def prepare_renderer(device: str, use_gpu: bool, gpu_slot: int, threads: int | None, denoiser: str) -> Any:
    if BEHAVIOUR.get("crash_start") and threads is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    message = importlib.import_module("solar_site_addon.generator.domain.messages").Message
    messages = (message("Using only the CPU for rendering: no GPU was found."),) if BEHAVIOUR.get("no_gpu") else ()
    device = types.SimpleNamespace(name="")
    return types.SimpleNamespace(backend="CPU", device=device, messages=messages, denoiser=denoiser)


def generate_sample(
    error: type[Exception], settings: Any, base_seed: int, index: int, folder: Path, renderer: Any
) -> None:
    hidden = folder.with_name(f".{folder.name}.partial")
    hidden.mkdir(parents=True, exist_ok=True)
    (hidden / "rgb.png").write_bytes(b"half")
    remember(f"{index} {os.getpid()}")
    time.sleep(BEHAVIOUR.get("seconds", 0))
    hold(index)
    if times_crashed(index) < BEHAVIOUR.get("crash", {}).get(str(index), 0):
        (Path(BEHAVIOUR["memory"]) / f"crash_{index}_{times_crashed(index)}").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if str(index) in BEHAVIOUR.get("fail", {}):
        raise error(BEHAVIOUR["fail"][str(index)])
    if index in BEHAVIOUR.get("break", []):
        raise ZeroDivisionError("somebody has divided by zero")
    write_sample(hidden, settings, base_seed + index, index)
    hidden.rename(folder)


def remember(line: str) -> None:
    """Note in the file ``made`` which picture was begun by which process."""
    if "memory" in BEHAVIOUR:
        with (Path(BEHAVIOUR["memory"]) / "made").open("a") as file:
            file.write(line + "\n")


def hold(index: int) -> None:
    """Stay within a picture until the test lets it go on: no test depends on how fast a machine is."""
    while index in BEHAVIOUR.get("hold", []) and not (Path(BEHAVIOUR["memory"]) / "go").exists():
        time.sleep(0.02)


def times_crashed(index: int) -> int:
    return len(list(Path(BEHAVIOUR["memory"]).glob(f"crash_{index}_*"))) if "memory" in BEHAVIOUR else 0


def write_sample(folder: Path, settings: Any, seed: int, index: int) -> None:
    schema = sys.modules["solar_site_addon.generator.settings.schema"]
    files = importlib.import_module("solar_site_addon.generator.dataset.files")
    picture = f"picture of seed {seed}".encode()
    (folder / "rgb.png").write_bytes(picture)
    (folder / "semantic.png").write_bytes(picture)
    described = {"bytes": len(picture), "sha256": hashlib.sha256(picture).hexdigest()}
    sample = {
        "schema": 2,
        "generator": {
            "version": files.extension_version(),
            "blender": BEHAVIOUR.get("version", "4.5.0"),
            "settings_sha256": schema.settings_sha256(settings),
        },
        "index": index,
        "seed": seed,
        "images": {"rgb": {"file": "rgb.png", "width": settings.camera.width_px, "height": settings.camera.height_px}},
        "files": {"rgb.png": described, "semantic.png": described},
        "objects": [],
        "tables": [],
    }
    (folder / "sample.json").write_text(json.dumps(sample))


if __name__ == "__main__":
    main()
