# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains an Ultralytics network on the format yolo_detect, yolo_segment, yolo_obb or yolo_pose.

    pip install ultralytics
    python examples/train_ultralytics.py OUT/yolo_segment/data.yaml yolo11n-seg.pt 1280 100

The last numbers are the side of the images, px, and the epochs. For large images, train on tiles (docs/formats.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

from ultralytics import YOLO

data, weights, side, epochs = Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
model = YOLO(weights)
model.train(data=str(data), imgsz=side, epochs=epochs, project=str(data.parent / "runs"), exist_ok=True)
