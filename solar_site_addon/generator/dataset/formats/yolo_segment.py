# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets for the task segment of Ultralytics YOLO: polygons. Standard library only."""

from __future__ import annotations

from ._yolo import polygon, yolo_format

FORMAT = yolo_format("segment", polygon)
