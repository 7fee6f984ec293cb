# SPDX-License-Identifier: GPL-3.0-or-later
"""Cable drums of wood, lying or standing. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, merged, tube
from ...placement.kinds import Ground, Kind
from ..groups import SUPPLIES
from ..parts import WOOD


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a drum with black or red cable on it; standing ones roll along x."""
    del depth
    _, width, height = size
    cable = Finish((0.02, 0.02, 0.021) if look[0] < 0.75 else (0.30, 0.03, 0.02), 0.5)
    radius = height / 2

    def place(along: float) -> Floats:
        return np.array([0.0, along, radius])

    half = width / 2
    return merged(
        [
            tube(place(-half), place(-half + 0.06), radius, WOOD, 24),
            tube(place(half - 0.06), place(half), radius, WOOD, 24),
            tube(place(-half + 0.05), place(half - 0.05), (0.55 + 0.35 * look[1]) * radius, cable, 20),
            tube(place(-half), place(half), 0.06, cable, 10),
        ]
    )


KIND = Kind(
    name="cable_drum",
    category=Category.CABLE_DRUM,
    group=SUPPLIES,
    least_m=(1.1, 0.7, 1.1),
    greatest_m=(1.9, 1.1, 1.9),
    ground=Ground(table_gap_m=0.2, fall_m=0.06, on_wheels=True),
    shape=_shape,
)
