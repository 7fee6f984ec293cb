# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture sets as libraries publish them, made of noise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from solar_site_addon.generator.imaging.png import rgb_png
from solar_site_addon.generator.plan.numerics.spectral_noise import tileable_noises

PIXELS = 128
COLOURS = {
    "grass": (60, 100, 40),
    "soil": (120, 90, 60),
    "gravel": (150, 150, 150),
    "rock": (100, 95, 90),
    "path": (160, 130, 100),
    "tracks": (110, 80, 60),
}
"""Mean sRGB colors."""


def make_texture_set(
    folder: Path,
    name: str,
    colour: Sequence[int] = (128, 128, 128),
    maps: Sequence[str] = ("Color", "NormalGL", "Roughness", "Displacement"),
    pixels: int = PIXELS,
    size_m: float = 2.0,
) -> Path:
    """Write the maps of a texture set in the naming of ambientCG and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(sum(name.encode()))
    height, tone = tileable_noises(pixels, 1 / 4, 1.5, rng)
    across, down = (np.roll(height, -1, axis) - np.roll(height, 1, axis) for axis in (1, 0))
    step = 2 * size_m / pixels
    normal = np.stack([-0.01 * across / step, 0.01 * down / step, np.ones_like(across)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    images = {
        "Color": np.array(colour) * (1 + 0.25 * tone[..., None]),
        "NormalGL": 127.5 + 127.5 * normal,
        "NormalDX": 127.5 + 127.5 * normal * (1, -1, 1),
        "Roughness": np.repeat(180 + 20 * tone[..., None], 3, axis=-1),
        "Displacement": np.repeat(128 + 40 * height[..., None], 3, axis=-1),
    }
    for each in maps:
        image = np.clip(np.rint(images[each]), 0, 255).astype(np.uint8)
        (folder / f"{name}_1K_{each}.png").write_bytes(rgb_png(image))
    return folder


def make_textures(folder: Path) -> Path:
    """Write one texture set of each kind of ground and return the folder."""
    for kind, colour in COLOURS.items():
        make_texture_set(folder / kind, f"{kind.title()}001", colour)
    return folder
