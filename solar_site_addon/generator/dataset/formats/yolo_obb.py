# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataset for Ultralytics YOLO's task obb: rotated rectangles. Standard library only."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from ..splits import AddSample
from ._yolo import rectangle, yolo_dataset

INDEX = "yolo_obb/data.yaml"


def write(out: Path) -> AbstractContextManager[AddSample]:
    """Replace OUT/yolo_obb by the samples that are added; after an error it is as before."""
    return yolo_dataset(out / "yolo_obb", out, rectangle)
