# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure whether a network learns to tell modules apart on presets that it has not seen. Run: make study.

One network learns the area and the interiors of the modules on one half of the presets, another one on the other half;
each is tested on the half that it has not seen. The images are taken straight down from low altitude, where cell lines
and seams between modules are easily confused. The result is written to benchmarks/results/generalization; make docs
updates docs/fidelity.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from solar_site_addon.batch.processes import available_cores
from solar_site_addon.generator.dataset.files import ANNOTATION_FILES, rgb_file
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.settings.schema import LANDSCAPES, LOOKS

from .data import ImageOptions, make_samples
from .instances import average_precision, find_objects, interiors, numbered
from .network import Training, predict, train

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks" / "results" / "generalization" / "separation.json"
NEARBY = (
    "camera.sensor_width_mm=5",
    "camera.gimbal_pitch_deg=-90",
    "camera.altitude_agl_m=28..45",
    "effects.looks=" + ",".join(LOOKS),
)
"""Images of 384 px from straight above, with 3 to 5 cm per pixel, in all looks."""
OVERLAPS = {"ap50": 0.5, "ap75": 0.75}


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate the images, train and test the networks, write the result, and return the exit code."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.processes)
    images = ImageOptions(options.resolution, options.samples, options.processes, options.python)
    try:
        domains = {name: make_modules(name, options.work / name, options.images, images) for name in LANDSCAPES}
    except SolarSiteError as error:
        print(error, file=sys.stderr)
        return 1
    training = Training(steps=options.steps)
    halves = LANDSCAPES[::2], LANDSCAPES[1::2]
    tests = [scored(half, other, domains, training) for half, other in (halves, halves[::-1])]
    result = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "resolution": options.resolution.replace("x", " x "),
        "samples": options.samples,
        "steps": options.steps,
        "images": options.images,
        "torch": torch.__version__,
        "tests": tests,
    }
    options.result.parent.mkdir(parents=True, exist_ok=True)
    options.result.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for test in tests:
        print(f"{', '.join(test['tested_on'])}: AP50 {test['ap50']:.3f}   AP75 {test['ap75']:.3f}")
    return 0


def make_modules(
    preset: str, folder: Path, number: int, options: ImageOptions
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Generate the images of a preset that are missing in ``folder``, and return all: see ``read_modules``."""
    print(f"{number} images of {preset} ...", file=sys.stderr, flush=True)
    return read_modules(make_samples(preset, folder, number, options, NEARBY))


def read_modules(samples: Sequence[Path]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the images (N, H, W, 3) of sample folders, and the numbers (N, H, W) of their modules, 0 for none."""
    rgb, ids = [], []
    for sample in samples:
        rgb.append(np.asarray(Image.open(rgb_file(sample)).convert("RGB")))
        instances = np.asarray(Image.open(sample / ANNOTATION_FILES["instances"])).astype(np.int32)
        semantic = np.asarray(Image.open(sample / ANNOTATION_FILES["semantic"]))
        ids.append(np.where(semantic == Category.MODULE, instances, 0).astype(np.int32))
    return np.stack(rgb), np.stack(ids)


def scored(
    trained_on: Sequence[str],
    tested_on: Sequence[str],
    domains: Mapping[str, tuple[NDArray[np.uint8], NDArray[np.int32]]],
    training: Training,
) -> dict[str, Any]:
    """Train a network on some of the ``domains`` and return its scores on others."""
    rgb, ids = (np.concatenate([domains[name][part] for name in trained_on]) for part in (0, 1))
    network = train(rgb, np.stack([ids > 0, interiors(ids)], axis=-1), training, seed=0)
    seen, true_ids = (np.concatenate([domains[name][part] for name in tested_on]) for part in (0, 1))
    found = [find_objects(area, interior) for area, interior in predict(network, seen)]
    truths = [numbered(one) for one in true_ids]
    return {
        "trained_on": list(trained_on),
        "tested_on": list(tested_on),
        "modules": sum(int(one.max()) for one in truths),
        **{name: round(average_precision(truths, found, least), 4) for name, least in OVERLAPS.items()},
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generalization.separation", description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "output" / "separation", help="folder for the images")
    parser.add_argument("--images", type=int, default=16, metavar="N", help="images per preset (default 16)")
    parser.add_argument("--resolution", default="384x288", metavar="WxH", help="default 384x288")
    parser.add_argument("--samples", type=int, default=16, metavar="N", help="samples per pixel (default 16)")
    parser.add_argument("--steps", type=int, default=2000, metavar="N", help="training steps (default 2000)")
    parser.add_argument("--processes", type=int, default=available_cores(), metavar="N", help="default: one per core")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="Python with the bpy wheel")
    parser.add_argument("--result", type=Path, default=RESULT, metavar="FILE", help="output file for the scores")
    return parser


if __name__ == "__main__":
    sys.exit(main())
