# SPDX-License-Identifier: GPL-3.0-or-later
"""JPEG files are readable everywhere and have the same bytes every time."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.render.jpeg import encode_jpeg  # noqa: E402

pytestmark = pytest.mark.bpy


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    row, column = np.mgrid[:120, :160]
    return np.stack([column, row, (row + column) // 2], axis=-1).astype(np.uint8)


def test_a_jpeg_shows_the_image_the_right_way_up(image):
    read = Image.open(io.BytesIO(encode_jpeg(image, 95)))
    assert (read.format, read.size, read.mode) == ("JPEG", (160, 120), "RGB")
    assert np.abs(np.asarray(read).astype(int) - image).max() <= 6


def test_quality_means_the_same_as_in_other_encoders(image):
    other = io.BytesIO()
    Image.fromarray(image).save(other, "JPEG", quality=80)
    assert Image.open(io.BytesIO(encode_jpeg(image, 80))).quantization == Image.open(other).quantization


def test_the_same_image_gives_the_same_bytes_and_leaves_nothing_behind(image):
    before = len(bpy.data.images)
    assert encode_jpeg(image, 90) == encode_jpeg(image.copy(), 90)
    assert len(bpy.data.images) == before
