# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise that repeats without a seam, made from its spectrum.

Its transforms differ in the last bit between processors: for what is only looked at, not for the land.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ...domain.array_types import Floats


def tileable_noises(pixels: int, longest_wave: float, power: float, rng: np.random.Generator) -> Floats:
    """(2, pixels, pixels) two fractal noises with the mean 0 and the deviation 1 that repeat without a seam.

    Amplitudes fall with ``power`` of the frequency; waves longer than ``longest_wave``, a share of the tile, are left
    out, since they would show the tiling. Waves of random complex amplitudes add up to one noise in the real part and
    another, independent one in the imaginary part.
    """
    waves = (rng.random((pixels, pixels, 2)) - 0.5).view(np.complex128)[..., 0]
    noise = np.fft.ifft2(waves * _amplitude(pixels, longest_wave, power))
    return np.stack([part / part.std() for part in (noise.real, noise.imag)])


@lru_cache(maxsize=2)
def _amplitude(pixels: int, longest_wave: float, power: float) -> Floats:
    """(pixels, pixels) amplitudes of the waves."""
    along = np.fft.fftfreq(pixels) * pixels
    frequency = np.sqrt(along * along + (along * along)[:, None])
    return np.where(frequency < 1 / longest_wave, 0.0, np.maximum(frequency, 1.0) ** -power)
