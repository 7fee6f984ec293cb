# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets for Ultralytics YOLO: boxes (detect), polygons (segment) or rotated rectangles (OBB).

OUT/yolo_TASK/data.yaml                       what is handed to the training
OUT/yolo_TASK/images/train/image_0000.png     a picture to train on; those to validate on lie in val
OUT/yolo_TASK/labels/train/image_0000.txt     a line for each module in it: 0, then numbers from 0 to 1

The layout is that of docs.ultralytics.com/datasets: labels are looked for where /images/ becomes /labels/, so each
task has pictures of its own. They are hard links, which need no room on the disk; where there are none, copies.
Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ...annotations.outlines import Point, smallest_rectangle, visible_outline
from ..files import write_text
from ..splits import TRAIN, VALIDATION, AddSample, subset_of
from .coco import CATEGORY
from .format_folder import FormatFolder

LEAST_VISIBLE_PX = 9
LEAST_VISIBLE_FRACTION = 0.05
LEAST_SIDE_PX = 2
"""A module is labelled where at least so many of its pixels, such a share of it, and a box with such sides are seen:
a sliver that nobody could recognise teaches a detector to see modules everywhere."""
DIGITS = 6
"""Behind the point: less than a hundredth of a pixel of the largest picture."""

LabelOf = Callable[[Mapping[str, Any], int, int], Iterable[Point]]


def box(module: Mapping[str, Any], width: int, height: int) -> list[Point]:
    """Centre and size of the box around what is seen of a module, as shares of the picture's sides."""
    x, y, wide, high = module["bbox_px"]
    return _shares([(x + wide / 2, y + high / 2), (wide, high)], width, height)


def polygon(module: Mapping[str, Any], width: int, height: int) -> list[Point]:
    """Outline of what is seen of a module, as shares of the picture's sides."""
    return _shares(visible_outline(module, width, height), width, height)


def rectangle(module: Mapping[str, Any], width: int, height: int) -> list[Point]:
    """Corners of the smallest rectangle around what is seen of a module, each moved into the picture."""
    return _shares(smallest_rectangle(visible_outline(module, width, height)), width, height)


TASKS: dict[str, LabelOf] = {"detect": box, "segment": polygon, "obb": rectangle}


OUR_FILES = re.compile(
    rf"data\.yaml|images/({TRAIN}|{VALIDATION})/image_\d+\.(png|jpg)|labels/({TRAIN}|{VALIDATION})/image_\d+\.txt"
)


def yolo_folder(task: str) -> FormatFolder:
    """OUT/yolo_TASK, which holds data.yaml with one of the texts that we write."""
    texts = {tuple(_description(*filled)) for filled in ((TRAIN, TRAIN), (TRAIN, VALIDATION), (VALIDATION, VALIDATION))}
    return FormatFolder(
        name=f"yolo_{task}",
        index="data.yaml",
        is_our_index=lambda text: tuple(text.splitlines()) in texts,
        writes=lambda path: OUR_FILES.fullmatch(path) is not None,
    )


def is_labelled(module: Mapping[str, Any]) -> bool:
    """Whether enough is seen of a module (see LEAST_VISIBLE_PX)."""
    if module["visible_px"] < LEAST_VISIBLE_PX or min(module["bbox_px"][2:]) < LEAST_SIDE_PX:
        return False
    fraction = module["visible_fraction"]
    return fraction is None or fraction >= LEAST_VISIBLE_FRACTION


@contextlib.contextmanager
def yolo_format(out: Path, task: str) -> Iterator[AddSample]:
    """Replace OUT/yolo_TASK by the samples that are added; after an error it is as before."""
    with yolo_folder(task).replacing(out) as folder:
        for subset in (TRAIN, VALIDATION):
            (folder / "images" / subset).mkdir(parents=True)
            (folder / "labels" / subset).mkdir(parents=True)

        def add(sample: Mapping[str, Any], picture: PurePosixPath) -> None:
            subset, name = subset_of(sample["site"]), picture.parent.name
            _link(out / picture, folder / "images" / subset / f"{name}{picture.suffix}")
            write_text(folder / "labels" / subset / f"{name}.txt", _lines(sample, TASKS[task]))

        yield add
        filled = [subset for subset in (TRAIN, VALIDATION) if any((folder / "images" / subset).iterdir())] or [TRAIN]
        write_text(folder / "data.yaml", _description(filled[0], filled[-1]))


def _description(train: str, validation: str) -> list[str]:
    """data.yaml. Where a small dataset has no image for validation, the others serve for both: it must have some."""
    return [
        f"train: images/{train}",
        f"val: images/{validation}",
        "names:",
        f"  0: {CATEGORY['name']}",
    ]


def _lines(sample: Mapping[str, Any], label_of: LabelOf) -> Iterator[str]:
    image = sample["image"]
    for module in filter(is_labelled, sample["modules"]):
        points = label_of(module, image["width"], image["height"])
        yield " ".join(["0", *(f"{number:.{DIGITS}f}" for point in points for number in point)])


def _shares(points: Iterable[Point], width: int, height: int) -> list[Point]:
    """Points in pixels as shares of the picture's sides, 0 to 1: readers refuse anything outside."""
    return [(min(max(x / width, 0.0), 1.0), min(max(y / height, 0.0), 1.0)) for x, y in points]


def _link(picture: Path, link: Path) -> None:
    """The same file under another name; a copy where the file system cannot do that."""
    try:
        link.hardlink_to(picture)
    except OSError:
        shutil.copyfile(picture, link)
