# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG files agree with Pillow and OpenCV."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from solar_site_addon.generator.domain.categories import PALETTE, Category
from solar_site_addon.generator.imaging.png import grey16_png, palette_png, rgb_png, rgba_png

COLOURS = list(PALETTE)

sizes = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=30)
images = sizes.flatmap(lambda size: arrays(np.uint8, (*size, 3)))
ids = sizes.flatmap(lambda size: arrays(np.uint16, size))


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def read_by_opencv(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


@given(image=images)
def test_rgb_images_are_read_by_pillow_and_opencv(image):
    data = rgb_png(image)
    assert decoded(data).mode == "RGB"
    np.testing.assert_array_equal(np.asarray(decoded(data)), image)
    np.testing.assert_array_equal(read_by_opencv(data), image[..., ::-1])


@given(values=ids)
def test_ids_are_read_as_sixteen_bits(values):
    data = grey16_png(values)
    assert decoded(data).mode.startswith("I")
    np.testing.assert_array_equal(np.asarray(decoded(data)), values)
    assert read_by_opencv(data).dtype == np.uint16
    np.testing.assert_array_equal(read_by_opencv(data), values)


def test_four_channels_are_read():
    pixels = np.random.default_rng(0).integers(0, 256, (31, 17, 4), dtype=np.uint8)
    assert decoded(rgba_png(pixels[::-1])).mode == "RGBA"
    np.testing.assert_array_equal(np.asarray(decoded(rgba_png(pixels[::-1]))), pixels[::-1])


def test_classes_are_read_with_their_colors():
    values = np.random.default_rng(0).integers(0, len(COLOURS), (31, 17), dtype=np.uint8)
    image = decoded(palette_png(values, COLOURS))
    assert image.mode == "P"
    np.testing.assert_array_equal(np.asarray(image), values)
    np.testing.assert_array_equal(np.asarray(image.convert("RGB")), np.array(COLOURS, np.uint8)[values])


def test_a_class_without_a_color_is_rejected():
    with pytest.raises(ValueError, match="none for the number 99"):
        palette_png(np.full((2, 2), 99, np.uint8), COLOURS)


def test_a_view_into_a_larger_array_is_written_correctly():
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)[::-2, 5:50]
    np.testing.assert_array_equal(np.asarray(decoded(rgb_png(image))), image)


def test_every_class_has_a_color_of_its_own():
    assert len(set(PALETTE)) == len(PALETTE) == len(Category)
    assert [int(number) for number in Category] == list(range(len(Category)))


def test_the_same_image_gives_the_same_bytes():
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    assert rgb_png(image) == rgb_png(image.copy())
