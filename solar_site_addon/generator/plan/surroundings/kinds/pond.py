# SPDX-License-Identifier: GPL-3.0-or-later
"""Lined ponds. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, loft, merged
from ...placement.kinds import Ground, Kind
from ..groups import PONDS
from ..parts import EARTH, at, pick

LINER = Finish((0.014, 0.015, 0.017), 0.35, wear=0.7)
BLUE_LINER = Finish((0.03, 0.10, 0.24), 0.4, wear=0.7)


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a lined pond with raised banks: bank, liner and water."""
    bank = float(size[2])
    outer = _outline(size, 0.0)
    inset = min(0.45 * bank + 0.8, 0.3 * float(size[1]))
    crest, inner = _outline(size, inset * 0.55), _outline(size, inset * 0.55 + 0.5)
    shore, bed = _outline(size, inset * 0.55 + 1.0), _outline(size, inset * 0.55 + 1.05)
    liner = BLUE_LINER if look[0] < 0.3 else LINER
    murky = ((0.02, 0.035, 0.022), (0.012, 0.03, 0.045), (0.06, 0.05, 0.03))
    water = Finish(pick(murky, look[1]), 0.03, wear=0.0)
    level = bank * (0.35 + 0.4 * look[2])
    parts = [
        loft([at(outer, -depth), at(outer, 0.0), at(crest, bank), at(inner, bank)], EARTH, caps=False),
        loft([at(inner, bank), at(shore, level - 0.05)], liner, caps=False),
        loft([at(bed, level - 0.04), at(shore, level)], water),
    ]
    return merged(parts)


def _outline(size: Floats, inset: float) -> Floats:
    """Return (40, 3) a rectangle with round corners, a superellipse of exponent 4, counter-clockwise."""
    angle = 2 * np.pi * (np.arange(40) + 0.5) / 40
    cosine, sine = np.cos(angle), np.sin(angle)
    x = (size[0] / 2 - inset) * np.sign(cosine) * np.sqrt(np.abs(cosine))
    y = (size[1] / 2 - inset) * np.sign(sine) * np.sqrt(np.abs(sine))
    return np.stack([x, y, np.zeros(40)], axis=1)


KIND = Kind(
    name="pond",
    category=Category.POND,
    group=PONDS,
    weight=2.0,
    least_m=(8.0, 7.0, 0.8),
    greatest_m=(28.0, 20.0, 1.2),
    ground=Ground(table_gap_m=10.0, fall_m=3.2),
    shape=_shape,
)
