# SPDX-License-Identifier: GPL-3.0-or-later
"""Self-loading concrete mixers. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, box, loft, merged
from ...placement.kinds import Ground, Kind
from ..groups import MACHINES
from ..parts import PLANT_PAINT, cab, pick, wheels


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a truck with a tilted drum."""
    del depth
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish(pick(PLANT_PAINT, look[0]), 0.4, wear=0.6)
    drum = Finish((0.55, 0.55, 0.53) if look[1] < 0.5 else pick(PLANT_PAINT, look[1]), 0.5, wear=0.8)
    along = np.array([-0.62, -0.3, 0.1, 0.45]) * x
    radii = np.array([0.22, 0.46, 0.46, 0.26]) * width
    level = height - 0.5 * width - 0.12 * along
    angle = 2 * np.pi * np.arange(18) / 18
    rings = [
        np.column_stack([np.full(18, place), radius * np.cos(angle), z + radius * np.sin(angle)])
        for place, radius, z in zip(along, radii, level, strict=True)
    ]
    parts = [
        *wheels(0.62 * x, y, 0.5),
        box((-x, -y + 0.3, 0.55), (x - 0.2, y - 0.3, 0.85), paint),
        box((0.55 * x, -y + 0.1, 0.7), (x, y - 0.1, 1.5), paint, 0.1),
        *cab(0.55 * x, x, y, 1.5, 2.4, paint),
        loft(rings, drum),
        box((-x, -0.3, 0.8), (-0.6 * x, 0.3, 1.2), paint),
    ]
    return merged(parts)


KIND = Kind(
    name="concrete_mixer",
    category=Category.CONCRETE_MIXER,
    group=MACHINES,
    least_m=(5.0, 2.0, 2.7),
    greatest_m=(6.4, 2.4, 3.1),
    ground=Ground(table_gap_m=0.4, fall_m=0.2, on_wheels=True),
    shape=_shape,
)
