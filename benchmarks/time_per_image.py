# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the time per image on this machine by device, samples and number of processes. Run: make bench.

Each run is one call of headless/batch.py, as a user would type it, and renders the same images (seed 0 and up) to a
temporary folder. The timings are read from its dataset.json. The result is written to benchmarks/results, one file per
machine and image size; make docs adds these files to the guides.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solar_site_addon.batch.blender_command import find_blender
from solar_site_addon.batch.command_line import Request, parse
from solar_site_addon.batch.doctor import look_at_machine, trial_unit
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.probe import probe_blender
from solar_site_addon.batch.probe_report import ProbeReport
from solar_site_addon.batch.quantities import size
from solar_site_addon.generator.domain.errors import SolarSiteError
from tools.performance_tables import RESULTS, table

ROOT = Path(__file__).resolve().parent.parent
BATCH = ROOT / "headless" / "batch.py"
NORMAL = ("5280x3956", 4)
QUICK = ("660x494", 4)
SLOW = ("264x198", 4)
"""Image size, and number of images per run."""


@dataclass(frozen=True)
class Case:
    """The parameters of one run."""

    device: str
    """A GPU backend, or CPU."""
    samples: int
    processes: int


@dataclass(frozen=True)
class Measurement:
    """The timings of one run."""

    device: str
    samples: int
    processes: int
    images: int
    seconds_per_image: float
    """Duration of the whole run, including the start of Blender, divided by the number of images."""
    median_seconds: float
    """Median time for one image within its process."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the result, and return the exit code."""
    options = _parser().parse_args(arguments)
    resolution, images = SLOW if options.slow else QUICK if options.quick else NORMAL
    resolution, images = options.resolution or resolution, options.images or images
    try:
        request = parse([str(ROOT), "--resolution", resolution])
        if request is None:
            return 2
        result = _described(request, options, images)
        for case in _announced(list(_cases(result["devices"], options))):
            measurement = measure(case, ["--resolution", resolution, *_blender(options)], images)
            result["measurements"].append(dataclasses.asdict(measurement))
            _write(result)  # after each case: the next may take an hour, or be interrupted
    except SolarSiteError as error:
        print(error, file=sys.stderr)
        return 2
    print(table(result, "en"))
    print(f"Written to {_file(result)}; make docs adds it to the guides.")
    return 0


def measure(case: Case, arguments: Sequence[str], images: int) -> Measurement:
    """Render ``images`` images in one run; raises SolarSiteError if any of them fails."""
    with tempfile.TemporaryDirectory(prefix="solar_site_bench_") as folder:
        command = [sys.executable, str(BATCH), folder, *arguments]
        command += ["--num_images", str(images), "--num_parallel", str(case.processes)]
        command += ["--max_samples", str(case.samples), "--device", case.device.lower()]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SolarSiteError(f"A run failed ({' '.join(command)}): {(done.stderr or done.stdout).strip()}")
        timings = json.loads((Path(folder) / "dataset.json").read_text(encoding="utf-8"))["timings"]
    seconds = list(timings["seconds_by_image"].values())
    return Measurement(
        **dataclasses.asdict(case),
        images=len(seconds),
        seconds_per_image=round(timings["seconds"] / len(seconds), 2),
        median_seconds=round(statistics.median(seconds), 2),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench BENCH_FLAGS=...", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"images of {QUICK[0]} instead of {NORMAL[0]}")
    parser.add_argument(
        "--slow", action="store_true", help=f"images of {SLOW[0]}: about ten minutes on a CPU with two cores"
    )
    parser.add_argument("--resolution", metavar="WxH", help="image size")
    parser.add_argument("--images", type=int, metavar="N", help=f"images per run (default {NORMAL[1]})")
    parser.add_argument("--samples", type=int, nargs="+", default=[50, 100], metavar="N", help="default 50 100")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4], metavar="N", help="default 1 2 4")
    parser.add_argument("--blender", metavar="PATH", help="Blender to use")
    parser.add_argument("--note", default="", help="remark on the machine for the table")
    return parser


def _blender(options: argparse.Namespace) -> list[str]:
    return ["--blender", options.blender] if options.blender else []


def _described(request: Request, options: argparse.Namespace, images: int) -> dict[str, Any]:
    """Describe the machine and the images for the heading of the table."""
    with Interruption() as interruption:
        report = probe_blender(find_blender(options.blender), trial_unit(request), interruption, hardware=True)
    machine = look_at_machine(request.out)
    camera = request.settings.camera
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "cpu": " ".join(report.devices["CPU"]),
        "cores": machine.cores,
        "memory": "unknown" if machine.memory is None else size(machine.memory),
        "system": f"{platform.system()} {platform.machine()}",
        "blender": report.versions["blender"],
        "resolution": f"{camera.width_px} x {camera.height_px}",
        "images": images,
        "note": options.note,
        "devices": _devices(report),
        "measurements": [],
    }


def _devices(report: ProbeReport) -> dict[str, str]:
    """Return device names by backend: the CPU, and the GPU that a run would use."""
    gpu = {} if report.backend == "CPU" else {report.backend: report.device}
    return {"CPU": " ".join(report.devices["CPU"]), **gpu}


def _cases(devices: Sequence[str], options: argparse.Namespace) -> Iterator[Case]:
    for device in devices:
        for samples in options.samples:
            for processes in options.processes:
                yield Case(device, samples, processes)


def _announced(cases: Sequence[Case]) -> Iterator[Case]:
    """Yield the cases, printing each as it begins, since a case may take an hour."""
    for number, case in enumerate(cases, 1):
        print(
            f"{number} of {len(cases)}: {case.device}, {case.samples} samples, {case.processes} processes ...",
            file=sys.stderr,
            flush=True,
        )
        yield case


def _write(result: dict[str, Any]) -> None:
    file = _file(result)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _file(result: dict[str, Any]) -> Path:
    """Return the file for this machine and image size; an earlier result is replaced."""
    gpus = " ".join(name for backend, name in result["devices"].items() if backend != "CPU")
    words = f"{result['cpu']} {result['cores']} cores {gpus} {result['resolution'].replace(' ', '')}"
    return RESULTS / f"{re.sub(r'[^a-z0-9]+', '-', words.lower()).strip('-')}.json"


if __name__ == "__main__":
    sys.exit(main())
