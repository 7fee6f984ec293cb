# SPDX-License-Identifier: GPL-3.0-or-later
"""Fences as arrays. World axes: meters, x east, y north, z up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ...domain.array_types import Floats, Ints


class FenceStyle(IntEnum):
    """What hangs between the posts of a fence."""

    WELDED_MESH = 0
    CHAIN_LINK = 1
    BARBED_WIRE = 2


@dataclass(frozen=True)
class Fence:
    """P posts, K spans of fence from post to post, and L gate leaves."""

    posts: Floats
    """(P, 3) where the posts meet the ground."""
    spans: Ints
    """(K, 2) indices of the posts at the ends of each span."""
    leaves: Floats
    """(L, 2, 3) hinge and far end of each gate leaf, at the height of the ground below."""
    height_m: float
    style: FenceStyle
    shade: float
    """0 to 1; selects the color."""

    def __len__(self) -> int:
        return len(self.posts)

    @property
    def walls(self) -> Floats:
        """(K + L, 2, 2) ends of all spans and leaves in plan view."""
        return np.concatenate([self.posts[self.spans], self.leaves])[..., :2]


def no_fence() -> Fence:
    """Return a fence without posts."""
    return Fence(
        posts=np.zeros((0, 3)),
        spans=np.zeros((0, 2), dtype=np.int32),
        leaves=np.zeros((0, 2, 3)),
        height_m=2.0,
        style=FenceStyle.WELDED_MESH,
        shade=0.0,
    )
