# SPDX-License-Identifier: GPL-3.0-or-later
"""Modalities are found in their folder and must write the files that they declare."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from solar_site_addon.generator.dataset.files import ANNOTATION_FILES
from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.plan.atmosphere import CLEAR
from solar_site_addon.generator.sensor.file_names import image_file_names
from solar_site_addon.generator.sensor.modality import Exposure, Modality
from solar_site_addon.generator.sensor.registry import enabled_modalities, find_modalities
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, with_values

from ..small_site import HEIGHT, WIDTH, painted_numbers, passes_of, small_plan


def exposure(**values: float) -> Exposure:
    plan = small_plan()
    radiance = np.random.default_rng(2).random((HEIGHT, WIDTH, 3), dtype=np.float32)
    settings = draw_settings(with_values(Settings(), {f"effects.{name}": value for name, value in values.items()}), 3)
    passes = passes_of(painted_numbers(plan))
    return Exposure(
        plan.view.camera, radiance, passes, CLEAR, settings, ViewSeed(3), lambda _, quality: b"JPEG %d" % quality
    )


def test_rgb_comes_first_and_belongs_to_every_sample() -> None:
    assert next(iter(find_modalities())) == "rgb"
    assert enabled_modalities(Settings())[0].name == "rgb"


def test_image_and_annotation_files_have_different_names() -> None:
    assert not set(image_file_names()) & {*ANNOTATION_FILES.values(), "sample.json"}
    for name, modality in find_modalities().items():
        assert name == modality.name
        assert {f"{name}{suffix}" for suffix in modality.suffixes} <= set(image_file_names())


def test_rgb_is_a_png_of_the_cameras_size_or_an_encoded_jpeg() -> None:
    rgb = find_modalities()["rgb"]
    image = rgb.take(exposure())
    assert list(image.files) == ["rgb.png"]
    assert Image.open(io.BytesIO(image.files["rgb.png"])).size == (WIDTH, HEIGHT)
    assert rgb.take(exposure(jpeg_quality=90)).files == {"rgb.jpg": b"JPEG 90"}


@pytest.mark.parametrize("files", [{}, {"rgb.png": b""}, {"infrared.raw": b""}])
def test_a_modality_that_returns_undeclared_files_is_refused(files: dict[str, bytes]) -> None:
    modality = Modality("infrared", (".tiff", ".raw"), lambda _: files)
    with pytest.raises(ValueError, match="the modality infrared gave"):
        modality.take(exposure())
