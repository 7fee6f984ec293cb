# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of depth follow its logarithm, and large ones are reduced."""

from __future__ import annotations

import numpy as np

from solar_site_addon.generator.imaging.depth_colors import LONGEST_PX, depth_colors


def test_near_is_yellow_far_is_blue_and_the_sky_is_black() -> None:
    colors = depth_colors(np.array([[1.0, 10.0, 100.0, np.inf]], dtype=np.float32))[0].astype(int)
    np.testing.assert_array_equal(colors[3], [0, 0, 0])
    np.testing.assert_allclose(colors[1], (colors[0] + colors[2]) / 2, atol=1)
    assert colors[0, 0] > colors[0, 2]
    assert colors[2, 0] < colors[2, 2]


def test_nothing_but_sky_and_large_images() -> None:
    assert not depth_colors(np.full((3, 4), np.inf, dtype=np.float32)).any()
    assert max(depth_colors(np.ones((2 * LONGEST_PX, 8), dtype=np.float32)).shape) == LONGEST_PX
