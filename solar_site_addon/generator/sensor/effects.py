# SPDX-License-Identifier: GPL-3.0-or-later
"""Camera effects as steps on arrays: lens, exposure, sensor noise, image style and sharpening.

Each step has its own strength and does nothing at strength 0. No step moves an edge by a pixel or more, so annotations
remain valid; lens distortion, which does, is part of the render. Steps process one channel or a block of rows at a
time, because a full image of floats takes 250 MB.
"""

from __future__ import annotations

import math

import numpy as np

from ..domain.array_types import Bytes, Floats, Indices, Singles
from ..domain.random_streams import ViewSeed, stream
from ..settings.drawn import DrawnEffects

ROWS_AT_A_TIME = 32
"""Rows of a block: a block of a full image fits the processor's cache, which takes a quarter less time than 256 rows
do."""
GREY = 0.18
"""Linear value of mid-gray, to which the strength of noise refers."""
SENSOR_GAINS = np.array([1.9, 1.0, 1.6], dtype=np.float32)
"""Amplification of red, green and blue, and of their noise, by the white balance of a typical sensor in daylight.
Estimate."""
READ_NOISE = 0.1
"""Read noise as a share of the noise of mid-gray: a few electrons compared with fifty. Estimate."""
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Weights of encoded R, G and B in the brightness (ITU-R BT.601), as in JPEG."""


def sensor_pixel(effects: DrawnEffects) -> float:
    """Return the side of a pixel of the sensor in pixels of the image, which may have been reduced."""
    return 1.0 if effects.resampling.value == "none" else 1.0 / effects.reduction.value


def apply_lens(light: Singles, effects: DrawnEffects) -> None:
    """Apply chromatic aberration, blur and vignetting to linear light (H, W, 3) in place."""
    unit = sensor_pixel(effects)
    kernels = blur_kernels(
        effects.blur_px.value * unit, effects.motion_px.value * unit, effects.motion_direction_deg.value
    )
    corner = math.hypot(*light.shape[:2]) / 2
    fringe = effects.chromatic_aberration_px.value * unit / corner
    for channel, magnification in enumerate((1.0 + fringe, 1.0, 1.0 - fringe)):
        plane = np.ascontiguousarray(light[..., channel])
        if magnification != 1.0:
            plane = magnify(plane, magnification)
        for kernel in kernels:
            plane = filter_plane(plane, kernel)
        light[..., channel] = plane
    darken_corners(light, effects.vignetting.value)


def exposure_factors(effects: DrawnEffects) -> Singles:
    """Return the factors (3,) of the channels for the errors of exposure and white balance.

    ``warmth`` raises red relative to blue, ``tint`` lowers green relative to both; the mean brightness stays about the
    same.
    """
    warmth, tint = effects.warmth.value, effects.tint.value
    balance = np.exp(np.array([warmth + tint, -2 * tint, -warmth + tint]) / 2)
    factors: Singles = (2.0**effects.exposure_error_ev.value * balance).astype(np.float32)
    return factors


def add_noise(light: Singles, strength: float, seed: ViewSeed) -> None:
    """Add shot noise and read noise of the sensor to linear light (H, W, 3) in place.

    ``strength`` is the standard deviation of the noise of mid-gray as a share of mid-gray. The number of electrons is
    Poisson distributed, approximated by a normal distribution with the same variance, proportional to the light.
    """
    if strength == 0:
        return
    rng = stream(seed, "sensor/noise")
    grey_variance = (strength * GREY) ** 2
    for rows in row_blocks(len(light)):
        block = light[rows]
        variance = (np.maximum(block, 0) / np.float32(GREY) + np.float32(READ_NOISE**2)) * SENSOR_GAINS
        normal = rng.standard_normal(block.shape, dtype=np.float32)
        block += np.sqrt(variance * np.float32(grey_variance)) * normal


def bend_tones(encoded: Singles, contrast: float) -> Singles:
    """Return encoded light (0 to 1) moved by ``contrast`` toward the S-curve 3 x^2 - 2 x^3; away from it if negative.

    The curve is the cubic Hermite polynomial between 0 and 1: black, mid-gray and white stay unchanged, and for a
    contrast of -1 to 1 the order of tones is preserved.
    """
    if contrast == 0:
        return encoded
    return encoded + np.float32(contrast) * encoded * (1 - encoded) * (2 * encoded - 1)


def saturate(encoded: Singles, amount: float) -> Singles:
    """Return encoded light (H, W, 3), 0 to 1, with the distance of colors from gray scaled by 1 + ``amount``."""
    if amount == 0:
        return encoded
    grey = (encoded @ LUMA)[..., None]
    return np.clip(grey + np.float32(1 + amount) * (encoded - grey), 0.0, 1.0)


def sharpen(image: Bytes, amount: float, radius_px: float) -> Bytes:
    """Return an encoded image (H, W, 3) with ``amount`` times its fine detail added to its brightness.

    Fine detail is what a Gaussian blur with the standard deviation ``radius_px`` removes.
    """
    if amount == 0:
        return image
    kernel = gaussian(radius_px)
    reach = kernel.shape[1] // 2
    result = np.empty_like(image)
    for rows in row_blocks(len(image)):
        around = slice(max(rows.start - reach, 0), rows.stop + reach)
        luma = (image[around] * LUMA).sum(axis=-1, dtype=np.float32)
        blurred = filter_plane(filter_plane(luma, kernel), kernel.T)
        inner = slice(rows.start - around.start, rows.start - around.start + len(image[rows]))
        detail = (luma - blurred)[inner] * np.float32(amount)
        result[rows] = np.rint(np.clip(image[rows] + detail[..., None], 0, 255))
    return result


def magnify(plane: Singles, factor: float) -> Singles:
    """Return a channel (H, W) magnified around its center by ``factor``, near 1, with linear interpolation."""
    (above, below, down), (left, right, across) = (_sources(length, factor) for length in plane.shape)
    result = np.empty_like(plane)
    for rows in row_blocks(len(plane)):
        share = down[rows, None]
        lines = plane[above[rows]] * (1 - share) + plane[below[rows]] * share
        result[rows] = lines[:, left] * (1 - across) + lines[:, right] * across
    return result


def _sources(length: int, factor: float) -> tuple[Indices, Indices, Singles]:
    """Return the two source pixels of each pixel along a side, and the weight of the second."""
    middle = (length - 1) / 2
    place = np.clip((np.arange(length) - middle) / factor + middle, 0, length - 1)
    first = np.floor(place).astype(np.intp)
    return first, np.minimum(first + 1, length - 1), (place - first).astype(np.float32)


def darken_corners(light: Singles, strength: float) -> None:
    """Apply vignetting in place: the loss grows with the square of the distance, up to ``strength`` in the corners."""
    if strength == 0:
        return
    height, width = light.shape[:2]
    corner = (height**2 + width**2) / 4
    across = (np.arange(width) + 0.5 - width / 2) ** 2 / corner
    down = (np.arange(height) + 0.5 - height / 2) ** 2 / corner
    for rows in row_blocks(height):
        light[rows] *= (1 - strength * (down[rows, None] + across)).astype(np.float32)[..., None]


def blur_kernels(blur_px: float, motion_px: float, direction_deg: float) -> list[Floats]:
    """Return the kernels of defocus and motion blur, to be applied one after the other."""
    kernels: list[Floats] = []
    if blur_px > 0:
        kernels += [gaussian(blur_px), gaussian(blur_px).T]
    if motion_px > 0:
        kernels.append(motion(motion_px, direction_deg))
    return kernels


def gaussian(deviation_px: float) -> Floats:
    """Return a Gaussian kernel (1, K) with the sum 1, cut off at three standard deviations."""
    reach = math.ceil(3 * deviation_px)
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * deviation_px**2))
    return (weights / weights.sum())[None]


def motion(length_px: float, direction_deg: float) -> Floats:
    """Return the kernel (K, K) of a uniform line with the sum 1; its direction is counterclockwise from the right."""
    reach = math.ceil(length_px / 2)
    steps = np.linspace(-0.5, 0.5, 8 * reach + 1) * length_px
    angle = math.radians(direction_deg)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    across, down = steps * math.cos(angle) + reach, -steps * math.sin(angle) + reach
    for column in range(len(kernel)):
        for row in range(len(kernel)):  # the light of each step is shared by the four pixels around it
            shares = np.maximum(1 - np.abs(across - column), 0) * np.maximum(1 - np.abs(down - row), 0)
            kernel[row, column] = shares.sum() / len(steps)
    return kernel


def filter_plane(plane: Singles, kernel: Floats) -> Singles:
    """Return a channel (H, W) filtered by ``kernel``, which has odd sides; border pixels are repeated outside."""
    tall, wide = (side // 2 for side in kernel.shape)
    result = np.empty_like(plane)
    for rows in row_blocks(len(plane)):
        lines = np.clip(np.arange(rows.start - tall, min(rows.stop, len(plane)) + tall), 0, len(plane) - 1)
        padded = np.pad(plane[lines], ((0, 0), (wide, wide)), mode="edge")
        result[rows] = filter_padded(padded, kernel)
    return result


def filter_padded(padded: Singles, kernel: Floats) -> Singles:
    """Return a channel (H, W) filtered by ``kernel`` (K, L), from (H + K - 1, W + L - 1) pixels."""
    height, width = padded.shape[0] - kernel.shape[0] + 1, padded.shape[1] - kernel.shape[1] + 1
    total = np.zeros((height, width), dtype=np.float32)
    for row, column in np.argwhere(kernel):
        total += padded[row : row + height, column : column + width] * np.float32(kernel[row, column])
    return total


def row_blocks(height: int) -> list[slice]:
    """Return slices of at most ROWS_AT_A_TIME rows that cover ``height`` rows."""
    return [slice(top, top + ROWS_AT_A_TIME) for top in range(0, height, ROWS_AT_A_TIME)]
