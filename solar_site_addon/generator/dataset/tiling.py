# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting the sample folders of a dataset into tiles, one whole image for each process at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from ..domain.array_types import Bytes, Shorts
from ..domain.categories import PALETTE
from ..domain.errors import SolarSiteError
from ..imaging.png import grey16_png, palette_png, rgb_png
from .content import Content
from .files import ANNOTATION_FILES, DAMAGE, SAMPLE_JSON, damaged, json_bytes, read_head, read_sample, rgb_file
from .layout import image_name
from .new_folder import in_processes, new_folder
from .png_rows import read_rows
from .schema import SampleDocument, SampleHead
from .tiles import CutSample, Window, is_kept_empty, windows


@dataclass(frozen=True)
class ReadPixels:
    """Functions of a library for images, which the extension does not have; processes pass them on by their names."""

    rgb: Callable[[Path], Bytes]
    """Return the pixels (H, W, 3) of a PNG or JPEG file."""
    ids: Callable[[Path], Shorts]
    """Return the pixels (H, W) of a 16-bit PNG file."""


@dataclass(frozen=True)
class Tiling:
    """How a dataset is cut."""

    out: Path
    """Folder of the dataset."""
    target: Path
    """Folder of the tiles."""
    tile: int
    """Side of a tile, px."""
    overlap: float
    """Share of its side that a tile has in common with the next one."""
    empty: float
    """Share of the tiles without instances that are kept."""
    content: Content
    """What counts as an instance."""
    read: ReadPixels


def cut_all(tiling: Tiling, samples: Sequence[Path], processes: int) -> None:
    """Cut all ``samples`` into the new folder ``tiling.target``.

    Tiles are numbered by the index of their whole image and their place in it, so that the result does not depend on
    the number of processes. Raise SolarSiteError if a sample cannot be read.
    """
    with new_folder(tiling.target) as hidden:
        heads = (head for folder in samples if (head := read_head(folder)))
        per_image = max((len(_windows(tiling, head)) for head in heads), default=0)
        in_processes(_cut_sample, [(tiling, hidden, folder, per_image) for folder in samples], processes)


def _cut_sample(job: tuple[Tiling, Path, Path, int]) -> int:
    """Write the tiles of one sample; return their number. Raise SolarSiteError if it is damaged."""
    tiling, hidden, folder, per_image = job
    document = read_sample(folder)
    try:
        return _cut(tiling, hidden, folder, document, per_image)
    except DAMAGE as error:
        raise damaged(folder / SAMPLE_JSON, error) from error


def _cut(tiling: Tiling, hidden: Path, folder: Path, document: SampleDocument, per_image: int) -> int:
    cut = CutSample.of(document)
    source = folder.relative_to(tiling.out).as_posix()
    image, instances, semantic = _pixels(tiling.read, folder, document)
    written = 0
    for place, window in enumerate(_windows(tiling, document)):
        tile = cut.tile(window, source)
        tile["index"] = document["index"] * per_image + place
        path = PurePosixPath(folder.parent.name) / image_name(tile["index"]) / tile["images"]["rgb"]["file"]
        if not tiling.content.image(tile, path).instances and not is_kept_empty(
            document["index"], window, tiling.empty
        ):
            continue
        part = np.s_[window.y : window.y + window.height, window.x : window.x + window.width]
        files = {
            "rgb.png": rgb_png(image[part]),
            ANNOTATION_FILES["instances"]: grey16_png(instances[part]),
            ANNOTATION_FILES["semantic"]: palette_png(semantic[part], PALETTE),
        }
        _write(hidden / path.parent, tile, files)
        written += 1
    return written


def _pixels(read: ReadPixels, folder: Path, document: SampleDocument) -> tuple[Bytes, Shorts, Bytes]:
    """Return the colors (H, W, 3), ids and categories (H, W) of a sample; raise SolarSiteError for other sizes."""
    size = document["images"]["rgb"]["height"], document["images"]["rgb"]["width"]
    files = rgb_file(folder), folder / ANNOTATION_FILES["instances"], folder / ANNOTATION_FILES["semantic"]
    rgb, instances = read.rgb(files[0]), read.ids(files[1])
    rows = list(read_rows(files[2]))
    found = rgb.shape[:2], instances.shape, (len(rows), len(rows[0]) if rows else 0)
    for file, (height, width) in zip(files, found, strict=True):
        if (height, width) != size:
            raise SolarSiteError(
                "{file} has {width} x {height} px, and sample.json says {right_width} x {right_height}: restore it, or "
                "remove its folder.",
                file=file,
                width=width,
                height=height,
                right_width=size[1],
                right_height=size[0],
            )
    return rgb, instances, np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(size)


def _write(folder: Path, tile: SampleDocument, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, data in files.items():
        tile["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        (folder / name).write_bytes(data)
    (folder / SAMPLE_JSON).write_bytes(json_bytes(tile))


def _windows(tiling: Tiling, sample: SampleHead | SampleDocument) -> list[Window]:
    image = sample["images"]["rgb"]
    return windows(image["width"], image["height"], tiling.tile, tiling.overlap)
