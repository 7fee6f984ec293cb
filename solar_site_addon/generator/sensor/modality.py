# SPDX-License-Identifier: GPL-3.0-or-later
"""Modalities: how a kind of sensor turns a view into files.

To add a modality, add one file to ``sensor/modalities`` with a ``Modality`` named MODALITY. The pipeline renders what
it declares, the sample folder stores the files that it encodes, and sample.json lists them with their camera.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..domain.array_types import Bytes, Singles
from ..domain.pixel_filter import NATIVE, PixelFilter
from ..domain.projection import Camera
from ..domain.random_streams import ViewSeed
from ..imaging.passes import PixelPasses
from ..plan.atmosphere import Weather
from ..settings.drawn import DrawnSettings
from ..settings.schema import RenderSettings, Settings
from .file_names import image_file_names

EncodeJpeg = Callable[[Bytes, int], bytes]
"""Function that returns the JPEG file of an sRGB image (H, W, 3) with a quality from 1 to 100, encoded by Blender."""


@dataclass(frozen=True)
class Exposure:
    """Input of a modality: one view through its own camera."""

    camera: Camera
    radiance: Singles
    """(H, W, 3) linear radiance, in which a white matte surface in the open is 1; (0, 0, 3) if none was rendered. The
    modality may overwrite it."""
    passes: PixelPasses
    """Object number, category, depth and normal at each pixel center."""
    weather: Weather
    settings: DrawnSettings
    seed: ViewSeed
    encode_jpeg: EncodeJpeg


@dataclass(frozen=True)
class Image:
    """Output of a modality for one view."""

    modality: str
    camera: Camera
    files: dict[str, bytes]
    """Contents by file name; the first file is the image, the others accompany it."""


def same_camera(camera: Camera, settings: DrawnSettings) -> Camera:
    """Return the view's camera unchanged: resolution and lens of the rgb image."""
    del settings
    return camera


def same_quality(render: RenderSettings) -> RenderSettings:
    """Return the render settings unchanged."""
    return render


def native_pixels(settings: DrawnSettings) -> PixelFilter:
    """Return the filter of an image in which every pixel is one of the sensor."""
    del settings
    return NATIVE


def always(settings: Settings) -> bool:
    """Return True: every sample has the modality."""
    del settings
    return True


@dataclass(frozen=True)
class Modality:
    """A kind of sensor: its name, what it needs rendered, and how it encodes the result."""

    name: str
    """Key under ``images`` in sample.json."""
    suffixes: tuple[str, ...]
    """Suffixes, from ``file_names.SUFFIXES``, of the files that it may write: its name followed by the suffix."""
    encode: Callable[[Exposure], dict[str, bytes]]
    """Function that returns contents by file name; the first file is the image."""
    camera: Callable[[Camera, DrawnSettings], Camera] = same_camera
    """Function that derives its camera from the view's camera. A camera of its own requires a separate render."""
    quality: Callable[[RenderSettings], RenderSettings] = same_quality
    """Function that derives samples, noise threshold and denoiser from the user's settings."""
    pixel_filter: Callable[[DrawnSettings], PixelFilter] = native_pixels
    """Function that returns the area over which a pixel collects light."""
    radiance: bool = True
    """Whether light is rendered; the passes at pixel centers always are."""
    enabled: Callable[[Settings], bool] = always
    """Function that returns whether the settings enable the modality."""

    def take(self, exposure: Exposure) -> Image:
        """Return the image of an exposure; raise ValueError if its files are not those that the modality declares."""
        files = self.encode(exposure)
        declared = {f"{self.name}{suffix}" for suffix in self.suffixes}
        if not files or not set(files) <= declared & set(image_file_names()):
            raise ValueError(f"the modality {self.name} gave {sorted(files)}, and declares {sorted(declared)}")
        return Image(self.name, exposure.camera, files)
