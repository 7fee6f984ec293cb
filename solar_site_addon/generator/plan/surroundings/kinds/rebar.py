# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles of reinforcing bars for micropiles, with cut ends beside them. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, bar, merged
from ...placement.kinds import Ground, Kind
from ..groups import SUPPLIES

_BAR_M, _PITCH_M = 0.02, 0.035
"""Thickness of the bars, and their distance in a bundle."""
_ENDS = 5
"""Cut ends beside a bundle."""


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a bundle of rusty bars on the ground, whose ends are not flush."""
    del depth
    length, width, height = size
    rust = Finish((0.20 + 0.06 * look[0], 0.09, 0.045), 0.9, 0.1, 0.6)
    across, tiers = max(int(0.6 * width / _PITCH_M), 2), max(int(height / _PITCH_M), 1)
    parts = []
    for tier in range(tiers):
        for place in range(across - tier):
            y, z = (place - (across - tier - 1) / 2) * _PITCH_M, (tier + 0.5) * _PITCH_M
            slip = 0.06 * np.sin(11 * place + 7 * tier + 6 * look[1])
            start, end = (-0.47 * length + slip, y, z), (0.47 * length + slip, y + 0.3 * slip, z)
            parts.append(bar(start, end, _BAR_M, _BAR_M, rust))
    for number in range(_ENDS):
        x, turn = (0.18 * number - 0.4) * length, 9 * look[2] + 2.4 * number
        half = 0.1 + 0.04 * np.sin(5 * turn)
        middle = np.array([x, (0.5 if number % 2 else -0.5) * (width - 0.1), _BAR_M / 2])
        reach = half * np.array([np.cos(0.4 * turn), 0.4 * np.sin(0.4 * turn), 0.0])
        parts.append(bar(middle - reach, middle + reach, _BAR_M, _BAR_M, rust))
    return merged(parts)


KIND = Kind(
    name="rebar",
    category=Category.REBAR,
    group=SUPPLIES,
    least_m=(2.5, 0.6, 0.07),
    greatest_m=(6.0, 1.1, 0.18),
    ground=Ground(table_gap_m=0.15, fall_m=0.06, on_wheels=True),
    shape=_shape,
)
