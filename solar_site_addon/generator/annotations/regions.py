# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels whose centers lie in projected faces.

Pixels are numbered in column-major order, x * height + y, like the runs of COCO's masks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..domain.array_types import Floats, Longs, Mask

_MAX_CANVAS_PX = 1 << 18
"""Larger silhouettes are sampled on a coarser grid, which changes their area by less than a percent. Estimate."""


class Silhouette(NamedTuple):
    """The area of a solid in the image plane, as if nothing stood in front of it."""

    area_px: float
    area_in_image_px: float


def polygon_pixels(polygon: Floats, width: int, height: int) -> Longs:
    """Return the numbers (P,) of the image's pixels in a polygon (V, 2), ascending.

    The polygon meets each column in one piece.
    """
    _, column, start, stop = _spans(polygon[None], width, height)
    length = stop - start
    first = np.cumsum(length) - length
    return np.repeat(column * height + start - first, length) + np.arange(int(length.sum()))


def silhouette(faces: Floats, width: int, height: int) -> Silhouette:
    """Return the area that the convex ``faces`` (F, V, 2) cover together, and how much of it lies in the image."""
    low, high = np.floor(faces.min(axis=(0, 1))), np.ceil(faces.max(axis=(0, 1)))
    step = max(1.0, float(np.ceil(np.sqrt(np.prod(high - low) / _MAX_CANVAS_PX))))
    columns, rows = (int(side) for side in np.ceil((high - low) / step))
    covered = _union((faces - low) / step, columns, rows)
    x, y = (low[axis] + (np.arange(count) + 0.5) * step for axis, count in ((0, columns), (1, rows)))
    inside = ((x > 0) & (x < width))[:, None] & ((y > 0) & (y < height))
    area = step**2
    return Silhouette(area * np.count_nonzero(covered), area * np.count_nonzero(covered & inside))


def _union(faces: Floats, columns: int, rows: int) -> Mask:
    """Return which pixels (columns, rows) lie in at least one of the convex ``faces`` (F, V, 2)."""
    _, column, start, stop = _spans(faces, columns, rows)
    size = columns * (rows + 1)
    begins, ends = (np.bincount(column * (rows + 1) + row, minlength=size) for row in (start, stop))
    depth = np.cumsum((begins - ends).reshape(columns, rows + 1), axis=1)
    covered: Mask = depth[:, :rows] > 0
    return covered


def _spans(faces: Floats, columns: int, rows: int) -> tuple[Longs, Longs, Longs, Longs]:
    """Return where the columns of pixels meet ``faces`` (F, V, 2): face, column, first row, and last row + 1 (S,)."""
    x = faces[..., 0]
    first = np.maximum(np.ceil(x.min(axis=1) - 0.5), 0).astype(np.int64)
    last = np.minimum(np.floor(x.max(axis=1) - 0.5), columns - 1).astype(np.int64)
    number = np.maximum(last - first + 1, 0)
    face = np.repeat(np.arange(len(faces)), number)
    column = np.arange(int(number.sum())) + (first - (np.cumsum(number) - number))[face]
    low, high = _limits(faces, face, column + 0.5)
    meets = low <= high
    start = np.clip(np.ceil(low[meets] - 0.5), 0, rows).astype(np.int64)
    stop = np.clip(np.floor(high[meets] - 0.5) + 1, 0, rows).astype(np.int64)
    some = stop > start
    return face[meets][some], column[meets][some], start[some], stop[some]


def _limits(faces: Floats, face: Longs, at: Floats) -> tuple[Floats, Floats]:
    """Return the least and greatest y (S,) at which the vertical lines x = ``at`` (S,) meet each of their ``face``."""
    low, high = np.full(len(face), np.inf), np.full(len(face), -np.inf)
    for corner, following in zip(np.moveaxis(faces, 1, 0), np.moveaxis(np.roll(faces, -1, axis=1), 1, 0), strict=True):
        (x0, y0), (x1, y1) = corner[face].T, following[face].T
        crossing = np.flatnonzero((x0 <= at) != (x1 <= at))
        share = (at - x0)[crossing] / (x1 - x0)[crossing]
        y = y0[crossing] + share * (y1 - y0)[crossing]
        low[crossing] = np.minimum(low[crossing], y)
        high[crossing] = np.maximum(high[crossing], y)
    return low, high
