# SPDX-License-Identifier: GPL-3.0-or-later
"""Polytunnels. Sizes are estimates."""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ...numerics.solids import Finish, Shape, box, loft, merged
from ...placement.kinds import Ground, Kind
from ..groups import GREENHOUSES
from ..parts import EARTH, STEEL, shifted


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a polytunnel: film or black shade net over hoops."""
    length, width, height = size
    x = length / 2
    film = Finish((0.60, 0.62, 0.62), 0.22, wear=0.4 + 0.5 * look[1])
    if look[0] > 0.75:
        film = Finish((0.03, 0.032, 0.035), 0.7, wear=0.5)
    elif look[0] > 0.6:
        film = Finish((0.25, 0.32, 0.42), 0.25, wear=0.5)
    angle = np.linspace(0, np.pi, 15)
    arch = np.stack([np.zeros(15), -np.cos(angle) * width / 2 * 0.96, height * np.sin(angle) ** 0.8], axis=1)
    stations = np.linspace(-x, x, max(round(length / 1.2), 2) + 1)
    sag = 1.0 - 0.018 * (np.arange(len(stations)) % 2)[:, None, None]
    places = stations[:, None, None] * np.array([1.0, 0.0, 0.0])
    skin = loft(places + arch * sag, film, closed=False)
    foot = np.zeros_like(arch)
    ends = [loft([shifted(arch, s * x), shifted(foot, s * x)], film, closed=False) for s in (-1, 1)]
    hoops = [_arched_hoop(shifted(1.012 * arch, place)) for place in stations[:: 2 if length > 24 else 1]]
    skirt = box((-x, -width / 2, -depth), (x, width / 2, 0.0), EARTH)
    return merged([skirt, skin, *ends, *hoops])


def _arched_hoop(arch: Floats) -> Shape:
    """Return a hoop as a flat ribbon along the arch (n, 3)."""
    side = np.array([0.03, 0.0, 0.0])
    return loft([arch + side, arch - side], STEEL, closed=False)


KIND = Kind(
    name="tunnel",
    category=Category.POLYTUNNEL,
    group=GREENHOUSES,
    weight=2.0,
    least_m=(16.0, 5.5, 2.4),
    greatest_m=(40.0, 8.0, 3.2),
    ground=Ground(table_gap_m=12.0, fall_m=2.8),
    shape=_shape,
)
