# SPDX-License-Identifier: GPL-3.0-or-later
"""Points, line segments and polylines in plan view."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats


def distance_along(points: Floats) -> Floats:
    """Return the horizontal distance (P,) from the start of a polyline (P, 2 or 3) to each of its points, m."""
    steps = np.diff(points[:, :2], axis=0)
    return np.concatenate([[0.0], np.cumsum(np.sqrt((steps * steps).sum(axis=1)))])


def nearest_on_segments(x: Floats, y: Floats, run_x: Floats, run_y: Floats) -> tuple[Floats, Floats]:
    """Return the distances of points to segments, and the positions of the nearest points, 0 (start) to 1 (end).

    ``x`` and ``y`` are the points relative to the starts of the segments, ``run_x`` and ``run_y`` the ends relative to
    the starts (all broadcast). A segment of zero length counts as a point.
    """
    squared = np.maximum(run_x * run_x + run_y * run_y, 1e-12)
    share = np.clip((x * run_x + y * run_y) / squared, 0.0, 1.0)
    off_x, off_y = x - share * run_x, y - share * run_y
    return np.sqrt(off_x * off_x + off_y * off_y), share
