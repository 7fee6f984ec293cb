# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure CPU time and memory to plan and build sites, from small plants to the largest ones. Run: make scale.

Each size has a process of its own, so that peaks of memory do not mix. The result is written to
benchmarks/results/scale.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from solar_site_addon.batch.memory import memory_of_process
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.scene.build import build_site, new_scene
from solar_site_addon.generator.settings.schema import Settings, with_values

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results" / "scale"
SIZES_M = (150, 400, 700, 1000, 1300, 2000)
SEED = 7
WATTS_OF_MODULE = 550
"""As in docs/sources.md."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the result, and return the exit code."""
    options = _parser().parse_args(arguments)
    if options.one is not None:
        print(json.dumps(measure(options.one)), flush=True)
        return 0
    results = []
    for size_m in options.sizes:
        command = [sys.executable, "-m", "benchmarks.scale", "--one", str(size_m)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        results.append(json.loads(done.stdout.splitlines()[-1]))
        print(line(results[-1]), flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "sites": results}
    (RESULTS / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(size_m: float) -> dict[str, Any]:
    """Return what one site costs: CPU seconds, and the largest memory of this process, bytes."""
    settings = with_values(Settings(), {"site.size_m": size_m})
    start = time.process_time()
    site = plan_site(settings, SEED)
    planned = time.process_time()
    build_site(site, new_scene())
    built = time.process_time()
    return {
        "size_m": size_m,
        "modules": len(site.modules),
        "megawatts": round(len(site.modules) * WATTS_OF_MODULE / 1e6, 1),
        "plan": round(planned - start, 2),
        "build": round(built - planned, 2),
        "bytes": memory_of_process(os.getpid())[1],
    }


def line(site: dict[str, Any]) -> str:
    """Return one line with the cost of a site."""
    return (
        f"{site['size_m']:5} m {site['modules']:8} modules {site['megawatts']:6.1f} MW  plan {site['plan']:5.2f} s"
        f"  build {site['build']:5.2f} s  {site['bytes'] / 1e9:.2f} GB"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make scale", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES_M, help="sides of the sites, m")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    os._exit(exit_code)  # a regular exit hangs or crashes in some versions of the bpy wheel
