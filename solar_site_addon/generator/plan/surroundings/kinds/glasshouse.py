# SPDX-License-Identifier: GPL-3.0-or-later
"""Glasshouses. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, bar, box, loft, merged
from ...placement.kinds import Ground, Kind
from ..groups import GREENHOUSES
from ..parts import CONCRETE, gable_ends


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a glasshouse: panes between bars on a low wall. No other distractor looks more like modules."""
    length, width, height = size
    x, y, rise = length / 2 - 0.1, width / 2 - 0.1, 0.22 * width
    pane = Finish((0.05, 0.065, 0.075) if look[0] < 0.6 else (0.30, 0.34, 0.35), 0.07, wear=0.3)
    bars = Finish((0.68, 0.69, 0.70), 0.4, 0.3, 0.2)
    parts = [
        box((-length / 2, -width / 2, -depth), (length / 2, width / 2, 0.35), CONCRETE),
        box((-x, -y, 0.35), (x, y, height), pane),
    ]
    places = np.linspace(-x, x, max(round(2 * x / (0.8 + 0.6 * look[1])), 2) + 1)
    for side in (-1, 1):
        eaves, ridge = [(s, side * y, height) for s in (-x, x)], [(s, 0.0, height + rise) for s in (-x, x)]
        parts.append(loft([eaves, ridge], pane, closed=False))
        for place in places:
            parts.append(bar((place, side * y, height + 0.02), (place, 0, height + rise + 0.02), 0.05, 0.05, bars))
            parts.append(bar((place, side * (y + 0.02), 0.35), (place, side * (y + 0.02), height), 0.05, 0.05, bars))
        for share in (0.0, 0.5):
            level = height + rise * share + 0.02
            parts.append(bar((-x, side * y * (1 - share), level), (x, side * y * (1 - share), level), 0.05, 0.05, bars))
    parts.append(bar((-x, 0, height + rise + 0.03), (x, 0, height + rise + 0.03), 0.12, 0.08, bars))
    parts.append(gable_ends(x, y, height, rise, pane))
    return merged(parts)


KIND = Kind(
    name="glasshouse",
    category=Category.GLASSHOUSE,
    group=GREENHOUSES,
    least_m=(12.0, 6.0, 2.0),
    greatest_m=(30.0, 10.0, 3.0),
    ground=Ground(table_gap_m=12.0, fall_m=2.6),
    shape=_shape,
)
