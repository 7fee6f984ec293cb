# SPDX-License-Identifier: GPL-3.0-or-later
"""The label of every module in a picture: where it stands, what is seen of it, its mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Floats, Ints, Longs, Mask, Shorts
from ..domain.errors import RenderError, SiteError
from ..domain.messages import SettingName
from .rle import Runs, column_runs, encode_masks

if TYPE_CHECKING:
    from ..domain.projection import Camera


_MAX_IDS = 65_535
"""What a 16-bit id image can hold."""


@dataclass(frozen=True)
class ModuleLabels:
    """The N modules of a picture in the plan's order: arrays that share their first axis. Row k has the id k + 1."""

    module: Longs
    """(N,) index into the plan's modules."""
    polygon_px: Floats
    """(N, 4, 2) projected corners, as if nothing hid them and not clipped; NaN where a corner is behind the camera."""
    bbox_px: Longs
    """(N, 4) x, y, width, height of the box around the visible pixels; zeros where none is visible."""
    visible_px: Longs
    """(N,) number of visible pixels."""
    visible_fraction: Floats
    """(N,) visible pixels per area of the polygon, at most 1; NaN where there is no polygon."""
    truncated: Mask
    """(N,) True where a corner lies outside the picture or behind the camera."""
    masks: list[str]
    """COCO counts of the visible pixels."""

    def __len__(self) -> int:
        return len(self.module)


def label_modules(corners: Floats, camera: Camera, numbers: Ints) -> tuple[Shorts, ModuleLabels]:
    """The id image (H, W) and the labels of the modules in the picture.

    ``corners`` (M, 4, 3) are the plan's, ``numbers`` (H, W) the render's: 0 or index of the module + 1.
    A module is in the picture where a pixel shows it, or where its projection meets the picture though it is hidden.
    Raises RenderError for a number that no module has, SiteError where more than 65,535 modules are in the picture.
    """
    runs = column_runs(numbers)
    if runs.ids.size and (runs.ids.min() < 0 or runs.ids.max() > len(corners)):
        raise RenderError(
            "The module pass contains a number outside 0 to {count}, the number of modules.", count=len(corners)
        )
    seen = np.bincount(runs.ids, minlength=len(corners) + 1)[1:] > 0
    polygons, _ = camera.project(corners)
    module = np.flatnonzero(seen | meets_picture(polygons, camera.width_px, camera.height_px))
    if len(module) > _MAX_IDS:
        raise SiteError(
            "The image shows {count} modules, more than the {most} that can be numbered: reduce {altitude}.",
            count=len(module),
            most=_MAX_IDS,
            altitude=SettingName("camera.altitude_agl_m"),
        )
    id_of = np.zeros(len(corners) + 1, dtype=np.uint16)
    id_of[module + 1] = np.arange(1, len(module) + 1)
    runs = Runs(id_of[runs.ids].astype(np.int64), runs.start, runs.length, runs.shape)
    return id_of[numbers], _labels(module, polygons[module], runs, camera)


def meets_picture(polygons: Floats, width: int, height: int) -> Mask:
    """Which of the convex polygons (N, 4, 2) share a point with the inside of the picture; NaN shares none.

    By the separating axis theorem (Gottschalk, Lin, Manocha: OBBTree, 1996): two convex shapes are apart exactly
    where they are apart along the normal of one of their sides.
    """
    picture = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    sides = np.roll(polygons, -1, axis=1) - polygons
    normals = np.stack([-sides[..., 1], sides[..., 0]], axis=-1)
    axes = np.concatenate([normals, np.broadcast_to(np.eye(2), (len(polygons), 2, 2))], axis=1)  # (N, 6, 2)
    of_polygon = np.einsum("nad,nvd->nav", axes, polygons)
    of_picture = np.einsum("nad,vd->nav", axes, picture)
    flat = np.all(axes == 0, axis=2)  # a side without length has no normal, and separates nothing
    overlap = (of_polygon.max(axis=2) > of_picture.min(axis=2)) & (of_polygon.min(axis=2) < of_picture.max(axis=2))
    meets: Mask = np.all(overlap | flat, axis=1)
    return meets


def polygon_areas(polygons: Floats) -> Floats:
    """Areas (N,) of simple polygons (N, V, 2), by the shoelace formula."""
    x, y = polygons[..., 0], polygons[..., 1]
    areas: Floats = np.abs(np.sum(x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1), axis=1)) / 2
    return areas


def _labels(module: Longs, polygons: Floats, runs: Runs, camera: Camera) -> ModuleLabels:
    visible = np.bincount(runs.ids, weights=runs.length, minlength=len(module) + 1)[1:].astype(np.int64)
    areas = polygon_areas(polygons - polygons[:, :1])  # near the origin nothing is lost in the differences
    inside = np.all((polygons >= 0) & (polygons <= [camera.width_px, camera.height_px]), axis=(1, 2))
    return ModuleLabels(
        module=module,
        polygon_px=polygons,
        bbox_px=_boxes(runs, len(module)),
        visible_px=visible,
        visible_fraction=_fractions(visible, areas),
        truncated=~inside,
        masks=encode_masks(runs, len(module)),
    )


def _fractions(visible: Longs, areas: Floats) -> Floats:
    """Share of the areas (N,) that the visible pixels (N,) cover; of an area of 0, all or nothing."""
    covered = np.divide(visible, areas, out=(visible > 0).astype(np.float64), where=areas != 0)
    return np.minimum(covered, 1.0)


def _boxes(runs: Runs, num_ids: int) -> Longs:
    """Boxes (num_ids, 4) around the runs of each id: x, y, width, height; zeros where there are none."""
    height, width = runs.shape
    first_x, first_y = np.divmod(runs.start, height)
    last_x, last_y = np.divmod(runs.start + runs.length - 1, height)
    over_foot = first_x != last_x
    low = np.tile([width, height], (num_ids + 1, 1))
    high = np.full((num_ids + 1, 2), -1)
    np.minimum.at(low, runs.ids, np.stack([first_x, np.where(over_foot, 0, first_y)], axis=1))
    np.maximum.at(high, runs.ids, np.stack([last_x, np.where(over_foot, height - 1, last_y)], axis=1))
    boxes: Longs = np.concatenate([low, high - low + 1], axis=1)[1:]
    boxes[high[1:, 0] < 0] = 0
    return boxes
