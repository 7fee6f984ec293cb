# SPDX-License-Identifier: GPL-3.0-or-later
"""All kinds of equipment and surroundings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .equipment.equipment import equipment_kinds
from .numerics.solids import Shape
from .placement.items import Items
from .placement.kinds import BaseKind, Kind
from .surroundings.surroundings import surroundings_kinds


def all_kinds() -> dict[str, BaseKind]:
    """Return all kinds by name."""
    return {kind.name: kind for kind in (*equipment_kinds(), *surroundings_kinds())}


def shapes_of(items: Items, kinds: Mapping[str, BaseKind] | None = None) -> Iterator[tuple[list[int], Shape]]:
    """Yield the rows of equal items and their shape, in their own axes; equal ones are built once.

    ``kinds`` are the kinds by name, by default all.
    """
    by_name = all_kinds() if kinds is None else kinds
    equal: dict[bytes, list[int]] = {}
    for index in range(len(items)):
        parts = (items.kind, items.size, items.depth, items.look)
        equal.setdefault(b"".join(part[index].tobytes() for part in parts), []).append(index)
    for indices in equal.values():
        first = indices[0]
        kind = by_name[items.kinds[items.kind[first]]]
        if isinstance(kind, Kind):
            yield indices, kind.shape(items.size[first], float(items.depth[first]), items.look[first])
