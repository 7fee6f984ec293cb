# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataset for Ultralytics YOLO's task obb: rotated rectangles. Standard library only."""

from __future__ import annotations

from ._yolo import rectangle, yolo_format

FORMAT = yolo_format("obb", rectangle)
