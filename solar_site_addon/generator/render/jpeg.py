# SPDX-License-Identifier: GPL-3.0-or-later
"""JPEG files, by Blender's own encoder: the same bytes in every version that works."""

from __future__ import annotations

import tempfile
from pathlib import Path

import bpy
import numpy as np

from ..domain.array_types import Bytes
from ..domain.errors import RenderError


def encode_jpeg(photo: Bytes, quality: int) -> bytes:
    """The file of a picture (H, W, 3), with ``quality`` from 1 to 100 and colour at half the resolution (4:2:0)."""
    height, width, _ = photo.shape
    pixels = np.ones((height, width, 4), dtype=np.float32)
    pixels[..., :3] = photo[::-1] / np.float32(255)  # Blender's first row is the lowest
    image = bpy.data.images.new("Solar Site photo", width, height)
    try:
        image.pixels.foreach_set(pixels.ravel())
        image.file_format = "JPEG"
        with tempfile.TemporaryDirectory(prefix="solar_site_") as folder:
            path = Path(folder) / "photo.jpg"
            image.save(filepath=str(path), quality=quality)
            return path.read_bytes()
    except (OSError, RuntimeError) as error:
        raise RenderError("Blender could not write the image as JPEG ({reason}).", reason=error) from error
    finally:
        bpy.data.images.remove(image)
