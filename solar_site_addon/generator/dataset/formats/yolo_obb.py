# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets for the task obb of Ultralytics YOLO: rotated rectangles. Standard library only."""

from __future__ import annotations

from ._yolo import rectangle, yolo_format

FORMAT = yolo_format("obb", rectangle)
