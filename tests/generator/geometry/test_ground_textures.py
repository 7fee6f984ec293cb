# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures keep the colors, slopes and roughness of the maps that they are made of, at every level."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.geometry.ground_textures import (
    DEPTH,
    SLOPE_RANGE,
    STEEPEST,
    GroundPixels,
    Maps,
    ground_pixels,
)

SIDE = 64
GREY = np.full((SIDE, SIDE, 3), 0.25, dtype=np.float32)
PLACE = np.arange(SIDE) / SIDE


def heights_of(pixels: GroundPixels, level: int = 0) -> np.ndarray:
    high, low = pixels.relief[level][..., 0].astype(int), pixels.relief[level][..., 1].astype(int)
    return pixels.lowest + (256 * high + low) / 65535 * pixels.depth


def hills(height: float) -> tuple[np.ndarray, np.ndarray]:
    """Return heights (S, S) and normals (S, S, 3) of waves along both directions."""
    x, y = 2 * np.pi * PLACE[None], 4 * np.pi * PLACE[:, None]
    heights = height * (np.sin(x) + 0.5 * np.cos(y))
    slope_x = height * np.cos(x) * 2 * np.pi + 0 * y
    slope_y = -0.5 * height * np.sin(y) * 4 * np.pi + 0 * x
    normals = np.stack([-slope_x, -slope_y, np.ones_like(slope_x)], axis=-1)
    return heights, (normals / np.linalg.norm(normals, axis=-1, keepdims=True)).astype(np.float32)


def test_normals_give_the_heights_whose_slopes_they_state():
    heights, normals = hills(0.05)
    pixels = ground_pixels(Maps(GREY, normal=normals))
    np.testing.assert_allclose(heights_of(pixels), heights, atol=1e-3 * np.ptp(heights))


def test_heightaps_state_proportions_and_normals_come_first():
    heights, normals = hills(0.05)
    proportions = ((heights - heights.min()) / np.ptp(heights)).astype(np.float32)
    alone = ground_pixels(Maps(GREY, height=proportions))
    assert alone.depth == pytest.approx(DEPTH)
    np.testing.assert_allclose(np.corrcoef(heights_of(alone).ravel(), heights.ravel())[0, 1], 1.0, atol=1e-6)
    both = ground_pixels(Maps(GREY, normal=normals, height=proportions))
    np.testing.assert_allclose(heights_of(both), heights, atol=1e-3 * np.ptp(heights))


def test_steep_relief_is_flattened():
    _, normals = hills(1.0)
    found = heights_of(ground_pixels(Maps(GREY, normal=normals)))
    slopes = [np.gradient(found, 1 / SIDE, axis=axis)[1:-1, 1:-1] for axis in (0, 1)]
    assert np.sqrt(np.mean(np.square(slopes))) == pytest.approx(STEEPEST, rel=0.05)


def test_levels_keep_the_mean_color_and_roughness():
    rng = np.random.default_rng(1)
    colour = rng.uniform(0, 0.5, (SIDE, SIDE, 3)).astype(np.float32)
    rough = rng.uniform(0.3, 1.0, (SIDE, SIDE)).astype(np.float32)
    pixels = ground_pixels(Maps(colour, roughness=rough))
    assert [len(level) for level in pixels.colour] == [64, 32, 16, 8, 4, 2, 1]
    for level in pixels.colour:
        linear = (level[..., :3] / 255.0) ** 2
        np.testing.assert_allclose(linear.mean(axis=(0, 1)), colour.mean(axis=(0, 1)), atol=2e-3)
    np.testing.assert_allclose(pixels.mean, colour.mean(axis=(0, 1)), rtol=1e-4)
    assert pixels.roughness == pytest.approx(rough.mean(), rel=1e-4)
    assert not pixels.has_relief


def test_coarse_levels_know_the_slopes_that_they_lose():
    _, normals = hills(0.05)
    pixels = ground_pixels(Maps(GREY, normal=normals))
    lost = [np.sqrt(np.mean((level[..., 3] / 255.0 * SLOPE_RANGE) ** 2)) for level in pixels.relief]
    assert lost[0] == 0
    assert np.all(np.diff(lost) >= -0.01)
    slopes = normals[..., :2] / normals[..., 2:]
    assert lost[-1] == pytest.approx(np.sqrt((slopes**2).mean()), abs=0.02)
