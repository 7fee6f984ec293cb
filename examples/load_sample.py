# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the first sample of a dataset: image, masks, depth and camera.

pip install .                              # in the checkout of Solar Site: numpy and Pillow
python examples/load_sample.py OUT
"""

from __future__ import annotations

import sys

from solar_site import Dataset

sample = Dataset(sys.argv[1])[0]
image, depth = sample.image(), sample.depth()
print(f"{sample.folder.name}: {image.shape[1]} x {image.shape[0]} px, camera {sample.camera.name}, {sample.subset}")
modules = [one for one in sample.objects if one["category"] == "module"]
for module in modules[:5]:
    mask = sample.mask(module)
    if mask.any():
        print(f"module {module['id']}: {mask.sum()} px, {depth[mask].mean():.1f} m away")
