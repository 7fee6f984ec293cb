# SPDX-License-Identifier: GPL-3.0-or-later
"""Points, straight segments and chains of them, seen from above."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats


def way_along(points: Floats) -> Floats:
    """(P,) length in metres, seen from above, of a chain of points (P, 2 or 3) from its start to each of them."""
    steps = np.diff(points[:, :2], axis=0)
    return np.concatenate([[0.0], np.cumsum(np.sqrt((steps * steps).sum(axis=1)))])


def nearest_on_segments(x: Floats, y: Floats, run_x: Floats, run_y: Floats) -> tuple[Floats, Floats]:
    """Distance of points from segments, and where on them, 0 at the start to 1 at the end, the nearest place is.

    ``x`` and ``y`` are the points as seen from the segments' starts, ``run_x`` and ``run_y`` the segments' ends as seen
    from there (all broadcast). A segment without length is a point.
    """
    squared = np.maximum(run_x * run_x + run_y * run_y, 1e-12)
    share = np.clip((x * run_x + y * run_y) / squared, 0.0, 1.0)
    off_x, off_y = x - share * run_x, y - share * run_y
    return np.sqrt(off_x * off_x + off_y * off_y), share
