# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering of a scene into arrays."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import bpy
import numpy as np

from ..domain.array_types import Singles
from ..domain.errors import RenderError
from ..domain.pixel_filter import NATIVE, PixelFilter
from ..domain.random_streams import ViewSeed
from ..domain.versions import write_multilayer_exr
from ..imaging.bands import bands
from ..imaging.exr import read_exr
from ..imaging.passes import CHANNEL_ENDINGS
from ..settings.schema import RenderSettings
from .bare_surfaces import bare_surfaces
from .progress import printed_progress
from .quality import configure_common, configure_passes, configure_radiance
from .renderer import Renderer


def render_radiance(
    scene: bpy.types.Scene,
    render: RenderSettings,
    seed: ViewSeed,
    renderer: Renderer,
    pixel_filter: PixelFilter = NATIVE,
) -> Singles:
    """Return linear radiance (H, W, 3); an unshaded white matte horizontal surface has the value 1."""
    configure_common(scene, renderer.device, renderer.threads)
    configure_radiance(scene, render, renderer.denoiser, renderer.device.backend != "CPU", seed, pixel_filter)
    endings = [f".Combined.{letter}" for letter in "RGB"]
    channels = render_channels(scene, endings, denoised=renderer.denoiser != "NONE")
    return np.stack([channel(channels, ending) for ending in endings], axis=-1)


def render_passes(scene: bpy.types.Scene, renderer: Renderer) -> dict[str, Singles]:
    """Return the channels (H, W) of what is visible at the center of each pixel, by their names in Blender's file."""
    configure_common(scene, renderer.device, renderer.threads)
    configure_passes(scene)
    with bare_surfaces():
        return render_channels(scene, CHANNEL_ENDINGS)


def render_channels(
    scene: bpy.types.Scene, endings: Sequence[str] = ("",), *, denoised: bool = False
) -> dict[str, Singles]:
    """Return the channels (H, W) of a render whose names have one of the ``endings``, by default all.

    A large image is rendered in bands, smaller ones if the scene is ``denoised``.
    """
    width, height = scene.render.resolution_x, scene.render.resolution_y
    parts = bands(width, height, denoised=denoised)
    if len(parts) == 1:
        return _rendered(scene, endings)
    channels: dict[str, Singles] = {}
    for band in parts:
        with _only_rows(scene, band.rendered):
            for name, values in _rendered(scene, endings).items():
                whole = channels.setdefault(name, np.empty((height, width), dtype=np.float32))
                whole[band.kept] = values[band.inner]
    return channels


@contextlib.contextmanager
def _only_rows(scene: bpy.types.Scene, rows: slice) -> Iterator[None]:
    """Let renders of the scene give these rows alone."""
    render = scene.render
    render.use_border = render.use_crop_to_border = True
    render.border_min_x, render.border_max_x = 0.0, 1.0
    # Blender counts from the bottom and rounds down: half a row more is safe from rounding errors.
    height = render.resolution_y
    render.border_min_y = (height - rows.stop + 0.5) / height if rows.stop < height else 0.0
    render.border_max_y = (height - rows.start + 0.5) / height if rows.start else 1.0
    try:
        yield
    finally:
        render.use_border = render.use_crop_to_border = False


def _rendered(scene: bpy.types.Scene, endings: Sequence[str]) -> dict[str, Singles]:
    """Return the channels of one render.

    They are read from a file: Blender offers Python no other access to passes. It always writes the image too.
    """
    write_multilayer_exr(scene)
    with tempfile.TemporaryDirectory(prefix="solar_site_") as folder:
        path = Path(folder) / "render.exr"
        scene.render.filepath = str(path)
        scene.render.use_file_extension = False
        with printed_progress():
            bpy.ops.render.render(write_still=True, scene=scene.name)
        if not path.is_file():
            raise RenderError("Blender finished rendering without an image; its output is in the log.")
        return read_exr(path, endings)


def channel(channels: dict[str, Singles], ending: str) -> Singles:
    """Return the channel whose name ends in ``ending``."""
    return next(values for name, values in channels.items() if name.endswith(ending))
