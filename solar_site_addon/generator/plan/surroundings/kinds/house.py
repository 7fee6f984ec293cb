# SPDX-License-Identifier: GPL-3.0-or-later
"""Farmhouses. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Colour, Finish, Shape, bar, box, loft, merged, moved, tube
from ...placement.kinds import Ground, Kind
from ..groups import BUILDINGS
from ..parts import CONCRETE, GLASS, SHEET_METAL, STEEL, gable, gable_ends, pick

STONE = Finish((0.22, 0.20, 0.18), 0.9, wear=0.9)
WHITE = Finish((0.74, 0.74, 0.72), 0.5, wear=0.5)
WALLS: tuple[Colour, ...] = ((0.70, 0.69, 0.66), (0.55, 0.47, 0.36), (0.30, 0.12, 0.07), (0.62, 0.60, 0.52))
TILES: tuple[Colour, ...] = ((0.085, 0.085, 0.09), (0.22, 0.065, 0.035), (0.14, 0.12, 0.11), (0.33, 0.12, 0.06))


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a farmhouse: a flat roof with parapet, tank and water heaters, or a gable of tiles or painted steel."""
    length, width, height = size
    walls = Finish(pick(WALLS, look[0]), 0.85, wear=0.3)
    overhang = 0.0 if look[1] < 0.45 else 0.45
    x, y = length / 2 - overhang, width / 2 - overhang
    parts = [
        box((-length / 2, -width / 2, -depth), (length / 2, width / 2, 0.0), STONE),
        box((-x, -y, 0.0), (x, y, height), walls),
        *_windows(x, y, height),
    ]
    if overhang == 0.0:
        return merged([*parts, *_flat_roof(x, y, height, look)])
    rise = (0.28 + 0.2 * look[2]) * y
    if look[1] < 0.75:
        roof = Finish(pick(TILES, look[2]), 0.8, wear=0.9)
        parts.append(gable(x, y, height, rise, overhang, 0.22, 0.03, roof))
    else:
        roof = Finish(pick(SHEET_METAL, look[2]), 0.35, 0.0, 0.5)
        parts.append(gable(x, y, height, rise, overhang, 0.32, 0.03, roof))
    if look[3] > 0.5:
        heater = _solar_water_heater(look[0])
        parts.append(moved(heater, (-x / 2, -y / 2 - 0.2, height + rise * (0.5 - 0.1)), 0.0))
    parts.append(gable_ends(x, y, height, rise, walls))
    return merged(parts)


def _windows(x: float, y: float, height: float) -> list[Shape]:
    """Return the windows on both long sides of each storey, and the front door."""
    parts = []
    for storey in range(max(round(height / 3.2), 1)):
        low = 0.9 + 3.1 * storey
        parts += [
            box((place - 0.55, side - 0.03, low), (place + 0.55, side + 0.03, low + 1.2), GLASS)
            for place in np.arange(-x + 1.4, x - 1.0, 2.6)
            for side in (-y, y)
        ]
    parts.append(box((-0.55, -y - 0.04, 0.0), (0.55, -y + 0.04, 2.1), Finish((0.14, 0.05, 0.03), 0.5)))
    return parts


def _flat_roof(x: float, y: float, height: float, look: Floats) -> list[Shape]:
    """Return a slab with a parapet and a stair head, on many also water heaters and a tank."""
    parapet = Finish((0.48, 0.47, 0.44), 0.9, wear=0.8)
    parts = [box((-x, s * (y - 0.1) - 0.1, height), (x, s * (y - 0.1) + 0.1, height + 0.5), parapet) for s in (-1, 1)]
    parts += [box((s * (x - 0.1) - 0.1, -y, height), (s * (x - 0.1) + 0.1, y, height + 0.5), parapet) for s in (-1, 1)]
    parts.append(box((-x + 0.2, -y + 0.2, height), (x - 0.2, y - 0.2, height + 0.04), CONCRETE))
    parts.append(box((x - 2.6, y - 2.6, height), (x - 0.2, y - 0.2, height + 2.2), WHITE))
    heaters = int(look[3] * 4)
    for number in range(heaters):
        place = -x + 1.4 + 2.4 * number
        if place < x - 3.0:
            parts.append(moved(_solar_water_heater(look[2]), (place, -0.2 * y, height + 0.04)))
    if look[2] > 0.5:
        drum = Finish((0.03, 0.10, 0.30) if look[3] > 0.5 else (0.6, 0.61, 0.62), 0.4, wear=0.4)
        parts.append(tube((x - 1.2, -y + 1.2, height), (x - 1.2, -y + 1.2, height + 1.4), 0.6, drum, 18))
    return parts


def _solar_water_heater(tone: float) -> Shape:
    """Return a rack of dark glass tubes below a horizontal tank, facing -y."""
    dark, reflector = Finish((0.008, 0.01, 0.02), 0.12), Finish((0.30, 0.31, 0.32), 0.35, 0.6, 0.4)
    parts = [tube((place, -0.75, 0.15), (place, 0.55, 1.15), 0.029, dark, 6) for place in np.linspace(-0.9, 0.9, 18)]
    back = [[(-1.0, -0.72, 0.08), (1.0, -0.72, 0.08)], [(-1.0, 0.55, 1.05), (1.0, 0.55, 1.05)]]
    parts.append(loft(back, reflector, closed=False))
    shell = Finish((0.72, 0.73, 0.74) if tone < 0.6 else (0.55, 0.06, 0.04), 0.3, 0.4 if tone < 0.6 else 0.0, 0.2)
    parts.append(tube((-1.05, 0.72, 1.25), (1.05, 0.72, 1.25), 0.24, shell, 16))
    for place in (-0.85, 0.85):
        parts.append(bar((place, 0.6, 0.0), (place, 0.7, 1.1), 0.04, 0.04, STEEL))
        parts.append(bar((place, -0.75, 0.0), (place, -0.75, 0.15), 0.04, 0.04, STEEL))
    return merged(parts)


KIND = Kind(
    name="house",
    category=Category.HOUSE,
    group=BUILDINGS,
    least_m=(7.0, 5.5, 3.2),
    greatest_m=(14.0, 9.0, 6.4),
    ground=Ground(table_gap_m=12.0, fall_m=2.6),
    shape=_shape,
)
