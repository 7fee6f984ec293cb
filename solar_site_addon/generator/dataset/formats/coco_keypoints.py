# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO keypoints: the four corners of each module, and its mask. Standard library only."""

from __future__ import annotations

from typing import Any

from ..content import KEYPOINTS, AnnotatedImage, Instance, keypoints
from ._coco import box_and_area, coco_format


def annotation(_image: AnnotatedImage, instance: Instance) -> dict[str, Any]:
    """Return box, area, mask and keypoints of an instance; those that are not modules have no keypoint."""
    points = keypoints(instance.record)
    return {
        **box_and_area(instance),
        "segmentation": instance.record["mask_rle"],
        "keypoints": [number for point in points for number in point],
        "num_keypoints": sum(seen > 0 for _, _, seen in points),
    }


FORMAT = coco_format(
    "keypoints",
    "Corners of modules in drone images of photovoltaic plants",
    annotation,
    category={"keypoints": list(KEYPOINTS), "skeleton": [[1, 2], [2, 3], [3, 4], [4, 1]]},
    loading='keypoints = [one["keypoints"] for one in coco.imgToAnns[min(coco.imgs)]]',
)
