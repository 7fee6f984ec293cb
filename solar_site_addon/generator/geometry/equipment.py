# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of equipment and surroundings as placed; the shape of each kind is in its own module."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..domain.array_types import Floats
from ..plan.equipment.cable_trays import TRAY_HEIGHT_M
from ..plan.equipment.parts import CLASS
from ..plan.kinds import all_kinds, shapes_of
from ..plan.numerics.solids import Finish, Shape, bars, merged, numbered, placed
from ..plan.placement.items import Items, Tarpaulins
from ..plan.placement.kinds import BaseKind, TarpaulinKind

_TRAY_M = (0.15, 0.08)
"""Width and height of cable trays. Estimate."""
_TRAY_LEG_M = 0.05
"""Width of the legs of cable trays. Estimate."""
_TRAY_SPAN_M = 2.5
"""Longest piece without a leg in its middle. Estimate."""
_TRAY_FOOT_M = 0.2
"""Depth to which they reach below the ground, which may be lower in the middle of a piece than at its ends."""
_TRAY_FINISH = Finish((0.17, 0.175, 0.18), 0.7, 0.3, 0.7, CLASS)
"""Weathered zinc with dust in it, duller than that of other parts, which are washed by the rain. Estimate."""


def items_shape(items: Items, first_number: int, kinds: Mapping[str, BaseKind] | None = None) -> Shape:
    """Return all items in their places, with the object numbers from ``first_number`` on; equal ones are built once.

    ``kinds`` are the kinds by name, by default all.
    """
    shapes = []
    for rows, shape in shapes_of(items, kinds):
        standing = placed(shape, items.base[rows], items.axes[rows])
        shapes.append(numbered(standing, first_number + np.repeat(rows, len(shape.faces))))
    return merged(shapes)


def tarpaulins_shape(tarpaulins: Tarpaulins, first_number: int, kinds: Mapping[str, BaseKind] | None = None) -> Shape:
    """Return all tarpaulins, with the object numbers from ``first_number`` on; ``kinds`` as in ``items_shape``."""
    by_name = all_kinds() if kinds is None else kinds
    shapes = []
    for index in range(len(tarpaulins)):
        kind = by_name[tarpaulins.kinds[tarpaulins.kind[index]]]
        if isinstance(kind, TarpaulinKind):
            shape = kind.shape(tarpaulins.points[index], tarpaulins.look[index])
            shapes.append(numbered(shape, first_number + index))
    return merged(shapes)


def cable_trays_shape(trays: Floats, *, legs: bool = True) -> Shape:
    """Return the straight pieces (C, 2, 3) of cable tray, on legs at their ends, and in the middle of long ones."""
    pieces = bars(trays[:, 0], trays[:, 1], *_TRAY_M, _TRAY_FINISH)
    if not legs:
        return pieces
    long = np.linalg.norm(trays[:, 1] - trays[:, 0], axis=1) > _TRAY_SPAN_M
    tops = np.unique(np.concatenate([trays[:, 0], trays[:, 1], trays[long].mean(axis=1)]), axis=0)
    feet = tops - (0.0, 0.0, TRAY_HEIGHT_M + _TRAY_FOOT_M)
    return merged([pieces, bars(feet, tops, _TRAY_LEG_M, _TRAY_LEG_M, _TRAY_FINISH)])
