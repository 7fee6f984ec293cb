# SPDX-License-Identifier: GPL-3.0-or-later
"""The air between things and the camera: what is far away is paler."""

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
    """Aerial perspective on a linear radiance (H, W, 3), in place; ``distance`` (H, W) in metres, infinite for the sky.

    H. Koschmieder, "Theorie der horizontalen Sichtweite" (1924): of the light a share exp(-extinction * distance)
    arrives, and the air's own radiance (3,) takes the place of the rest. The sky is as it is.
    """
    if extinction_per_m == 0:
        return
    for rows in row_blocks(len(radiance)):
        arriving = np.exp(-np.float32(extinction_per_m) * distance[rows])
        arriving = np.where(np.isfinite(distance[rows]), arriving, np.float32(1))[..., None]
        radiance[rows] = radiance[rows] * arriving + airlight.astype(np.float32) * (1 - arriving)
