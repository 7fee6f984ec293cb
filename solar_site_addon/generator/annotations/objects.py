# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations of all objects in an image: outlines, visible pixels and masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Floats, Ints, Longs, Mask, Shorts
from ..domain.categories import Category
from ..domain.errors import RenderError, SiteError
from ..domain.messages import SettingName
from .outlines import convex_hull
from .rle import Runs, column_runs, encode_masks

if TYPE_CHECKING:
    from ..domain.projection import Camera
    from ..plan.objects import Objects


_MAX_IDS = 65_535
"""Largest id in a 16-bit image."""


@dataclass(frozen=True)
class ObjectAnnotations:
    """Annotations of the N objects in an image, ascending by number, as arrays that share their first axis."""

    objects: Objects
    """All objects of the site."""
    number: Longs
    """(N,) number of the object in the site."""
    polygon_px: Floats
    """(N, 8, 2) projected outline, neither occluded nor clipped; NaN if a corner is behind the camera. The last of the
    ``polygon_corners`` is repeated to fill the row."""
    polygon_corners: Longs
    """(N,) number of corners of the outline: 4 for flat objects, 4 to 8 for the hull of a projected box."""
    bbox_px: Longs
    """(N, 4) x, y, width, height of the box around the visible pixels; zeros if none is visible."""
    visible_px: Longs
    """(N,) number of visible pixels."""
    visible_fraction: Floats
    """(N,) visible pixels per area of the polygon, at most 1; NaN without a polygon, and for boxes, because an object
    fills only part of its box."""
    truncated: Mask
    """(N,) whether a corner lies outside the image or behind the camera."""
    masks: list[str]
    """COCO counts of the visible pixels."""
    parents: Longs
    """(P,) numbers of the parents of these objects, ascending."""
    ids: Ints
    """(S + 1,) id in instances.png and sample.json of each of the site's S objects, by its number; 0 for none."""

    def __len__(self) -> int:
        return len(self.number)


def annotate_objects(objects: Objects, camera: Camera, numbers: Ints) -> tuple[Shorts, ObjectAnnotations]:
    """Return the id image (H, W) and the annotations of the objects in the image.

    ``numbers`` (H, W) is the rendered object pass: 0 or the number of an object. An object is in the image if a pixel
    shows it or if its outline overlaps the image, even if it is hidden; tables, which consist of modules, only if a
    pixel shows them. Raise RenderError for a number without an object, SiteError if the ids exceed 16 bits.
    """
    runs = column_runs(numbers)
    if runs.ids.size and (runs.ids.min() < 0 or runs.ids.max() > len(objects)):
        raise RenderError(
            "The object pass contains a number outside 0 to {count}, the number of objects.", count=len(objects)
        )
    polygons, corners = _outlines(objects, camera)
    seen = np.bincount(runs.ids, minlength=len(objects) + 1)[1:] > 0
    meets = meets_image(polygons, camera.width_px, camera.height_px) & (objects.category != Category.TABLE)
    number = np.flatnonzero(seen | meets) + 1
    parents = np.unique(objects.parent[number - 1])
    parents = parents[parents > 0]
    ids = number_ids(len(objects), np.union1d(number, parents))
    row = np.zeros(len(objects) + 1, dtype=np.int64)
    row[number] = np.arange(1, len(number) + 1)
    runs = Runs(row[runs.ids], runs.start, runs.length, runs.shape)
    visible = np.bincount(runs.ids, weights=runs.length, minlength=len(number) + 1)[1:].astype(np.int64)
    polygons = polygons[number - 1]
    annotations = ObjectAnnotations(
        objects=objects,
        number=number,
        polygon_px=polygons,
        polygon_corners=corners[number - 1],
        bbox_px=_boxes(runs, len(number)),
        visible_px=visible,
        visible_fraction=np.where(number > len(objects.flat_corners), np.nan, _fractions(visible, polygons)),
        truncated=~np.all((polygons >= 0) & (polygons <= [camera.width_px, camera.height_px]), axis=(1, 2)),
        masks=encode_masks(runs, len(number)),
        parents=parents,
        ids=ids,
    )
    return ids.astype(np.uint16)[numbers], annotations


def number_ids(num_objects: int, listed: Longs) -> Ints:
    """Return the ids (S + 1,) of the site's S objects by number; 0 for objects without an id.

    If all numbers of the site fit into 16 bits, ids are those numbers, and an object has the same id in every view. On
    a larger site, the ``listed`` numbers (ascending) get the ids 1, 2, 3 ..., which are valid for this image only. In
    both cases ``site_id`` in sample.json identifies an object across views. Raise SiteError if more than 65,535 objects
    are listed.
    """
    if num_objects <= _MAX_IDS:
        return np.arange(num_objects + 1, dtype=np.int32)
    if len(listed) > _MAX_IDS:
        raise SiteError(
            "The image shows {count} objects, more than the {most} that can be numbered: reduce {altitude}.",
            count=len(listed),
            most=_MAX_IDS,
            altitude=SettingName("camera.altitude_agl_m"),
        )
    ids = np.zeros(num_objects + 1, dtype=np.int32)
    ids[listed] = np.arange(1, len(listed) + 1)
    return ids


def meets_image(polygons: Floats, width: int, height: int) -> Mask:
    """Return which of the convex polygons (N, V, 2) overlap the image; polygons with NaN do not.

    Separating axis theorem (Gottschalk, Lin, Manocha: OBBTree, 1996): two convex shapes are disjoint if and only if
    their projections on the normal of one of their sides are.
    """
    low, high = polygons.min(axis=1), polygons.max(axis=1)
    meets: Mask = np.all((high > 0) & (low < [width, height]), axis=1)  # normals of the image's sides
    near = np.flatnonzero(meets)
    polygons = polygons[near]
    image = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    sides = np.roll(polygons, -1, axis=1) - polygons
    axes = np.stack([-sides[..., 1], sides[..., 0]], axis=-1)  # (N, V, 2)
    of_polygon = np.einsum("nad,nvd->nav", axes, polygons)
    of_image = np.einsum("nad,vd->nav", axes, image)
    flat = np.all(axes == 0, axis=2)  # a side without length has no normal
    overlap = (of_polygon.max(axis=2) > of_image.min(axis=2)) & (of_polygon.min(axis=2) < of_image.max(axis=2))
    meets[near] = np.all(overlap | flat, axis=1)
    return meets


def polygon_areas(polygons: Floats) -> Floats:
    """Return the areas (N,) of simple polygons (N, V, 2) by the shoelace formula."""
    x, y = polygons[..., 0], polygons[..., 1]
    areas: Floats = np.abs(np.sum(x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1), axis=1)) / 2
    return areas


def _outlines(objects: Objects, camera: Camera) -> tuple[Floats, Longs]:
    """Return the outlines (S, 8, 2) of all objects in pixels and their numbers of corners (S,)."""
    flat, _ = camera.project(objects.flat_corners)
    boxes, _ = camera.project(objects.box_corners)
    polygons = np.concatenate([flat[:, [0, 1, 2, 3, 3, 3, 3, 3]], boxes])
    corners = np.full(len(polygons), 4)
    complete = np.isfinite(boxes).all(axis=(1, 2))
    for place in np.flatnonzero(complete).tolist():
        hull = convex_hull([(x, y) for x, y in boxes[place].tolist()])
        polygons[len(flat) + place] = [*hull, *[hull[-1]] * (8 - len(hull))]
        corners[len(flat) + place] = len(hull)
    return polygons, corners


def _fractions(visible: Longs, polygons: Floats) -> Floats:
    """Return the share (N,) of the polygons (N, V, 2) that ``visible`` pixels cover; 0 or 1 if the area is 0."""
    areas = polygon_areas(polygons - polygons[:, :1])  # moved to the origin for precision
    covered = np.divide(visible, areas, out=(visible > 0).astype(np.float64), where=areas != 0)
    return np.minimum(covered, 1.0)


def _boxes(runs: Runs, num_ids: int) -> Longs:
    """Return the box (num_ids, 4) around the runs of each id: x, y, width, height; zeros without runs."""
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
