# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads depth.exr with the package OpenEXR, which always works; OpenCV needs an environment variable, or cannot.

pip install OpenEXR numpy
python examples/read_depth.py OUT/batch_00/image_0000
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import OpenEXR

depth = OpenEXR.File(str(Path(sys.argv[1]) / "depth.exr")).channels()["Y"].pixels
seen = np.isfinite(depth)  # the sky is infinitely far
print(f"{depth.shape[1]} x {depth.shape[0]} px, {depth[seen].min():.2f} to {depth[seen].max():.2f} m")
