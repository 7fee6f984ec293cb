# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats that a dataset can be had in besides its sample folders.

Each is made from the samples' sample.json alone, one sample after the other, and can be made again at any time.
Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..splits import AddSample
from .coco import INSTANCES, coco_format, coco_obstacle
from .format_folder import FormatFolder
from .semantic import FOLDER, semantic_list
from .yolo import TASKS, yolo_folder, yolo_format


@dataclass(frozen=True)
class Format:
    """A format by its writer."""

    index: str
    """The file that a reader is given, relative to the dataset's folder."""
    write: Callable[[Path], AbstractContextManager[AddSample]]
    """For a dataset's folder: gives what to call with each sample; all is in its place when the context ends."""
    obstacle: Callable[[Path], Path | None]
    """For a dataset's folder: what is not ours, and would be overwritten; None where there is nothing."""
    folder: FormatFolder | None = None
    """The folder that is replaced as a whole."""


def _in_folder(folder: FormatFolder, index: str, write: Callable[[Path], AbstractContextManager[AddSample]]) -> Format:
    return Format(f"{folder.name}/{index}", write, folder.obstacle, folder)


FORMATS = {
    "coco": Format(INSTANCES, coco_format, coco_obstacle),
    **{f"yolo_{task}": _in_folder(yolo_folder(task), "data.yaml", partial(yolo_format, task=task)) for task in TASKS},
    "semantic": _in_folder(FOLDER, "train.txt", semantic_list),
}
"""By the name that the setting ``formats`` has for them."""
