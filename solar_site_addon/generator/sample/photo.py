# SPDX-License-Identifier: GPL-3.0-or-later
"""From light to the picture that the camera stores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHOULDER = 0.5
"""Linear value from which highlights are compressed instead of clipped, as camera makers do."""
ROWS_AT_A_TIME = 256


def develop(radiance: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 sRGB picture of a linear radiance (H, W, 3) in which a white matt surface is 1.

    Values up to SHOULDER keep their sRGB encoding (IEC 61966-2-1); above it they approach white.
    """
    picture = np.empty(radiance.shape, dtype=np.uint8)
    for top in range(0, len(radiance), ROWS_AT_A_TIME):  # in blocks: a full picture in floats is 250 MB a copy
        rows = slice(top, top + ROWS_AT_A_TIME)
        picture[rows] = np.rint(_srgb_encode(_compress_highlights(radiance[rows])) * 255)
    return picture


def _compress_highlights(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    linear = np.maximum(np.nan_to_num(linear, posinf=1e6), 0.0)
    span = 1.0 - SHOULDER
    bent = SHOULDER + span * (1.0 - np.exp(-(np.maximum(linear, SHOULDER) - SHOULDER) / span))
    return np.where(linear <= SHOULDER, linear, bent)


def _srgb_encode(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    encoded: NDArray[np.float32] = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    )
    return encoded
