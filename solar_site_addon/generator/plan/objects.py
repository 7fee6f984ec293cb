# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a site: everything that has an annotation of its own, in any category.

Numbers are the site's own, from 1: modules first, then tables, then the things of equipment and surroundings, then
tarpaulins. So a module's number depends on the array alone. The id pass of a render holds these numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..domain.array_types import Floats, Ints, Longs
from ..domain.categories import Category
from .array.tables import Modules, Tables
from .placement.things import Things, WorkKind, Works

CATEGORY_OF: dict[WorkKind, Category] = {
    WorkKind.TRANSFORMER: Category.TRANSFORMER,
    WorkKind.STRING_INVERTER: Category.INVERTER,
    WorkKind.COMBINER_BOX: Category.COMBINER_BOX,
    WorkKind.LIGHTNING_ROD: Category.MAST,
    WorkKind.WEATHER_STATION: Category.WEATHER_STATION,
    WorkKind.HOUSE: Category.HOUSE,
    WorkKind.SHED: Category.SHED,
    WorkKind.CONTAINER: Category.CONTAINER,
    WorkKind.TUNNEL: Category.POLYTUNNEL,
    WorkKind.GLASSHOUSE: Category.GLASSHOUSE,
    WorkKind.POND: Category.POND,
    WorkKind.TANK: Category.TANK,
    WorkKind.PICKUP: Category.PICKUP,
    WorkKind.VAN: Category.VAN,
    WorkKind.EXCAVATOR: Category.EXCAVATOR,
    WorkKind.PACKED_MODULES: Category.PACKED_MODULES,
    WorkKind.SUBSTATION: Category.SUBSTATION,
}
"""Category of each kind of thing."""

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


def list_objects(modules: Modules, tables: Tables, works: Works) -> Objects:
    """Return all objects of a site, in the order of their numbers."""
    things = works.things
    category = [
        np.full(len(modules), Category.MODULE),
        np.full(len(tables), Category.TABLE),
        np.array([CATEGORY_OF[WorkKind(int(kind))] for kind in things.kind], dtype=np.int32),
        np.full(len(works.sheets), Category.TARPAULIN),
    ]
    others = len(tables) + len(things) + len(works.sheets)
    return Objects(
        category=np.concatenate(category).astype(np.int32),
        parent=np.concatenate([modules.table + table_number(modules, 0), np.zeros(others)]).astype(np.int64),
        flat_corners=np.concatenate([modules.corners, _table_corners(tables)]),
        box_corners=np.concatenate([_thing_corners(things), _sheet_corners(works.sheets)]),
    )


def table_number(modules: Modules, table: int) -> int:
    """Return the number of the table with the index ``table``; module m has the number m + 1."""
    return len(modules) + table + 1


def first_thing_number(modules: Modules, tables: Tables) -> int:
    """Return the number of the first thing of equipment and surroundings; the others follow in their order."""
    return len(modules) + len(tables) + 1


def _table_corners(tables: Tables) -> Floats:
    """Return the corners (T, 4, 3) of the plane of each table's glass, in the order of a module's."""
    along, up = (tables.size[:, axis, None, None] * tables.axes[:, None, axis] for axis in (0, 1))
    return tables.centre[:, None] + _SQUARE[:, :1] * along + _SQUARE[:, 1:] * up


def _thing_corners(things: Things) -> Floats:
    """Return the corners (K, 8, 3) of the boxes around things, from the base up."""
    sides = things.size[:, :, None] * things.axes
    ring = things.base[:, None] + _SQUARE[:, :1] * sides[:, None, 0] + _SQUARE[:, 1:] * sides[:, None, 1]
    return np.concatenate([ring, ring + sides[:, None, 2]], axis=1)


def _sheet_corners(sheets: Floats) -> Floats:
    """Return the corners (S, 8, 3) of the upright boxes around tarpaulins, parallel to the world's axes."""
    if len(sheets) == 0:
        return np.zeros((0, 8, 3))
    points = sheets.reshape(len(sheets), -1, 3)
    low, high = points.min(axis=1), points.max(axis=1)
    middle, size = (low + high) / 2, high - low
    ring = middle[:, None, :2] + _SQUARE * size[:, None, :2]
    corners = np.empty((len(sheets), 8, 3))
    corners[:, :4, :2] = corners[:, 4:, :2] = ring
    corners[:, :4, 2], corners[:, 4:, 2] = low[:, 2:], high[:, 2:]
    return corners
