# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataset for Ultralytics YOLO's task segment: polygons. Standard library only."""

from __future__ import annotations

from ._yolo import polygon, yolo_format

FORMAT = yolo_format("segment", polygon)
