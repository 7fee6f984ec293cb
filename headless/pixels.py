# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of samples as arrays, read with Pillow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from solar_site_addon.generator.dataset.files import unreadable
from solar_site_addon.generator.domain.array_types import Bytes, Shorts


def read_rgb(path: Path) -> Bytes:
    """Return the pixels (H, W, 3) of an image; raise SolarSiteError if it is damaged."""
    with opened(path) as image:
        return np.asarray(image.convert("RGB"))


def read_ids(path: Path) -> Shorts:
    """Return the pixels (H, W) of a 16-bit image; raise SolarSiteError if it is damaged."""
    with opened(path) as image:
        return np.asarray(image).astype(np.uint16)


def read_categories(path: Path) -> Bytes:
    """Return the pixels (H, W) of an image with a palette; raise SolarSiteError if it is damaged."""
    with opened(path) as image:
        return np.asarray(image)


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Yield an image; raise SolarSiteError if it is damaged."""
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path) as image:
            yield image
    except (OSError, SyntaxError, ValueError) as error:  # Pillow raises SyntaxError for a broken PNG
        raise unreadable(path, error) from error
