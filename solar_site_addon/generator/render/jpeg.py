# SPDX-License-Identifier: GPL-3.0-or-later
"""JPEG files written by Blender's own encoder, with the same bytes in every supported version."""

from __future__ import annotations

import tempfile
from pathlib import Path

import bpy
import numpy as np

from ..domain.array_types import Bytes
from ..domain.errors import RenderError


def encode_jpeg(pixels: Bytes, quality: int) -> bytes:
    """Return the JPEG file of an image (H, W, 3) with ``quality`` 1 to 100 and 4:2:0 chroma subsampling."""
    height, width, _ = pixels.shape
    rgba = np.ones((height, width, 4), dtype=np.float32)
    rgba[..., :3] = pixels[::-1] / np.float32(255)  # Blender's first row is the bottom one
    image = bpy.data.images.new("Solar Site image", width, height)
    try:
        image.pixels.foreach_set(rgba.ravel())
        image.file_format = "JPEG"
        with tempfile.TemporaryDirectory(prefix="solar_site_") as folder:
            path = Path(folder) / "image.jpg"
            image.save(filepath=str(path), quality=quality)
            return path.read_bytes()
    except (OSError, RuntimeError) as error:
        raise RenderError("Blender could not write the image as JPEG ({reason}).", reason=error) from error
    finally:
        bpy.data.images.remove(image)
