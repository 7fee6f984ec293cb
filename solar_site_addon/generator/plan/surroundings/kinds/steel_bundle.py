# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles of purlins, rafters and posts. Sizes are estimates."""

from __future__ import annotations

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, box, merged
from ...placement.kinds import Ground, Kind
from ..groups import SUPPLIES
from ..parts import timbers


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return bundled sections of galvanized steel, tied with straps, on timber."""
    length, width, height = size
    steel = Finish((0.47, 0.48, 0.49), 0.4, 0.75, 0.2 + 0.4 * look[0])
    across, tiers = max(int(width / 0.07), 1), max(int((height - 0.1) / 0.08), 1)
    parts = timbers(0.3 * length, width, depth)
    for tier in range(tiers):
        for place in range(across):
            y, z = (place - (across - 1) / 2) * 0.07, 0.1 + 0.08 * tier
            end = length / 2 - 0.04 * ((place * 7 + tier * 3) % 5) / 4
            parts.append(box((-end, y - 0.03, z), (end, y + 0.03, z + 0.075), steel))
    strap = Finish((0.02, 0.02, 0.022), 0.5)
    top = 0.1 + 0.08 * tiers
    parts += [
        box((x - 0.015, -width / 2, 0.1), (x + 0.015, width / 2, top + 0.004), strap)
        for x in (-0.25 * length, 0.25 * length)
    ]
    return merged(parts)


KIND = Kind(
    name="steel_bundle",
    category=Category.STEEL_BUNDLE,
    group=SUPPLIES,
    weight=1.4,
    least_m=(3.0, 0.35, 0.25),
    greatest_m=(6.0, 0.8, 0.6),
    ground=Ground(table_gap_m=0.15, fall_m=0.6),
    shape=_shape,
)
