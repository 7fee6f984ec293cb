# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of equipment and surroundings as placed; the shape of each kind is in its own module."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.array_types import Floats
from ..plan.equipment.equipment import equipment_kinds
from ..plan.equipment.parts import GALVANISED
from ..plan.numerics.solids import Shape, bars, merged, placed
from ..plan.placement.items import Items, Tarpaulins
from ..plan.placement.kinds import BaseKind, Kind, TarpaulinKind
from ..plan.surroundings.surroundings import surroundings_kinds

_TRAY_M = (0.15, 0.08)
"""Width and height of cable trays. Estimate."""


def kinds_by_name() -> dict[str, BaseKind]:
    """Return all kinds of equipment and surroundings."""
    return {kind.name: kind for kind in (*equipment_kinds(), *surroundings_kinds())}


def items_shape(items: Items, kinds: Iterable[BaseKind] | None = None) -> Shape:
    """Return all items in their places, of which equal ones are built once; ``kinds`` are by default all."""
    by_name = kinds_by_name() if kinds is None else {kind.name: kind for kind in kinds}
    equal: dict[bytes, list[int]] = {}
    for number in range(len(items)):
        parts = (items.kind, items.size, items.depth, items.look)
        equal.setdefault(b"".join(part[number].tobytes() for part in parts), []).append(number)
    shapes = []
    for numbers in equal.values():
        first = numbers[0]
        kind = by_name[items.kinds[items.kind[first]]]
        if isinstance(kind, Kind):
            shape = kind.shape(items.size[first], float(items.depth[first]), items.look[first])
            shapes.append(placed(shape, items.base[numbers], items.axes[numbers]))
    return merged(shapes)


def tarpaulins_shape(tarpaulins: Tarpaulins, kinds: Iterable[BaseKind] | None = None) -> Shape:
    """Return all tarpaulins; ``kinds`` are by default all."""
    by_name = kinds_by_name() if kinds is None else {kind.name: kind for kind in kinds}
    shapes = []
    for index, points, look in zip(tarpaulins.kind, tarpaulins.points, tarpaulins.look, strict=True):
        kind = by_name[tarpaulins.kinds[index]]
        if isinstance(kind, TarpaulinKind):
            shapes.append(kind.shape(points, look))
    return merged(shapes)


def cable_trays_shape(trays: Floats) -> Shape:
    """Return the straight pieces (C, 2, 3) of cable tray."""
    return bars(trays[:, 0], trays[:, 1], *_TRAY_M, GALVANISED)
