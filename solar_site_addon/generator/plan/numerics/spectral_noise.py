# SPDX-License-Identifier: GPL-3.0-or-later
"""Seamless noise, synthesized from its spectrum.

FFTs differ in the last bit between processors, so use this only for appearance, never for the terrain.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ...domain.array_types import Floats


def tileable_noises(pixels: int, longest_wave: float, power: float, rng: np.random.Generator) -> Floats:
    """Return two seamless fractal noises (2, pixels, pixels) with mean 0 and standard deviation 1.

    Amplitudes fall with ``power`` of the frequency. Waves longer than ``longest_wave``, a share of the tile, are left
    out, because they would reveal the tiling. Waves with random complex amplitudes add up to one noise in the real part
    and an independent one in the imaginary part.
    """
    waves = (rng.random((pixels, pixels, 2)) - 0.5).view(np.complex128)[..., 0]
    noise = np.fft.ifft2(waves * _amplitude(pixels, longest_wave, power))
    return np.stack([part / part.std() for part in (noise.real, noise.imag)])


@lru_cache(maxsize=2)
def _amplitude(pixels: int, longest_wave: float, power: float) -> Floats:
    """Return the amplitudes (pixels, pixels) of the waves."""
    along = np.fft.fftfreq(pixels) * pixels
    frequency = np.sqrt(along * along + (along * along)[:, None])
    return np.where(frequency < 1 / longest_wave, 0.0, np.maximum(frequency, 1.0) ** -power)
