# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets for the task detect of Ultralytics YOLO: boxes. Standard library only."""

from __future__ import annotations

from ._yolo import box, yolo_format

FORMAT = yolo_format("detect", box)
