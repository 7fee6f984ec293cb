# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluates detections with pycocotools and a raised maxDets: images hold up to thousands of modules.

pip install pycocotools
python examples/evaluate_coco.py OUT/annotations/instances_val.json detections.json
"""

from __future__ import annotations

import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

truth = COCO(sys.argv[1])
evaluation = COCOeval(truth, truth.loadRes(sys.argv[2]), "bbox")
most = max(len(annotations) for annotations in truth.imgToAnns.values())
evaluation.params.maxDets = [1, 100, 2 * most]  # the default is at most 100 detections of an image
evaluation.evaluate()
evaluation.accumulate()
precision = evaluation.eval["precision"]  # thresholds of IoU, recalls, classes, areas, maxDets
for place, limit in enumerate(evaluation.params.maxDets):
    found = precision[:, :, :, 0, place]
    print(f"AP with at most {limit} detections of an image: {found[found >= 0].mean():.3f}")
