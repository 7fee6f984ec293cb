# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataset for Ultralytics YOLO's task detect: boxes. Standard library only."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from ..splits import AddSample
from ._yolo import box, yolo_dataset

INDEX = "yolo_detect/data.yaml"


def write(out: Path) -> AbstractContextManager[AddSample]:
    """Replace OUT/yolo_detect by the samples that are added; after an error it is as before."""
    return yolo_dataset(out / "yolo_detect", out, box)
