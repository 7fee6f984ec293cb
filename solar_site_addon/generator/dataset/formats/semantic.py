# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of pictures and their class masks, for semantic segmentation.

OUT/semantic/train.txt, val.txt   a line for each picture: picture and mask, relative to OUT, with a blank between
OUT/semantic/labels.txt           names of the classes; the first line is class 0

PaddleSeg reads such lists as they are; for others they are the pairs to read.
Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ...domain.categories import SemanticClass
from ..files import write_text
from ..splits import TRAIN, VALIDATION, AddSample, subset_of
from .format_folder import FormatFolder

FILES = (f"{TRAIN}.txt", f"{VALIDATION}.txt", "labels.txt")


def class_names() -> list[str]:
    """The classes' names, that of class 0 first."""
    return [number.label for number in sorted(SemanticClass)]


def _is_our_index(text: str) -> bool:
    """Whether a list of classes is ours. An earlier version may have had fewer: numbers are only ever appended."""
    lines = text.splitlines()
    return bool(lines) and class_names()[: len(lines)] == lines


FOLDER = FormatFolder("semantic", "labels.txt", _is_our_index, FILES.__contains__)


@contextlib.contextmanager
def semantic_list(out: Path) -> Iterator[AddSample]:
    """Replace OUT/semantic by lists of the samples that are added; after an error it is as before."""
    with FOLDER.replacing(out) as folder:
        lines: dict[str, list[str]] = {TRAIN: [], VALIDATION: []}

        def add(sample: Mapping[str, Any], picture: PurePosixPath) -> None:
            mask = picture.with_name(sample["files"]["semantic"]["name"])
            lines[subset_of(sample["site"])].append(f"{picture} {mask}")

        yield add
        for subset, pairs in lines.items():
            write_text(folder / f"{subset}.txt", pairs)
        write_text(folder / "labels.txt", class_names())
