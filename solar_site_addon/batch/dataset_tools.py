# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel lets a background Blender do with a finished dataset: tiles, crops and the gallery.

Blender reads and writes the images, since its Python has no library for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..generator.dataset.files import ANNOTATION_FILES, rgb_file, unreadable
from ..generator.dataset.tiling import ReadPixels
from ..generator.domain.array_types import Bytes, Shorts, Singles
from ..generator.imaging.depth_colors import depth_colors
from ..generator.imaging.exr import read_exr
from ..generator.imaging.png import rgb_png
from . import export, gallery
from .gallery import THUMBNAIL_PX, THUMBNAIL_QUALITY

EXPORT, GALLERY = "export", "gallery"
"""Names of the tools."""


def main(arguments: Sequence[str]) -> int:
    """Run the tool that the first argument names with the other ones; return its exit code."""
    tool, *rest = arguments
    if tool == GALLERY:
        return gallery.main(Path(rest[0]), make_previews)
    return export.main(rest, ReadPixels(read_rgb, read_ids))


def read_rgb(path: Path) -> Bytes:
    """Return the pixels (H, W, 3) of an image."""
    with _loaded(path) as image:
        return np.rint(_values(image)[..., :3] * 255).astype(np.uint8)


def read_ids(path: Path) -> Shorts:
    """Return the pixels (H, W) of a 16-bit image."""
    with _loaded(path) as image:
        return np.rint(_values(image)[..., 0] * 65535).astype(np.uint16)


def make_previews(sample: Path, thumbnail: Path, depth: Path) -> None:
    """Write the thumbnail of a sample, and the colors of its depth if it has one."""
    with _loaded(rgb_file(sample)) as image:
        share = min(1.0, THUMBNAIL_PX / max(image.size))
        image.scale(*(max(round(side * share), 1) for side in image.size))
        image.file_format = "JPEG"
        image.save(filepath=str(thumbnail), quality=THUMBNAIL_QUALITY)
    exr = sample / ANNOTATION_FILES["depth"]
    if exr.is_file():
        depth.write_bytes(rgb_png(depth_colors(read_exr(exr)["Y"])))


@contextmanager
def _loaded(path: Path) -> Iterator[Any]:
    """Yield an image whose values are those of its file. Raise SolarSiteError if Blender cannot read it."""
    try:
        image: Any = bpy.data.images.load(str(path), check_existing=False)
    except RuntimeError as error:
        raise unreadable(path, error) from error
    try:
        image.colorspace_settings.name = "Non-Color"
        if not image.size[0]:
            raise unreadable(path, ValueError("not an image"))
        yield image
    finally:
        bpy.data.images.remove(image)


def _values(image: Any) -> Singles:
    """Return the values (H, W, 4) of an image, 0 to 1, top row first."""
    width, height = image.size
    values = np.empty(width * height * 4, dtype=np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(height, width, 4)[::-1]
