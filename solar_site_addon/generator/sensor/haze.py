# SPDX-License-Identifier: GPL-3.0-or-later
"""Aerial perspective: haze between the objects and the camera."""

from __future__ import annotations

import numpy as np

from ..domain.array_types import Floats, Singles
from .effects import row_blocks


def add_haze(
    radiance: Singles,
    distance: Singles,
    extinction_per_m: float,
    airlight: Floats,
) -> None:
    """Add haze to a linear radiance (H, W, 3) in place; ``distance`` (H, W) is in meters, infinite for the sky.

    H. Koschmieder, "Theorie der horizontalen Sichtweite" (1924): a share exp(-extinction * distance) of the light
    arrives, and ``airlight`` (3,) replaces the rest. The sky stays unchanged.
    """
    if extinction_per_m == 0:
        return
    for rows in row_blocks(len(radiance)):
        arriving = np.exp(-np.float32(extinction_per_m) * distance[rows])
        arriving = np.where(np.isfinite(distance[rows]), arriving, np.float32(1))[..., None]
        radiance[rows] = radiance[rows] * arriving + airlight.astype(np.float32) * (1 - arriving)
