# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what materials cost: CPU time per sample of our scenes against the same scenes in plain gray.

Run: make material-cost. Each case is one view of a preset. Its radiance is rendered as the pipeline does it, then with
every material replaced by a plain diffuse one; both with two numbers of samples, whose difference is the time of the
samples alone. The ground pass is timed as a whole. At this small size, most of it is what any render costs before its
first sample, which does not grow with the image.
CPU time is compared within one process, so that the ratios hold on a busy machine too. The result is written to
benchmarks/results/material_cost: result.json, or ground_images.json for a ground from images.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.domain.versions import blender_version
from solar_site_addon.generator.pipeline import built_site
from solar_site_addon.generator.plan.model import View
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.render.ground_pass import painted_ground
from solar_site_addon.generator.render.passes import render_radiance
from solar_site_addon.generator.render.renderer import Renderer, prepare_renderer
from solar_site_addon.generator.scene.build import BuiltSite, show_view
from solar_site_addon.generator.scene.camera import aim_camera
from solar_site_addon.generator.scene.ownership import MARK
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.schema import PRESETS, RenderSettings, Settings, with_values

RESULTS = Path(__file__).resolve().parent / "results" / "material_cost"
SIZE_PX = (264, 198)
SENSOR_MM, ALTITUDE_M = 5.0, 60.0
PITCHES_DEG = {"nadir": -90, "oblique": -40}
GSDS_M = (0.02, 0.05)
SNOW = {"no snow": 0.0, "snow": 0.6}
SEED = 4001
FEW, MANY = 2, 14
"""Numbers of samples; their difference is measured."""


@dataclass(frozen=True)
class Case:
    """One view, and how it is lit and covered."""

    preset: str
    snow: str
    pitch: str
    gsd_m: float


@dataclass(frozen=True)
class Cost:
    """CPU times of one case."""

    case: Case
    sample_us: float
    """Per sample and pixel, as the pipeline renders."""
    plain_us: float
    """The same with plain materials."""
    ground_us: float
    """Ground pass, per pixel."""

    @property
    def ratio(self) -> float:
        """Return the cost of a sample in terms of one with plain materials."""
        return self.sample_us / self.plain_us

    def ground_share(self, samples: int) -> float:
        """Return the ground pass as a share of the samples of an image."""
        return self.ground_us / (samples * self.sample_us)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the result, and return the exit code."""
    options = _parser().parse_args(arguments)
    renderer = prepare_renderer("cpu", use_gpu=False, threads=os.cpu_count(), denoiser="NONE")
    costs = []
    for preset, snow in itertools.product(options.presets, SNOW):
        settings = _settings(preset, SNOW[snow], options.ground_images)
        with built_site(settings, SEED) as built:
            for pitch, gsd in itertools.product(PITCHES_DEG, GSDS_M):
                case = Case(preset, snow, pitch, gsd)
                costs.append(measure(built, _aimed(settings, pitch, gsd), case, renderer))
                print(_line(costs[-1]), flush=True)
                _write(costs, "ground_images.json" if options.ground_images else "result.json")
    print(_summary(costs))
    return 0


def measure(built: BuiltSite, settings: Settings, case: Case, renderer: Renderer) -> Cost:
    """Return the costs of one case."""
    view = plan_view(built.site, settings, 0)
    show_view(built, view)
    aim_camera(built.scene, view.camera)
    pixels = view.camera.width_px * view.camera.height_px

    def per_sample() -> float:
        few = _cpu_seconds(lambda: _render(built, view, FEW, renderer))
        many = _cpu_seconds(lambda: _render(built, view, MANY, renderer))
        return 1e6 * (many - few) / (MANY - FEW) / pixels

    with contextlib.ExitStack() as stack:
        ground = _cpu_seconds(lambda: stack.enter_context(painted_ground(built, view.camera, renderer)))
        textured = per_sample()
        with _plain_materials():
            plain = per_sample()
    return Cost(case, round(textured, 2), round(plain, 2), round(1e6 * ground / pixels, 2))


def _render(built: BuiltSite, view: View, samples: int, renderer: Renderer) -> None:
    quality = RenderSettings(max_samples=samples, noise_threshold=0.001)  # so low that all samples are taken
    render_radiance(built.scene, quality, ViewSeed(SEED, view.index), renderer)


def _cpu_seconds(task: Callable[[], object]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


@contextlib.contextmanager
def _plain_materials() -> Iterator[None]:
    """Replace every material by a plain diffuse one."""
    plain = bpy.data.materials.new("plain")
    plain.use_nodes = True
    tree = plain.node_tree
    tree.nodes.clear()
    diffuse, output = (tree.nodes.new(f"Shader{kind}") for kind in ("NodeBsdfDiffuse", "NodeOutputMaterial"))
    tree.links.new(diffuse.outputs[0], output.inputs["Surface"])
    before = [(mesh, list(mesh.materials)) for mesh in bpy.data.meshes if MARK in mesh]
    for mesh, materials in before:
        for slot in range(len(materials)):
            mesh.materials[slot] = plain
    try:
        yield
    finally:
        for mesh, materials in before:
            for slot, material in enumerate(materials):
                mesh.materials[slot] = material
        bpy.data.materials.remove(plain)


def _settings(preset: str, snow: float, ground_images: str) -> Settings:
    width, height = SIZE_PX
    return with_values(
        with_preset(Settings(), preset),
        {
            "site.snow": snow,
            "site.ground_images": ground_images,
            "light.weather": "clear",
            "camera.model": "custom",
            "camera.sensor_width_mm": SENSOR_MM,
            "camera.width_px": width,
            "camera.height_px": height,
            "camera.altitude_agl_m": ALTITUDE_M,
        },
    )


def _aimed(settings: Settings, pitch: str, gsd_m: float) -> Settings:
    """Return the settings with a direction of the camera, and with a lens that gives the ground sampling distance."""
    focal_mm = ALTITUDE_M / gsd_m * SENSOR_MM / SIZE_PX[0]
    return with_values(settings, {"camera.gimbal_pitch_deg": PITCHES_DEG[pitch], "camera.focal_length_mm": focal_mm})


def _line(cost: Cost) -> str:
    case = cost.case
    return (
        f"{case.preset:18} {case.snow:8} {case.pitch:8} {case.gsd_m * 100:2.0f} cm  {cost.sample_us:5.2f} us a sample,"
        f" plain {cost.plain_us:5.2f}, ratio {cost.ratio:4.2f}; ground pass {cost.ground_us:5.2f} us a pixel,"
        f" {cost.ground_share(16):4.0%} of 16 samples, {cost.ground_share(64):4.0%} of 64"
    )


def _summary(costs: Sequence[Cost]) -> str:
    ratios = [cost.ratio for cost in costs]
    share = statistics.median(cost.ground_share(16) for cost in costs)
    return f"Ratio: median {statistics.median(ratios):.2f}, largest {max(ratios):.2f}; ground pass: median {share:.0%}"


def _write(costs: Sequence[Cost], name: str) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "blender": blender_version(),
        "resolution": "{} x {}".format(*SIZE_PX),
        "costs": [
            {
                **dataclasses.asdict(cost),
                "ratio": round(cost.ratio, 2),
                "ground_share_of_16_samples": round(cost.ground_share(16), 3),
                "ground_share_of_64_samples": round(cost.ground_share(64), 3),
            }
            for cost in costs
        ],
    }
    (RESULTS / name).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make material-cost COST_FLAGS=...", description=__doc__)
    parser.add_argument("--presets", nargs="+", default=list(PRESETS), choices=PRESETS, help="default: all")
    parser.add_argument(
        "--ground_images", metavar="DIR", default="", help="texture sets for the ground (default: the invented ground)"
    )
    return parser


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    os._exit(exit_code)  # a regular exit hangs or crashes in some versions of the bpy wheel
