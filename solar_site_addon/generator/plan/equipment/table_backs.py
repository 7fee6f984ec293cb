# SPDX-License-Identifier: GPL-3.0-or-later
"""The rear edges of tables, behind which inverters and cable trays are mounted."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ..array.tables import Tables


def right_and_back(tables: Tables) -> tuple[Floats, Floats]:
    """Return (T, 2) horizontal unit vectors along the rows, and from the lower edges to the upper ones."""
    right = tables.axes[:, 0, :2] / np.linalg.norm(tables.axes[:, 0, :2], axis=1, keepdims=True)
    return right, np.stack([-right[:, 1], right[:, 0]], axis=1)


def upper_edge(tables: Tables, share: Floats) -> Floats:
    """Return (T, 2) points on the upper edges, at ``share`` (T,) of the width from their centers."""
    offset = share * tables.size[:, 0]
    points = tables.centre + offset[:, None] * tables.axes[:, 0] + tables.size[:, 1:] / 2 * tables.axes[:, 1]
    return points[:, :2]
