# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of images and their category masks, for semantic segmentation.

OUT/semantic/train.txt, ...   one line for each image of a subset: paths of image and mask, relative to OUT, and a space
OUT/semantic/labels.txt       names of the categories; the first line is category 0

The masks show the categories of the surfaces, whatever the classes of other formats. PaddleSeg reads these lists
directly; for other tools they list the pairs of files. Standard library only: the launcher
runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ...domain.categories import Category
from ..annotation_format import FormatFolder, format_in_folder
from ..content import AddImage, AnnotatedImage, Content
from ..files import ANNOTATION_FILES, write_text
from ..splits import SUBSETS

FILES = (*(f"{subset}.txt" for subset in SUBSETS), "labels.txt")


def category_names() -> list[str]:
    """Return the names of the categories, beginning with category 0."""
    return [category.key for category in sorted(Category)]


def _is_our_index(text: str) -> bool:
    """Return whether a list of names is ours. Earlier versions may have had fewer, because ids are only appended."""
    lines = text.splitlines()
    return bool(lines) and category_names()[: len(lines)] == lines


FOLDER = FormatFolder("semantic", "labels.txt", _is_our_index, FILES.__contains__)


@contextlib.contextmanager
def write(out: Path, _content: Content) -> Iterator[AddImage]:
    """Replace OUT/semantic with lists of the added images; after an error, it is kept unchanged."""
    with FOLDER.replacing(out) as folder:
        lines: dict[str, list[str]] = {subset: [] for subset in SUBSETS}

        def add(image: AnnotatedImage) -> None:
            mask = image.path.with_name(ANNOTATION_FILES["semantic"])
            lines[image.subset].append(f"{image.path} {mask}")

        yield add
        for subset, pairs in lines.items():
            write_text(folder / f"{subset}.txt", pairs)
        write_text(folder / "labels.txt", category_names())


FORMAT = format_in_folder(
    FOLDER,
    "train.txt",
    write,
    """import numpy, PIL.Image
pairs = [line.split() for line in open("semantic/train.txt")]
categories = numpy.asarray(PIL.Image.open(pairs[0][1]))""",
)
