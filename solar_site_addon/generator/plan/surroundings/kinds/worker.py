# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers in vests and helmets, standing. Sizes are those of adults with shoes and helmet."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Colour, Finish, Shape, loft, merged, tube
from ...placement.kinds import Ground, Kind
from ..groups import WORKERS
from ..parts import pick

VESTS: tuple[Colour, ...] = ((0.75, 0.16, 0.01), (0.42, 0.62, 0.02), (0.03, 0.08, 0.25))
HELMETS: tuple[Colour, ...] = ((0.70, 0.48, 0.01), (0.60, 0.02, 0.02), (0.75, 0.75, 0.73), (0.02, 0.10, 0.45))
TROUSERS: tuple[Colour, ...] = ((0.02, 0.03, 0.06), (0.05, 0.05, 0.05), (0.12, 0.10, 0.06))
_SKIN = Finish((0.32, 0.17, 0.10), 0.6)


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a standing worker who faces along x, one foot in front of the other."""
    length, width, height = size
    vest, helmet = Finish(pick(VESTS, look[0]), 0.8, wear=0.3), Finish(pick(HELMETS, look[1]), 0.35, wear=0.2)
    trousers = Finish(pick(TROUSERS, look[2]), 0.9, wear=0.5)
    angle = 2 * np.pi * np.arange(16) / 16

    def waist(share: float, level: float) -> Floats:
        ring = np.column_stack([0.32 * length * np.cos(angle), 0.36 * width * np.sin(angle)])
        return np.column_stack([share * ring, np.full(len(angle), level * height)])

    parts = [loft([waist(0.8, 0.44), waist(0.85, 0.6), waist(1.0, 0.78), waist(0.45, 0.84)], vest)]
    for side in (-1, 1):
        stride, reach = 0.2 * length * side, 0.12 * length + 0.2 * length * look[3]
        foot, hip = (stride, 0.18 * side * width, -depth), (0.0, 0.16 * side * width, 0.47 * height)
        shoulder, hand = (0.0, 0.4 * side * width, 0.79 * height), (reach, 0.42 * side * width, 0.46 * height)
        parts += [tube(foot, hip, 0.07, trousers, 10, 1.2), tube(shoulder, hand, 0.055, vest, 10, 0.7)]
    brim, crown = 0.93 * height, 0.94 * height
    return merged(
        [
            *parts,
            tube((0.0, 0.0, 0.82 * height), (0.0, 0.0, brim), 0.08, _SKIN, 14),
            tube((0.02, 0.0, brim), (0.02, 0.0, crown), 0.14, helmet, 20),
            tube((0.0, 0.0, crown), (0.0, 0.0, height), 0.115, helmet, 20, 0.6),
        ]
    )


KIND = Kind(
    name="worker",
    category=Category.WORKER,
    group=WORKERS,
    least_m=(0.36, 0.44, 1.6),
    greatest_m=(0.44, 0.54, 1.85),
    ground=Ground(table_gap_m=0.3),
    shape=_shape,
)
