# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets for Ultralytics YOLO: boxes (detect), polygons (segment), rotated rectangles (OBB) or keypoints (pose).

OUT/yolo_TASK/data.yaml                       the description of the dataset, which the training reads
OUT/yolo_TASK/images/train/image_0000.png     an image for training; those for validation and testing are in val, test
OUT/yolo_TASK/labels/train/image_0000.txt     one line for each instance: its class, then numbers from 0 to 1

The layout is described at docs.ultralytics.com/datasets. Ultralytics finds the text file of an image by replacing
/images/ with /labels/ in its path, so each task needs its own images. They are hard links, which take no space, or
copies if the file system has no hard links. Standard library only: the launcher runs this in Pythons that have neither
bpy nor numpy.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ...annotations.outlines import Point, visible_outline, visible_rectangle
from ..annotation_format import Format, FormatFolder, format_in_folder
from ..content import AddImage, AnnotatedImage, Content, keypoints
from ..files import is_signed, link_file, signed, write_text
from ..schema import AnnotationRecord
from ..splits import SUBSETS, TEST, TRAIN, VALIDATION

DIGITS = 6
"""Decimal places: less than a hundredth of a pixel of the largest image."""

Numbers = Callable[[AnnotationRecord, int, int], Iterable[float]]
"""Function that returns the numbers after the class in an instance's line, given width and height of the image."""
_SHORT = {"segment": "seg"}
"""Names of tasks in the names of weights, where they differ."""
_SUBSET = f"({'|'.join(SUBSETS)})"
OUR_FILES = re.compile(rf"data\.yaml|images/{_SUBSET}/image_\d+\.(png|jpg)|labels/{_SUBSET}/image_\d+\.txt")


def box(record: AnnotationRecord, width: int, height: int) -> list[float]:
    """Return center and size of the box around the visible part of an object, as shares of the image size."""
    x, y, wide, high = record["bbox_px"] or (0, 0, 0, 0)
    return _shares([(x + wide / 2, y + high / 2), (wide, high)], width, height)


def polygon(record: AnnotationRecord, width: int, height: int) -> list[float]:
    """Return the outline of the visible part of an object, as shares of the image size."""
    return _shares(visible_outline(record, width, height), width, height)


def rectangle(record: AnnotationRecord, width: int, height: int) -> list[float]:
    """Return the corners of the smallest rectangle around the visible part of an object, each moved into the image."""
    return _shares(visible_rectangle(record, width, height), width, height)


def box_and_keypoints(record: AnnotationRecord, width: int, height: int) -> list[float]:
    """Return the box, and x, y and visibility of each keypoint."""
    points = [(*_shares([(x, y)], width, height), seen) for x, y, seen in keypoints(record)]
    return [*box(record, width, height), *(number for point in points for number in point)]


def yolo_format(task: str, numbers_of: Numbers, description: Sequence[str] = ()) -> Format:
    """Return the format of a task; ``numbers_of`` returns the numbers of a line.

    ``description`` are further lines of data.yaml.
    """
    folder = FormatFolder(
        name=f"yolo_{task}",
        index="data.yaml",
        is_our_index=is_signed,
        writes=lambda path: OUR_FILES.fullmatch(path) is not None,
    )
    write = functools.partial(_dataset, folder, numbers_of, description)
    return format_in_folder(folder, "data.yaml", write, _loading(task))


def _loading(task: str) -> str:
    """Return the lines that train a small network."""
    weights = "yolo11n.pt" if task == "detect" else f"yolo11n-{_SHORT.get(task, task)}.pt"
    data = f"yolo_{task}/data.yaml"
    return f'from ultralytics import YOLO\nmodel = YOLO("{weights}")\nmodel.train(data="{data}", imgsz=1280)'


@contextlib.contextmanager
def _dataset(
    target: FormatFolder, numbers_of: Numbers, description: Sequence[str], out: Path, content: Content
) -> Iterator[AddImage]:
    """Replace the folder ``target`` of OUT with the added images; after an error, it is kept unchanged."""
    with target.replacing(out) as folder:
        filled: set[str] = set()

        def add(image: AnnotatedImage) -> None:
            images, labels = (folder / kind / image.subset for kind in ("images", "labels"))
            for path in (images, labels):
                path.mkdir(parents=True, exist_ok=True)
            filled.add(image.subset)
            link_file(out / image.path, images / f"{image.name}{image.path.suffix}")
            write_text(labels / f"{image.name}.txt", _lines(image, numbers_of))

        yield add
        names = [f"  {number}: {name}" for number, name in enumerate(content.classes.names)]
        write_text(folder / "data.yaml", signed([*_subsets(filled), *description, "names:", *names]))


def _subsets(filled: set[str]) -> Iterator[str]:
    """Yield the folders of the images. If a small dataset lacks one of the two that are required, the other serves."""
    yield f"train: images/{TRAIN if TRAIN in filled or not filled else min(filled)}"
    yield f"val: images/{VALIDATION if VALIDATION in filled else TRAIN}"
    if TEST in filled:
        yield f"test: images/{TEST}"


def _lines(image: AnnotatedImage, numbers_of: Numbers) -> Iterator[str]:
    for instance in image.instances:
        numbers = numbers_of(instance.record, *image.size)
        yield " ".join([str(instance.class_index), *(f"{number:.{DIGITS}f}" for number in numbers)])


def _shares(points: Iterable[Point], width: int, height: int) -> list[float]:
    """Return points in pixels as shares of the image size, limited to 0 to 1, because readers refuse other values."""
    return [min(max(share, 0.0), 1.0) for x, y in points for share in (x / width, y / height)]
