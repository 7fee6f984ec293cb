# SPDX-License-Identifier: GPL-3.0-or-later
"""Keypoints of modules say whether a corner is seen, hidden, or outside the image."""

from __future__ import annotations

import dataclasses

import numpy as np

from solar_site_addon.generator.annotations.planes import ABSENT, HIDDEN, VISIBLE, module_keypoints
from solar_site_addon.generator.imaging.passes import PixelPasses

from ..small_site import passes_of, small_camera

CAMERA = small_camera(position=(0.0, 0.0, 10.0), pitch_deg=-90.0)
"""160 x 120 pixels of 1/12 m, straight above the origin."""
CORNERS = np.array([[[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]])
"""A level module on the ground, seen from the front."""


def passes(depth_m: float) -> PixelPasses:
    shape = CAMERA.height_px, CAMERA.width_px
    return dataclasses.replace(passes_of(np.ones(shape, np.int32)), depth=np.full(shape, depth_m, np.float32))


def test_corners_that_nothing_hides_are_visible_clockwise_from_the_upper_left() -> None:
    points = module_keypoints(CAMERA, passes(10.0), CORNERS)[0]
    np.testing.assert_allclose(points[:, :2], [[68, 48], [92, 48], [92, 72], [68, 72]], atol=1e-9)
    assert (points[:, 2] == VISIBLE).all()


def test_a_corner_behind_something_is_hidden() -> None:
    seen = passes(10.0)
    depth = seen.depth.copy()
    depth[:60, :80] = 8.0  # something 2 m above the upper left quarter of the image
    assert module_keypoints(CAMERA, dataclasses.replace(seen, depth=depth), CORNERS)[0, :, 2].tolist() == [
        HIDDEN, VISIBLE, VISIBLE, VISIBLE,
    ]  # fmt: skip


def test_a_corner_outside_the_image_is_absent_and_has_no_place() -> None:
    points = module_keypoints(CAMERA, passes(10.0), CORNERS + np.array([7.0, 0, 0]))[0]
    assert points[:, 2].tolist() == [VISIBLE, ABSENT, ABSENT, VISIBLE]
    assert (points[[1, 2], :2] == 0).all()
