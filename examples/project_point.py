# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects the centers of all tables into an image, and a pixel back onto the ground.

python examples/project_point.py OUT
"""

from __future__ import annotations

import sys

import numpy as np

from solar_site import Dataset

sample = Dataset(sys.argv[1])[0]
camera, depth = sample.camera, sample.depth()
pixels, depths = camera.project(np.array([table["center_world"] for table in sample.tables]))
for table, (x, y), distance in zip(sample.tables, pixels, depths, strict=True):
    print(f"table {table['id']}: x {x:.1f} px, y {y:.1f} px, {distance:.2f} m along the axis")

row, column = np.argwhere(np.isfinite(depth))[-1]
center = np.array([column + 0.5, row + 0.5])  # pixel centers are at +0.5
point = camera.position + depth[row, column] * camera.rays(center)
print("seen at the last pixel: x {:.2f} m, y {:.2f} m, z {:.2f} m".format(*point))
