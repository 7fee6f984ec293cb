# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads semantic.png with Pillow: cv2.imread would replace the categories by the colors of the palette.

pip install pillow numpy
python examples/read_semantic.py OUT 0
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

out, index = Path(sys.argv[1]), int(sys.argv[2])
dataset = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
names = {one["id"]: one["name"] for one in dataset["categories"]}
folder = next(out / one["path"] for one in dataset["samples"] if one["index"] == index)
categories, counts = np.unique(np.asarray(Image.open(folder / "semantic.png")), return_counts=True)
for category, count in zip(categories.tolist(), counts.tolist(), strict=True):
    print(f"{names[category]}: {count} px")
