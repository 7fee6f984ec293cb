# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real camera does to the light: lens, exposure, sensor, picture style and sharpening, as steps on arrays.

Each step has a strength of its own and leaves the image as it is where that is 0. None moves an edge by as much as
a pixel, so that annotations stay what they are; the distortion of the lens, which does, is part of the render.
Steps work on one channel or a block of rows at a time: a full image in floats is 250 MB.
"""

from __future__ import annotations

import math

import numpy as np

from ..domain.array_types import Bytes, Floats, Indices, Singles
from ..domain.random_streams import ViewSeed, stream
from ..settings.drawn import DrawnEffects

ROWS_AT_A_TIME = 256
GREY = 0.18
"""Linear value of a mid grey, at which the strength of noise is said."""
SENSOR_GAINS = np.array([1.9, 1.0, 1.6], dtype=np.float32)
"""How much the white balance amplifies red, green and blue of a usual sensor in daylight, and their noise with them."""
READ_NOISE = 0.1
"""Noise of the dark as a share of the noise of a mid grey: a few electrons against fifty."""
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Of encoded R, G, B (ITU-R BT.601), as JPEG has it."""
SHARPENING_RADIUS_PX = 0.8
"""Standard deviation of the blur that sharpening takes away."""


def apply_lens(light: Singles, effects: DrawnEffects) -> None:
    """Colour fringes, blur and vignetting of a lens, on linear light (H, W, 3) in place."""
    kernels = blur_kernels(effects.blur_px.value, effects.motion_px.value, effects.motion_direction_deg.value)
    corner = math.hypot(*light.shape[:2]) / 2
    fringe = effects.chromatic_aberration_px.value / corner
    for channel, magnification in enumerate((1.0 + fringe, 1.0, 1.0 - fringe)):
        plane = np.ascontiguousarray(light[..., channel])
        if magnification != 1.0:
            plane = magnify(plane, magnification)
        for kernel in kernels:
            plane = filter_plane(plane, kernel)
        light[..., channel] = plane
    darken_corners(light, effects.vignetting.value)


def exposure_factors(effects: DrawnEffects) -> Singles:
    """(3,) by which wrong exposure and white balance multiply the channels; green has the exposure's alone.

    ``warmth`` raises red against blue, ``tint`` lowers green against both; mean brightness stays about the same.
    """
    warmth, tint = effects.warmth.value, effects.tint.value
    balance = np.exp(np.array([warmth + tint, -2 * tint, -warmth + tint]) / 2)
    factors: Singles = (2.0**effects.exposure_error_ev.value * balance).astype(np.float32)
    return factors


def add_noise(light: Singles, strength: float, seed: ViewSeed) -> None:
    """Shot and read noise of the sensor, on linear light (H, W, 3) in place.

    ``strength`` is the standard deviation of a mid grey's noise as a share of that grey. The number of electrons has
    Poisson's distribution, taken as a normal one of the same variance, which is proportional to the light.
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
    """Encoded light of 0 to 1, pulled by ``contrast`` towards the S-shaped 3 x^2 - 2 x^3; below 0 away from it.

    That is the cubic of Hermite between 0 and 1: black, mid and white stay what they are, and for -1 to 1 what is
    lighter stays lighter.
    """
    if contrast == 0:
        return encoded
    return encoded + np.float32(contrast) * encoded * (1 - encoded) * (2 * encoded - 1)


def saturate(encoded: Singles, amount: float) -> Singles:
    """Encoded light (H, W, 3) of 0 to 1 whose colours are ``amount`` farther from the grey of their brightness."""
    if amount == 0:
        return encoded
    grey = (encoded @ LUMA)[..., None]
    return np.clip(grey + np.float32(1 + amount) * (encoded - grey), 0.0, 1.0)


def sharpen(image: Bytes, amount: float) -> Bytes:
    """An encoded image (H, W, 3) with ``amount`` times its fine detail added, in brightness alone."""
    if amount == 0:
        return image
    kernel = gaussian(SHARPENING_RADIUS_PX)
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
    """A channel (H, W) drawn larger around its middle by ``factor``, near 1, with linear interpolation."""
    (above, below, down), (left, right, across) = (_sources(length, factor) for length in plane.shape)
    result = np.empty_like(plane)
    for rows in row_blocks(len(plane)):
        share = down[rows, None]
        lines = plane[above[rows]] * (1 - share) + plane[below[rows]] * share
        result[rows] = lines[:, left] * (1 - across) + lines[:, right] * across
    return result


def _sources(length: int, factor: float) -> tuple[Indices, Indices, Singles]:
    """Of each pixel along a side: the two pixels that it lies between, and how near it is to the second."""
    middle = (length - 1) / 2
    place = np.clip((np.arange(length) - middle) / factor + middle, 0, length - 1)
    first = np.floor(place).astype(np.intp)
    return first, np.minimum(first + 1, length - 1), (place - first).astype(np.float32)


def darken_corners(light: Singles, strength: float) -> None:
    """Vignetting in place: the share of light lost grows with the distance squared, to ``strength`` in the corners."""
    if strength == 0:
        return
    height, width = light.shape[:2]
    corner = (height**2 + width**2) / 4
    across = (np.arange(width) + 0.5 - width / 2) ** 2 / corner
    down = (np.arange(height) + 0.5 - height / 2) ** 2 / corner
    for rows in row_blocks(height):
        light[rows] *= (1 - strength * (down[rows, None] + across)).astype(np.float32)[..., None]


def blur_kernels(blur_px: float, motion_px: float, direction_deg: float) -> list[Floats]:
    """Kernels, to be applied one after the other, of a lens out of focus and of the drone's motion."""
    kernels: list[Floats] = []
    if blur_px > 0:
        kernels += [gaussian(blur_px), gaussian(blur_px).T]
    if motion_px > 0:
        kernels.append(motion(motion_px, direction_deg))
    return kernels


def gaussian(deviation_px: float) -> Floats:
    """(1, K) a Gaussian with its sum 1, cut off at three standard deviations."""
    reach = math.ceil(3 * deviation_px)
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * deviation_px**2))
    return (weights / weights.sum())[None]


def motion(length_px: float, direction_deg: float) -> Floats:
    """(K, K) even light along a straight line, counter-clockwise from the image's right, with its sum 1."""
    reach = math.ceil(length_px / 2)
    steps = np.linspace(-0.5, 0.5, 8 * reach + 1) * length_px
    angle = math.radians(direction_deg)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    across, down = steps * math.cos(angle) + reach, -steps * math.sin(angle) + reach
    for column in range(len(kernel)):
        for row in range(len(kernel)):  # each step's light goes to the four pixels around it
            shares = np.maximum(1 - np.abs(across - column), 0) * np.maximum(1 - np.abs(down - row), 0)
            kernel[row, column] = shares.sum() / len(steps)
    return kernel


def filter_plane(plane: Singles, kernel: Floats) -> Singles:
    """A channel (H, W) in which each pixel is the sum of its neighbours, weighted by ``kernel`` (odd sides).

    Beyond its edges the image goes on as its outermost pixels.
    """
    tall, wide = (side // 2 for side in kernel.shape)
    result = np.empty_like(plane)
    for rows in row_blocks(len(plane)):
        lines = np.clip(np.arange(rows.start - tall, min(rows.stop, len(plane)) + tall), 0, len(plane) - 1)
        padded = np.pad(plane[lines], ((0, 0), (wide, wide)), mode="edge")
        result[rows] = _weighted_sum(padded, kernel)
    return result


def _weighted_sum(padded: Singles, kernel: Floats) -> Singles:
    height, width = padded.shape[0] - kernel.shape[0] + 1, padded.shape[1] - kernel.shape[1] + 1
    total = np.zeros((height, width), dtype=np.float32)
    for row, column in np.argwhere(kernel > 0):
        total += padded[row : row + height, column : column + width] * np.float32(kernel[row, column])
    return total


def row_blocks(height: int) -> list[slice]:
    """Slices of at most ROWS_AT_A_TIME rows that cover ``height`` rows."""
    return [slice(top, top + ROWS_AT_A_TIME) for top in range(0, height, ROWS_AT_A_TIME)]
