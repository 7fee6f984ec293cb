# SPDX-License-Identifier: GPL-3.0-or-later
"""Haze: none nearby, full in the distance, and none on the sky."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.sensor.haze import add_haze

AIR = np.array([0.3, 0.4, 0.5])


def test_half_of_the_light_is_replaced_at_the_half_distance():
    radiance = np.full((1, 4, 3), 0.1, dtype=np.float32)
    half = 1000.0
    distance = np.array([[0.0, half, 2 * half, np.inf]], dtype=np.float32)
    add_haze(radiance, distance, np.log(2) / half, AIR)
    expected = [[0.1] * 3, 0.05 + AIR / 2, 0.025 + AIR * 0.75, [0.1] * 3]
    np.testing.assert_allclose(radiance[0], expected, rtol=1e-5)


def test_without_extinction_nothing_changes():
    radiance = np.random.default_rng(1).random((5, 6, 3), dtype=np.float32)
    before = radiance.copy()
    add_haze(radiance, np.full((5, 6), 100, np.float32), 0.0, AIR)
    np.testing.assert_array_equal(radiance, before)


@pytest.mark.parametrize("rows", [1, 700])
def test_haze_covers_every_row(rows):
    radiance = np.zeros((rows, 2, 3), dtype=np.float32)
    add_haze(radiance, np.full((rows, 2), 1e9, np.float32), 0.01, AIR)
    np.testing.assert_allclose(radiance, np.broadcast_to(AIR, radiance.shape), rtol=1e-6)
