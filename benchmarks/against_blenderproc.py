# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the CPU time of a labeled image with that of BlenderProc. Run: make against-blenderproc.

BlenderProc renders a plain field as its users write it (benchmarks/blenderproc_field.py), with about as many modules in
view as this program's images of whole sites. It takes the fewest samples that reach a PSNR of 35 dB against a converged
image of its own scene, found here at a quarter of the image's sides. This program renders in the quality training,
which reaches about that PSNR too (make render-quality). CPU time counts from an empty scene to the annotations on
the disk: the start of Blender is not included. The result is written to benchmarks/results/against_blenderproc.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from solar_site_addon.generator.dataset.files import read_sample
from solar_site_addon.generator.domain.array_types import Bytes
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.pipeline import built_site, make_view, prepare_renderer
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.schema import PRESETS, Settings, with_values

from .render_quality import psnr

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "against_blenderproc" / "result.json"
ENOUGH_DB = 35.0
TRIED = (1, 2, 4, 8, 16, 32, 64)
SIZE = 1320, 989
PART = 4
"""The share of the image's sides in which samples are counted is one in so many."""
SEED = 4001
VIEW = {
    "camera.width_px": SIZE[0], "camera.height_px": SIZE[1], "camera.altitude_agl_m": 110,
    "camera.gimbal_pitch_deg": -90, "light.weather": ["clear"],
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both, print and write the result, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make against-blenderproc", description=__doc__)
    parser.add_argument("--blenderproc", type=Path, default=ROOT / ".venv-blenderproc", help="folder of BlenderProc")
    parser.add_argument("--presets", nargs="+", default=["mountain_summer", "dry_hills"], choices=PRESETS)
    parser.add_argument("--reference", type=int, default=1024, help="samples of BlenderProc's converged image")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        samples, decibels = fewest_samples(options.blenderproc, folder, options.reference)
        theirs = field(options.blenderproc, folder / "field", samples)
        ours = [image_of(preset, folder / preset) for preset in options.presets]
    result = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "resolution": f"{SIZE[0]}x{SIZE[1]}",
        "blenderproc": {"samples": samples, "psnr_db": round(decibels, 1), **theirs},
        "images": ours,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    return 0


def fewest_samples(blenderproc: Path, folder: Path, reference: int) -> tuple[int, float]:
    """Return the fewest samples that reach ENOUGH_DB, or the most that were tried, and their PSNR."""
    part = ("--width", SIZE[0] // PART, "--height", SIZE[1] // PART, "--share", 1 / PART)
    converged = ("--samples", reference, "--noise_threshold", 0.001, "--denoiser", "NONE")
    run_field(blenderproc, folder / "reference", *part, *converged)
    for samples in TRIED:
        run_field(blenderproc, folder / str(samples), *part, "--samples", samples)
        decibels = psnr(colors(folder / str(samples)), colors(folder / "reference"))
        print(f"BlenderProc with {samples} samples: {decibels:.1f} dB", flush=True)
        if decibels >= ENOUGH_DB:
            break
    return samples, decibels


def field(blenderproc: Path, folder: Path, samples: int) -> dict[str, Any]:
    """Return the CPU seconds of a full image of BlenderProc by part, and the number of its annotations."""
    parts = run_field(blenderproc, folder, "--width", SIZE[0], "--height", SIZE[1], "--samples", samples)
    coco = json.loads((folder / "coco" / "coco_annotations.json").read_text(encoding="utf-8"))
    seconds = {name: round(value, 1) for name, value in parts.items()}
    return {"annotations": len(coco["annotations"]), "seconds": seconds, "total": round(sum(parts.values()), 1)}


def run_field(blenderproc: Path, folder: Path, *options: object) -> dict[str, float]:
    """Run the script of the field into ``folder``, and return the CPU seconds of its parts."""
    script = Path(__file__).with_name("blenderproc_field.py")
    command = [blenderproc / "bin" / "blenderproc", "run", script, folder, *options]
    command += ["--custom-blender-path", blenderproc / "blender"]
    output = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = [line for line in output.splitlines() if line.startswith('{"built"')]
    parts: dict[str, float] = json.loads(lines[-1])
    return parts


def colors(folder: Path) -> Bytes:
    """Return the image (H, W, 3) in the HDF5 file of a run."""
    with h5py.File(folder / "hdf5" / "0.hdf5") as file:
        return np.asarray(file["colors"])


def image_of(preset: str, folder: Path) -> dict[str, Any]:
    """Return the CPU seconds of an image with a site of its own, and what it shows."""
    settings = with_values(with_preset(Settings(), preset), VIEW)
    renderer = prepare_renderer("cpu", use_gpu=False, threads=os.cpu_count())
    start = time.process_time()
    with built_site(settings, SEED) as built:
        make_view(built, settings, image_number(0, SEED, 1), folder, renderer)
    seconds = time.process_time() - start
    records = read_sample(folder)["objects"]
    modules = sum(record["category"] == "module" for record in records)
    return {"preset": preset, "objects": len(records), "modules": modules, "seconds": round(seconds, 1)}


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    os._exit(exit_code)  # a regular exit hangs or crashes in some versions of the bpy wheel
