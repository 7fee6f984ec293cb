# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate and read the images of the study."""

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
from solar_site_addon.generator.settings.schema import LANDSCAPES

BATCH = Path(__file__).resolve().parents[2] / "headless" / "batch.py"
PLAIN = "plain"
"""The plain domain: flat ground, one table and module type, clear noon light, no vegetation, equipment, surroundings
or effects."""
PLAIN_SETTINGS = Path(__file__).with_name("plain.json")
SEEDS_PER_DOMAIN = 10_000
"""With equal seeds, two presets would share draws such as those of the terrain, so each domain has its own seeds."""
MAX_FAILED_SHARE = 0.1
COMMON = ("site.size_m=300", "camera.model=custom", "camera.sensor_width_mm=9")
"""A small site is planned faster. The narrow sensor gives small images a ground sampling distance of 7 to 19 cm at
altitudes of 35 to 100 m, similar to survey images downscaled for training."""


@dataclass(frozen=True)
class ImageOptions:
    """Options common to all images of the study."""

    resolution: str
    samples: int
    processes: int
    python: str
    """Path of a Python with the bpy wheel."""


@dataclass(frozen=True)
class Images:
    """Images of one domain with their ground truth."""

    rgb: NDArray[np.uint8]
    """(N, H, W, 3)"""
    modules: NDArray[np.bool_]
    """(N, H, W): whether the pixel shows a module."""

    def __len__(self) -> int:
        return len(self.rgb)

    def __getitem__(self, chosen: slice) -> Images:
        return Images(self.rgb[chosen], self.modules[chosen])


def command(domain: str, folder: Path, number: int, options: ImageOptions, special: Sequence[str] = ()) -> list[str]:
    """Return the command that generates ``number`` images of a preset or of the plain domain.

    ``special`` settings (NAME=VALUE) override those that are common to all images.
    """
    seed = SEEDS_PER_DOMAIN * (*LANDSCAPES, PLAIN).index(domain)
    look = ["--settings", str(PLAIN_SETTINGS)] if domain == PLAIN else ["--preset", domain]
    run = ["--num_images", str(number), "--num_parallel", str(options.processes), "--seed", str(seed)]
    quality = ["--resolution", options.resolution, "--max_samples", str(options.samples), "--noise_threshold", "0.05"]
    common = [word for setting in (*COMMON, *special) for word in ("--set", setting)]
    return [options.python, str(BATCH), str(folder), *look, *run, *quality, *common]


def make_images(domain: str, folder: Path, number: int, options: ImageOptions) -> Images:
    """Generate the images missing in ``folder`` and read all of them.

    Raises SolarSiteError if more than a tenth of them fail.
    """
    return read_images(make_samples(domain, folder, number, options))


def make_samples(
    domain: str, folder: Path, number: int, options: ImageOptions, special: Sequence[str] = ()
) -> list[Path]:
    """Generate the samples missing in ``folder`` and return the folders of all of them.

    Raises SolarSiteError if more than a tenth of them fail.
    """
    line = command(domain, folder, number, options, special)
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    samples = [path for _, path in sorted(find_samples(folder).items())][:number]
    if done.returncode not in {0, 1} or len(samples) < (1 - MAX_FAILED_SHARE) * number:
        raise SolarSiteError(f"{' '.join(line)} made {len(samples)} images: {(done.stderr or done.stdout).strip()}")
    return samples


def read_images(samples: Sequence[Path]) -> Images:
    """Read the images of sample folders, which must be of equal size."""
    files = [rgb_file(sample) for sample in samples]
    rgb = [np.asarray(Image.open(file).convert("RGB")) for file in files]
    classes = [np.asarray(Image.open(sample / ANNOTATION_FILES["semantic"])) for sample in samples]
    return Images(np.stack(rgb), np.stack(classes) == Category.MODULE)


def joined(parts: Sequence[Images]) -> Images:
    """Concatenate several domains."""
    return Images(np.concatenate([part.rgb for part in parts]), np.concatenate([part.modules for part in parts]))
