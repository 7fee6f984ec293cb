# SPDX-License-Identifier: GPL-3.0-or-later
"""Shipping containers and site offices made of them: 20-foot containers of ISO 668, standard and high cube."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Colour, Finish, Shape, bar, box, merged, ribbed
from ...placement.kinds import Ground, Kind
from ..groups import MATERIALS
from ..parts import GLASS, pick

BOXES: tuple[Colour, ...] = ((0.03, 0.11, 0.30), (0.68, 0.69, 0.68), (0.30, 0.05, 0.03), (0.05, 0.16, 0.11))


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a shipping container, or one converted to a site office."""
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish(pick(BOXES, look[0]), 0.5, wear=0.3 + 0.6 * look[1])
    frame = Finish((0.03, 0.10, 0.30), 0.5, wear=0.4) if look[0] < 0.5 else paint
    posts = [
        box((sx * x - 0.08, sy * y - 0.08, -depth), (sx * x + 0.08, sy * y + 0.08, height), frame)
        for sx in (-0.97, 0.97) for sy in (-0.95, 0.95)
    ]  # fmt: skip
    roof = ribbed(
        [(-x + 0.1, -y + 0.05, height - 0.03), (x - 0.1, -y + 0.05, height - 0.03), (x - 0.1, y - 0.05, height - 0.03),
         (-x + 0.1, y - 0.05, height - 0.03)], 0.28, 0.025, paint,
    )  # fmt: skip
    ribs = [
        box((place - 0.06, -y, 0.25), (place + 0.06, y, height - 0.2), paint)
        for place in np.arange(-x + 0.3, x - 0.2, 0.28)
    ]
    edges = [
        bar((-x, side, level), (x, side, level), 0.1, 0.12, frame)
        for side in (-y + 0.05, y - 0.05)
        for level in (0.2, height - 0.06)
    ]
    body = box((-x + 0.03, -y + 0.03, 0.15), (x - 0.03, y - 0.03, height - 0.04), paint)
    parts = [body, roof, *ribs, *edges, *posts]
    if look[0] < 0.5 and look[1] > 0.5:
        parts += [box((s - 0.45, -y - 0.02, 1.1), (s + 0.45, -y + 0.05, 2.0), GLASS) for s in (-1.6, 1.6)]
    return merged(parts)


KIND = Kind(
    name="container",
    category=Category.CONTAINER,
    group=MATERIALS,
    weight=0.15,
    least_m=(6.06, 2.44, 2.59),
    greatest_m=(6.06, 2.44, 2.9),
    ground=Ground(table_gap_m=1.2, fall_m=1.0),
    shape=_shape,
)
