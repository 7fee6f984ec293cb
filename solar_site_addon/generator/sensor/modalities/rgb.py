# SPDX-License-Identifier: GPL-3.0-or-later
"""The rgb modality: from light to the image that the drone's camera stores, rgb.png or rgb.jpg."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Bytes, Singles
from ...domain.random_streams import ViewSeed
from ...imaging.png import rgb_png
from ...settings.drawn import DrawnEffects
from ..effects import add_noise, apply_lens, bend_tones, exposure_factors, row_blocks, saturate, sharpen
from ..haze import add_haze
from ..modality import Exposure, Modality

NAME = "rgb"
PNG, JPEG = ".png", ".jpg"

METERED = 0.18
"""Mean linear value that the automatic exposure aims at: the grey of light meters."""
LEAST_GAIN, MOST_GAIN = 0.5, 3.0
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Of linear sRGB (IEC 61966-2-1)."""
SHOULDER = 0.5
"""Linear value from which highlights are compressed instead of clipped, as camera makers do."""


def encode(exposure: Exposure) -> dict[str, bytes]:
    """Return the image file: what the camera makes of the light behind the air between it and the site."""
    effects, weather = exposure.settings.effects, exposure.weather
    distance = exposure.passes.depth / exposure.camera.axis_cosines()
    add_haze(exposure.radiance, distance, weather.extinction_per_m, weather.airlight)
    image = take_image(exposure.radiance, effects, exposure.seed)
    quality = int(effects.jpeg_quality.value)
    return {NAME + JPEG: exposure.encode_jpeg(image, quality)} if quality else {NAME + PNG: rgb_png(image)}


def take_image(radiance: Singles, effects: DrawnEffects, seed: ViewSeed) -> Bytes:
    """(H, W, 3) uint8 sRGB image that a camera with these (drawn) ``effects`` takes of a linear radiance (H, W, 3).

    The light passes the camera as it does a real one: lens, exposure, sensor, development, sharpening.
    ``radiance`` is used up: the steps work in place.
    """
    gain = automatic_gain(radiance)
    apply_lens(radiance, effects)
    radiance *= np.float32(gain) * exposure_factors(effects)
    add_noise(radiance, effects.noise.value, seed)
    image = develop(radiance, effects.contrast.value, effects.saturation.value)
    return sharpen(image, effects.sharpening.value)


def automatic_gain(radiance: Singles) -> float:
    """Factor by which the camera's automatic exposure brightens a linear radiance (H, W, 3).

    Glints and suns count as white, so that they do not darken everything else.
    """
    mean = float(np.minimum(radiance @ LUMINANCE, 1.0).mean(dtype=np.float64))
    return float(np.clip(METERED / max(mean, 1e-6), LEAST_GAIN, MOST_GAIN))


def develop(radiance: Singles, contrast: float = 0.0, saturation: float = 0.0) -> Bytes:
    """(H, W, 3) uint8 sRGB image of a linear radiance (H, W, 3) in which a white matt surface is 1.

    Values up to SHOULDER keep their sRGB encoding (IEC 61966-2-1), above it they approach white; then comes the
    camera's image style, ``contrast`` and ``saturation``, which is none at 0.
    """
    image = np.empty(radiance.shape, dtype=np.uint8)
    for rows in row_blocks(len(radiance)):  # a full image in floats is 250 MB a copy
        encoded = bend_tones(_srgb_encode(_compress_highlights(radiance[rows])), contrast)
        image[rows] = np.rint(saturate(encoded, saturation) * 255)
    return image


def _compress_highlights(linear: Singles) -> Singles:
    linear = np.maximum(np.nan_to_num(linear, posinf=1e6), 0.0)
    span = 1.0 - SHOULDER
    bent = SHOULDER + span * (1.0 - np.exp(-(np.maximum(linear, SHOULDER) - SHOULDER) / span))
    return np.where(linear <= SHOULDER, linear, bent)


def _srgb_encode(linear: Singles) -> Singles:
    encoded: Singles = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    )
    return encoded


MODALITY = Modality(NAME, (PNG, JPEG), encode)
