# SPDX-License-Identifier: GPL-3.0-or-later
"""Does variety help? The same small network, trained on rich and on plain pictures, on country it has not seen.

For each preset in turn: one network is trained on pictures of the other presets ("rich"), one on as many pictures of
the plainest version (flat ground, uniform modules, no plants, no works, clear noon light), with the same steps, and
both are tested on the preset left out. Pictures are made by headless/batch.py. Run: make study.

The result goes to benchmarks/results/generalisation, the examples to docs/images; make docs writes docs/fidelity.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import multiprocessing
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import torch

from solar_site_addon.batch.processes import available_cores
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.settings.schema import PRESETS

from .data import PLAIN, PictureOptions, Pictures, make_pictures
from .experiment import Experiment, Outcome, experiments, split
from .figures import write_examples
from .network import Training, carry_out, number_of_weights
from .report import compared, examples, shown_picture

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks" / "results" / "generalisation" / "result.json"
EXAMPLES = ROOT / "docs" / "images" / "fidelity-examples.jpg"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures, train and test the networks, write the result; gives the exit code."""
    options = _parser().parse_args(arguments)
    presets = tuple(options.presets)
    began = time.monotonic()
    try:
        domains = make_domains(presets, options)
    except SolarSiteError as error:
        print(error, file=sys.stderr)
        return 1
    made = time.monotonic()
    training = Training(steps=options.steps)
    trained, tested = split(domains, presets)
    outcomes = run_all(experiments(presets, options.seeds), training, trained, tested, options.processes)
    seconds = {"pictures": round(made - began), "networks": round(time.monotonic() - made)}
    result = {**described(options, training, trained, seconds), **compared(outcomes, tested, presets)}
    options.result.parent.mkdir(parents=True, exist_ok=True)
    options.result.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    write_examples(examples(outcomes, tested, presets), options.examples)
    for row in result["presets"]:
        print(f"{row['name']:<20} rich IoU {row['rich']['iou']:.3f}   plain IoU {row['plain']['iou']:.3f}")
    print(f"Written to {options.result} and {options.examples}; make docs writes docs/fidelity.md.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make study STUDY_FLAGS=...", description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "output" / "generalisation", help="folder for the pictures")
    parser.add_argument("--presets", nargs="+", default=PRESETS, choices=PRESETS, metavar="NAME", help="default: all")
    parser.add_argument("--pictures", type=int, default=14, metavar="N", help="pictures of a preset (default 14)")
    parser.add_argument("--resolution", default="384x288", metavar="WxH", help="default 384x288")
    parser.add_argument("--samples", type=int, default=8, metavar="N", help="samples a pixel (default 8)")
    parser.add_argument("--steps", type=int, default=400, metavar="N", help="training steps (default 400)")
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="networks of each kind (default 2)")
    parser.add_argument("--processes", type=int, default=available_cores(), metavar="N", help="default: one a core")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="Python that has the bpy wheel")
    parser.add_argument("--result", type=Path, default=RESULT, metavar="FILE", help="where the figures go")
    parser.add_argument("--examples", type=Path, default=EXAMPLES, metavar="FILE", help="where the examples go")
    return parser


def make_domains(presets: Sequence[str], options: argparse.Namespace) -> dict[str, Pictures]:
    """Pictures of every preset and of the plain version, each told as it begins.

    Of the plain version there are as many as one of the rich networks is trained on, and as many as a preset has to
    test with. Raises SolarSiteError where they cannot be made.
    """
    pictures = PictureOptions(options.resolution, options.samples, options.processes, options.python)
    numbers = {**dict.fromkeys(presets, options.pictures), PLAIN: options.pictures * len(presets)}
    domains = {}
    for name, number in numbers.items():
        print(f"{number} pictures of {name} ...", file=sys.stderr, flush=True)
        domains[name] = make_pictures(name, options.work / name, number, pictures)
    return domains


def run_all(
    todo: Sequence[Experiment],
    training: Training,
    trained: Mapping[str, Pictures],
    tested: Mapping[str, Pictures],
    processes: int,
) -> list[Outcome]:
    """All experiments, ``processes`` at a time, each told as it ends, in the order of ``todo``."""
    shown = {name: shown_picture(pictures) for name, pictures in tested.items()}
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = [
            pool.submit(
                carry_out,
                experiment,
                training,
                [trained[name] for name in experiment.training],
                {name: tested[name] for name in experiment.tests},
                shown,
            )
            for experiment in todo
        ]
        outcomes = []
        for number, future in enumerate(futures, 1):
            outcomes.append(future.result())
            name, seed = outcomes[-1].experiment.name, outcomes[-1].experiment.seed
            print(f"network {number} of {len(todo)}: {name}, seed {seed}", file=sys.stderr, flush=True)
    return outcomes


def described(
    options: argparse.Namespace, training: Training, trained: Mapping[str, Pictures], seconds: Mapping[str, int]
) -> dict[str, Any]:
    """The part of the result that says what was done."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "resolution": options.resolution.replace("x", " x "),
        "samples": options.samples,
        "training_pictures": len(trained[PLAIN]),
        "steps": training.steps,
        "batch": training.batch,
        "crop_px": training.crop_px,
        "weights": number_of_weights(),
        "networks": options.seeds,
        "torch": torch.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "cores": available_cores(),
        "seconds": dict(seconds),
    }


if __name__ == "__main__":
    sys.exit(main())
