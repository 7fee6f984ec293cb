# SPDX-License-Identifier: GPL-3.0-or-later
"""JPEG files, by Blender's own encoder: the same bytes in every version that works."""

from __future__ import annotations

import tempfile
from pathlib import Path

import bpy
import numpy as np

from ..domain.array_types import Bytes
from ..domain.errors import RenderError


def encode_jpeg(pixels: Bytes, quality: int) -> bytes:
    """Return the file of an image (H, W, 3), with ``quality`` from 1 to 100 and color at half resolution (4:2:0)."""
    height, width, _ = pixels.shape
    floats = np.ones((height, width, 4), dtype=np.float32)
    floats[..., :3] = pixels[::-1] / np.float32(255)  # Blender's first row is the lowest
    image = bpy.data.images.new("Solar Site image", width, height)
    try:
        image.pixels.foreach_set(floats.ravel())
        image.file_format = "JPEG"
        with tempfile.TemporaryDirectory(prefix="solar_site_") as folder:
            path = Path(folder) / "image.jpg"
            image.save(filepath=str(path), quality=quality)
            return path.read_bytes()
    except (OSError, RuntimeError) as error:
        raise RenderError(f"Blender could not write the image as JPEG ({error}).") from error
    finally:
        bpy.data.images.remove(image)
