# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of sample.json: images and cameras, sun, render, and the annotations of all objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ..annotations.objects import Annotations, ImageAnnotations
from ..annotations.pile_heads import head_boxes
from ..domain.array_types import Ints, Longs
from ..domain.categories import Category
from ..plan.array.conditions import Condition
from ..plan.array.piles import pile_kinds
from ..plan.array.stages import Stage
from ..plan.objects import first_pile_number, table_number
from ..sensor.modality import Image
from ..settings.files import files_sha256
from ..settings.schema import Settings, differs_between_images, iter_settings, settings_sha256, to_dict
from .camera_json import camera_record
from .countable import COUNTED_FRACTION, COUNTED_PX
from .files import extension_version
from .schema import (
    SCHEMA,
    ConditionRecord,
    FileRecord,
    ImageRecord,
    ObjectRecord,
    SampleDocument,
    SunRecord,
    TableRecord,
)

if TYPE_CHECKING:
    from ..domain.numbering import ImageNumber
    from ..domain.projection import Camera
    from ..plan.array.module_types import ModuleType
    from ..plan.model import View

_METRE_DIGITS = 5
_PIXEL_DIGITS = 3
_ANGLE_DIGITS = 4
_FRACTION_DIGITS = 4
_DRAWN_DIGITS = 6
_DUST_DIGITS = 3
_BOX_DIGITS = 2


def sample_document(
    *,
    view: View,
    settings: Settings,
    number: ImageNumber,
    annotations: ImageAnnotations,
    images: Sequence[Image],
    files: Mapping[str, FileRecord],
    render_info: Mapping[str, Any],
    blender: str,
) -> SampleDocument:
    """Return sample.json as a dictionary of JSON types.

    ``files`` contains size and checksum of each file by name; ``blender`` is the version of Blender.
    """
    return {
        "schema": SCHEMA,
        "generator": {
            "version": extension_version(),
            "blender": blender,
            "settings_sha256": settings_sha256(settings),
            "files_sha256": files_sha256(settings),
        },
        "index": number.index,
        "site": number.site,
        "view": number.view,
        "seed": number.seed,
        "images": {image.modality: _image(image) for image in images},
        "files": dict(files),
        "drawn": _drawn(view.settings),
        "sun": cast("SunRecord", _rounded(dataclasses.asdict(view.sun))),
        "render": dict(render_info),
        "counts": _counts(annotations),
        "objects": [*_modules(view, annotations), *_others(view, annotations), *_piles(view, annotations)],
        "tables": _tables(view, annotations),
        "conditions": _conditions(view, annotations),
    }


def _image(image: Image) -> ImageRecord:
    camera = image.camera
    return {
        "file": next(iter(image.files)),
        "width": camera.width_px,
        "height": camera.height_px,
        "camera": camera_record(camera),
    }


def _drawn(settings: Settings) -> dict[str, Any]:
    """Return the values drawn for this image of all settings that differ between images, by group."""
    drawn: dict[str, Any] = {}
    everything = to_dict(settings)
    for setting in iter_settings(Settings):
        if differs_between_images(setting):
            group, _, name = setting.name.partition(".")
            value = everything[group][name]
            drawn.setdefault(group, {})[name] = round(value, _DRAWN_DIGITS) if isinstance(value, float) else value
    return drawn


def _rounded(values: Mapping[str, float], digits: int = _ANGLE_DIGITS) -> dict[str, float]:
    return {name: round(float(value), digits) for name, value in values.items()}


def _modules(view: View, annotations: ImageAnnotations) -> list[ObjectRecord]:
    """Return the records of the modules in the image."""
    modules, tables, listed = view.site.modules, view.site.tables, annotations.objects
    rows = slice(np.searchsorted(listed.number, len(modules), side="right"))
    seen = listed.number[rows] - 1
    table = modules.table[seen]
    kinds = [made_as.module.kind for made_as in view.site.table_types]
    columns: dict[str, Iterable[Any]] = {
        **_identity(annotations, listed.number[rows]),
        "cluster": tables.cluster[table].tolist(),
        "row": modules.row[seen].tolist(),
        "column": modules.column[seen].tolist(),
        "kind": [kinds[number] for number in tables.type[table]],
        "condition": [Condition(number).key for number in modules.condition[seen]],
        "dust": _lists(modules.dust[seen], _DUST_DIGITS),
        "tilt_deg": _lists(tables.tilt_deg[table], _ANGLE_DIGITS),
        "azimuth_deg": _lists(tables.azimuth_deg[table], _ANGLE_DIGITS),
        "corners_world": _lists(modules.corners[seen], _METRE_DIGITS),
        "keypoints_px": _keypoints(annotations.keypoints),
        **_appearance(view.camera, listed, rows),
    }
    return cast("list[ObjectRecord]", _rows(columns))


def _others(view: View, annotations: ImageAnnotations) -> list[ObjectRecord]:
    """Return the records of all objects in the image other than modules, tables and piles."""
    listed = annotations.objects
    rows = slice(
        np.searchsorted(listed.number, len(view.site.modules), side="right"),
        np.searchsorted(listed.number, _first_pile(view)),
    )
    numbers = listed.number[rows]
    corners = [_lists(annotations.site_objects.corners(number), _METRE_DIGITS) for number in numbers.tolist()]
    columns: dict[str, Iterable[Any]] = {
        **_identity(annotations, numbers),
        "corners_world": corners,
        **_appearance(view.camera, listed, rows),
    }
    return cast("list[ObjectRecord]", _rows(columns))


def _piles(view: View, annotations: ImageAnnotations) -> list[ObjectRecord]:
    """Return the records of the piles in the image."""
    listed, piles, made_as = annotations.objects, view.site.piles, view.site.pile_type
    rows = slice(np.searchsorted(listed.number, _first_pile(view)), len(listed))
    numbers = listed.number[rows]
    seen = numbers - _first_pile(view)
    states = pile_kinds()[made_as.kind].all_states
    head, _ = view.camera.project(piles.head[seen])
    boxes = head_boxes(view.camera, piles, made_as, seen, listed.bbox_px[rows])
    columns: dict[str, Iterable[Any]] = {
        **_identity(annotations, numbers),
        "kind": [made_as.kind] * len(seen),
        "state": [states[state] for state in piles.state[seen].tolist()],
        "size_m": [made_as.size_m] * len(seen),
        "exposed_m": _lists(piles.exposed_m[seen], _METRE_DIGITS),
        "head_world": _lists(piles.head[seen], _METRE_DIGITS),
        "head_px": _where(np.isfinite(head).all(axis=1).tolist(), _lists(head, _PIXEL_DIGITS)),
        "head_bbox_px": _where((boxes[:, 2] > 0).tolist(), boxes.tolist()),
        "corners_world": [
            _lists(annotations.site_objects.corners(number), _METRE_DIGITS) for number in numbers.tolist()
        ],
        **_appearance(view.camera, listed, rows),
    }
    return cast("list[ObjectRecord]", _rows(columns))


def _first_pile(view: View) -> int:
    site = view.site
    return first_pile_number(site.modules, site.tables, site.equipment, site.surroundings)


def _counts(annotations: ImageAnnotations) -> dict[str, int]:
    """Return the number of objects and tables of each category of which enough is visible to be counted."""
    category = annotations.site_objects.category
    # A fraction that is unknown is not a number, and not too small.
    seen = [
        part.number[(part.visible_px >= COUNTED_PX) & ~(part.visible_fraction < COUNTED_FRACTION)]
        for part in (annotations.objects, annotations.tables)
    ]
    counts = np.bincount(category[np.concatenate(seen) - 1], minlength=max(Category) + 1)
    return {Category(number).key: int(counts[number]) for number in np.flatnonzero(counts).tolist()}


def _tables(view: View, annotations: ImageAnnotations) -> list[TableRecord]:
    """Return the records of the tables with a part in the image, whose ``parent`` is the table's ``id``."""
    site, tables, numbers = view.site, view.site.tables, annotations.tables.number
    index = numbers - table_number(view.site.modules, 0)
    made_as = [view.site.table_types[number] for number in tables.type[index]]
    columns: dict[str, Iterable[Any]] = {
        **_identity(annotations, numbers),
        "cluster": tables.cluster[index].tolist(),
        "row": tables.row[index].tolist(),
        "column": tables.column[index].tolist(),
        "type": [one.name for one in made_as],
        "post_rows": [one.post_rows for one in made_as],
        "module": [_module_type(one.module) for one in made_as],
        "center_world": _lists(tables.centre[index], _METRE_DIGITS),
        "size_m": _lists(tables.size[index], _METRE_DIGITS),
        "stage": [Stage(number).key for number in tables.stage[index]],
        "piles": _done_and_planned(site.piles.table[site.piles.standing], site.piles.table, index),
        "modules": [
            [int(end - first) * one.rows, int(planned) * one.rows]
            for (first, end), planned, one in zip(tables.columns[index], tables.planned[index], made_as, strict=True)
        ],
        "columns": tables.columns[index].tolist(),
        "tilt_deg": _lists(tables.tilt_deg[index], _ANGLE_DIGITS),
        "azimuth_deg": _lists(tables.azimuth_deg[index], _ANGLE_DIGITS),
        "roll_deg": _lists(tables.roll_deg[index], _ANGLE_DIGITS),
        "corners_world": _lists(annotations.site_objects.flat_corners[numbers - 1], _METRE_DIGITS),
        **_appearance(view.camera, annotations.tables),
    }
    return cast("list[TableRecord]", _rows(columns))


def _done_and_planned(done: Ints, planned: Ints, index: Longs) -> list[list[int]]:
    """Return how often the tables ``index`` (N,) occur among those ``done`` and among those ``planned``."""
    size = int(index.max(initial=-1)) + 1
    counts = [np.bincount(part, minlength=size)[index] for part in (done, planned)]
    pairs: list[list[int]] = np.stack(counts, axis=1).tolist()
    return pairs


def _conditions(view: View, annotations: ImageAnnotations) -> list[ConditionRecord]:
    """Return the records of the conditions that a pixel shows."""
    shown = annotations.conditions
    condition = view.site.modules.condition[shown.number - 1]
    columns: dict[str, Iterable[Any]] = {
        "category": [Condition(number).key for number in condition],
        "parent": annotations.ids[shown.number].tolist(),
        **_appearance(view.camera, shown),
    }
    return cast("list[ConditionRecord]", _rows(columns))


def _identity(annotations: ImageAnnotations, numbers: Longs) -> dict[str, Iterable[Any]]:
    """Return the columns that identify the objects with these ``numbers``: ids, category and parent."""
    objects, ids = annotations.site_objects, annotations.ids
    parents = ids[objects.parent[numbers - 1]]
    return {
        "id": ids[numbers].tolist(),
        "site_id": numbers.tolist(),
        "category": [Category(category).key for category in objects.category[numbers - 1].tolist()],
        "parent": _where((parents > 0).tolist(), parents.tolist()),
    }


def _appearance(camera: Camera, shown: Annotations, rows: slice = slice(None)) -> dict[str, Iterable[Any]]:
    """Return the columns of the annotations in ``rows`` that describe how an object appears in the image."""
    visible = (shown.visible_px[rows] > 0).tolist()
    known = np.isfinite(shown.visible_fraction[rows]).tolist()
    points = zip(_lists(shown.outlines.points[rows], _PIXEL_DIGITS), shown.outlines.count[rows].tolist(), strict=True)
    size = [camera.height_px, camera.width_px]
    return {
        "polygon_px": _where(shown.outlines.complete[rows].tolist(), [outline[:count] for outline, count in points]),
        "bbox_px": _where(visible, shown.bbox_px[rows].tolist()),
        "oriented_box_px": _where(visible, _lists(shown.oriented_box_px[rows], _BOX_DIGITS)),
        "visible_px": shown.visible_px[rows].tolist(),
        "visible_fraction": _where(known, _lists(shown.visible_fraction[rows], _FRACTION_DIGITS)),
        "truncation": _where(known, _lists(shown.truncation[rows], _FRACTION_DIGITS)),
        "mask_rle": _where(visible, [{"size": size, "counts": counts} for counts in shown.masks[rows]]),
    }


def _keypoints(keypoints: NDArray[np.floating[Any]]) -> list[Any]:
    """Return x, y and visibility of the keypoints (M, 4, 3); the last is an integer."""
    return [[[x, y, int(seen)] for x, y, seen in corners] for corners in _lists(keypoints, _PIXEL_DIGITS)]


def _module_type(module: ModuleType) -> dict[str, Any]:
    """Return the record of a module type."""
    return {
        "kind": module.kind,
        "frame": module.frame,
        **_rounded({"length_m": module.length_m, "width_m": module.width_m}, _METRE_DIGITS),
        "cells": [module.cells_along, module.cells_across],
    }


def _lists(values: NDArray[np.floating[Any]], digits: int) -> list[Any]:
    """Return the rounded numbers as nested lists; + 0.0 turns -0.0 into 0.0."""
    lists: list[Any] = (np.round(values.astype(np.float64), digits) + 0.0).tolist()
    return lists


def _where(present: Iterable[bool], values: Iterable[Any]) -> list[Any]:
    return [value if there else None for there, value in zip(present, values, strict=True)]


def _rows(columns: Mapping[str, Iterable[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
