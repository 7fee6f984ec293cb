# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO instances with exact masks: compressed run-length encodings. Standard library only."""

from __future__ import annotations

from typing import Any

from ..content import AnnotatedImage, Instance
from ._coco import box_and_area, coco_format


def annotation(_image: AnnotatedImage, instance: Instance) -> dict[str, Any]:
    """Return box, area and mask of an instance."""
    return {**box_and_area(instance), "segmentation": instance.record["mask_rle"]}


FORMAT = coco_format("instances", "Instances in drone images of photovoltaic plants", annotation)
