# SPDX-License-Identifier: GPL-3.0-or-later
"""How long images will take on this machine, from the stages of one image that was measured on it. No bpy, no numpy.

The work of a stage is a constant and a share that grows with pixels and samples. Their ratio is that of the machine on
which they were measured (CPU seconds of two cores, Blender 4.5, a site of 400 m); how fast this machine is, and how
heavy these settings are, comes from the measured image.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ..generator.dataset.files import DAMAGE
from ..generator.domain.atomic_files import replace_json
from ..generator.domain.json_file import SETTINGS_BYTES, load_json
from ..generator.domain.stages import FILES, PASSES, RADIANCE, SITE, VIEW

PASSES_WORK = 1.75, 1.3e-6
FILES_WORK = 0.5, 0.45e-6
RADIANCE_WORK = 4.3, 15e-6, 5.2e-6
"""Constant, work per pixel, and for radiance per sample of a pixel."""
START_SECONDS = 6.0
"""Start of a process: Blender, and the check of the first site."""


@dataclass(frozen=True)
class Measured:
    """The seconds that each stage of an image took, its size, and the device that rendered it."""

    stages: Mapping[str, float]
    pixels: float
    samples: float
    """Samples per pixel on average."""
    device: str


def estimated_seconds(measured: Measured, pixels: float, samples: float, views_per_site: int) -> float:
    """Return the estimated seconds of an image with so many pixels and samples, its share of the site included."""
    stages = measured.stages
    factors = {
        SITE: 1 / views_per_site,
        VIEW: 1.0,
        PASSES: _linear(PASSES_WORK, pixels) / _linear(PASSES_WORK, measured.pixels),
        RADIANCE: _radiance(pixels, samples) / _radiance(measured.pixels, measured.samples),
        FILES: _linear(FILES_WORK, pixels) / _linear(FILES_WORK, measured.pixels),
    }
    return sum(seconds * factors.get(stage, 1.0) for stage, seconds in stages.items())


def batch_seconds(per_image: float, num_images: int, devices: int) -> float:
    """Return the estimated seconds of a whole batch on so many devices.

    Processes on one device share it, so that several are hardly faster than one; they only fill its pauses.
    """
    return START_SECONDS + num_images * per_image / max(devices, 1)


def read_measured(path: Path) -> Measured | None:
    """Return what ``write_measured`` has written, or None."""
    try:
        data = load_json(path, SETTINGS_BYTES)
        stages = {str(stage): float(seconds) for stage, seconds in data["stages"].items()}
        measured = Measured(stages, float(data["pixels"]), float(data["samples"]), str(data["device"]))
    except (OSError, *DAMAGE):
        return None
    return measured if _is_sound(measured) else None


def _is_sound(measured: Measured) -> bool:
    """Return whether all numbers can have been measured."""
    numbers = [measured.pixels, measured.samples, *measured.stages.values()]
    return all(0 <= number < math.inf for number in numbers) and measured.pixels > 0


def write_measured(path: Path, measured: Measured) -> None:
    """Write ``measured`` for later sessions."""
    replace_json(path, asdict(measured))


def _linear(work: tuple[float, float], pixels: float) -> float:
    constant, per_pixel = work
    return constant + per_pixel * pixels


def _radiance(pixels: float, samples: float) -> float:
    constant, per_pixel, per_sample = RADIANCE_WORK
    return constant + pixels * (per_pixel + per_sample * samples)
