# SPDX-License-Identifier: GPL-3.0-or-later
"""Bands of rows in which a large image is rendered, so that the renderer's memory does not grow with the image."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

MAX_PIXELS = 7_000_000
"""Largest number of pixels in a band: the renderer needs about 150 bytes for each of them."""
MAX_DENOISED_PIXELS = 2_400_000
"""The same with a denoiser: OpenImageDenoise needs another 720 bytes."""
MARGIN_PX = 16
"""Rows around a band that only the denoiser sees. With them, the rows where bands meet differ from an image denoised as
a whole by at most 1 % of its mean (docs/performance.md); without them by 2 %."""


class Band(NamedTuple):
    """Some rows of an image, counted from the top."""

    rendered: slice
    kept: slice
    """The rendered rows without those that only serve the denoiser as surroundings."""

    @property
    def inner(self) -> slice:
        """Return the kept rows, counted from the first rendered one."""
        return slice(self.kept.start - self.rendered.start, self.kept.stop - self.rendered.start)


def bands(width_px: int, height_px: int, *, denoised: bool) -> list[Band]:
    """Return bands that together keep every row once; ``denoised`` ones are rendered with a margin on either side."""
    margin = MARGIN_PX if denoised else 0
    count = math.ceil(width_px * height_px / (MAX_DENOISED_PIXELS if denoised else MAX_PIXELS))
    edges = [round(number * height_px / count) for number in range(count + 1)]
    return [
        Band(slice(max(0, top - margin), min(height_px, bottom + margin)), slice(top, bottom))
        for top, bottom in itertools.pairwise(edges)
    ]
