# SPDX-License-Identifier: GPL-3.0-or-later
"""The surfaces of racks, equipment, surroundings and piles, from which their silhouettes are computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Floats, Longs
from ..geometry.equipment import items_shape, tarpaulins_shape
from ..geometry.meshes import boxes
from ..geometry.piles import pile_shape
from ..plan.array.piles import pile_axes
from ..plan.numerics.columns import rows_of
from ..plan.numerics.solids import merged, numbered, placed
from ..plan.objects import first_item_number, first_pile_number, rack_number

if TYPE_CHECKING:
    from ..plan.model import Site
    from ..plan.terrain.terrain import Terrain


def solid_faces(site: Site, numbers: Longs) -> Iterator[tuple[int, Floats]]:
    """Yield the numbers of those solids among ``numbers``, and their faces (F, 3 or 4, 3) in m.

    Parts below the ground are raised to it: they are never visible, and nothing stands in front of them.
    """
    for faces, owner in (_racks(site), _items(site), _piles(site, numbers)):
        chosen = np.flatnonzero(np.isin(owner, numbers))
        chosen = chosen[np.argsort(owner[chosen], kind="stable")]
        found, first = np.unique(owner[chosen], return_index=True)
        for number, rows in zip(found.tolist(), np.split(chosen, first)[1:], strict=True):
            yield number, _above_ground(faces[rows], site.terrain)


def _racks(site: Site) -> tuple[Floats, Longs]:
    """Return the faces (F, 4, 3) of all beams and the numbers (F,) of their racks."""
    vertices, faces = boxes(*site.beams.faces())
    owner = rack_number(site.modules, site.tables, 0) + site.beams.table.astype(np.int64)
    return vertices[faces], np.repeat(owner, 6)


def _items(site: Site) -> tuple[Floats, Longs]:
    """Return the faces (F, 3, 3) of all items and tarpaulins and the numbers (F,) of these."""
    first = first_item_number(site.modules, site.tables)
    around = first + len(site.equipment.items)
    shape = merged(
        [
            items_shape(site.equipment.items, first),
            items_shape(site.surroundings.items, around),
            tarpaulins_shape(site.surroundings.tarpaulins, around + len(site.surroundings.items)),
        ]
    )
    return shape.vertices[shape.faces], shape.finish[:, 7].astype(np.int64)


def _piles(site: Site, numbers: Longs) -> tuple[Floats, Longs]:
    """Return the faces (F, 3, 3) of the piles among ``numbers`` and the numbers (F,) of these."""
    first = first_pile_number(site.modules, site.tables, site.equipment, site.surroundings)
    chosen = numbers[numbers >= first] - first
    piles, axes = rows_of(site.piles, chosen), pile_axes(site.piles)[chosen]
    looks, look = np.unique(np.column_stack([piles.state, piles.variant, piles.fitted]), axis=0, return_inverse=True)
    shapes = []
    for which, (state, variant, fitted) in enumerate(looks.tolist()):
        own = np.flatnonzero(look.reshape(-1) == which)
        shape = pile_shape(site.pile_type, state, variant, bool(fitted))
        standing = placed(shape, piles.head[own], axes[own])
        shapes.append(numbered(standing, first + np.repeat(chosen[own], len(shape.faces))))
    shape = merged(shapes)
    return shape.vertices[shape.faces], shape.finish[:, 7].astype(np.int64)


def _above_ground(faces: Floats, terrain: Terrain) -> Floats:
    ground = terrain.height(faces[..., 0], faces[..., 1])
    return np.concatenate([faces[..., :2], np.maximum(faces[..., 2], ground)[..., None]], axis=-1)
