# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the numpy parts that every image or site goes through, with pytest-benchmark. Run: make hot-parts.

Each part gets what it would get for a usual site and an image of 1320 x 989 px. Times are CPU time. What a part costs
in terms of the others hardly depends on the machine: a new result beside the recorded one, in
benchmarks/results/hot_parts, shows what has become slow.
"""

from __future__ import annotations

import datetime
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.annotations.objects import annotate_image
from solar_site_addon.generator.annotations.rle import column_runs, encode_masks
from solar_site_addon.generator.dataset.files import json_bytes
from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.imaging.passes import PixelPasses
from solar_site_addon.generator.imaging.png import grey16_png, rgb_png
from solar_site_addon.generator.plan.model import Site, View
from solar_site_addon.generator.plan.numerics.noise import grid_noise
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.plan.terrain.erosion import eroded
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.sensor.modalities.rgb import take_image
from solar_site_addon.generator.settings.schema import Settings

from .annotation_cost import SMALL, document_of, painted, planned

RESULT = Path(__file__).resolve().parent / "results" / "hot_parts" / "result.json"
SEED = 7

Measure = Callable[..., Any]
Scene = tuple[Site, View, PixelPasses]


def main(options: Sequence[str]) -> int:
    """Measure all parts with more ``options`` of pytest, write the result, and return the exit code of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "benchmark.json"
        ours = ("-o", "addopts=--import-mode=importlib", "-o", "python_functions=bench_*")
        of_plugin = ("--benchmark-timer=time.process_time", f"--benchmark-json={found}", "--benchmark-sort=name")
        code = pytest.main([__file__, "-q", *ours, *of_plugin, *options])
        if code == 0:
            RESULT.parent.mkdir(parents=True, exist_ok=True)
            RESULT.write_text(json.dumps(summary(json.loads(found.read_text("utf-8"))), indent=1) + "\n", "utf-8")
    return int(code)


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """Return the medians in a report of pytest-benchmark, ms, by part."""
    parts = {one["name"].removeprefix("bench_"): one["stats"]["median"] for one in report["benchmarks"]}
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "numpy": np.__version__,
        "parts_ms": {name: round(1e3 * median, 1) for name, median in sorted(parts.items())},
    }


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Return a planned site, a view of it, and its passes, painted instead of rendered."""
    site, view = planned(SMALL)
    return site, view, painted(site, view.camera)


def bench_site_plan(benchmark: Measure) -> None:
    """Plan a site: terrain, tables, roads, equipment."""
    benchmark(plan_site, Settings(), SEED)


def bench_view_plan(benchmark: Measure, scene: Scene) -> None:
    """Plan a view: camera, weather, vegetation near it."""
    benchmark(plan_view, scene[0], Settings(), 0)


def bench_erosion(benchmark: Measure) -> None:
    """Erode a terrain of 128 x 128 heights."""
    side = np.linspace(0, 8, 128)
    heights = 30 * grid_noise(side, side, SEED)
    benchmark(lambda: eroded(heights, 8.0, 0.5, np.random.default_rng(SEED)))


def bench_noise(benchmark: Measure) -> None:
    """Evaluate gradient noise on a grid of a million points."""
    x = np.linspace(0, 50, 1000)
    benchmark(grid_noise, x, x, SEED)


def bench_annotations(benchmark: Measure, scene: Scene) -> None:
    """Annotate all objects of an image."""
    site, view, passes = scene
    benchmark(annotate_image, site, view.camera, passes)


def bench_masks(benchmark: Measure, scene: Scene) -> None:
    """Encode the masks of an image in COCO's run lengths."""
    numbers = scene[2].numbers
    benchmark(lambda: encode_masks(column_runs(numbers), int(numbers.max())))


def bench_sample_json(benchmark: Measure, scene: Scene) -> None:
    """Make sample.json of the annotations of an image."""
    site, view, passes = scene
    annotations = annotate_image(site, view.camera, passes)[1]
    benchmark(lambda: json_bytes(document_of(site, view, annotations)))


def bench_camera(benchmark: Measure, scene: Scene) -> None:
    """Develop an image from its radiance: lens, noise, tones, sharpening."""
    _, view, _ = scene
    shape = view.camera.height_px, view.camera.width_px, 3
    radiance = np.random.default_rng(SEED).random(shape, dtype=np.float32)
    benchmark(lambda: take_image(radiance.copy(), view.settings.effects, ViewSeed(SEED, 0)))


def bench_png(benchmark: Measure, scene: Scene) -> None:
    """Encode an image and its instances as PNG."""
    numbers = scene[2].numbers.astype(np.uint16)
    image = np.random.default_rng(SEED).integers(0, 256, (*numbers.shape, 3), dtype=np.uint8)
    benchmark(lambda: (rgb_png(image), grey16_png(numbers)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
