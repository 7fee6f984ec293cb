# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites that stand in scenes of the file, so that another camera or light does not build them again.

Nothing here refers to data of Blender, which undo and the opening of files replace: a record holds the numbers that
Blender gives to datablocks for as long as it runs, and what their content was. A site counts as standing only if all
of its parts are found unchanged.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..generator.plan.model import Site
from ..generator.scene.build import StandingSite
from ..generator.scene.ownership import MARK

Parts = dict[int, tuple[Any, ...]]
"""State of each part of a site, by the number of its object."""


@dataclass(frozen=True)
class Record:
    """A site that was built in a scene."""

    site: Site
    collection: int
    parts: Parts


def record_of(standing: StandingSite) -> Record:
    """Return the record of a site that was built and shows no view yet."""
    parts = {part.session_uid: _state(part) for part in standing.collection.objects}
    return Record(standing.site, standing.collection.session_uid, parts)


def site_in(scene: bpy.types.Scene, record: Record | None) -> Site | None:
    """Return the recorded site if ``scene`` still shows it, however its parts were changed."""
    return record.site if record is not None and _collection(scene, record) is not None else None


def standing_site(scene: bpy.types.Scene, record: Record | None) -> StandingSite | None:
    """Return the recorded site if it stands in ``scene`` unchanged and nobody else uses it, None otherwise."""
    collection = _collection(scene, record) if record is not None else None
    if record is None or collection is None:
        return None
    parts = {part.session_uid: part for part in collection.objects}
    ours_elsewhere = any(MARK in part and part.session_uid not in parts for part in scene.collection.all_objects)
    shared = bpy.data.user_map(subset={collection})[collection] - {scene}
    if ours_elsewhere or shared or not record.parts.keys() <= parts.keys():
        return None
    if any(_state(parts[number]) != state for number, state in record.parts.items()):
        return None
    return StandingSite(site=record.site, scene=scene, collection=collection, light=True)


def parts_of_view(standing: StandingSite, record: Record) -> list[bpy.types.Object]:
    """Return the objects of the view that is shown: ours, but no parts of the site."""
    return [part for part in standing.collection.objects if MARK in part and part.session_uid not in record.parts]


def _collection(scene: bpy.types.Scene, record: Record) -> bpy.types.Collection | None:
    return next((child for child in scene.collection.children if child.session_uid == record.collection), None)


def _state(part: bpy.types.Object) -> tuple[Any, ...]:
    """Return what a person could have changed about a part and a new view would not set again."""
    data = part.data
    if not isinstance(data, bpy.types.Mesh):
        return (part.type,)
    places = np.empty(3 * len(data.vertices), dtype=np.float32)
    data.vertices.foreach_get("co", places)
    return (
        data.session_uid,
        part.mode,
        part.parent is None,
        part.hide_viewport,
        part.hide_render,
        tuple(value for row in part.matrix_basis for value in row),
        tuple((modifier.name, modifier.type) for modifier in part.modifiers),
        tuple(material.session_uid if material is not None else 0 for material in data.materials),
        len(data.polygons),
        zlib.crc32(places.tobytes()),
    )
