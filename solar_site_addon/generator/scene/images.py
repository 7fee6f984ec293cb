# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that materials read, computed identically on every machine and packed into the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Singles
from ..geometry.textures import detail_pixels
from ..imaging.png import rgba_png
from .ownership import MARK, own

PATCHES = "Solar Site patches"


def new_image(name: str, pixels: NDArray[np.floating[Any]], *, floats: bool = False) -> bpy.types.Image:
    """Return an owned image with ``pixels`` (H, W, 4), first row at the bottom, as non-color data."""
    height, width, _ = pixels.shape
    image = own(bpy.data.images.new(name, width, height, float_buffer=floats))
    image.colorspace_settings.name = "Non-Color"
    image.alpha_mode = "CHANNEL_PACKED"  # the fourth channel holds data too
    if floats:
        image.pixels.foreach_set(np.ascontiguousarray(pixels, dtype=np.float32).ravel())
        image.update()
        image.pack()
    else:  # Blender would compress them, which takes a tenth of a second
        file = rgba_png(np.clip(pixels[::-1] * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8))
        image.pack(data=file, data_len=len(file))
        image.source = "FILE"
    return image


def patches_image() -> bpy.types.Image:
    """Return the noises of patches of dust and dirt, one image for all materials of the file."""
    ours = (image for image in bpy.data.images if image.name == PATCHES and image.library is None and MARK in image)
    return next(ours, None) or new_image(PATCHES, detail_pixels()[::4, ::4])


def decoded_image(file: Path, side: int) -> Singles | None:
    """Return an image (side, side, 4) as stored, first row at the bottom; None if Blender cannot read the file."""
    try:
        image = own(bpy.data.images.load(str(file), check_existing=False))
    except RuntimeError:
        return None
    try:
        image.colorspace_settings.name = "Non-Color"
        image.alpha_mode = "CHANNEL_PACKED"
        if not all(image.size):
            return None
        if tuple(image.size) != (side, side):
            image.scale(side, side)
        pixels = np.empty(side * side * image.channels, dtype=np.float32)
        image.pixels.foreach_get(pixels)
    finally:
        bpy.data.images.remove(image)
    if not np.isfinite(pixels).all():
        return None
    pixels = pixels.reshape(side, side, -1)
    if pixels.shape[-1] == 4:
        return pixels
    colour = pixels if pixels.shape[-1] == 3 else np.repeat(pixels[..., :1], 3, axis=-1)
    return np.concatenate([colour, np.ones((side, side, 1), dtype=np.float32)], axis=-1)


def linear(colour: Singles) -> Singles:
    """Return linear values of sRGB ones (IEC 61966-2-1)."""
    result: Singles = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return result
