# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances to what is taken are those that an independent calculation gives."""

from __future__ import annotations

import cv2
import numpy as np

from solar_site_addon.generator.plan.placement.clearance import (
    Outlines,
    distance_to_circles,
    distance_to_segments,
)


def test_distances_to_circles_are_those_to_the_nearest_of_all_and_negative_inside() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.uniform(-50, 50, (2, 400))
    circles = np.column_stack([rng.uniform(-60, 60, (25, 2)), rng.uniform(0.5, 9.0, 25)])
    expected = (np.hypot(x[:, None] - circles[:, 0], y[:, None] - circles[:, 1]) - circles[:, 2]).min(axis=1)
    assert expected.min() < 0, "some lie inside"
    np.testing.assert_allclose(distance_to_circles(x, y, circles, 6.0), np.minimum(expected, 6.0))
    assert (distance_to_circles(x, y, circles[:0], 6.0) == 6.0).all()


def test_distances_to_polygons_are_those_that_opencv_finds() -> None:
    rng = np.random.default_rng(4)
    angles = np.arange(4) * np.pi / 2 + rng.uniform(0, 3, (30, 1))
    outlines = rng.uniform(-40, 40, (30, 1, 2)) + 6 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    points = rng.uniform(-50, 50, (300, 2))
    found = Outlines(outlines).distance(points, 20.0)
    shapes = outlines.astype(np.float32)
    expected = [min(20.0, max(0.0, min(-cv2.pointPolygonTest(s, p.tolist(), True) for s in shapes))) for p in points]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert (Outlines(outlines[:0]).distance(points, 20.0) == 20.0).all()


def test_distance_to_a_segment_ends_at_its_ends() -> None:
    segment = np.array([[[0.0, 0.0], [10.0, 0.0]]])
    points = np.array([[5.0, 2.0], [-3.0, 4.0], [13.0, -4.0]])
    np.testing.assert_allclose(distance_to_segments(points, segment, 9.0), [2.0, 5.0, 5.0])
    np.testing.assert_allclose(distance_to_segments(points, segment, 4.0), [2.0, 4.0, 4.0])
    np.testing.assert_allclose(distance_to_segments(points, segment[:0], 7.0), 7.0)
