# SPDX-License-Identifier: GPL-3.0-or-later
"""The study's pictures: which are made, by which commands, which of them train and which test."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from solar_site_addon.generator.dataset.files import ANNOTATION_FILES, rgb_file
from solar_site_addon.generator.dataset.index import find_samples
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.settings.schema import PRESETS

BATCH = Path(__file__).resolve().parents[2] / "headless" / "batch.py"
PLAIN = "plain"
"""The plainest version: flat ground, one kind of table and module, clear noon light, no plants, works or effects."""
PLAIN_SETTINGS = Path(__file__).with_name("plain.json")
SEEDS_OF_A_DOMAIN = 10_000
"""Two presets with the same seed would share their draws, the terrain's for one: each domain has seeds of its own."""
SAMPLES_THAT_MAY_FAIL = 0.1
COMMON = ("site.size_m=300", "camera.model=custom", "camera.sensor_width_mm=9")
"""The land is small, which is planned faster. The sensor is narrow: a small picture then has pixels of 7 to 19 cm on
the ground from 35 to 100 m above it, as a survey's picture has when it is made smaller for training."""


@dataclass(frozen=True)
class PictureOptions:
    """What all pictures of the study have in common."""

    resolution: str
    samples: int
    processes: int
    python: str
    """Python that has the bpy wheel."""


@dataclass(frozen=True)
class Pictures:
    """Pictures of one domain, with the truth."""

    rgb: NDArray[np.uint8]
    """(N, H, W, 3)"""
    modules: NDArray[np.bool_]
    """(N, H, W): whether the pixel shows a module."""

    def __len__(self) -> int:
        return len(self.rgb)

    def __getitem__(self, chosen: slice) -> Pictures:
        return Pictures(self.rgb[chosen], self.modules[chosen])


def command(domain: str, folder: Path, number: int, options: PictureOptions) -> list[str]:
    """The call of headless/batch.py that makes ``number`` pictures of a preset, or of the plain version."""
    seed = SEEDS_OF_A_DOMAIN * (*PRESETS, PLAIN).index(domain)
    look = ["--settings", str(PLAIN_SETTINGS)] if domain == PLAIN else ["--preset", domain]
    run = ["--num_images", str(number), "--num_parallel", str(options.processes), "--seed", str(seed)]
    quality = ["--resolution", options.resolution, "--max_samples", str(options.samples), "--noise_threshold", "0.05"]
    common = [word for setting in COMMON for word in ("--set", setting)]
    return [options.python, str(BATCH), str(folder), *look, *run, *quality, *common]


def make_pictures(domain: str, folder: Path, number: int, options: PictureOptions) -> Pictures:
    """Make the pictures that ``folder`` does not hold yet, and read all of them.

    Raises SolarSiteError where more than a tenth of them cannot be made.
    """
    line = command(domain, folder, number, options)
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    samples = [path for _, path in sorted(find_samples(folder).items())][:number]
    if done.returncode not in {0, 1} or len(samples) < (1 - SAMPLES_THAT_MAY_FAIL) * number:
        raise SolarSiteError(f"{' '.join(line)} made {len(samples)} pictures: {(done.stderr or done.stdout).strip()}")
    return read_pictures(samples)


def read_pictures(samples: Sequence[Path]) -> Pictures:
    """The pictures of sample folders, all of one size."""
    files = [rgb_file(sample) for sample in samples]
    rgb = [np.asarray(Image.open(file).convert("RGB")) for file in files]
    classes = [np.asarray(Image.open(sample / ANNOTATION_FILES["semantic"])) for sample in samples]
    return Pictures(np.stack(rgb), np.stack(classes) == Category.MODULE)


def joined(parts: Sequence[Pictures]) -> Pictures:
    """Several domains as one set."""
    return Pictures(np.concatenate([part.rgb for part in parts]), np.concatenate([part.modules for part in parts]))
