# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a sample folder, so that it is seen whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..annotations.modules import label_modules
from ..annotations.passes import LabelPasses
from ..domain.array_types import Bytes, Shorts
from ..domain.categories import PALETTE, SemanticClass
from ..domain.errors import RenderError
from ..imaging.exr import float_exr
from ..imaging.png import grey16_png, palette_png, rgb_png
from ..settings.schema import Settings
from .files import FILE_NAMES, JPEG_NAME, SAMPLE_JSON, is_whole, json_bytes, sync_folder, write_durably
from .half_sample import hidden_folder, remove_half_sample
from .sample_json import sample_document

if TYPE_CHECKING:
    from ..plan.model import SitePlan

_DEPTH_STEP_M = 1 / 4096
"""Depths are rounded to this: an error of an eighth of a millimetre at most halves the file."""


def write_sample(
    folder: Path,
    *,
    plan: SitePlan,
    settings: Settings,
    index: int,
    photo: Bytes | bytes,
    passes: LabelPasses,
    render_info: Mapping[str, Any],
    blender: str,
) -> None:
    """Writes the sample ``index`` into ``folder``; ``photo`` is a picture (H, W, 3) or a JPEG file's bytes.

    A whole sample that is there already stays untouched. The files are written into a hidden folder beside it, which
    takes the name ``folder`` when all are on the disk. What an interrupted run has left there is replaced; raises
    SettingsError where anything else is in the way.
    """
    if is_whole(folder):
        return
    _check_shapes(plan, photo, passes)
    instances, labels = label_modules(plan.modules.corners, plan.camera, passes.numbers)
    contents = _contents(photo, instances, passes, normals=settings.render.normals)
    names = {name: FILE_NAMES[name] for name in contents}
    if isinstance(photo, bytes):
        names["rgb"] = JPEG_NAME
    document = sample_document(
        plan=plan,
        settings=settings,
        index=index,
        labels=labels,
        files={name: _described(names[name], data) for name, data in contents.items()},
        render_info=render_info,
        blender=blender,
    )
    files = {names[name]: data for name, data in contents.items()}
    _put_in_place(folder, {**files, SAMPLE_JSON: json_bytes(document)})


def _check_shapes(plan: SitePlan, photo: Bytes | bytes, passes: LabelPasses) -> None:
    size = (plan.camera.height_px, plan.camera.width_px)
    shapes: dict[str, tuple[int, ...]] = {
        "module pass": passes.numbers.shape,
        "depth pass": passes.depth.shape,
    }
    if isinstance(photo, np.ndarray):
        shapes["photo"] = photo.shape
    for name, (height, width, *_) in shapes.items():
        if (height, width) != size:
            raise RenderError(
                "The {name} has {width} x {height} pixels instead of {columns} x {rows}.",
                name=name,
                width=width,
                height=height,
                columns=size[1],
                rows=size[0],
            )


def _contents(photo: Bytes | bytes, instances: Shorts, passes: LabelPasses, *, normals: bool) -> dict[str, bytes]:
    """The files' bytes by what they hold.

    OpenEXR channels are named as OpenCV wants them, which reads neither Z alone nor X, Y, Z.
    """
    contents = {
        "rgb": photo if isinstance(photo, bytes) else rgb_png(photo),
        "instances": grey16_png(instances),
        "semantic": palette_png(passes.classes, [PALETTE[number] for number in SemanticClass]),
        "depth": float_exr({"Y": np.round(passes.depth / _DEPTH_STEP_M) * np.float32(_DEPTH_STEP_M)}),
    }
    if normals:  # R, G, B are x, y, z: names that every reader shows in this order, OpenCV in reverse
        contents["normals"] = float_exr({name: passes.normals[..., axis] for axis, name in enumerate("RGB")})
    return contents


def _described(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _put_in_place(folder: Path, files: Mapping[str, bytes]) -> None:
    hidden = hidden_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (hidden, folder):
        remove_half_sample(leftover)
    hidden.mkdir()
    for name, data in files.items():
        write_durably(hidden / name, data)
    sync_folder(hidden)
    hidden.replace(folder)
    sync_folder(folder.parent)
