# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise made from its spectrum: seamless, of the waves that were asked for, and the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.numerics.spectral_noise import tileable_noises

PIXELS = 128


def noises(longest: float = 1 / 5, power: float = 1.5, seed: int = 1) -> np.ndarray:
    return tileable_noises(PIXELS, longest, power, np.random.default_rng(seed))


def amplitudes(noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the frequencies in waves per tile and their amplitudes, from a transform of the finished tile."""
    frequency = np.fft.fftfreq(PIXELS, 1 / PIXELS)
    return np.hypot(frequency, frequency[:, None]), np.abs(np.fft.fft2(noise))


def test_each_has_the_mean_zero_and_the_deviation_one() -> None:
    for noise in noises():
        assert noise.mean() == pytest.approx(0, abs=1e-12)
        assert noise.std() == pytest.approx(1, abs=1e-12)


def test_the_two_have_nothing_to_do_with_each_other() -> None:
    # Pixels of smooth noise are alike: some 600 waves count, so a chance correlation is about 1 / 25.
    first, second = noises(1 / 10, 1.0)
    assert abs((first * second).mean()) < 0.2


def test_there_is_no_seam() -> None:
    for noise in noises():
        for axis in (0, 1):
            inner = np.abs(np.diff(noise, axis=axis))
            seam = np.abs(np.take(noise, 0, axis) - np.take(noise, -1, axis))
            assert seam.mean() < 1.5 * inner.mean()
            assert seam.max() <= 1.2 * inner.max()


def test_waves_longer_than_asked_for_are_missing() -> None:
    frequency, amplitude = amplitudes(noises(1 / 8)[0])
    assert amplitude[frequency < 7.99].max() < 1e-9 * amplitude.max()
    assert amplitude[(frequency >= 8) & (frequency < 12)].max() == amplitude.max()


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_amplitudes_fall_with_the_power_of_the_frequency(power: float) -> None:
    frequency, amplitude = amplitudes(noises(1 / 5, power)[0])
    rings = np.arange(6, PIXELS // 2, 4)
    means = [amplitude[np.abs(frequency - ring) < 2].mean() for ring in rings]
    slope = np.polyfit(np.log(rings), np.log(means), 1)[0]
    assert slope == pytest.approx(-power, abs=0.15)  # hundreds of waves a ring: their mean is good to 5 %


def test_the_same_generator_gives_the_same_noise_and_another_one_another() -> None:
    np.testing.assert_array_equal(noises(seed=4), noises(seed=4))
    assert np.abs(noises(seed=4) - noises(seed=5)).mean() > 0.5
