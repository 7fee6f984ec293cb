# SPDX-License-Identifier: GPL-3.0-or-later
"""Depth as colors, to look at."""

from __future__ import annotations

import numpy as np

from ..domain.array_types import Bytes, Singles

LONGEST_PX = 1600
"""Longest side of the colors."""
_NEAR, _FAR = (255, 214, 80), (40, 30, 110)


def depth_colors(depth: Singles) -> Bytes:
    """Return colors (h, w, 3) of a depth (H, W) in m, reduced if it is large.

    Near is yellow, far is blue, the sky is black; the colors follow the logarithm.
    """
    step = max(max(depth.shape) // LONGEST_PX, 1)
    depth = depth[::step, ::step]
    sky = ~np.isfinite(depth)
    height = np.log(np.maximum(np.where(sky, 1.0, depth), 1e-3))
    low, high = (height[~sky].min(), height[~sky].max()) if (~sky).any() else (0.0, 1.0)
    share = np.clip((height - low) / max(high - low, 1e-6), 0, 1)[..., None]
    colors = np.asarray(_NEAR) * (1 - share) + np.asarray(_FAR) * share
    colors[sky] = 0
    return colors.astype(np.uint8)
