# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure how close images of each render quality come to a converged one, and in which CPU time.

Run: make render-quality. Each preset shows one view of one site. The reference has many samples, no denoiser and
other random samples; all images are compared after the camera's development, as 8-bit sRGB. The fine contrast on the
modules (standard deviation of the image minus its 1.5 px Gaussian) relative to that of the reference tells whether
gaps and busbars are blurred. CPU time is that of the render alone, with its fixed part, compared within one process.
The result is written to benchmarks/results/render_quality.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from solar_site_addon.generator.domain.array_types import Bytes, Floats, Mask
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.imaging.passes import PixelPasses
from solar_site_addon.generator.pipeline import built_site
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.render.ground_pass import painted_ground
from solar_site_addon.generator.render.passes import render_passes, render_radiance
from solar_site_addon.generator.render.renderer import Renderer, prepare_renderer
from solar_site_addon.generator.scene.build import BuiltSite, show_view
from solar_site_addon.generator.scene.camera import aim_camera
from solar_site_addon.generator.sensor.modalities.rgb import automatic_gain, develop
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.schema import PRESETS, QUALITIES, RenderSettings, Settings, with_values

RESULTS = Path(__file__).resolve().parent / "results" / "render_quality"
SEED = 4001
USUAL_PRESETS = ["construction_survey", "desert", "dry_hills", "flat_grassland"]
VIEW = {
    "camera.width_px": 330, "camera.height_px": 247, "camera.model": ["custom"], "camera.sensor_width_mm": 4.3,
    "camera.focal_length_mm": 12.29, "camera.altitude_agl_m": 60, "camera.gimbal_pitch_deg": [-70, -70],
    "light.weather": ["clear"],
}  # fmt: skip
"""A quarter of the sensor of the default camera, so that a pixel shows as much ground as at 1320 x 989."""
CASES: dict[str, RenderSettings] = {
    **{name: RenderSettings(quality=name) for name in QUALITIES},
    "final, no denoiser": RenderSettings(quality="final", denoiser="NONE"),
}
LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Result:
    """One image compared with its reference."""

    preset: str
    case: str
    cpu_seconds: float
    psnr_db: float
    module_contrast: float
    """Fine contrast on modules relative to the reference."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print one line per image, write the result, and return the exit code."""
    options = _parser().parse_args(arguments)
    results: list[Result] = []
    for preset in options.presets:
        settings = with_values(with_preset(Settings(), preset), VIEW)
        with built_site(settings, SEED) as built:
            for result in measured(built, settings, preset, options.reference):
                print(f"{result.preset:<20}{result.case:<32}{result.cpu_seconds:8.1f} s{result.psnr_db:8.2f} dB"
                      f"{result.module_contrast:8.3f}", flush=True)  # fmt: skip
                results.append(result)
        _write(results, options.reference)
    return 0


def measured(built: BuiltSite, settings: Settings, preset: str, samples: int) -> list[Result]:
    """Return the results of all cases for the first view of a site; the reference has ``samples``."""
    view = plan_view(built.site, settings, 0)
    show_view(built, view)
    aim_camera(built.scene, view.camera)
    renderers = {
        denoiser: prepare_renderer("cpu", use_gpu=False, threads=os.cpu_count(), denoiser=denoiser)
        for denoiser in ("NONE", "INTEL")
    }
    passes = PixelPasses.from_channels(render_passes(built.scene, renderers["NONE"]))
    modules = passes.categories == Category.MODULE
    results = []
    with painted_ground(built, view.camera, renderers["NONE"]):
        converged = RenderSettings(max_samples=samples, noise_threshold=0.001, denoiser="NONE")
        radiance = render_radiance(built.scene, converged, ViewSeed(SEED, view.index + 1), renderers["NONE"])
        gain = automatic_gain(radiance)
        reference = develop(radiance * np.float32(gain))
        for name, render in CASES.items():
            image, seconds = _timed(built, render, ViewSeed(SEED, view.index), renderers[render.denoiser], gain)
            contrast = fine_contrast(image, modules) / fine_contrast(reference, modules)
            results.append(
                Result(preset, name, round(seconds, 1), round(psnr(image, reference), 2), round(contrast, 3))
            )
    return results


def psnr(image: Bytes, reference: Bytes) -> float:
    """Return the peak signal-to-noise ratio of two 8-bit images, dB."""
    error: Floats = image.astype(np.float64) - reference
    return float(10 * np.log10(255.0**2 / np.mean(error * error)))


def fine_contrast(image: Bytes, chosen: Mask) -> float:
    """Return the standard deviation of the ``chosen`` (H, W) pixels of the image minus its 1.5 px Gaussian."""
    luma = image @ LUMA
    return float((luma - gaussian_filter(luma, 1.5))[chosen].std())


def _timed(
    built: BuiltSite, render: RenderSettings, seed: ViewSeed, renderer: Renderer, gain: float
) -> tuple[Bytes, float]:
    start = time.process_time()
    radiance = render_radiance(built.scene, render, seed, renderer)
    return develop(radiance * np.float32(gain)), time.process_time() - start


def _write(results: Sequence[Result], samples: int) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    document = {"reference_samples": samples, "results": [dataclasses.asdict(result) for result in results]}
    (RESULTS / "cpu.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make render-quality QUALITY_FLAGS=...", description=__doc__)
    parser.add_argument("--presets", nargs="+", default=USUAL_PRESETS, choices=PRESETS)
    parser.add_argument("--reference", type=int, default=2048, metavar="N", help="samples of the reference")
    return parser


if __name__ == "__main__":
    sys.exit(main())
