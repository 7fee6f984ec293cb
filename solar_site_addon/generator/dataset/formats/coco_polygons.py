# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO instances with polygons, for loaders that cannot read run-length encodings. Standard library only."""

from __future__ import annotations

from typing import Any

from ...annotations.outlines import POLYGON_ERROR_PX, mask_polygons
from ..content import AnnotatedImage, Instance
from ._coco import box_and_area, coco_format

DIGITS = 2


def annotation(_image: AnnotatedImage, instance: Instance) -> dict[str, Any]:
    """Return box, area and polygons of an instance."""
    mask = instance.record["mask_rle"]
    polygons = mask_polygons(mask) if mask else []
    flat = [[round(number, DIGITS) for point in polygon for number in point] for polygon in polygons]
    return {**box_and_area(instance), "segmentation": flat}


FORMAT = coco_format(
    "polygons",
    "Instances as polygons in drone images of photovoltaic plants",
    annotation,
    info={"polygon_error_px": POLYGON_ERROR_PX},
)
