# SPDX-License-Identifier: GPL-3.0-or-later
"""What a modality is: how one kind of sensor turns a view into files.

Adding a modality means adding one file to ``sensor/modalities`` with a ``Modality`` named MODALITY. The pipeline
renders what it asks for, the sample folder holds the files it gives, and sample.json names them with their camera.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..domain.array_types import Bytes, Singles
from ..domain.projection import Camera
from ..domain.random_streams import ViewSeed
from ..imaging.passes import PixelPasses
from ..plan.atmosphere import Weather
from ..settings.drawn import DrawnSettings
from ..settings.schema import RenderSettings, Settings
from .file_names import image_file_names

EncodeJpeg = Callable[[Bytes, int], bytes]
"""Returns the JPEG file of an sRGB image (H, W, 3) with a quality of 1 to 100. Blender has the encoder."""


@dataclass(frozen=True)
class Exposure:
    """What a modality makes its files of: one view through its own camera."""

    camera: Camera
    radiance: Singles
    """(H, W, 3) linear radiance, in which a white matt surface in the open is 1; (0, 0, 3) where none was rendered.
    The modality may use it up."""
    passes: PixelPasses
    """Object number, category, depth and normal at each pixel center."""
    weather: Weather
    settings: DrawnSettings
    seed: ViewSeed
    encode_jpeg: EncodeJpeg


@dataclass(frozen=True)
class Image:
    """What a modality has made of a view."""

    modality: str
    camera: Camera
    files: dict[str, bytes]
    """Content by file name; the first is the image, others belong to it."""


def same_camera(camera: Camera, settings: DrawnSettings) -> Camera:
    """Return the view's camera itself: resolution and lens of the rgb image."""
    del settings
    return camera


def same_quality(render: RenderSettings) -> RenderSettings:
    """Return the render settings as the user has chosen them."""
    return render


def always(settings: Settings) -> bool:
    """Return True: the modality belongs to every sample."""
    del settings
    return True


@dataclass(frozen=True)
class Modality:
    """A kind of sensor: what it is called, what it wants rendered, and how it encodes that."""

    name: str
    """Key under ``images`` in sample.json."""
    suffixes: tuple[str, ...]
    """Endings of the files that it may write into a sample folder, of ``file_names.SUFFIXES``; its name goes before."""
    encode: Callable[[Exposure], dict[str, bytes]]
    """Returns content by file name; the first one is the image."""
    camera: Callable[[Camera, DrawnSettings], Camera] = same_camera
    """Resolution and lens, made of the view's camera and the drawn settings. Another camera means another render."""
    quality: Callable[[RenderSettings], RenderSettings] = same_quality
    """Samples, noise threshold and denoiser, made of the user's."""
    radiance: bool = True
    """Whether light is rendered; the passes at pixel centers always are."""
    enabled: Callable[[Settings], bool] = always
    """Whether the settings ask for it."""

    def take(self, exposure: Exposure) -> Image:
        """Return the image of an exposure; raise ValueError where it is not what the modality declares."""
        files = self.encode(exposure)
        declared = {f"{self.name}{suffix}" for suffix in self.suffixes}
        if not files or not set(files) <= declared & set(image_file_names()):
            raise ValueError(f"the modality {self.name} gave {sorted(files)}, and declares {sorted(declared)}")
        return Image(self.name, exposure.camera, files)
