# SPDX-License-Identifier: GPL-3.0-or-later
"""Running means over grids and along curves."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats


def box_blur(values: Floats, width: float) -> Floats:
    """Return the mean over about ``width`` grid points along both axes, with border values repeated.

    The mean is taken twice, because a single box filter leaves visible squares.
    """
    half = max(round(width / 2), 0)
    for _ in range(2):
        for axis in (0, 1):
            values = _mean_along(values, half, axis)
    return values


def running_mean(values: Floats, reach: int) -> Floats:
    """Return the mean of each of (P, ...) values and ``reach`` neighbors on either side.

    The values are reflected about both ends, so the end points keep their values. No step of the result exceeds the
    largest step of ``values``.
    """
    reach = min(reach, len(values) - 1)
    before, after = 2 * values[0] - values[reach:0:-1], 2 * values[-1] - values[-2 : -2 - reach : -1]
    sums = np.cumsum(np.concatenate([np.zeros_like(values[:1]), before, values, after]), axis=0)
    width = 2 * reach + 1
    result: Floats = (sums[width:] - sums[:-width]) / width
    return result


def _mean_along(values: Floats, half: int, axis: int) -> Floats:
    padding = [(0, 0), (0, 0)]
    padding[axis] = (half + 1, half)
    sums = np.cumsum(np.pad(values, padding, mode="edge"), axis=axis)
    width = 2 * half + 1
    sums = sums if axis == 0 else sums.T
    result: Floats = (sums[width:] - sums[:-width]) / width
    return result if axis == 0 else result.T
