# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes around the visible pixels of objects: parallel to the image, and oriented like the object."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..domain.array_types import Floats, Longs
from .projected import Outlines
from .rle import Runs

_MAX_DIRECTIONS = 8
"""Directions that are tried for each object."""


def column_pieces(runs: Runs) -> Runs:
    """Return the runs, each cut at the bottom of its column; it may continue at the top of the next ones."""
    height = runs.shape[0]
    first, last = runs.start // height, (runs.start + runs.length - 1) // height
    number = last - first + 1
    row = np.repeat(np.arange(len(runs.ids)), number)
    column = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    start = np.maximum(runs.start[row], column * height)
    stop = np.minimum((runs.start + runs.length)[row], (column + 1) * height)
    return replace(runs, ids=runs.ids[row], start=start, length=stop - start)


def upright_boxes(pieces: Runs, num_ids: int) -> Longs:
    """Return the box (num_ids, 4) around the runs of each id: x, y, width, height; zeros without runs."""
    height, width = pieces.shape
    x, y = np.divmod(pieces.start, height)
    low, high = np.tile([width, height], (num_ids + 1, 1)), np.full((num_ids + 1, 2), -1)
    np.minimum.at(low, pieces.ids, np.stack([x, y], axis=1))
    np.maximum.at(high, pieces.ids, np.stack([x, y + pieces.length - 1], axis=1))
    boxes: Longs = np.concatenate([low, high - low + 1], axis=1)[1:]
    boxes[high[1:, 0] < 0] = 0
    return boxes


def oriented_boxes(pieces: Runs, outlines: Outlines) -> Floats:
    """Return the oriented box (N, 5) around the runs of each of N ids: center, longer and shorter side, and angle.

    The angle, from 0 to 180 degrees, leads from the image's x axis clockwise to the longer side. The box encloses the
    centers of the visible pixels, half a pixel away on each side, and is parallel to that side of the object's outline
    for which it is smallest; without an outline, to the image. Zeros without runs.
    """
    order = np.argsort(pieces.ids, kind="stable")
    ids = pieces.ids[order]
    x, y = np.divmod(pieces.start[order], pieces.shape[0])
    ends = np.stack([y, y + pieces.length[order] - 1], axis=1) + 0.5
    there, first = np.unique(ids, return_index=True)
    angles = _directions(outlines)
    boxes = np.zeros((len(angles), 5))
    smallest = np.full(len(angles), np.inf)
    for angle in angles.T:
        cosine, sine = np.cos(angle[ids - 1]), np.sin(angle[ids - 1])
        along = (x + 0.5)[:, None] * cosine[:, None] + ends * sine[:, None]
        across = ends * cosine[:, None] - (x + 0.5)[:, None] * sine[:, None]
        sides = [
            (np.minimum.reduceat(values.min(axis=1), first), np.maximum.reduceat(values.max(axis=1), first))
            for values in (along, across)
            if len(first)
        ]
        if not sides:
            break
        (u0, u1), (v0, v1) = sides
        chosen, turn = there - 1, angle[there - 1]
        area = (u1 - u0 + 1) * (v1 - v0 + 1)
        better = area < smallest[chosen] - 1e-6
        middle_u, middle_v = (u0 + u1) / 2, (v0 + v1) / 2
        found = np.stack(
            [
                middle_u * np.cos(turn) - middle_v * np.sin(turn),
                middle_u * np.sin(turn) + middle_v * np.cos(turn),
                u1 - u0 + 1,
                v1 - v0 + 1,
                turn,
            ],
            axis=1,
        )
        boxes[chosen[better]], smallest[chosen[better]] = found[better], area[better]
    return _longer_side_first(boxes)


def _directions(outlines: Outlines) -> Floats:
    """Return the angles (N, K) of the longest sides of each outline, rad from the image's x axis; 0 if unknown."""
    sides = np.roll(outlines.points, -1, axis=1) - outlines.points
    length = np.nan_to_num(np.hypot(sides[..., 0], sides[..., 1]))
    longest = np.argsort(-length, axis=1, kind="stable")[:, :_MAX_DIRECTIONS]
    chosen = np.take_along_axis(np.nan_to_num(sides), longest[..., None], axis=1)
    angles: Floats = np.arctan2(chosen[..., 1], chosen[..., 0])
    return angles


def _longer_side_first(boxes: Floats) -> Floats:
    turned = boxes[:, 2] < boxes[:, 3]
    sides = np.where(turned[:, None], boxes[:, [3, 2]], boxes[:, 2:4])
    angle = np.degrees(boxes[:, 4]) + np.where(turned, 90.0, 0.0)
    return np.concatenate([boxes[:, :2], sides, np.mod(angle, 180.0)[:, None]], axis=1)
