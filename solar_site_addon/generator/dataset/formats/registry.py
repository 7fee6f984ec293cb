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
from .coco import coco_format
from .semantic import semantic_list
from .yolo import yolo_format


@dataclass(frozen=True)
class Format:
    """A format by its writer."""

    index: str
    """The file that a reader is given, relative to the dataset's folder."""
    write: Callable[[Path], AbstractContextManager[AddSample]]
    """For a dataset's folder: gives what to call with each sample; all is in its place when the context ends."""


FORMATS = {
    "coco": Format("annotations/instances.json", coco_format),
    "yolo_detect": Format("yolo_detect/data.yaml", partial(yolo_format, task="detect")),
    "yolo_segment": Format("yolo_segment/data.yaml", partial(yolo_format, task="segment")),
    "yolo_obb": Format("yolo_obb/data.yaml", partial(yolo_format, task="obb")),
    "semantic": Format("semantic/train.txt", semantic_list),
}
"""By the name that the setting ``formats`` has for them."""
