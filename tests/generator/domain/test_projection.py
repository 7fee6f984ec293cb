# SPDX-License-Identifier: GPL-3.0-or-later
"""The rays of a camera lead through the points that it projects."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.domain.lens import plan_lens

from ..small_site import FOCAL_PX, HEIGHT, WIDTH, small_camera


@pytest.mark.parametrize("distortion", [0.0, -0.1, 0.05])
def test_points_along_a_ray_are_projected_to_where_it_starts(distortion):
    lens = plan_lens(distortion, np.hypot(WIDTH, HEIGHT) / 2 / FOCAL_PX)
    camera = small_camera(lens=lens)
    rng = np.random.default_rng(2)
    x, y = rng.uniform(0, WIDTH, 50), rng.uniform(0, HEIGHT, 50)
    x[0], y[0] = WIDTH / 2, HEIGHT / 2
    rays = camera.rays(np.stack([x, y], axis=-1))
    for depth in (1.0, 250.0):
        pixels, depths = camera.project(camera.position + depth * rays)
        np.testing.assert_allclose(depths, depth)
        np.testing.assert_allclose(pixels, np.stack([x, y], axis=-1), atol=1e-6)
