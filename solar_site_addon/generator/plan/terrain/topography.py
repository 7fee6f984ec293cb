# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps of the site at the scale of tables: smoothed ground, its slope, and gullies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...domain.array_types import Floats, Indices, Mask
from ..numerics.blur import box_blur
from .terrain import Terrain

_TABLE_SCALE_M = 14.0
"""Width of the mean that smooths the ground, about the length of a table."""
_GULLY_SCALE_M = 45.0
"""Width of the mean that gullies are compared with. Estimate."""
_GULLY_DEPTH_M = 1.1
"""Depth below that mean from which ground counts as a gully. Estimate."""


@dataclass(frozen=True)
class Topography:
    """Maps (N, N) on the uniform grid of the fine ground; the first axis is y."""

    axis: Floats
    """Coordinates (N,) along both axes, m."""
    smooth: Floats
    """Heights averaged over about the length of a table, m."""
    gradient_x: Floats
    gradient_y: Floats
    """Gradient of ``smooth``, m/m."""
    gully: Mask
    """Ground that is clearly lower than its surroundings."""

    @cached_property
    def slope_deg(self) -> Floats:
        """Slope of the smoothed ground in degrees."""
        return np.degrees(np.arctan(np.hypot(self.gradient_x, self.gradient_y)))

    def nearest(self, x: Floats, y: Floats) -> tuple[Indices, Indices]:
        """Return row and column of the grid points nearest to the points; outside the grid, those of its border."""
        step = self.axis[1] - self.axis[0]
        last = len(self.axis) - 1
        row = np.clip(np.rint((y - self.axis[0]) / step), 0, last).astype(np.intp)
        column = np.clip(np.rint((x - self.axis[0]) / step), 0, last).astype(np.intp)
        return row, column


def survey(terrain: Terrain) -> Topography:
    """Return maps of the fine ground of ``terrain``.

    A gully is where the topographic position index is low: the height relative to the mean of the surroundings (Weiss,
    "Topographic Position and Landforms Analysis", 2001).
    """
    fine = np.abs(terrain.x) <= terrain.fine_half_m + 1e-9
    axis = terrain.x[fine]
    heights = terrain.heights[np.ix_(fine, fine)]
    smooth = box_blur(heights, _TABLE_SCALE_M / terrain.spacing_m)
    position = smooth - box_blur(heights, _GULLY_SCALE_M / terrain.spacing_m)
    gradient_x = np.asarray(np.gradient(smooth, terrain.spacing_m, axis=1))
    gradient_y = np.asarray(np.gradient(smooth, terrain.spacing_m, axis=0))
    return Topography(axis, smooth, gradient_x, gradient_y, position < -_GULLY_DEPTH_M)
