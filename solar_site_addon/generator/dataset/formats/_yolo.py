# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets for Ultralytics YOLO: boxes (detect), polygons (segment) or rotated rectangles (OBB).

OUT/yolo_TASK/data.yaml                       the description of the dataset, which the training reads
OUT/yolo_TASK/images/train/image_0000.png     an image for training; those for validation are in val
OUT/yolo_TASK/labels/train/image_0000.txt     one line for each module: 0, then numbers from 0 to 1

The layout is described at docs.ultralytics.com/datasets. Ultralytics finds the text file of an image by replacing
/images/ with /labels/ in its path, so each task needs its own images. They are hard links, which take no space, or
copies if the file system has no hard links. Standard library only: the launcher runs this in Pythons that have neither
bpy nor numpy.
"""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from ...annotations.outlines import Point, smallest_rectangle, visible_outline
from ...domain.categories import Category
from ..annotation_format import Format, FormatFolder, format_in_folder
from ..files import write_text
from ..schema import ObjectRecord, SampleDocument
from ..splits import TRAIN, VALIDATION, AddSample, subset_of

MIN_VISIBLE_PX = 9
MIN_VISIBLE_FRACTION = 0.05
MIN_SIDE_PX = 2
"""Smallest visible area, visible share and side of the box of an annotated module. Unrecognizable slivers would teach a
detector to find modules everywhere. Estimates."""
DIGITS = 6
"""Decimal places: less than a hundredth of a pixel of the largest image."""

CATEGORY = Category.MODULE.key
"""The only annotated category, 0."""

Numbers = Callable[[ObjectRecord, int, int], Iterable[Point]]
"""Function that returns the numbers after the category in an object's line, given width and height of the image."""


OUR_FILES = re.compile(
    rf"data\.yaml|images/({TRAIN}|{VALIDATION})/image_\d+\.(png|jpg)|labels/({TRAIN}|{VALIDATION})/image_\d+\.txt"
)


def box(record: ObjectRecord, width: int, height: int) -> list[Point]:
    """Return center and size of the box around the visible part of an object, as shares of the image size."""
    x, y, wide, high = record["bbox_px"] or (0, 0, 0, 0)
    return _shares([(x + wide / 2, y + high / 2), (wide, high)], width, height)


def polygon(record: ObjectRecord, width: int, height: int) -> list[Point]:
    """Return the outline of the visible part of an object, as shares of the image size."""
    return _shares(visible_outline(record, width, height), width, height)


def rectangle(record: ObjectRecord, width: int, height: int) -> list[Point]:
    """Return the corners of the smallest rectangle around the visible part of an object, each moved into the image."""
    return _shares(smallest_rectangle(visible_outline(record, width, height)), width, height)


def is_annotated(record: ObjectRecord) -> bool:
    """Return whether an object is a module of which enough is visible (see MIN_VISIBLE_PX)."""
    box_px, fraction = record["bbox_px"], record["visible_fraction"]
    if record["category"] != CATEGORY or box_px is None:
        return False
    if record["visible_px"] < MIN_VISIBLE_PX or min(box_px[2:]) < MIN_SIDE_PX:
        return False
    return fraction is None or fraction >= MIN_VISIBLE_FRACTION


def yolo_format(task: str, numbers_of: Numbers) -> Format:
    """Return the format of a task; ``numbers_of`` returns the numbers of a line."""
    folder = _yolo_folder(task)
    return format_in_folder(folder, "data.yaml", functools.partial(_dataset, folder, numbers_of))


def _yolo_folder(task: str) -> FormatFolder:
    """Return the folder OUT/yolo_TASK, which is ours if data.yaml has one of our texts."""
    texts = {tuple(_description(*filled)) for filled in ((TRAIN, TRAIN), (TRAIN, VALIDATION), (VALIDATION, VALIDATION))}
    return FormatFolder(
        name=f"yolo_{task}",
        index="data.yaml",
        is_our_index=lambda text: tuple(text.splitlines()) in texts,
        writes=lambda path: OUR_FILES.fullmatch(path) is not None,
    )


@contextlib.contextmanager
def _dataset(target: FormatFolder, numbers_of: Numbers, out: Path) -> Iterator[AddSample]:
    """Replace the folder ``target`` of OUT with the added samples; after an error, it is kept unchanged."""
    with target.replacing(out) as folder:
        for subset in (TRAIN, VALIDATION):
            (folder / "images" / subset).mkdir(parents=True)
            (folder / "labels" / subset).mkdir(parents=True)

        def add(sample: SampleDocument, image: PurePosixPath) -> None:
            subset, name = subset_of(sample["site"]), image.parent.name
            _link(out / image, folder / "images" / subset / f"{name}{image.suffix}")
            write_text(folder / "labels" / subset / f"{name}.txt", _lines(sample, numbers_of))

        yield add
        filled = [subset for subset in (TRAIN, VALIDATION) if any((folder / "images" / subset).iterdir())] or [TRAIN]
        write_text(folder / "data.yaml", _description(filled[0], filled[-1]))


def _description(train: str, validation: str) -> list[str]:
    """Return data.yaml. If a small dataset has no images for validation, which are required, it names the others."""
    return [
        f"train: images/{train}",
        f"val: images/{validation}",
        "names:",
        f"  0: {CATEGORY}",
    ]


def _lines(sample: SampleDocument, numbers_of: Numbers) -> Iterator[str]:
    image = sample["images"]["rgb"]
    for record in filter(is_annotated, sample["objects"]):
        points = numbers_of(record, image["width"], image["height"])
        yield " ".join(["0", *(f"{number:.{DIGITS}f}" for point in points for number in point)])


def _shares(points: Iterable[Point], width: int, height: int) -> list[Point]:
    """Return points in pixels as shares of the image size, limited to 0 to 1, because readers refuse other values."""
    return [(min(max(x / width, 0.0), 1.0), min(max(y / height, 0.0), 1.0)) for x, y in points]


def _link(image: Path, link: Path) -> None:
    """Create a hard link to an image, or a copy if the file system has no hard links."""
    try:
        link.hardlink_to(image)
    except OSError:
        shutil.copyfile(image, link)
