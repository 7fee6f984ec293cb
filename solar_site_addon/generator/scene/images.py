# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that materials read, computed identically on every machine and packed into the file."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from ..imaging.png import rgba_png
from .ownership import own


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
