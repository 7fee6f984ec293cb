# SPDX-License-Identifier: GPL-3.0-or-later
"""Float TIFF files agree with Pillow and OpenCV (libtiff)."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from solar_site_addon.generator.imaging.tiff import float_tiff


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (48, 64), (700, 513)])
def test_pillow_and_opencv_read_every_number_exactly(shape: tuple[int, int], tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(290, 30, shape).astype(np.float32)
    data = float_tiff(values)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "F"
        np.testing.assert_array_equal(np.asarray(image), values)
    path = tmp_path / "values.tiff"
    path.write_bytes(data)
    read = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, values)


def test_a_view_into_a_larger_array_is_written_correctly() -> None:
    values = np.arange(120, dtype=np.float32).reshape(10, 12)[::-2, 3:9]
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(float_tiff(values)))), values)


def test_the_same_numbers_give_the_same_bytes() -> None:
    values = np.full((40, 30), 300.5, np.float32)
    assert float_tiff(values) == float_tiff(values.copy())
