# SPDX-License-Identifier: GPL-3.0-or-later
"""Heaps of white bags of cement, grout or sand. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, box, merged, moved
from ...placement.kinds import Ground, Kind
from ..groups import SUPPLIES


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return bags in a heap of two or three layers, or a few big bags."""
    del depth
    length, width, height = size
    cloth = Finish((0.72, 0.71, 0.67) if look[0] < 0.7 else (0.45, 0.43, 0.38), 0.85, wear=0.6)
    if look[1] > 0.7:  # big bags
        half = min(0.42 * width, 0.45)
        bag = box((-half, -half, 0.0), (half, half, height), cloth, 0.12)
        count = max(int(length / (2.3 * half)), 1)
        places = (np.arange(count) - (count - 1) / 2) * 2.3 * half
        return merged([moved(bag, (x, 0.0, 0.0), 0.1 * np.sin(9 * x + 6 * look[2])) for x in places])
    bag = box((-0.33, -0.2, 0.0), (0.33, 0.2, 0.15), cloth, 0.05)
    layers = max(int((height - 0.02) / 0.13), 1)
    parts = []
    for layer in range(layers):
        for x in np.arange(-length / 2 + 0.46, length / 2 - 0.4, 0.68):
            for y in np.arange(-width / 2 + 0.34, width / 2 - 0.3, 0.42):
                shift = 0.06 * np.sin(13 * x + 17 * y + 5 * layer + 6 * look[2])
                if abs(x) + abs(y) < (length + width) / 2 * (1 - layer / (layers + 1)):
                    parts.append(moved(bag, (x + shift, y - shift, 0.13 * layer), 2.5 * shift))
    return merged(parts) if parts else bag


KIND = Kind(
    name="bags",
    category=Category.BAGS,
    group=SUPPLIES,
    weight=1.5,
    least_m=(1.0, 0.8, 0.3),
    greatest_m=(2.4, 1.8, 0.9),
    ground=Ground(table_gap_m=0.2, fall_m=0.06, on_wheels=True),
    shape=_shape,
)
