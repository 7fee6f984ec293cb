# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise that repeats without a seam, made from its spectrum.

Its transforms differ in the last bit between processors: for what is only looked at, not for the land.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def tileable_noise(pixels: int, longest_wave: float, power: float, rng: np.random.Generator) -> Floats:
    """(pixels, pixels) fractal noise with the mean 0 and the deviation 1 that repeats without a seam.

    Amplitudes fall with ``power`` of the frequency; waves longer than ``longest_wave``, a share of the tile, are left
    out, since they would show the tiling.
    """
    white = np.fft.rfft2(rng.standard_normal((pixels, pixels)))
    noise: Floats = np.fft.irfft2(white * _amplitude(pixels, longest_wave, power), s=(pixels, pixels))
    return noise / noise.std()


@lru_cache(maxsize=2)
def _amplitude(pixels: int, longest_wave: float, power: float) -> Floats:
    """(pixels, pixels / 2 + 1) amplitudes of the waves."""
    frequency = np.hypot(*np.meshgrid(np.fft.rfftfreq(pixels), np.fft.fftfreq(pixels))) * pixels
    return np.where(frequency < 1 / longest_wave, 0.0, np.maximum(frequency, 1.0) ** -power)
