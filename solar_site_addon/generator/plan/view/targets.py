# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drone flies to see: what is built, or all that is planned.

Built are the modules of a finished site, and also the piles of one under construction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Ints
from ..array.spacing import table_corners
from ..array.stages import Stage
from ..array.tables import Modules
from ..model import Site


@dataclass(frozen=True)
class Subjects:
    """N things at the tables, as ``camera.Targets`` requires."""

    corners: Floats
    """Corners (N, 4, 3), m."""
    table: Ints
    """Index (N,) into Tables."""


def targets_of(site: Site, aim: str) -> Modules | Subjects:
    """Return the modules, and the piles that stand at unfinished tables.

    On a site that is merely cleared, return the places of the tables. If ``aim`` (camera.aim) is planned, return all
    piles of the array, whether they stand or not: they are the same at any progress.
    """
    if aim == "planned":
        return Subjects(np.repeat(site.piles.head[:, None], 4, axis=1), site.piles.table)
    unfinished = site.tables.stage < Stage.COMPLETE
    if not unfinished.any():
        return site.modules
    shown = site.piles.standing & unfinished[site.piles.table]
    heads = np.repeat(site.piles.head[shown, None], 4, axis=1)
    corners = np.concatenate([site.modules.corners, heads])
    table = np.concatenate([site.modules.table, site.piles.table[shown]])
    if len(table) == 0:
        return Subjects(table_corners(site.tables), np.arange(len(site.tables), dtype=np.int32))
    return Subjects(corners, table)
