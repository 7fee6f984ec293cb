# SPDX-License-Identifier: GPL-3.0-or-later
"""A camera written to sample.json is the camera that is read from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.dataset.camera_json import camera_of, camera_record
from solar_site_addon.generator.domain.lens import plan_lens

from ..small_site import FOCAL_PX, HEIGHT, WIDTH, small_camera


@pytest.mark.parametrize("distortion", [0.0, -0.08])
@pytest.mark.parametrize("tile", [None, (40, 30)])
def test_it_projects_alike_also_from_a_tile(distortion: float, tile: tuple[int, int] | None) -> None:
    camera = small_camera(lens=plan_lens(distortion, np.hypot(WIDTH, HEIGHT) / 2 / FOCAL_PX))
    record = camera_record(camera)
    sample: Any = {"images": {"rgb": {"width": WIDTH, "height": HEIGHT, "camera": record}}}
    x, y = tile or (0, 0)
    if tile:
        record["K"][0][2] -= x
        record["K"][1][2] -= y
        sample["images"]["rgb"] |= {"width": 64, "height": 64}
        sample["tile"] = {"x": x, "y": y, "source_width": WIDTH, "source_height": HEIGHT}
    read = camera_of(sample)
    points = np.random.default_rng(0).uniform(-12, 12, (60, 3)) * [1, 1, 0.1]
    np.testing.assert_allclose(read.project(points)[0] + [x, y], camera.project(points)[0], atol=1e-9)
    pixels = np.array([[3.0, 5.0], [60.0, 50.0]])
    np.testing.assert_allclose(read.rays(pixels - [x, y]), camera.rays(pixels), atol=1e-12)
    np.testing.assert_allclose(read.position, camera.position, atol=1e-12)
    if tile is None:
        np.testing.assert_allclose(read.axis_cosines(), camera.axis_cosines(), atol=1e-6)
