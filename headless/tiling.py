# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting the sample folders of a dataset into tiles, one whole image for each process at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from headless.new_folder import in_processes, new_folder
from solar_site_addon.generator.dataset.content import Content
from solar_site_addon.generator.dataset.files import ANNOTATION_FILES, SAMPLE_JSON, json_bytes, read_sample, rgb_file
from solar_site_addon.generator.dataset.layout import image_name
from solar_site_addon.generator.dataset.schema import SampleDocument
from solar_site_addon.generator.dataset.tiles import CutSample, Window, is_kept_empty, windows
from solar_site_addon.generator.domain.categories import PALETTE
from solar_site_addon.generator.imaging.png import grey16_png, palette_png, rgb_png


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


def cut_all(tiling: Tiling, samples: Sequence[Path], processes: int) -> None:
    """Cut all ``samples`` into the new folder ``tiling.target``.

    Tiles are numbered by the index of their whole image and their place in it, so that the result does not depend on
    the number of processes. Raise SolarSiteError if a sample cannot be read.
    """
    with new_folder(tiling.target) as hidden:
        per_image = max(len(_windows(tiling, _size(folder))) for folder in samples)
        in_processes(_cut_sample, [(tiling, hidden, folder, per_image) for folder in samples], processes)


def _cut_sample(job: tuple[Tiling, Path, Path, int]) -> int:
    """Write the tiles of one sample; return their number."""
    tiling, hidden, folder, per_image = job
    document = read_sample(folder)
    cut = CutSample.of(document)
    source = folder.relative_to(tiling.out).as_posix()
    image, instances, semantic = (_pixels(path) for path in _images(folder))
    written = 0
    for place, window in enumerate(_windows(tiling, (image.shape[1], image.shape[0]))):
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


def _write(folder: Path, tile: SampleDocument, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, data in files.items():
        tile["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        (folder / name).write_bytes(data)
    (folder / SAMPLE_JSON).write_bytes(json_bytes(tile))


def _windows(tiling: Tiling, size: tuple[int, int]) -> list[Window]:
    return windows(*size, tiling.tile, tiling.overlap)


def _images(folder: Path) -> tuple[Path, Path, Path]:
    return rgb_file(folder), folder / ANNOTATION_FILES["instances"], folder / ANNOTATION_FILES["semantic"]


def _size(folder: Path) -> tuple[int, int]:
    with Image.open(rgb_file(folder)) as image:
        return image.size


def _pixels(path: Path) -> NDArray[Any]:
    """Return the pixels of an image: RGB, 16-bit ids or 8-bit categories."""
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as image:
        if image.mode == "P":
            return np.asarray(image)
        if image.mode.startswith("I"):
            return np.asarray(image).astype(np.uint16)
        return np.asarray(image.convert("RGB"))
