# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in front of the plane of a module or table: gaps between modules, missing modules, hidden corners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Floats, Ints, Longs, Mask
from ..imaging.passes import PixelPasses
from .projected import Outlines
from .regions import polygon_pixels

if TYPE_CHECKING:
    from ..domain.projection import Camera

ABSENT, HIDDEN, VISIBLE = 0, 1, 2
"""Visibility of a keypoint, as in COCO."""
_FROM_UPPER_LEFT = [3, 2, 1, 0]
"""Corners of a module in the order of its keypoints: clockwise from the upper left, seen from the front."""
_DEPTH_ERROR_M = 0.005
"""Rounding error of depths."""
_THICKER_THAN_MODULES_M = 0.06
"""Least distance from the glass to whatever hides a corner: seen from behind, the module itself is in front of its
glass. Modules are 30 to 40 mm thick."""


def open_pixels(camera: Camera, passes: PixelPasses, corners: Floats, outlines: Outlines) -> Iterator[Longs]:
    """Yield the pixels (P,) in each outline at which nothing stands in front of the plane of ``corners`` (N, 4, 3).

    Their numbers are column-major and ascending. An outline that is not known has none.
    """
    for plane, outline, known in zip(corners, outlines.points, outlines.complete.tolist(), strict=True):
        pixels = np.zeros(0, dtype=np.int64)
        if known:
            pixels = polygon_pixels(outline, camera.width_px, camera.height_px)
        yield pixels[_is_open(camera, passes, plane, pixels)]


def fill_gaps(
    camera: Camera, passes: PixelPasses, corners: Floats, outlines: Outlines, numbers: Longs, tables: Ints
) -> None:
    """Add the gaps between modules to ``tables`` (W, H), which has the number of the table whose module a pixel shows.

    ``corners`` (N, 4, 3), ``outlines`` and ``numbers`` (N,) are those of the tables. Of two tables one behind the
    other, a gap belongs to the table whose module is seen through it.
    """
    flat = tables.reshape(-1)
    known = outlines.complete
    for plane, outline, number in zip(corners[known], outlines.points[known], numbers[known].tolist(), strict=True):
        pixels = polygon_pixels(outline, camera.width_px, camera.height_px)
        pixels = pixels[flat[pixels] == 0]
        flat[pixels[_is_open(camera, passes, plane, pixels)]] = number


def module_keypoints(camera: Camera, passes: PixelPasses, corners: Floats) -> Floats:
    """Return x, y and visibility (N, 4, 3) of the corners of modules, clockwise from the upper left.

    Corners outside the image are absent and have the place 0, 0. A corner is hidden if the surface that its pixel shows
    is in front of the module. ``corners`` (N, 4, 3) are those of the glass.
    """
    ordered = corners[:, _FROM_UPPER_LEFT]
    places, _ = camera.project(ordered)
    present = np.all((places >= 0) & (places < [camera.width_px, camera.height_px]), axis=-1)
    pixels = np.where(present[..., None], places, 0).astype(np.int64)
    hidden = np.stack(
        [
            _in_front_m(camera, passes, np.moveaxis(corners, 1, 0), pixels[:, corner]) > _THICKER_THAN_MODULES_M
            for corner in range(4)
        ],
        axis=1,
    )
    visibility = np.where(present, np.where(hidden, HIDDEN, VISIBLE), ABSENT)
    return np.concatenate([np.where(present[..., None], places, 0), visibility[..., None]], axis=-1)


def _is_open(camera: Camera, passes: PixelPasses, plane: Floats, pixels: Longs) -> Mask:
    """Return whether (P,) rays through ``pixels`` (P,) meet the rectangle ``plane`` (4, 3) with nothing before it.

    The outlines that the pixels come from are only approximate where a lens bends them.
    """
    places = np.stack(np.divmod(pixels, camera.height_px), axis=-1)
    rays = camera.rays(places + 0.5)
    sides = plane[[1, 3]] - plane[0]
    normal = np.cross(*sides)
    distance = (plane[0] - camera.position) @ normal / (rays @ normal)
    share = (camera.position - plane[0] + distance[:, None] * rays) @ sides.T / (sides * sides).sum(axis=1)
    inside = np.all((share >= 0) & (share <= 1), axis=1)
    return inside & (_in_front_m(camera, passes, plane, places) <= _DEPTH_ERROR_M)


def _in_front_m(camera: Camera, passes: PixelPasses, plane: Floats, pixels: Longs) -> Floats:
    """Return how far (P,) the surfaces at ``pixels`` (P, 2) are in front of a plane, on the side of the camera.

    ``plane`` are the corners (4, 3) of a face, or (4, P, 3) of one face for each pixel.
    """
    normal = np.cross(plane[1] - plane[0], plane[3] - plane[0])
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    height = ((camera.position - plane[0]) * normal).sum(axis=-1)
    depth = passes.depth[pixels[:, 1], pixels[:, 0]].astype(np.float64)
    approach = (camera.rays(pixels + 0.5) * normal).sum(axis=-1)
    with np.errstate(invalid="ignore"):  # the sky, seen along the plane
        return np.sign(height) * (height + depth * approach)
