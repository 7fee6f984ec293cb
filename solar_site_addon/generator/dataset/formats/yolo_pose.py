# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets for the task pose of Ultralytics YOLO: boxes and the four corners of modules. Standard library only."""

from __future__ import annotations

from ..content import KEYPOINTS
from ._yolo import box_and_keypoints, yolo_format

FORMAT = yolo_format(
    "pose",
    box_and_keypoints,
    # Mirrored, the upper left corner becomes the upper right one, and the lower right corner the lower left one.
    description=(f"kpt_shape: [{len(KEYPOINTS)}, 3]", "flip_idx: [1, 0, 3, 2]"),
)
