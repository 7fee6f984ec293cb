# SPDX-License-Identifier: GPL-3.0-or-later
"""Tracked excavators. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, bar, box, frustum, merged
from ...placement.kinds import Ground, Kind
from ..groups import VEHICLES
from ..parts import GLASS, RUBBER


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a tracked excavator with its arm extended forward."""
    del depth
    length, width, height = size
    y = width / 2
    paint = Finish(((0.62, 0.33, 0.02), (0.60, 0.15, 0.02), (0.30, 0.42, 0.05))[int(look[0] * 3)], 0.45, wear=0.6)
    rear = -length / 2
    parts = [
        box((rear + 0.1, s * (y - 0.28) - 0.28, 0.0), (rear + 3.4, s * (y - 0.28) + 0.28, 0.8), RUBBER, 0.12)
        for s in (-1, 1)
    ]
    boom = [(rear + 2.7, 0.25, 1.7), (rear + 4.2, 0.25, height), (rear + 0.80 * length, 0.25, height * 0.72)]
    tip = (rear + 0.93 * length, 0.25, 0.75)
    parts += [
        box((rear, -y + 0.1, 0.95), (rear + 3.0, y - 0.1, 1.75), paint, 0.1),
        box((rear, -y + 0.15, 1.7), (rear + 1.3, y - 0.15, 2.1), Finish((0.05, 0.05, 0.05), 0.6, wear=0.6), 0.12),
        box((rear + 1.6, 0.55 - y + 0.0, 1.75), (rear + 3.0, 0.55 - y + 0.95, height), GLASS, 0.05),
        box((rear + 1.55, 0.5 - y, height), (rear + 3.05, 0.55 - y + 1.0, height + 0.06), paint, 0.03),
        bar(boom[0], boom[1], 0.3, 0.4, paint),
        bar(boom[1], boom[2], 0.28, 0.36, paint),
        bar(boom[2], tip, 0.22, 0.3, paint),
        frustum((tip[0] - 0.3, -0.4, tip[0] + 0.5, 0.9), (tip[0] - 0.1, -0.4, tip[0] + 0.2, 0.9), (0.02, 0.8),
                Finish((0.10, 0.09, 0.08), 0.6, 0.3, 0.9)),
    ]  # fmt: skip
    return merged(parts)


KIND = Kind(
    name="excavator",
    category=Category.EXCAVATOR,
    group=VEHICLES,
    least_m=(7.0, 2.5, 2.8),
    greatest_m=(8.4, 2.9, 3.1),
    ground=Ground(table_gap_m=2.0, fall_m=0.2, on_wheels=True),
    shape=_shape,
)
