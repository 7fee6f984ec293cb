# SPDX-License-Identifier: GPL-3.0-or-later
"""Demosaicing: a sensor measures one color per pixel, behind a Bayer filter, and the camera interpolates the others.

Lines about as fine as a pixel, such as busbars and gaps between cells, get false colors and ragged edges by it, as in
the images of real cameras; noise becomes coarser. The filter's pattern is RGGB.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..domain.array_types import Floats, Singles
from .effects import filter_padded, row_blocks

RED, GREEN, BLUE = range(3)
REACH = 2


class Kernels(NamedTuple):
    """Kernels (5, 5) by which a color is interpolated from the pixels around."""

    green: Floats
    """Green at red and blue pixels."""
    beside: Floats
    """Red or blue at green pixels that have this color on their left and right; transposed, above and below."""
    diagonal: Floats
    """Red at blue pixels, and blue at red ones."""


def _kernel(rows: str, divisor: float) -> Floats:
    return np.array([[float(value) for value in row.split()] for row in rows.split("/")]) / divisor


BILINEAR = Kernels(
    _kernel("0 0 0 0 0 / 0 0 1 0 0 / 0 1 0 1 0 / 0 0 1 0 0 / 0 0 0 0 0", 4),
    _kernel("0 0 0 0 0 / 0 0 0 0 0 / 0 1 0 1 0 / 0 0 0 0 0 / 0 0 0 0 0", 2),
    _kernel("0 0 0 0 0 / 0 1 0 1 0 / 0 0 0 0 0 / 0 1 0 1 0 / 0 0 0 0 0", 4),
)
"""The mean of the nearest pixels of the color."""
MALVAR = Kernels(
    _kernel("0 0 -1 0 0 / 0 0 2 0 0 / -1 2 4 2 -1 / 0 0 2 0 0 / 0 0 -1 0 0", 8),
    _kernel("0 0 0.5 0 0 / 0 -1 0 -1 0 / -1 4 5 4 -1 / 0 -1 0 -1 0 / 0 0 0.5 0 0", 8),
    _kernel("0 0 -1.5 0 0 / 0 2 0 2 0 / -1.5 0 6 0 -1.5 / 0 2 0 2 0 / 0 0 -1.5 0 0", 8),
)
"""The mean, corrected by the gradient of the color that the pixel has: H. S. Malvar, L. He and R. Cutler, "High-quality
linear interpolation for demosaicing of Bayer-patterned color images", ICASSP 2004."""
METHODS = {"bilinear": BILINEAR, "malvar": MALVAR}
"""Kernels by the choice of ``effects.demosaicing``."""


def demosaic(light: Singles, kernels: Kernels) -> None:
    """Replace linear light (H, W, 3) in place by what is interpolated from one color per pixel."""
    height = len(light)
    # Mirrored without repeating the border, the pattern goes on outside.
    measured = np.pad(_mosaic(light), REACH, mode="reflect")
    for rows in row_blocks(height):  # blocks start at even rows
        around = measured[rows.start : min(rows.stop, height) + 2 * REACH]
        green, beside, above, diagonal = (
            filter_padded(around, kernel)
            for kernel in (kernels.green, kernels.beside, kernels.beside.T, kernels.diagonal)
        )
        block = light[rows]
        for first, color, other in ((0, RED, BLUE), (1, BLUE, RED)):  # rows with red, and rows with blue
            own = slice(first, None, 2), slice(first, None, 2)
            greens = slice(first, None, 2), slice(1 - first, None, 2)
            block[own][..., GREEN], block[own][..., other] = green[own], diagonal[own]
            block[greens][..., color], block[greens][..., other] = beside[greens], above[greens]


def _mosaic(light: Singles) -> Singles:
    """Return the color (H, W) that each pixel measures."""
    measured = light[..., GREEN].copy()
    measured[::2, ::2] = light[::2, ::2, RED]
    measured[1::2, 1::2] = light[1::2, 1::2, BLUE]
    return measured
