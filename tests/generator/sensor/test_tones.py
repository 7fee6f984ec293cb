# SPDX-License-Identifier: GPL-3.0-or-later
"""Automatic levels reach black and white but leave haze flat; local contrast agrees with an unsharp mask by OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from solar_site_addon.generator.sensor.tones import FLOOR, FULL, Levels, automatic_levels, raise_local_contrast


def grey(low: float, high: float) -> np.ndarray:
    """Return an encoded image whose tones are evenly spread."""
    ramp = np.linspace(low, high, 40_000, dtype=np.float32).reshape(200, 200)
    return np.repeat(ramp[..., None], 3, axis=2)


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.8), (0.2, 0.9), (0.0, 0.7)])
def test_full_levels_spread_the_tones_from_nearly_black_to_nearly_white(low: float, high: float) -> None:
    image = grey(low, high)
    stretched = automatic_levels(image, 1.0).apply(image)
    darkest = min(low, FLOOR)
    expected = darkest + (0.93 - darkest) * np.array([0.01, 0.5, 0.99])
    assert np.quantile(stretched, [0.01, 0.5, 0.99]) == pytest.approx(expected, abs=0.03)


def test_half_the_levels_go_half_the_way() -> None:
    levels = automatic_levels(grey(0.2, 0.8), 0.5)
    assert levels.black == pytest.approx((0.2 - FLOOR) / 2, abs=0.005)
    full = 0.15 + 0.65 / 0.93  # so that 0.8 becomes 0.93
    assert levels.white == pytest.approx((1 + full) / 2, abs=0.005)


def test_haze_stays_flat() -> None:
    haze = grey(0.4, 0.55)
    stretched = automatic_levels(haze, 1.0).apply(haze)
    assert stretched.min() > 0.3
    assert stretched.max() < 0.95
    assert np.ptp(stretched) > np.ptp(haze)


def test_glints_and_holes_do_not_count() -> None:
    image = grey(0.1, 0.6)
    image[:2, :20] = 1.0
    image[2:4, :20] = 0.0
    assert automatic_levels(image, 1.0) == pytest.approx(automatic_levels(grey(0.1, 0.6), 1.0), abs=0.01)


def test_full_levels_change_nothing_and_tones_beyond_are_clipped() -> None:
    image = grey(0.0, 1.0)
    assert FULL.apply(image) is image
    assert automatic_levels(image, 0.0) == FULL
    clipped = Levels(0.2, 0.7).apply(image)
    assert (clipped.min(), clipped.max()) == (0, 1)
    assert np.interp(0.45, image[..., 0].ravel(), clipped[..., 0].ravel()) == pytest.approx(0.5, abs=1e-3)


def test_levels_keep_the_hue_of_shade() -> None:
    shade = np.array([[[0.10, 0.12, 0.20]]], dtype=np.float32)
    moved = Levels(0.08, 0.9).apply(shade)
    np.testing.assert_allclose(moved / moved.sum(), shade / shade.sum(), rtol=1e-5)
    assert moved.max() < 0.5 * shade.max()


def test_local_contrast_agrees_with_a_wide_unsharp_mask_by_opencv() -> None:
    rng = np.random.default_rng(5)
    image = cv2.GaussianBlur(rng.integers(0, 256, (300, 400, 3), dtype=np.uint8), (0, 0), 9)
    image = np.clip((image.astype(np.float32) - 128) * 8 + 128, 30, 225).astype(np.uint8)
    luma = image.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    around = cv2.GaussianBlur(luma, (0, 0), 15.0, borderType=cv2.BORDER_REPLICATE)
    expected = np.clip(image + 0.5 * (luma - around)[..., None], 0, 255)
    assert np.abs(raise_local_contrast(image, 0.5) - expected).mean() < 1.5


def test_local_contrast_leaves_an_even_image_alone() -> None:
    image = np.full((90, 70, 3), 120, dtype=np.uint8)
    np.testing.assert_array_equal(raise_local_contrast(image, 1.0), image)
    assert raise_local_contrast(image, 0.0) is image
