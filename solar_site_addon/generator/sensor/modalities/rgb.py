# SPDX-License-Identifier: GPL-3.0-or-later
"""The rgb modality: the image of the drone's camera, rgb.png or rgb.jpg."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Bytes, Singles
from ...domain.pixel_filter import AREA, NATIVE, PixelFilter, one_of
from ...domain.random_streams import ViewSeed
from ...imaging.png import rgb_png
from ...settings.drawn import DrawnEffects, DrawnSettings
from ..demosaicing import METHODS, demosaic
from ..effects import add_noise, apply_lens, bend_tones, exposure_factors, row_blocks, saturate, sensor_pixel, sharpen
from ..haze import add_haze
from ..modality import Exposure, Modality
from ..tones import FULL, Levels, automatic_levels, raise_local_contrast

NAME = "rgb"
PNG, JPEG = ".png", ".jpg"

METERED = 0.21
"""Mean linear value that the automatic exposure aims at. Light meters are calibrated to mid-gray, 0.18; drone images
are somewhat brighter (docs/fidelity.md). Estimate."""
MIN_GAIN, MAX_GAIN = 0.5, 3.0
"""Range of the automatic exposure. Estimate."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Weights of R, G and B in the luminance of linear sRGB (IEC 61966-2-1)."""
LEVELS_FROM = 512
"""Rows and columns of pixels, at most about, from which automatic levels are determined."""
LANCZOS_AMOUNT, LANCZOS_RADIUS_PX = 0.35, 0.7
"""Sharpening that makes up for the loss of fine detail in the mean over a pixel, compared with a Lanczos filter."""
SHOULDER = 0.5
"""Linear value above which highlights are compressed instead of clipped, as in real cameras. Estimate."""


def encode(exposure: Exposure) -> dict[str, bytes]:
    """Return the image file: radiance with haze and camera effects, encoded as PNG or JPEG."""
    effects, weather = exposure.settings.effects, exposure.weather
    distance = exposure.passes.depth / exposure.camera.axis_cosines()
    add_haze(exposure.radiance, distance, weather.extinction_per_m, weather.airlight)
    image = take_image(exposure.radiance, effects, exposure.seed)
    quality = int(effects.jpeg_quality.value)
    return {NAME + JPEG: exposure.encode_jpeg(image, quality)} if quality else {NAME + PNG: rgb_png(image)}


def take_image(radiance: Singles, effects: DrawnEffects, seed: ViewSeed) -> Bytes:
    """Return the sRGB image (H, W, 3), uint8, of a linear radiance (H, W, 3) by a camera with drawn ``effects``.

    The steps follow their order in a real camera: lens, exposure, sensor, development, sharpening. ``radiance`` is
    overwritten, because the steps work in place.
    """
    gain = automatic_gain(radiance)
    apply_lens(radiance, effects)
    radiance *= np.float32(gain) * exposure_factors(effects)
    add_noise(radiance, noise_strength(effects), seed)
    if effects.demosaicing.value != "none" and sensor_pixel(effects) == 1.0:
        demosaic(radiance, METHODS[effects.demosaicing.value])
    levels = levels_of(radiance, effects.levels.value)
    image = develop(radiance, effects.contrast.value, effects.saturation.value, levels)
    image = raise_local_contrast(image, effects.local_contrast.value)
    if effects.resampling.value == "lanczos":
        image = sharpen(image, LANCZOS_AMOUNT, LANCZOS_RADIUS_PX)
    return sharpen(image, effects.sharpening.value, effects.sharpening_radius_px.value)


def pixel_filter(settings: DrawnSettings) -> PixelFilter:
    """Return the area over which a pixel of the image collects light, after the reduction in size."""
    effects = settings.effects
    if effects.resampling.value == "none":
        return NATIVE
    return one_of(effects.reduction.value) if effects.resampling.value == "nearest" else AREA


def noise_strength(effects: DrawnEffects) -> float:
    """Return the strength of the noise; the mean of many pixels of the sensor has less of it."""
    averaged = effects.resampling.value in ("area", "lanczos")
    return effects.noise.value * (sensor_pixel(effects) if averaged else 1.0)


def levels_of(radiance: Singles, share: float) -> Levels:
    """Return the automatic levels of a linear radiance (H, W, 3), determined from some of its pixels."""
    if share == 0:
        return FULL
    down, across = (max(side // LEVELS_FROM, 1) for side in radiance.shape[:2])
    return automatic_levels(_srgb_encode(_compress_highlights(radiance[::down, ::across])), share)


def automatic_gain(radiance: Singles) -> float:
    """Return the gain of the camera's automatic exposure for a linear radiance (H, W, 3).

    Values above 1, such as glints, count as white, so that they do not darken the image.
    """
    mean = float(np.minimum(radiance @ LUMINANCE, 1.0).mean(dtype=np.float64))
    return float(np.clip(METERED / max(mean, 1e-6), MIN_GAIN, MAX_GAIN))


def develop(radiance: Singles, contrast: float = 0.0, saturation: float = 0.0, levels: Levels = FULL) -> Bytes:
    """Return the sRGB image (H, W, 3), uint8, of a linear radiance (H, W, 3) in which a white matte surface is 1.

    Values up to SHOULDER are encoded as sRGB (IEC 61966-2-1); higher values approach white. Then the camera's image
    style is applied: ``levels``, ``contrast`` and ``saturation``, neutral at FULL, 0 and 0.
    """
    image = np.empty(radiance.shape, dtype=np.uint8)
    for rows in row_blocks(len(radiance)):  # a full image of floats takes 250 MB per copy
        encoded = levels.apply(_srgb_encode(_compress_highlights(radiance[rows])))
        image[rows] = np.rint(saturate(bend_tones(encoded, contrast), saturation) * 255)
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


MODALITY = Modality(NAME, (PNG, JPEG), encode, pixel_filter=pixel_filter)
