# SPDX-License-Identifier: GPL-3.0-or-later
"""Atomic writing of a sample folder: readers see the complete folder or none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..annotations.objects import annotate_image
from ..domain.array_types import Shorts
from ..domain.atomic_files import sync_folder, write_durably
from ..domain.categories import PALETTE
from ..domain.errors import RenderError
from ..imaging.exr import float_exr
from ..imaging.passes import PixelPasses
from ..imaging.png import grey16_png, palette_png
from ..sensor.modality import Image
from ..settings.schema import Settings
from .files import ANNOTATION_FILES, SAMPLE_JSON, is_whole, json_bytes
from .half_sample import hidden_folder, remove_half_sample
from .sample_json import sample_document
from .schema import FileRecord

if TYPE_CHECKING:
    from ..domain.numbering import ImageNumber
    from ..plan.model import View

_DEPTH_STEP_M = 1 / 4096
"""Step to which depths are rounded, m: the error is at most 0.12 mm, and the file is half as large."""


def write_sample(
    folder: Path,
    *,
    view: View,
    settings: Settings,
    number: ImageNumber,
    images: Sequence[Image],
    passes: PixelPasses,
    render_info: Mapping[str, Any],
    blender: str,
) -> None:
    """Write the sample ``number`` into ``folder``: the ``images`` of all modalities and the annotations.

    An existing complete sample is not changed. The files are written into a hidden folder, which is renamed to
    ``folder`` once all are on the disk. Half samples of interrupted runs are replaced; raise SettingsError if anything
    else would be overwritten.
    """
    if is_whole(folder):
        return
    _check_size(view, passes)
    instances, annotations = annotate_image(view.site, view.camera, passes)
    files = {name: data for image in images for name, data in image.files.items()}
    files |= _annotation_files(instances, passes, normals=settings.render.normals)
    document = sample_document(
        view=view,
        settings=settings,
        number=number,
        annotations=annotations,
        images=images,
        files={name: _described(data) for name, data in files.items()},
        render_info=render_info,
        blender=blender,
    )
    _put_in_place(folder, {**files, SAMPLE_JSON: json_bytes(document)})


def _check_size(view: View, passes: PixelPasses) -> None:
    """Raise RenderError if the passes do not have the image size of the view's camera."""
    height, width = passes.numbers.shape
    if (width, height) != (view.camera.width_px, view.camera.height_px):
        raise RenderError(
            "The object pass has {width} x {height} pixels instead of {columns} x {rows}.",
            width=width,
            height=height,
            columns=view.camera.width_px,
            rows=view.camera.height_px,
        )


def _annotation_files(instances: Shorts, passes: PixelPasses, *, normals: bool) -> dict[str, bytes]:
    """Return the contents of the annotation files by name.

    Channels of OpenEXR files have names that OpenCV can read; it supports neither Z alone nor X, Y, Z.
    """
    contents = {
        "instances": grey16_png(instances),
        "semantic": palette_png(passes.categories, PALETTE),
        "depth": float_exr({"Y": np.round(passes.depth / _DEPTH_STEP_M) * np.float32(_DEPTH_STEP_M)}),
    }
    if normals:  # R, G, B are x, y, z: all readers return them in this order, OpenCV in reverse
        contents["normals"] = float_exr({name: passes.normals[..., axis] for axis, name in enumerate("RGB")})
    return {ANNOTATION_FILES[name]: data for name, data in contents.items()}


def _described(data: bytes) -> FileRecord:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


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
