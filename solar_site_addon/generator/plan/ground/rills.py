# SPDX-License-Identifier: GPL-3.0-or-later
"""Erosion rills: the small channels that rain cuts into bare slopes, side by side straight downhill."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import stream_seed
from ..numerics.blur import box_blur
from ..numerics.noise import furrows, grid_noise, smoothstep
from ..terrain.terrain import Terrain

SPACING_M = 3.4
"""From one rill to the next."""
_FROM_SLOPE, _FULL_SLOPE = 0.07, 0.28
"""Tangents of the slope from which on water runs fast enough to cut, and at which rills are as wide as they get."""
_COARSEST_M = SPACING_M / 2.5
"""Vertices farther apart cannot hold the waves."""
_DIRECTION_M = 3.0
"""Water runs down the mean slope of so much ground."""


def plan_rills(terrain: Terrain, bare: Floats, seed: int) -> Floats:
    """(Y, X, 3) cosine and sine of the phase across the rills, 0 in the middle of one, and how wide they are, 0 to 1.

    As phasor noise (Tricard et al., "Procedural phasor noise", 2019): between vertices some metres apart a phase still
    says to a hand's breadth where a rill is, and where it is not sure, a rill ends. ``bare`` (Y, X) is 0 where gravel
    or a lawn keeps the soil; wild grass does not count: the material leaves out what lies under it. There are no rills
    outside the fine ground, nor where this is too coarse for them.
    """
    result = np.zeros((*terrain.heights.shape, 3))
    if terrain.spacing_m > _COARSEST_M:
        return result
    fine = np.ix_(*(np.flatnonzero(np.abs(axis) <= terrain.fine_half_m) for axis in (terrain.y, terrain.x)))
    smooth = box_blur(terrain.heights[fine], _DIRECTION_M / terrain.spacing_m)
    slope_y, slope_x = np.gradient(smooth, terrain.spacing_m)
    slope = np.sqrt(slope_x * slope_x + slope_y * slope_y)
    steep = np.nonzero(slope > _FROM_SLOPE)
    often = 0.25 + 0.6 * terrain.roughness
    x, y = np.meshgrid(terrain.x[fine[1][0]], terrain.y[fine[0][:, 0]])
    patches = grid_noise(x[0] / 27.0, y[:, 0] / 27.0, stream_seed(seed, "terrain/rills/patches"))
    place = x[steep] / SPACING_M, y[steep] / SPACING_M
    across = -slope_y[steep] / slope[steep], slope_x[steep] / slope[steep]
    own = stream_seed(seed, "terrain/rills")
    cosine, sine = (furrows(*place, *across, own, phase) for phase in (0.0, 0.25))
    length = np.sqrt(cosine * cosine + sine * sine) + 1e-9
    width = smoothstep(slope[steep], _FROM_SLOPE, _FULL_SLOPE) * np.clip(often + 1.2 * patches[steep], 0.0, 1.0)
    rills = np.zeros((*slope.shape, 3))
    rills[steep] = np.stack([cosine / length, sine / length, width * np.minimum(2 * length, 1.0)], axis=-1)
    rills[..., 2] *= bare[fine]
    result[fine] = rills
    return result
