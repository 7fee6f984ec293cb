# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare demosaicing with OpenCV and with what any method must preserve."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from solar_site_addon.generator.sensor import effects
from solar_site_addon.generator.sensor.demosaicing import BILINEAR, METHODS, Kernels, demosaic

HEIGHT, WIDTH = 47, 60
INNER = slice(2, -2), slice(2, -2)


def demosaiced(light: np.ndarray, kernels: Kernels) -> np.ndarray:
    result = light.astype(np.float32)
    demosaic(result, kernels)
    return result


def mosaic(light: np.ndarray) -> np.ndarray:
    rows, columns = np.indices(light.shape[:2])
    return np.take_along_axis(light, (rows % 2 + columns % 2)[..., None], axis=-1)[..., 0]


def detailed(step_px: float) -> np.ndarray:
    """Return gray light (H, W, 3) with slanted lines about ``step_px`` apart."""
    rows, columns = np.indices((HEIGHT, WIDTH))
    return np.repeat(0.5 + 0.4 * np.sin(2 * np.pi * (rows * 0.3 + columns) / step_px)[..., None], 3, axis=-1)


def test_bilinear_is_that_of_opencv() -> None:
    light = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.float32)
    # OpenCV names patterns after the second row and column, and gives blue first.
    expected = cv2.cvtColor(mosaic(light).astype(np.uint8), cv2.COLOR_BayerBG2RGB).astype(np.float32)
    np.testing.assert_allclose(demosaiced(light, BILINEAR)[INNER], expected[INNER], atol=0.51)


@pytest.mark.parametrize("kernels", METHODS.values(), ids=METHODS)
def test_colors_and_their_gradients_are_preserved(kernels: Kernels) -> None:
    rows, columns = np.indices((HEIGHT, WIDTH), dtype=float)
    slope = 0.2 + 0.004 * rows + 0.006 * columns
    light = np.stack([slope, 0.5 * slope + 0.1, 2 * slope - 0.1], axis=-1) if kernels is BILINEAR else slope[..., None]
    light = np.broadcast_to(light, (HEIGHT, WIDTH, 3))
    np.testing.assert_allclose(demosaiced(light, kernels)[INNER], light[INNER], atol=1e-6)
    flat = np.broadcast_to([0.3, 0.5, 0.7], (HEIGHT, WIDTH, 3))
    np.testing.assert_allclose(demosaiced(flat, kernels), flat, atol=1e-6)


@pytest.mark.parametrize("kernels", METHODS.values(), ids=METHODS)
def test_measured_colors_are_kept(kernels: Kernels) -> None:
    light = np.random.default_rng(2).random((HEIGHT, WIDTH, 3))
    np.testing.assert_allclose(mosaic(demosaiced(light, kernels)), mosaic(light), atol=1e-6)


def test_fine_gray_lines_get_false_colors_most_of_all_by_bilinear_interpolation() -> None:
    def false_color(step_px: float, method: str) -> float:
        return float(np.ptp(demosaiced(detailed(step_px), METHODS[method])[INNER], axis=-1).mean())

    assert false_color(4.0, "bilinear") > 1.3 * false_color(4.0, "malvar") > 0.05
    assert false_color(24.0, "malvar") < 0.2 * false_color(4.0, "malvar")


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    light = np.random.default_rng(3).random((HEIGHT, WIDTH, 3))
    whole = demosaiced(light, METHODS["malvar"])
    monkeypatch.setattr(effects, "ROWS_AT_A_TIME", 6)
    np.testing.assert_array_equal(demosaiced(light, METHODS["malvar"]), whole)
