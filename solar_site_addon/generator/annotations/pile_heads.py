# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes around the heads of piles, by which they are recognized and counted from above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Floats, Longs
from ..plan.array.piles import pile_axes, pile_kinds

if TYPE_CHECKING:
    from ..domain.projection import Camera
    from ..plan.array.piles import PileType
    from ..plan.array.tables import Piles

_SIDES = 16


def head_boxes(camera: Camera, piles: Piles, pile_type: PileType, chosen: Longs, bbox_px: Longs) -> Longs:
    """Return x, y, width, height (N, 4) of the part of each visible box ``bbox_px`` (N, 4) at the pile's head.

    ``chosen`` (N,) are indices of piles. The head has the size that the kind states, but does not reach below the
    ground. Zeros where it is hidden.
    """
    pixels, _ = camera.project(_rings(piles, pile_type, chosen))
    low, high = np.floor(pixels.min(axis=1)), np.ceil(pixels.max(axis=1))
    low = np.maximum(low, bbox_px[:, :2])
    high = np.minimum(high, bbox_px[:, :2] + bbox_px[:, 2:])
    known = np.isfinite(pixels).all(axis=(1, 2)) & (high > low).all(axis=1)
    boxes = np.zeros((len(chosen), 4), dtype=np.int64)
    boxes[known] = np.concatenate([low, high - low], axis=1)[known]
    return boxes


def _rings(piles: Piles, pile_type: PileType, chosen: Longs) -> Floats:
    """Return points (N, 2 * sides, 3) on the upper and lower edges of the heads, m."""
    width, height = pile_kinds()[pile_type.kind].head_m(pile_type.size_m)
    angle = 2 * np.pi * np.arange(_SIDES) / _SIDES
    axes = pile_axes(piles)[chosen, None]
    ring = width / 2 * (np.cos(angle)[:, None] * axes[:, :, 0] + np.sin(angle)[:, None] * axes[:, :, 1])
    top = piles.head[chosen][:, None]
    below = np.minimum(height, piles.exposed_m[chosen])[:, None, None] * axes[:, :, 2]
    return np.concatenate([top + ring, top - below + ring], axis=1)
