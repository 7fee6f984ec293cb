# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what each step of the launcher costs for datasets of several sizes, for docs/scale.md.

Run: make dataset-scale. The samples are real, of a very small image, and are repeated under other indices: nothing is
rendered. Each step is a process of its own; CPU time and the largest memory are those of that process. The result is
written to benchmarks/results/dataset_scale, and its table into docs/scale.md.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from solar_site_addon.batch.run_record import RunRecord, make_recipe, write_record
from solar_site_addon.generator.dataset.files import SAMPLE_JSON, link_file
from solar_site_addon.generator.dataset.layout import batch_name, image_name
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from .annotation_cost import MEASURE

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results" / "dataset_scale"
PAGE = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- numbers: written by make dataset-scale -->", "<!-- numbers end -->"
BLENDER_VERSION = "4.5.0"
"""Version that the fake Blender of the tests reports."""
PROCESSES = 8
"""Number of processes that have made the samples, as far as their folders tell."""
MOST_LINKS = 10_000
"""File systems allow some ten thousand names of one file."""
WIDTH, HEIGHT, FOCAL_PX = 96, 72, 96.0
NUMBERS = re.compile(r'"index": 0,\n"site": 0,\n"view": 0,\n"seed": 0,')

FOLLOW = """
import sys
from itertools import count
from solar_site_addon.batch.display import News, Notes, bar_line
from solar_site_addon.batch.progress import ProcessState, RunState
number = int(sys.argv[1])
units = min(10_000, -(-number // 4))
states = [ProcessState(f"batch_{unit:02d}", range(unit, number, units)) for unit in range(units)]
run, news, notes, clock = RunState(number, 0, 0.0, tuple(states)), News(), Notes(), count()
for state in states:
    for index in state.indices:
        state.add({"event": "image_started", "time": 1.0, "index": index})
        state.add({"event": "image_done", "time": 2.0, "index": index, "seconds": 1.0, "stages": {"view": 1.0}})
        if next(clock) % max(1, number // 100) == 0:
            news.new(run), notes.new(run), bar_line(run, 100.0, 80)
"""
"""Follow a run of a cluster: all its events, and a hundred looks at the state, as a display takes them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the result; return the exit code."""
    parser = argparse.ArgumentParser(prog="make dataset-scale", description=__doc__)
    parser.add_argument("--samples", nargs="*", type=int, default=[1000, 10_000, 100_000], help="sizes of the datasets")
    parser.add_argument("--steps", nargs="*", default=list(STEPS), choices=STEPS, help="only these steps")
    parser.add_argument("--folder", type=Path, help="where the samples are written (default: temporary folder)")
    parser.add_argument("--keep_page", action="store_true", help="do not write results and docs/scale.md")
    parser.add_argument("--add", action="store_true", help="keep earlier results of other sizes and steps")
    options = parser.parse_args(arguments)
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        for number in options.samples:
            folder = Path(name) / str(number)
            make_dataset(folder, number)
            bytes_of_sample = sum(path.stat().st_size for path in (folder / "out/batch_00/image_0000").iterdir())
            for step in options.steps:
                rows.append({"samples": number, "step": step, **measured(STEPS[step](folder, number))})
                print(json.dumps(rows[-1]), flush=True)
            shutil.rmtree(folder)
    if not options.keep_page:
        write_results([*(earlier_rows(rows) if options.add else ()), *rows], bytes_of_sample)
    return 0


def earlier_rows(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the results of earlier runs, without those that have been measured again."""
    again = {(row["samples"], row["step"]) for row in rows}
    earlier = json.loads((RESULTS / "result.json").read_text(encoding="utf-8"))["steps"]
    return [row for row in earlier if (row["samples"], row["step"]) not in again]


def make_dataset(folder: Path, number: int) -> None:
    """Write ``number`` samples in ``folder``/out, and the same as two shards in ``folder``/0 and ``folder``/1.

    All files but sample.json, the largest one, are hard links to a few copies, so that 100,000 samples are soon made.
    """
    first = make_sample(folder / "first")
    text = (first / SAMPLE_JSON).read_text(encoding="utf-8")
    others = [path for path in first.iterdir() if path.name != SAMPLE_JSON]
    out = folder / "out"
    write_record(out, RunRecord(make_recipe(Settings(), RunSettings(), BLENDER_VERSION), number, 0, time.time(), 0))
    for index in range(number):
        sample = out / batch_name(index * PROCESSES // number) / image_name(index)
        sample.mkdir(parents=True)
        head = f'"index": {index},\n"site": {index},\n"view": 0,\n"seed": {index},'
        (sample / SAMPLE_JSON).write_text(NUMBERS.sub(head, text, count=1), encoding="utf-8")
        if index % MOST_LINKS == 0:
            others = [Path(shutil.copy(path, sample / path.name)) for path in others]
            continue
        for path in others:
            link_file(path, sample / path.name)
    make_blender(folder / "blender")
    for index, batch in enumerate(sorted(out.glob("batch_*"))):
        shard = folder / str(index % 2)
        shard.mkdir(exist_ok=True)
        (shard / batch.name).symlink_to(batch)


def make_blender(path: Path) -> None:
    """Write the fake Blender of the tests as a program."""
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def make_sample(folder: Path) -> Path:
    """Write a sample of a painted image; return its folder."""
    small_site: Any = importlib.import_module("tests.generator.small_site")
    camera = small_site.small_camera(width=WIDTH, height=HEIGHT, focal_px=FOCAL_PX)
    plan = small_site.small_plan(camera)
    numbers, depth = small_site.painted(plan)
    write_sample(
        folder,
        view=plan.view,
        settings=Settings(),
        number=image_number(0, 0, 1),
        images=[small_site.rgb_image(camera, np.full((HEIGHT, WIDTH, 3), 100, np.uint8))],
        passes=small_site.passes_of(numbers, depth, np.zeros(numbers.shape, dtype=bool)),
        render_info={"device": "CPU"},
        blender=BLENDER_VERSION,
    )
    return folder


def batch(*arguments: object) -> list[str]:
    """Return a command line of batch.py."""
    return [sys.executable, "headless/batch.py", *map(str, arguments)]


def export(*arguments: object) -> list[str]:
    """Return a command line of export.py."""
    return [sys.executable, "headless/export.py", *map(str, arguments)]


FAKE = ROOT / "tests" / "batch" / "fake_blender.py"
STEPS: dict[str, Callable[[Path, int], list[str]]] = {
    "`batch.py OUT --dry_run`: plan a run that resumes": lambda folder, number: batch(
        folder / "out", "--num_images", number, "--dry_run", "--blender", folder / "blender"
    ),
    "following the run: events and displays": lambda _, number: [sys.executable, "-c", FOLLOW, str(number)],
    "`--rebuild`: dataset.json and COCO": lambda folder, _: batch(folder / "out", "--rebuild"),
    "`--rebuild` again, over what is there": lambda folder, _: batch(folder / "out", "--rebuild"),
    "`--verify`": lambda folder, _: batch(folder / "out", "--verify"),
    "`--rebuild 0 1 --into`: merge two shards": lambda folder, _: batch(
        folder / "0", folder / "1", "--rebuild", "--into", folder / "merged"
    ),
    "`export.py --formats yolo_segment`": lambda folder, _: export(folder / "out", "--formats", "yolo_segment"),
    "`export.py --pack webdataset`": lambda folder, _: export(folder / "out", "--pack", "webdataset"),
    "`export.py --parquet`": lambda folder, _: export(folder / "out", "--parquet"),
    "`view.py`: gallery with thumbnails": lambda folder, _: [
        sys.executable,
        "headless/view.py",
        str(folder / "out"),
    ],
    "`solar_site.Dataset(OUT)`: open for training": lambda folder, _: [
        sys.executable,
        "-c",
        f"import solar_site; print(len(solar_site.Dataset({str(folder / 'out')!r})))",
    ],
}


def measured(command: list[str]) -> dict[str, float]:
    """Return CPU seconds and megabytes of a command."""
    result = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    used = json.loads(result.stdout)
    return {"cpu": round(used["user"] + used["system"], 1), "megabytes": used["megabytes"]}


def table(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the table of the page: CPU seconds and megabytes of each step at each size."""
    sizes = sorted({row["samples"] for row in rows})
    head = ["Step", *(f"{size:,} samples" for size in sizes), "Growth"]
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    for step in STEPS:
        own = {row["samples"]: row for row in rows if row["step"] == step}
        cells = [f"{own[size]['cpu']:.1f} s, {own[size]['megabytes']:.0f} MB" if size in own else "-" for size in sizes]
        if own:
            lines.append(f"| {step} | {' | '.join(cells)} | {growth(own)} |")
    return lines


def growth(own: dict[int, dict[str, Any]]) -> str:
    """Return by how much time and memory grow from the smallest size to the largest, beside the number of samples."""
    first, last = min(own), max(own)
    if first == last:
        return "-"
    times = [f"{own[last][name] / max(own[first][name], 0.1):.1f}" for name in ("cpu", "megabytes")]
    return f"time x {times[0]}, memory x {times[1]}, samples x {last / first:.0f}"


def write_results(rows: Sequence[dict[str, Any]], bytes_of_sample: int) -> None:
    """Write the results, and the table into the page."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = {"date": today, "bytes_of_sample": bytes_of_sample, "steps": rows}
    (RESULTS / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    measured_on = f"Measured on {today}, with samples of {bytes_of_sample / 1000:.0f} kB."
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    text = "\n".join([measured_on, "", *table(rows)])
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
