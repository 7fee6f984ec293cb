# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations of all objects in an image, of its tables, and of the conditions of its modules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Floats, Ints, Longs, Mask, Shorts
from ..domain.categories import Category
from ..domain.errors import RenderError, SiteError
from ..domain.messages import SettingName
from ..plan.array.conditions import Condition
from ..plan.objects import objects_of
from .boxes import column_pieces, oriented_boxes, upright_boxes
from .planes import fill_gaps, module_keypoints, open_pixels
from .projected import Outlines, box_outlines, flat_outlines, joined, meets_image
from .regions import silhouette
from .rle import Runs, column_runs, encode_masks, runs_of_pixels, together
from .solids import solid_faces

if TYPE_CHECKING:
    from ..domain.projection import Camera
    from ..imaging.passes import PixelPasses
    from ..plan.model import Site
    from ..plan.objects import Objects


_MAX_IDS = 65_535
"""Largest id in a 16-bit image."""
_WITHOUT_EXTENT = (Condition.CLEAN, Condition.DUST)
"""Conditions that have no annotation of their own: dust lies on the whole module."""
_WHOLE = (Condition.CRACKED, Condition.MISSING)
"""Conditions that extend over the whole module."""


@dataclass(frozen=True)
class Annotations:
    """N annotations in an image, as arrays that share their first axis."""

    number: Longs
    """(N,) number of the object in the site; of a condition, that of its module."""
    outlines: Outlines
    """Outlines, neither occluded nor clipped; those of conditions that cover part of a module are unknown."""
    bbox_px: Longs
    """(N, 4) x, y, width, height of the box around the visible pixels; zeros if none is visible."""
    oriented_box_px: Floats
    """(N, 5) oriented box around the visible pixels, see ``boxes.oriented_boxes``; zeros if none is visible."""
    visible_px: Longs
    """(N,) number of visible pixels."""
    visible_fraction: Floats
    """(N,) visible pixels per area of the silhouette, of which a part may lie outside the image; at most 1. NaN if the
    silhouette is unknown."""
    truncation: Floats
    """(N,) share of the silhouette outside the image; NaN if the silhouette is unknown."""
    masks: list[str]
    """COCO counts of the visible pixels."""

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True)
class ImageAnnotations:
    """All annotations of an image."""

    site_objects: Objects
    """All objects of the site."""
    objects: Annotations
    """Objects other than tables, ascending by number."""
    keypoints: Floats
    """(M, 4, 3) x, y and visibility of the corners of the M modules among the objects, see ``module_keypoints``."""
    tables: Annotations
    """Tables with a module, rack or pile in the image, ascending by number."""
    conditions: Annotations
    """Visible conditions of modules that have an extent, ascending by the number of the module."""
    ids: Ints
    """(S + 1,) id in instances.png and sample.json of each of the site's S objects, by its number; 0 for none."""


def annotate_image(site: Site, camera: Camera, passes: PixelPasses) -> tuple[Shorts, ImageAnnotations]:
    """Return the id image (H, W) and the annotations of an image.

    An object is in the image if a pixel shows it or if its outline overlaps the image, even if it is hidden. Raise
    RenderError for a number without an object, SiteError if the ids exceed 16 bits.
    """
    objects = objects_of(site)
    runs = column_runs(passes.numbers)
    if runs.ids.size and (runs.ids.min() < 0 or runs.ids.max() > len(objects)):
        raise RenderError(
            "The object pass contains a number outside 0 to {count}, the number of objects.", count=len(objects)
        )
    seen = np.bincount(runs.ids, minlength=len(objects) + 1)[1:] > 0
    number = np.flatnonzero(seen | _meets_image(objects, camera)) + 1
    tables = np.unique(objects.parent[number - 1])
    tables = tables[tables > 0]
    ids = number_ids(len(objects), np.union1d(number, tables))
    listed = _objects(site, objects, camera, number, runs)
    modules = number[number <= len(site.modules)]
    annotations = ImageAnnotations(
        site_objects=objects,
        objects=listed,
        keypoints=module_keypoints(camera, passes, objects.flat_corners[modules - 1]),
        tables=_tables(objects, camera, passes, tables),
        conditions=_conditions(site, listed, camera, passes),
        ids=ids,
    )
    return ids.astype(np.uint16)[passes.numbers], annotations


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


def _meets_image(objects: Objects, camera: Camera) -> Mask:
    """Return whether (S,) the outline of each object overlaps the image; never for those that are ``only_seen``."""
    flat, _ = camera.project(objects.flat_corners)
    boxes, _ = camera.project(objects.box_corners)
    size = camera.width_px, camera.height_px
    low, high = boxes.min(axis=1), boxes.max(axis=1)
    near = np.flatnonzero(np.all((high > 0) & (low < size), axis=1))  # not those with NaN
    meets = np.concatenate([meets_image(flat, *size), np.zeros(len(boxes), dtype=bool)])
    meets[len(flat) + near] = meets_image(box_outlines(camera, objects.box_corners[near]).points, *size)
    return meets & ~objects.only_seen


def _objects(site: Site, objects: Objects, camera: Camera, number: Longs, runs: Runs) -> Annotations:
    """Return the annotations of the objects ``number`` (N,), whose pixels are in ``runs``."""
    flat = number[number <= len(objects.flat_corners)]
    boxes = number[len(flat) :]
    outlines = joined(
        flat_outlines(camera, objects.flat_corners[flat - 1]),
        box_outlines(camera, objects.box_corners[boxes - 1 - len(objects.flat_corners)]),
    )
    areas, inside = _areas(outlines, camera)
    areas[len(flat) :] = inside[len(flat) :] = np.nan
    for solid, faces in solid_faces(site, boxes):
        pixels, _ = camera.project(faces)
        if np.isfinite(pixels).all():
            row = int(np.searchsorted(number, solid))
            areas[row], inside[row] = silhouette(pixels, camera.width_px, camera.height_px)
    return _annotations(number, outlines, areas, inside, _renumbered(runs, number, len(objects)))


def _tables(objects: Objects, camera: Camera, passes: PixelPasses, numbers: Longs) -> Annotations:
    """Return the annotations of the tables ``numbers`` (N,): their modules, and the gaps between these."""
    corners = objects.flat_corners[numbers - 1]
    outlines = flat_outlines(camera, corners)
    of_object = np.concatenate([[0], np.where(objects.category == Category.MODULE, objects.parent, 0)])
    shown = of_object.astype(np.int32)[np.ascontiguousarray(passes.numbers.T)]
    fill_gaps(camera, passes, corners, outlines, numbers, shown)
    runs = _renumbered(column_runs(shown.T), numbers, len(objects))
    return _annotations(numbers, outlines, *_areas(outlines, camera), runs)


def _conditions(site: Site, listed: Annotations, camera: Camera, passes: PixelPasses) -> Annotations:
    """Return the annotations of the visible conditions of those modules that are ``listed``."""
    modules = site.modules
    rows = np.flatnonzero(listed.number <= len(modules))
    own = modules.condition[listed.number[rows] - 1]
    rows = rows[~np.isin(own, _WITHOUT_EXTENT)]
    numbers, outlines = listed.number[rows], listed.outlines.of(rows)
    condition = modules.condition[numbers - 1]
    runs = _condition_runs(site, numbers, outlines, camera, passes)
    found = np.unique(runs.ids) - 1
    areas, inside = _areas(outlines, camera)
    partial = ~np.isin(condition, _WHOLE)
    areas[partial] = np.nan
    annotations = _annotations(
        numbers[found], outlines.of(found), areas[found], inside[found], _renumbered(runs, found + 1, len(numbers))
    )
    points = np.where(partial[found, None, None], np.nan, annotations.outlines.points)
    return replace(annotations, outlines=replace(annotations.outlines, points=points))


def _condition_runs(site: Site, numbers: Longs, outlines: Outlines, camera: Camera, passes: PixelPasses) -> Runs:
    """Return the pixels of the conditions of the modules ``numbers`` (N,), with the ids 1 to N.

    Cracks spread over the whole pane. A missing module leaves a place through which something else is seen.
    """
    modules = site.modules
    cracked = np.zeros(len(modules) + 1, dtype=bool)
    cracked[1:] = modules.condition == Condition.CRACKED
    on_module = np.where(passes.numbers <= len(modules), passes.numbers, 0)
    marked = _renumbered(column_runs(np.where(passes.marked | cracked[on_module], on_module, 0)), numbers, len(modules))
    gone = np.flatnonzero(modules.condition[numbers - 1] == Condition.MISSING)
    places = open_pixels(camera, passes, modules.corners[numbers[gone] - 1], outlines.of(gone))
    missing = [runs_of_pixels(row + 1, pixels, marked.shape) for row, pixels in zip(gone.tolist(), places, strict=True)]
    return together([marked, *missing])


def _areas(outlines: Outlines, camera: Camera) -> tuple[Floats, Floats]:
    return outlines.areas(), outlines.areas_in_image(camera.width_px, camera.height_px)


def _renumbered(runs: Runs, number: Longs, num_objects: int) -> Runs:
    """Return the runs of the objects ``number`` (N,) with the ids 1 to N."""
    row = np.zeros(num_objects + 1, dtype=np.int64)
    row[number] = np.arange(1, len(number) + 1)
    kept = row[runs.ids] > 0
    return Runs(row[runs.ids][kept], runs.start[kept], runs.length[kept], runs.shape)


def _annotations(number: Longs, outlines: Outlines, areas: Floats, inside: Floats, runs: Runs) -> Annotations:
    """Return annotations from the ``areas`` (N,) of the silhouettes and of their parts ``inside`` the image."""
    visible = np.bincount(runs.ids, weights=runs.length, minlength=len(number) + 1)[1:].astype(np.int64)
    pieces = column_pieces(runs)
    with np.errstate(divide="ignore", invalid="ignore"):
        fraction = np.where(areas == 0, visible > 0, np.minimum(visible / areas, 1.0))
        truncation = np.where(areas == 0, 0.0, np.clip(1 - inside / areas, 0.0, 1.0))
    return Annotations(
        number=number,
        outlines=outlines,
        bbox_px=upright_boxes(pieces, len(number)),
        oriented_box_px=oriented_boxes(pieces, outlines),
        visible_px=visible,
        visible_fraction=fraction,
        truncation=truncation,
        masks=encode_masks(runs, len(number)),
    )
