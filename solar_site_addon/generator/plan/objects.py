# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a site: everything that has an annotation of its own, in any category.

Numbers are the site's own, from 1: modules first, then tables, their racks, the items of the equipment, those of the
surroundings, tarpaulins, and piles, including those that are only planned. So a module's number depends on the array
alone. The id pass of a render holds these numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..domain.array_types import Floats, Ints, Longs, Mask
from ..domain.categories import Category
from .array.piles import PileType, pile_axes, pile_kinds
from .array.stages import Stage
from .array.tables import Beams, Modules, Piles, Tables
from .equipment.equipment import Equipment
from .kinds import all_kinds, shapes_of
from .model import Site
from .placement.items import Items, Tarpaulins
from .surroundings.surroundings import Surroundings
from .terrain.terrain import Terrain

_SQUARE = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2


@dataclass(frozen=True)
class Objects:
    """N objects of a site. The object with the number n is row n - 1: first F flat ones, then B boxes."""

    category: Ints
    """(N,) ids of Category."""
    parent: Longs
    """(N,) number of the object that this one is a part of; 0 for none."""
    only_seen: Mask
    """(N,) whether the object is in an image only if a pixel shows it, not if its outline overlaps the image: tables,
    which consist of modules, and piles that are hidden below modules or not set yet."""
    flat_corners: Floats
    """(F, 4, 3) corners of flat objects (modules: of the glass; tables: of the columns with modules, in the plane of
    the glass), m."""
    box_corners: Floats
    """(B, 8, 3) corners of the box around each other object: four at its base, four above them, m."""

    def __len__(self) -> int:
        return len(self.category)

    def corners(self, number: int) -> Floats:
        """Return the corners (4, 3) or (8, 3) of the object with this number, m."""
        flat = len(self.flat_corners)
        corners: Floats = self.flat_corners[number - 1] if number <= flat else self.box_corners[number - 1 - flat]
        return corners


def objects_of(site: Site) -> Objects:
    """Return all objects of a site: see ``list_objects``."""
    return list_objects(
        site.modules,
        site.tables,
        site.beams,
        site.piles,
        site.pile_type,
        site.equipment,
        site.surroundings,
        site.terrain,
    )


def list_objects(
    modules: Modules,
    tables: Tables,
    beams: Beams,
    piles: Piles,
    pile_type: PileType,
    equipment: Equipment,
    surroundings: Surroundings,
    terrain: Terrain,
) -> Objects:
    """Return all objects of a site, in the order of their numbers; boxes of items end at the ``terrain``."""
    items, tarpaulins = (equipment.items, surroundings.items), surroundings.tarpaulins
    category = [
        np.full(len(modules), Category.MODULE),
        np.full(len(tables), Category.TABLE),
        np.full(len(tables), Category.RACK),
        *(_categories(part) for part in (*items, tarpaulins)),
        np.full(len(piles), Category.PILE),
    ]
    others = np.zeros(sum(len(part) for part in (*items, tarpaulins)))
    open_piles = piles.standing & (tables.stage < Stage.PARTLY_MOUNTED)[piles.table]
    only_seen = np.zeros(sum(map(len, category)), dtype=np.bool_)
    only_seen[len(modules) : len(modules) + len(tables)] = True
    only_seen[len(only_seen) - len(piles) :] = ~open_piles
    of_table = np.arange(len(tables)) + table_number(modules, 0)
    return Objects(
        category=np.concatenate(category).astype(np.int32),
        parent=np.concatenate(
            [of_table[modules.table], np.zeros(len(tables)), of_table, others, of_table[piles.table]]
        ).astype(np.int64),
        only_seen=only_seen,
        flat_corners=np.concatenate([modules.corners, _table_corners(tables, modules)]),
        box_corners=np.concatenate(
            [
                _rack_corners(tables, beams),
                *(_item_corners(part, terrain) for part in items),
                _tarpaulin_corners(tarpaulins.points),
                _pile_corners(piles, pile_type),
            ]
        ),
    )


def table_number(modules: Modules, table: int) -> int:
    """Return the number of the table with the index ``table``; module m has the number m + 1."""
    return len(modules) + table + 1


def rack_number(modules: Modules, tables: Tables, table: int) -> int:
    """Return the number of the rack of the table with the index ``table``."""
    return len(modules) + len(tables) + table + 1


def first_item_number(modules: Modules, tables: Tables) -> int:
    """Return the number of the first item of equipment and surroundings; the others follow in their order."""
    return len(modules) + 2 * len(tables) + 1


def first_pile_number(modules: Modules, tables: Tables, equipment: Equipment, surroundings: Surroundings) -> int:
    """Return the number of the first pile; the others follow in their order."""
    items = len(equipment.items) + len(surroundings.items) + len(surroundings.tarpaulins)
    return first_item_number(modules, tables) + items


def _table_corners(tables: Tables, modules: Modules) -> Floats:
    """Return the corners (T, 4, 3) of the glass of each table, from its first column with modules to its last.

    They are in the order of a module's corners. A table without modules has the corners of its full width.
    """
    ends = tables.size[:, :1] * np.array([-0.5, 0.5])
    from_center = modules.corners - tables.centre[modules.table, None]
    places = np.einsum("mca,ma->mc", from_center, tables.axes[modules.table, 0])
    low, high = np.full(len(tables), np.inf), np.full(len(tables), -np.inf)
    np.minimum.at(low, modules.table, places.min(axis=1))
    np.maximum.at(high, modules.table, places.max(axis=1))
    ends = np.where(np.isfinite(low)[:, None], np.stack([low, high], axis=1), ends)
    along = ends[:, [0, 1, 1, 0], None] * tables.axes[:, None, 0]
    up = tables.size[:, 1, None, None] * tables.axes[:, None, 1]
    return tables.centre[:, None] + along + _SQUARE[:, 1:] * up


def _rack_corners(tables: Tables, beams: Beams) -> Floats:
    """Return the corners (T, 8, 3) of the upright boxes around the beams of each table, parallel to its row.

    They are NaN for tables without beams.
    """
    along = tables.axes[:, 0] * [1.0, 1.0, 0.0]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.stack([-along[:, 1], along[:, 0], np.zeros(len(along))], axis=1)
    axes = np.stack([along, across, np.broadcast_to([0.0, 0.0, 1.0], along.shape)], axis=1)
    corners = np.concatenate(beams.faces(), axis=1) - tables.centre[beams.table, None]
    places = np.einsum("bca,bka->bkc", corners, axes[beams.table])
    low, high = np.full((len(tables), 3), np.inf), np.full((len(tables), 3), -np.inf)
    np.minimum.at(low, beams.table, places.min(axis=2))
    np.maximum.at(high, beams.table, places.max(axis=2))
    low[~np.isfinite(low)] = high[~np.isfinite(high)] = np.nan
    middle = tables.centre + np.einsum("tk,tka->ta", (low + high) / 2 * [1, 1, 0] + low * [0, 0, 1], axes)
    return _box_corners(middle, axes, high - low)


def _pile_corners(piles: Piles, pile_type: PileType) -> Floats:
    """Return the corners (P, 8, 3) of the boxes along the piles, from the ground to the top."""
    width, _ = pile_kinds()[pile_type.kind].head_m(pile_type.size_m)
    foot = piles.head - piles.exposed_m[:, None] * piles.axis
    size = np.column_stack([np.full((len(piles), 2), width), piles.exposed_m])
    return _box_corners(foot, pile_axes(piles), size)


def _categories(items: Items | Tarpaulins) -> Ints:
    """Return the category (N,) of each item: that of its kind."""
    kinds = all_kinds()
    categories = np.array([kinds[name].category for name in items.kinds], dtype=np.int32)
    return categories[items.kind]


def _item_corners(items: Items, terrain: Terrain) -> Floats:
    """Return the corners (K, 8, 3) of the boxes around items, with roofs and masts, and without what is buried."""
    low, high = np.zeros((len(items), 3)), np.zeros((len(items), 3))
    for rows, shape in shapes_of(items):
        base, axes = items.base[rows, None], items.axes[rows]
        vertices = base + shape.vertices @ axes
        vertices[..., 2] = np.maximum(vertices[..., 2], terrain.height(vertices[..., 0], vertices[..., 1]))
        places = (vertices - base) @ np.swapaxes(axes, 1, 2)
        low[rows], high[rows] = places.min(axis=1), places.max(axis=1)
    below = (low + high) / 2 * [1, 1, 0] + low * [0, 0, 1]
    return _box_corners(items.base + np.einsum("kb,kba->ka", below, items.axes), items.axes, high - low)


def _box_corners(base: Floats, axes: Floats, size: Floats) -> Floats:
    """Return the corners (K, 8, 3) of boxes from the centers of their bases (K, 3), axes (K, 3, 3) and sizes (K, 3)."""
    sides = size[:, :, None] * axes
    ring = base[:, None] + _SQUARE[:, :1] * sides[:, None, 0] + _SQUARE[:, 1:] * sides[:, None, 1]
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
