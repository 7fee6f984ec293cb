# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure where the CPU time of an image goes, what a second view of a site saves, and what is added to bare Cycles.

Run: make stages. For each preset and image size, the pipeline makes two views of one site. Then Cycles alone renders
the first view again, as the scene would render without this project's pipeline: with the shader nodes of the ground
evaluated for every sample. CPU time is measured within one process, so that shares and ratios hold on a busy machine
too. The result is written to benchmarks/results/stages.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.domain.stages import RADIANCE, SITE, Laps
from solar_site_addon.generator.domain.versions import blender_version
from solar_site_addon.generator.pipeline import built_site, make_view
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.render.ground_pass import painted_ground
from solar_site_addon.generator.render.passes import render_radiance
from solar_site_addon.generator.render.renderer import Renderer, prepare_renderer
from solar_site_addon.generator.scene.build import BuiltSite, show_view
from solar_site_addon.generator.scene.camera import aim_camera
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.schema import PRESETS, Settings, with_values

RESULTS = Path(__file__).resolve().parent / "results" / "stages"
SIZES = ("64x48", "660x494", "1320x989")
SEED = 4001
VIEWS = 2


@dataclass(frozen=True)
class Stages:
    """CPU seconds of one preset at one image size."""

    preset: str
    resolution: str
    samples: int
    """Largest number of samples per pixel."""
    modules: int
    """Modules of the site."""
    site: float
    """Plan and scene of the site."""
    first: dict[str, float]
    """Stages of the first view: view, passes, ground, samples, files."""
    second: dict[str, float]
    """The same of the second view."""
    bare: float
    """Cycles alone with the first view."""

    @property
    def total(self) -> float:
        """Return the CPU time of an image with a site of its own."""
        return self.site + sum(self.first.values())

    @property
    def around(self) -> float:
        """Return the share of an image's time that is spent on anything but samples."""
        return 1 - self.first["samples"] / self.total

    @property
    def second_view(self) -> float:
        """Return the time that a second view spends on anything but samples, in terms of that of the first one."""
        rest = [sum(view.values()) - view["samples"] for view in (self.first, self.second)]
        return rest[1] / (self.site + rest[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the result, and return the exit code."""
    options = _parser().parse_args(arguments)
    renderer = prepare_renderer("cpu", use_gpu=False, threads=os.cpu_count())
    measure(options.presets[0], "64x48", renderer)  # reads files and compiles what is used once per process
    results = []
    for resolution in options.sizes:
        for preset in options.presets:
            results.append(measure(preset, resolution, renderer))
            print(line(results[-1]), flush=True)
            _write(results)
    return 0


def measure(preset: str, resolution: str, renderer: Renderer) -> Stages:
    """Return the stages of one preset at one image size, such as 64x48."""
    width, height = (int(side) for side in resolution.split("x"))
    settings = with_values(with_preset(Settings(), preset), {"camera.width_px": width, "camera.height_px": height})
    laps = Laps(time.process_time)
    with tempfile.TemporaryDirectory() as folder, built_site(settings, SEED) as built:
        laps.finished(SITE)
        views = [_view(built, settings, number, Path(folder), renderer) for number in range(VIEWS)]
        bare = _bare(built, settings, renderer)
    samples = settings.render.sampling.max_samples
    first, second = views
    return Stages(
        preset,
        resolution,
        samples,
        len(built.site.modules),
        laps.seconds[SITE],
        first=first,
        second=second,
        bare=bare,
    )


def _view(built: BuiltSite, settings: Settings, number: int, folder: Path, renderer: Renderer) -> dict[str, float]:
    """Return the CPU time of each stage of a view; the ground is painted once more to tell it from the samples."""
    laps = Laps(time.process_time)
    place = image_number(number, SEED, VIEWS)
    make_view(built, settings, place, folder / str(number), renderer, laps.finished)
    camera = plan_view(built.site, settings, number).camera
    laps.finished("")
    with contextlib.ExitStack() as stack:
        stack.enter_context(painted_ground(built, camera, renderer))
        laps.finished("ground")
    stages = laps.seconds
    stages["samples"] = stages.pop(RADIANCE) - stages["ground"]
    return {stage: round(stages[stage], 2) for stage in ("view", "passes", "ground", "samples", "files")}


def _bare(built: BuiltSite, settings: Settings, renderer: Renderer) -> float:
    view = plan_view(built.site, settings, 0)
    show_view(built, view)
    aim_camera(built.scene, view.camera)
    start = time.process_time()
    render_radiance(built.scene, settings.render, ViewSeed(SEED, 0), renderer)
    return round(time.process_time() - start, 2)


def line(result: Stages) -> str:
    """Return one line with the stages of a result."""
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in result.first.items())
    return (
        f"{result.preset:16} {result.resolution:9} {result.total:7.1f} s: site {result.site:.2f}, {stages};"
        f" all but samples {result.around:.0%}, of the second view {result.second_view:.0%} of that;"
        f" image / bare Cycles {result.total / result.bare:.2f}"
    )


def _write(results: Sequence[Stages]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "blender": blender_version(),
        "cores": os.cpu_count(),
        "results": [dataclasses.asdict(one) for one in results],
    }
    (RESULTS / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make stages STAGES_FLAGS=...", description=__doc__)
    parser.add_argument("--presets", nargs="+", default=["mountain_summer", "desert"], choices=PRESETS)
    parser.add_argument("--sizes", nargs="+", default=SIZES, help="such as 660x494; default: three sizes")
    return parser


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    os._exit(exit_code)  # a regular exit hangs or crashes in some versions of the bpy wheel
