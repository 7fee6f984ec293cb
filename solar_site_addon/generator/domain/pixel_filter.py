# SPDX-License-Identifier: GPL-3.0-or-later
"""The area of an image over which a pixel collects light."""

from __future__ import annotations

from typing import NamedTuple


class PixelFilter(NamedTuple):
    """A filter of the renderer."""

    kind: str
    """Cycles' identifier: BLACKMAN_HARRIS, or BOX for the square of a pixel."""
    width_px: float
    """Width in pixels of the image, as Cycles counts it: a Blackman-Harris filter reaches as far to each side, and its
    standard deviation is 0.28 times that. A box is always 1 px wide."""
    detail_px: float
    """Size in pixels of the image of the finest detail that reaches it: patterns finer than that are averaged."""


NATIVE = PixelFilter("BLACKMAN_HARRIS", 1.0, 1.0)
"""Every pixel is one of the sensor. The filter is as wide as a square pixel (standard deviation 0.29 px): the blur of
the lens is an effect of its own."""
AREA = PixelFilter("BOX", 1.0, 1.0)
"""Every pixel is the mean of many pixels of the sensor."""


def one_of(reduction: float) -> PixelFilter:
    """Return the filter of an image of which only one in ``reduction`` pixels of the sensor is kept, along each side.

    What is left out lies beside the pixel, so fine detail stays crisp, and lines thinner than a pixel break up.
    """
    return PixelFilter(NATIVE.kind, NATIVE.width_px / reduction, NATIVE.detail_px / reduction)
