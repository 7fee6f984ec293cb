# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks of packaged modules, in rows. Their size is that of a module plus packaging."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ....domain.random_streams import stream
from ...numerics.solids import Finish, Shape, box, merged
from ...placement.items import Item
from ...placement.kinds import Ground, Kind
from ...placement.placement import Candidates, Placement
from ..groups import MATERIALS


def _put_row(placement: Placement, kind: Kind, candidates: Candidates, name: str) -> Item | None:
    """Put a row of stacks side by side, as unloaded from a truck; return the last one."""
    rng = stream(placement.seed, f"{name}/stacks")
    count, pitch = int(rng.integers(1, 7)), rng.uniform(1.9, 2.6)
    last: Item | None = None
    for number in range(count):
        own = f"{name}/{number}"
        item = placement.put(kind, candidates, own)
        if item is None:
            break
        along, across = item.axes[:2, :2]
        turn = np.arctan2(along[1], along[0]) + stream(placement.seed, f"{own}/turn").normal(0.0, 0.03)
        candidates = Candidates((item.center + pitch * across)[None], np.array([turn]))
        last = item
    return last


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return modules in cartons on a pallet, strapped, some wrapped in film."""
    length, width, height = size
    x, y = length / 2, width / 2
    carton = Finish(((0.42, 0.29, 0.16), (0.50, 0.40, 0.27), (0.70, 0.69, 0.66))[int(look[0] * 3)], 0.8, wear=0.5)
    if look[1] > 0.8:
        carton = Finish((0.03, 0.09, 0.28), 0.45, wear=0.4)
    wood = Finish((0.30, 0.22, 0.13), 0.9, wear=0.8)
    parts = [box((-x, side - 0.05, -depth), (x, side + 0.05, 0.12), wood) for side in (-y + 0.06, 0.0, y - 0.06)]
    parts.append(box((-x, -y, 0.12), (x, y, 0.15), wood))
    tiers = 2 if height > 1.9 else 1
    step = (height - 0.15) / tiers
    parts += [
        box((-x + 0.02, -y + 0.02, low), (x - 0.02, y - 0.02, low + step - 0.03), carton, 0.02)
        for low in 0.15 + step * np.arange(tiers)
    ]
    strap = Finish((0.02, 0.02, 0.02) if look[2] < 0.5 else (0.05, 0.12, 0.35), 0.5, wear=0.1)
    parts += [
        box((place - 0.02, -y + 0.01, 0.12), (place + 0.02, y - 0.01, height - 0.02), strap)
        for place in (-0.55 * x, 0.0, 0.55 * x)
    ]
    return merged(parts)


KIND = Kind(
    name="packed_modules",
    category=Category.PACKED_MODULES,
    group=MATERIALS,
    weight=0.35,
    least_m=(2.3, 1.15, 1.15),
    greatest_m=(2.45, 1.2, 2.45),
    ground=Ground(table_gap_m=0.6, fall_m=0.5),
    arrange=_put_row,
    shape=_shape,
)
