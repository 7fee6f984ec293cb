# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what a work unit costs in a Ray cluster besides its images, for docs/scale.md.

Run: make ray-units. The cluster has three machines, which are processes here. Everything is real except that the units
are empty: no Blender is started for them, only once per process of Ray to ask for its version, which the fake Blender
of the tests answers. Each number of units is measured in a launcher of its own.
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

from solar_site_addon.batch.blender_command import BlenderCommand
from solar_site_addon.batch.command_line import parse
from solar_site_addon.batch.dataset_folder import unit_file, work_folder
from solar_site_addon.batch.executors.base import Job, Run
from solar_site_addon.batch.executors.cluster_task import NoDisplay
from solar_site_addon.batch.executors.ray import create
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.memory import memory_of_process
from solar_site_addon.batch.run_record import RunRecord, make_recipe
from solar_site_addon.batch.work_unit import WorkUnit, write_unit
from solar_site_addon.generator.dataset.layout import batch_name
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from .dataset_scale import BLENDER_VERSION, PAGE, make_blender

BEGIN, END = "<!-- numbers: written by make ray-units -->", "<!-- numbers end: ray-units -->"
MACHINES = 3
OBJECTS = 80_000_000
"""Smallest object store that Ray allows."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the result; return the exit code."""
    parser = argparse.ArgumentParser(prog="make ray-units", description=__doc__)
    parser.add_argument("--units", nargs="*", type=int, default=[1000, 10_000], help="numbers of units")
    parser.add_argument("--keep_page", action="store_true", help="do not write docs/scale.md")
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.address:
        print(json.dumps(measure(options.units[0], options.address)))
        return 0
    rows = in_cluster(options.units)
    if not options.keep_page:
        write_results(rows)
    return 0


def in_cluster(numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Start a cluster and measure each number of units in a process of its own."""
    from ray.cluster_utils import Cluster  # noqa: PLC0415 - only this benchmark needs it

    each = {"num_cpus": 1, "object_store_memory": OBJECTS}
    cluster = Cluster(initialize_head=True, head_node_args={**each, "include_dashboard": False})
    rows = []
    try:
        for _ in range(MACHINES - 1):
            cluster.add_node(**each)
        for number in numbers:
            command = [
                sys.executable,
                "-m",
                "benchmarks.ray_units",
                "--units",
                str(number),
                "--address",
                cluster.address,
            ]
            result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            rows.append(json.loads(result.stdout.splitlines()[-1]))
            print(json.dumps(rows[-1]), flush=True)
    finally:
        cluster.shutdown()
    return rows


def measure(number: int, address: str) -> dict[str, Any]:
    """Carry out empty units in the cluster at ``address``; return seconds and megabytes of this launcher."""
    with tempfile.TemporaryDirectory() as folder:
        out, blender = Path(folder) / "out", Path(folder) / "blender"
        make_blender(blender)
        flags = ["--executor", "ray", "--ray_address", address, "--ray_cpus", "1", "--blender", str(blender)]
        request = parse([str(out), *flags, "--resolution", "64x48"])
        if request is None:
            raise ValueError("the command line asks for help")
        work_folder(out).mkdir(parents=True)
        unit = WorkUnit(request.settings, base_seed=0, indices=(), folder="", device="auto", use_gpu=False)
        jobs = tuple(Job(batch_name(index), unit) for index in range(number))
        for job in jobs:
            write_unit(unit_file(out, job.name), job.unit)
        recipe = make_recipe(Settings(), RunSettings(), BLENDER_VERSION)
        run = Run(out, RunRecord(recipe, number, 0, time.time()), jobs)
        executor = create(request, BlenderCommand(str(blender), is_wheel=False))
        began, used = time.monotonic(), time.process_time()
        state = executor.run(run, NoDisplay(), Interruption())
        if any(process.num_remaining for process in state.processes):
            raise ValueError("units are left")
        return {
            "units": number,
            "seconds": time.monotonic() - began,
            "cpu": time.process_time() - used,
            "megabytes": memory_of_process(os.getpid())[1] / 1e6,
        }


def write_results(rows: Sequence[dict[str, Any]]) -> None:
    """Write the table into the page."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [f"Measured on {today} with {MACHINES} machines of one CPU each, which are processes of one machine.", ""]
    lines += ["| Empty units | Time | Per unit | CPU time of the launcher per unit | Memory of the launcher |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    for row in rows:
        each = [1000 * row[name] / row["units"] for name in ("seconds", "cpu")]
        cells = f"{row['seconds']:.0f} s | {each[0]:.1f} ms | {each[1]:.1f} ms | {row['megabytes']:.0f} MB"
        lines.append(f"| {row['units']:,} | {cells} |")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    text = "\n".join(lines)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
