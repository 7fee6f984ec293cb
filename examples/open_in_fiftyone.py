# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a dataset in FiftyOne from the format coco.

pip install fiftyone pycocotools
python examples/open_in_fiftyone.py OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import fiftyone as fo

if __name__ == "__main__":
    out = Path(sys.argv[1]).resolve()
    dataset = fo.Dataset.from_dir(
        dataset_type=fo.types.COCODetectionDataset,
        data_path=str(out),
        labels_path=str(out / "annotations" / "instances.json"),
        label_types=["detections", "segmentations"],
        include_id=True,
    )
    print(f"{len(dataset)} images, {dataset.count('segmentations.detections')} instances")
    if "--no-app" not in sys.argv:
        fo.launch_app(dataset).wait()
