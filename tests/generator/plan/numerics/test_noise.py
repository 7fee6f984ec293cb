# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise at many points at once equals the noise at each of them."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.numerics.noise import _BLOCK, gradient_noise, grid_noise


@pytest.mark.parametrize("wavelength", [0.01, 1.0, 40.0, 5000.0])
def test_noise_at_a_point_does_not_depend_on_the_other_points(wavelength: float) -> None:
    count = _BLOCK // 128 + 3
    x, y = np.meshgrid(np.linspace(-200, 300, 128) / wavelength, np.linspace(-90, 120, count) / wavelength)
    assert x.size > _BLOCK, "more than one block"
    together = gradient_noise(x, y, 5)
    for row, column in np.random.default_rng(0).integers(0, [count, 128], (200, 2)):
        place = np.s_[row : row + 1, column : column + 1]
        assert gradient_noise(x[place], y[place], 5)[0, 0] == together[row, column]


def test_no_points_give_no_noise() -> None:
    assert gradient_noise(np.empty((0, 3)), np.empty((0, 3)), 5).shape == (0, 3)


@pytest.mark.parametrize("wavelength", [0.01, 1.0, 40.0, 5000.0])
def test_grid_noise_equals_the_noise_at_the_points_of_the_grid(wavelength: float) -> None:
    x, y = np.sort(np.random.default_rng(3).uniform(-300, 200, 290)), np.linspace(-90, 120, 170)
    assert x.size * y.size > _BLOCK, "more than one block"
    expected = gradient_noise(*np.meshgrid(x / wavelength, y / wavelength), 5)
    np.testing.assert_allclose(grid_noise(x / wavelength, y / wavelength, 5), expected, atol=1e-12)
