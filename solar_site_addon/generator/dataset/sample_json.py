# SPDX-License-Identifier: GPL-3.0-or-later
"""The document sample.json: camera, sun, render, and the label of every module in the picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotations.modules import ModuleLabels
from ..plan.array.conditions import Condition
from ..settings.schema import Settings, differs_between_images, iter_settings, settings_sha256, to_dict
from .files import SCHEMA, extension_version

if TYPE_CHECKING:
    from ..domain.projection import Camera
    from ..plan.array.module_types import ModuleType
    from ..plan.model import SitePlan

_METRE_DIGITS = 5
_PIXEL_DIGITS = 3
_ANGLE_DIGITS = 4
_FRACTION_DIGITS = 4
_DRAWN_DIGITS = 6
_DUST_DIGITS = 3


def sample_document(
    *,
    plan: SitePlan,
    settings: Settings,
    index: int,
    labels: ModuleLabels,
    files: Mapping[str, Mapping[str, Any]],
    render_info: Mapping[str, Any],
    blender: str,
) -> dict[str, Any]:
    """sample.json as a dictionary of JSON types (schema 1).

    ``files`` gives name, size and checksum of each file; ``blender`` is Blender's version.
    """
    camera = plan.camera
    return {
        "schema": SCHEMA,
        "generator": {
            "version": extension_version(),
            "blender": blender,
            "settings_sha256": settings_sha256(settings),
        },
        "index": index,
        "seed": plan.seed,
        "image": {"file": files["rgb"]["name"], "width": camera.width_px, "height": camera.height_px},
        "files": {name: dict(file) for name, file in files.items()},
        "camera": _camera(camera),
        "drawn": _drawn(plan.settings),
        "sun": _rounded(dataclasses.asdict(plan.sun)),
        "render": dict(render_info),
        "modules": _modules(plan, labels),
        "tables": _tables(plan, np.unique(plan.modules.table[labels.module])),
    }


def _drawn(settings: Settings) -> dict[str, Any]:
    """The values drawn for this image, by group: of every setting that differs between images."""
    drawn: dict[str, Any] = {}
    everything = to_dict(settings)
    for setting in iter_settings(Settings):
        if differs_between_images(setting):
            group, _, name = setting.name.partition(".")
            value = everything[group][name]
            drawn.setdefault(group, {})[name] = round(value, _DRAWN_DIGITS) if isinstance(value, float) else value
    return drawn


def _camera(camera: Camera) -> dict[str, Any]:
    """Matrices keep all their digits, so that a reader projects as exactly as the generator did."""
    angles = _rounded({"gimbal_pitch_deg": camera.gimbal_pitch_deg, "heading_deg": camera.heading_deg})
    lengths = _rounded({"gsd_m": camera.gsd_m, "altitude_agl_m": camera.altitude_agl_m}, _METRE_DIGITS + 1)
    return {
        "name": camera.name,
        **_lens(camera),
        "K": camera.matrix.tolist(),
        "world_to_camera": camera.world_to_camera.tolist(),
        **lengths,
        **angles,
    }


def _lens(camera: Camera) -> dict[str, Any]:
    """How rays become pixels: by K alone, or by a polynomial, with what in OpenCV's model comes nearest to it."""
    if camera.lens is None:
        return {"model": "pinhole"}
    opencv, error = camera.lens.opencv()
    return {
        "model": "angle_polynomial",
        "angle_polynomial": camera.lens.coefficients.tolist(),
        "opencv_distortion": opencv.tolist(),
        "opencv_error_px": round(error * camera.focal_px, _PIXEL_DIGITS),
    }


def _rounded(values: Mapping[str, float], digits: int = _ANGLE_DIGITS) -> dict[str, float]:
    return {name: round(float(value), digits) for name, value in values.items()}


def _modules(plan: SitePlan, labels: ModuleLabels) -> list[dict[str, Any]]:
    modules, seen = plan.modules, labels.module
    table = modules.table[seen]
    kinds = [made_as.module.kind for made_as in plan.table_types]
    size = [plan.camera.height_px, plan.camera.width_px]
    visible = (labels.visible_px > 0).tolist()
    complete = np.isfinite(labels.polygon_px).all(axis=(1, 2)).tolist()
    columns: dict[str, Iterable[Any]] = {
        "id": range(1, len(labels) + 1),
        "table": table.tolist(),
        "cluster": plan.tables.cluster[table].tolist(),
        "row": modules.row[seen].tolist(),
        "column": modules.column[seen].tolist(),
        "kind": [kinds[number] for number in plan.tables.type[table]],
        "corners_world": _lists(modules.corners[seen], _METRE_DIGITS),
        "polygon_px": _where(complete, _lists(labels.polygon_px, _PIXEL_DIGITS)),
        "bbox_px": _where(visible, labels.bbox_px.tolist()),
        "visible_px": labels.visible_px.tolist(),
        "visible_fraction": _where(complete, _lists(labels.visible_fraction, _FRACTION_DIGITS)),
        "truncated": labels.truncated.tolist(),
        "condition": [Condition(number).key for number in modules.condition[seen]],
        "dust": _lists(modules.dust[seen], _DUST_DIGITS),
        "mask_rle": _where(visible, [{"size": size, "counts": counts} for counts in labels.masks]),
    }
    return _rows(columns)


def _tables(plan: SitePlan, numbers: NDArray[np.integer[Any]]) -> list[dict[str, Any]]:
    """The tables that have a module in the picture; a module's ``table`` is the ``id`` here."""
    tables = plan.tables
    made_as = [plan.table_types[number] for number in tables.type[numbers]]
    return _rows(
        {
            "id": numbers.tolist(),
            "cluster": tables.cluster[numbers].tolist(),
            "row": tables.row[numbers].tolist(),
            "column": tables.column[numbers].tolist(),
            "type": [one.name for one in made_as],
            "post_rows": [one.post_rows for one in made_as],
            "module": [_module_type(one.module) for one in made_as],
            "centre_world": _lists(tables.centre[numbers], _METRE_DIGITS),
            "size_m": _lists(tables.size[numbers], _METRE_DIGITS),
            "columns": tables.columns[numbers].tolist(),
            "tilt_deg": _lists(tables.tilt_deg[numbers], _ANGLE_DIGITS),
            "azimuth_deg": _lists(tables.azimuth_deg[numbers], _ANGLE_DIGITS),
            "roll_deg": _lists(tables.roll_deg[numbers], _ANGLE_DIGITS),
        }
    )


def _module_type(module: ModuleType) -> dict[str, Any]:
    """What the modules of a table are."""
    return {
        "kind": module.kind,
        "frame": module.frame,
        **_rounded({"length_m": module.length_m, "width_m": module.width_m}, _METRE_DIGITS),
        "cells": [module.cells_along, module.cells_across],
    }


def _lists(values: NDArray[np.floating[Any]], digits: int) -> list[Any]:
    """Nested lists of the rounded numbers; + 0.0 turns -0.0 into 0.0."""
    lists: list[Any] = (np.round(values.astype(np.float64), digits) + 0.0).tolist()
    return lists


def _where(present: Iterable[bool], values: Iterable[Any]) -> list[Any]:
    return [value if there else None for there, value in zip(present, values, strict=True)]


def _rows(columns: Mapping[str, Iterable[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
