# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera's rendering of tones: automatic levels and local contrast.

Each step has its own strength and does nothing at strength 0. Steps process a block of rows at a time, like those of
``effects``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ..domain.array_types import Bytes, Indices, Singles
from .effects import LUMA, filter_plane, gaussian, row_blocks

DARKEST, BRIGHTEST = 0.003, 0.997
"""Quantiles of the encoded brightness that automatic levels take for black and white. Estimate."""
FLOOR, CEILING = 0.05, 0.93
"""Encoded brightness at which automatic levels leave the darkest and the brightest tones. Estimates; contrast and
sharpening follow."""
MOST_LIFTED, LEAST_BRIGHT = 0.28, 0.62
"""Largest black and smallest white that automatic levels correct: what is paler is haze. Estimate."""
SURROUND = 0.03
"""Standard deviation of the blur that local contrast compares with, as a share of the image diagonal. Estimate."""
COARSE = 3
"""The same in pixels of the reduced image in which it is computed."""


class Levels(NamedTuple):
    """Encoded tones that become black and white."""

    black: float
    white: float

    def apply(self, encoded: Singles) -> Singles:
        """Return encoded light (..., 3), 0 to 1, with gray of these tones moved to 0 and 1; tones beyond are clipped.

        Colors keep the ratios of their channels: blue skylight would turn shade deep blue if it were moved by itself.
        """
        if self == FULL:
            return encoded
        brightness = (encoded @ LUMA)[..., None]
        moved = np.maximum(brightness - np.float32(self.black), 0) / np.float32(self.white - self.black)
        return np.clip(encoded * (moved / np.maximum(brightness, np.float32(1e-3))), 0.0, 1.0)


FULL = Levels(0.0, 1.0)
"""Levels that change nothing."""


def automatic_levels(encoded: Singles, share: float) -> Levels:
    """Return the levels for an image of encoded light (..., 3), or a sample of its pixels.

    ``share`` is the part of the way that they move the darkest tones to FLOOR and the brightest to CEILING.
    """
    if share == 0:
        return FULL
    darkest, brightest = np.quantile(encoded @ LUMA, (DARKEST, BRIGHTEST)).tolist()
    lifted = max(min(darkest, MOST_LIFTED) - FLOOR, 0.0)
    white = lifted + (max(brightest, LEAST_BRIGHT) - lifted) / CEILING
    return Levels(share * lifted, 1 - share * (1 - min(white, 1.0)))


def raise_local_contrast(image: Bytes, amount: float) -> Bytes:
    """Return an encoded image (H, W, 3) with ``amount`` times the difference from the surroundings added to it.

    The surroundings vary slowly, so they are computed in a reduced image.
    """
    if amount == 0:
        return image
    spread_px = SURROUND * math.hypot(*image.shape[:2])
    step = max(round(spread_px / COARSE), 1)
    kernel = gaussian(spread_px / step)
    coarse = (image[step // 2 :: step, step // 2 :: step] @ LUMA).astype(np.float32)
    coarse = filter_plane(filter_plane(coarse, kernel), kernel.T)
    (above, below, down), (left, right, across) = (
        _neighbors(length, step, count) for length, count in zip(image.shape[:2], coarse.shape, strict=True)
    )
    result = np.empty_like(image)
    for rows in row_blocks(len(image)):
        lines = coarse[above[rows]] * (1 - down[rows, None]) + coarse[below[rows]] * down[rows, None]
        surroundings = lines[:, left] * (1 - across) + lines[:, right] * across
        detail = (image[rows] @ LUMA - surroundings) * np.float32(amount)
        result[rows] = np.rint(np.clip(image[rows] + detail[..., None], 0, 255))
    return result


def _neighbors(length: int, step: int, count: int) -> tuple[Indices, Indices, Singles]:
    """Return the two pixels of a reduced side beside each pixel of a side, and the weight of the second."""
    place = np.clip((np.arange(length) - step // 2) / step, 0, count - 1)
    first = np.floor(place).astype(np.intp)
    return first, np.minimum(first + 1, count - 1), (place - first).astype(np.float32)
