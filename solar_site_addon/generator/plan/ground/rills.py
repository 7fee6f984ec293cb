# SPDX-License-Identifier: GPL-3.0-or-later
"""Erosion rills: small parallel channels that rain cuts straight down bare slopes."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import stream_seed
from ..numerics.blur import box_blur
from ..numerics.noise import grid_noise, phased_furrows, smoothstep
from ..terrain.terrain import Terrain

SPACING_M = 3.4
"""Mean spacing of rills. Estimate."""
_FROM_SLOPE, _FULL_SLOPE = 0.07, 0.28
"""Tangents of the slopes at which water begins to cut rills and at which rills reach their full width. Estimate."""
_MAX_SPACING_M = SPACING_M / 2.5
"""Largest vertex spacing that can represent the waves."""
_DIRECTION_M = 3.0
"""Scale over which the slope that directs the water is averaged. Estimate."""


def plan_rills(terrain: Terrain, bare: Floats, seed: int) -> Floats:
    """Return cosine and sine of the phase across rills, 0 at the center of one, and their width, 0 to 1 (Y, X, 3).

    This is phasor noise (Tricard et al., "Procedural phasor noise", 2019): between vertices some meters apart, a phase
    still locates a rill to within a few centimeters, and where the phase is ambiguous, a rill ends. ``bare`` (Y, X) is
    0 where gravel or a lawn protects the soil. Wild grass does not count, because the material hides what lies under
    it. There are no rills outside the fine ground, or where it is too coarse for them.
    """
    result = np.zeros((*terrain.heights.shape, 3))
    if terrain.spacing_m > _MAX_SPACING_M:
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
    cosine, sine = phased_furrows(*place, *across, own).T
    length = np.sqrt(cosine * cosine + sine * sine) + 1e-9
    width = smoothstep(slope[steep], _FROM_SLOPE, _FULL_SLOPE) * np.clip(often + 1.2 * patches[steep], 0.0, 1.0)
    rills = np.zeros((*slope.shape, 3))
    rills[steep] = np.stack([cosine / length, sine / length, width * np.minimum(2 * length, 1.0)], axis=-1)
    rills[..., 2] *= bare[fine]
    result[fine] = rills
    return result
