# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes around the heads of piles, by which they are recognized and counted from above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Floats, Longs
from ..geometry.piles import pile_shape
from ..plan.array.piles import pile_axes, pile_kinds
from ..plan.numerics.columns import rows_of

if TYPE_CHECKING:
    from ..domain.projection import Camera
    from ..plan.array.piles import PileType
    from ..plan.array.tables import Piles

_TURNS, _RISES = np.arange(32) * np.pi / 16, np.radians([-60.0, -20.0, 20.0, 60.0])
_DIRECTIONS = np.array(
    [
        [np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)]
        for turn in _TURNS.tolist()
        for rise in _RISES.tolist()
    ]
)
"""Unit vectors (K, 3) all around."""


def head_boxes(camera: Camera, piles: Piles, pile_type: PileType, chosen: Longs, bbox_px: Longs) -> Longs:
    """Return x, y, width, height (N, 4) of the part of each visible box ``bbox_px`` (N, 4) at the pile's head.

    ``chosen`` (N,) are indices of piles. The head reaches from its top, with bars and fittings, down by the height that
    the kind states, but not below the ground. Zeros where it is hidden.
    """
    pixels, _ = camera.project(_hulls(piles, pile_type, chosen))
    low, high = np.floor(pixels.min(axis=1)), np.ceil(pixels.max(axis=1))
    low = np.maximum(low, bbox_px[:, :2])
    high = np.minimum(high, bbox_px[:, :2] + bbox_px[:, 2:])
    known = np.isfinite(pixels).all(axis=(1, 2)) & (high > low).all(axis=1)
    boxes = np.zeros((len(chosen), 4), dtype=np.int64)
    boxes[known] = np.concatenate([low, high - low], axis=1)[known]
    return boxes


def _hulls(piles: Piles, pile_type: PileType, chosen: Longs) -> Floats:
    """Return points (N, K, 3) of the heads that lie outermost in all directions, clamps and bars included, m."""
    shown = rows_of(piles, chosen)
    looks = np.column_stack([shown.state, shown.variant, shown.fitted])
    outermost = np.zeros((len(chosen), len(_DIRECTIONS), 3))
    for state, variant, fitted in np.unique(looks, axis=0).tolist():
        own = (looks == [state, variant, fitted]).all(axis=1)
        outermost[own] = _outermost(pile_type, pile_shape(pile_type, state, variant, bool(fitted)).vertices)
    # Nothing of a short pile reaches below the ground.
    outermost[..., 2] = np.maximum(outermost[..., 2], -shown.exposed_m[:, None])
    return shown.head[:, None] + np.einsum("nka,nax->nkx", outermost, pile_axes(shown))


def _outermost(pile_type: PileType, vertices: Floats) -> Floats:
    """Return those (K, 3) of the ``vertices`` (V, 3) of a pile at its head that lie outermost in each direction."""
    _, height = pile_kinds()[pile_type.kind].head_m(pile_type.size_m)
    at_head = np.column_stack([vertices[:, :2], np.maximum(vertices[:, 2], -height)])
    return np.asarray(at_head[np.argmax(np.einsum("va,ka->vk", at_head, _DIRECTIONS), axis=0)])
