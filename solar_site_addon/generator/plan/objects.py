# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a site: everything that has an annotation of its own, in any category.

Numbers are the site's own, from 1: modules first, then tables, then the items of the equipment, those of the
surroundings, and tarpaulins. So a module's number depends on the array alone. The id pass of a render holds these
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..domain.array_types import Floats, Ints, Longs
from ..domain.categories import Category
from .array.tables import Modules, Tables
from .equipment.equipment import Equipment
from .kinds import all_kinds
from .placement.items import Items, Tarpaulins
from .surroundings.surroundings import Surroundings

_SQUARE = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2


@dataclass(frozen=True)
class Objects:
    """N objects of a site. The object with the number n is row n - 1: first F flat ones, then B boxes."""

    category: Ints
    """(N,) ids of Category."""
    parent: Longs
    """(N,) number of the object that this one is a part of; 0 for none."""
    flat_corners: Floats
    """(F, 4, 3) corners of flat objects (modules: of the glass; tables: of the plane of the glass), m."""
    box_corners: Floats
    """(B, 8, 3) corners of the box around each other object: four at its base, four above them, m."""

    def __len__(self) -> int:
        return len(self.category)

    def corners(self, number: int) -> Floats:
        """Return the corners (4, 3) or (8, 3) of the object with this number, m."""
        flat = len(self.flat_corners)
        corners: Floats = self.flat_corners[number - 1] if number <= flat else self.box_corners[number - 1 - flat]
        return corners


def list_objects(modules: Modules, tables: Tables, equipment: Equipment, surroundings: Surroundings) -> Objects:
    """Return all objects of a site, in the order of their numbers."""
    items, tarpaulins = (equipment.items, surroundings.items), surroundings.tarpaulins
    category = [
        np.full(len(modules), Category.MODULE),
        np.full(len(tables), Category.TABLE),
        *(_categories(part) for part in (*items, tarpaulins)),
    ]
    others = len(tables) + sum(len(part) for part in (*items, tarpaulins))
    return Objects(
        category=np.concatenate(category).astype(np.int32),
        parent=np.concatenate([modules.table + table_number(modules, 0), np.zeros(others)]).astype(np.int64),
        flat_corners=np.concatenate([modules.corners, _table_corners(tables)]),
        box_corners=np.concatenate([*(_item_corners(part) for part in items), _tarpaulin_corners(tarpaulins.points)]),
    )


def table_number(modules: Modules, table: int) -> int:
    """Return the number of the table with the index ``table``; module m has the number m + 1."""
    return len(modules) + table + 1


def first_item_number(modules: Modules, tables: Tables) -> int:
    """Return the number of the first item of equipment and surroundings; the others follow in their order."""
    return len(modules) + len(tables) + 1


def _table_corners(tables: Tables) -> Floats:
    """Return the corners (T, 4, 3) of the plane of each table's glass, in the order of a module's."""
    along, up = (tables.size[:, axis, None, None] * tables.axes[:, None, axis] for axis in (0, 1))
    return tables.centre[:, None] + _SQUARE[:, :1] * along + _SQUARE[:, 1:] * up


def _categories(items: Items | Tarpaulins) -> Ints:
    """Return the category (N,) of each item: that of its kind."""
    kinds = all_kinds()
    categories = np.array([kinds[name].category for name in items.kinds], dtype=np.int32)
    return categories[items.kind]


def _item_corners(items: Items) -> Floats:
    """Return the corners (K, 8, 3) of the boxes around items, from the base up."""
    sides = items.size[:, :, None] * items.axes
    ring = items.base[:, None] + _SQUARE[:, :1] * sides[:, None, 0] + _SQUARE[:, 1:] * sides[:, None, 1]
    return np.concatenate([ring, ring + sides[:, None, 2]], axis=1)


def _tarpaulin_corners(points: Floats) -> Floats:
    """Return the corners (S, 8, 3) of the upright boxes around tarpaulins, parallel to the world's axes."""
    if len(points) == 0:
        return np.zeros((0, 8, 3))
    flat = points.reshape(len(points), -1, 3)
    low, high = flat.min(axis=1), flat.max(axis=1)
    middle, size = (low + high) / 2, high - low
    ring = middle[:, None, :2] + _SQUARE * size[:, None, :2]
    corners = np.empty((len(points), 8, 3))
    corners[:, :4, :2] = corners[:, 4:, :2] = ring
    corners[:, :4, 2], corners[:, 4:, 2] = low[:, 2:], high[:, 2:]
    return corners
