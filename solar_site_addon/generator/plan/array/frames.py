# SPDX-License-Identifier: GPL-3.0-or-later
"""The frames of the tables: where along each table a rafter lies, and where below it the piles and posts stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Indices
from .table_types import TableType
from .tables import Tables

_MAX_SPAN_M = 3.9
"""Largest spacing of frames along the table. The usual range is 3.0 to 3.9 m (docs/sources.md)."""
_FIRST_FRAME_M = 0.7
"""Distance of the outermost frames from the ends of the table. Estimate."""
_POST_ROWS = 0.27
"""Distance of two rows of posts from the table's center, as a share of its slant length. Estimate."""
PURLIN_M, RAFTER_M = (0.05, 0.06), (0.06, 0.09)
"""Width and height of the sections. Estimate."""


@dataclass(frozen=True)
class Frames:
    """The F frames of K tables of one type and size."""

    tables: Indices
    """Indices (K,) of the tables."""
    table_type: TableType
    centre: Floats
    """Points (K, F, 3) on the axes of the rafters, below the middle of the table, m."""
    posts: Floats
    """Points (K, R, F, 3) on the axes of the rafters, above each pile, m."""


def frame_places(width_m: float) -> Floats:
    """Return the positions (F,) of the frames (piles and rafter) along a table, from its center, m."""
    ends = max(width_m / 2 - _FIRST_FRAME_M, width_m / 4)
    return np.linspace(-ends, ends, max(int(np.ceil(2 * ends / _MAX_SPAN_M)) + 1, 2))


def post_places(slant_m: float, post_rows: int) -> Floats:
    """Return the positions (R,) of the posts up the table, from its center, m."""
    return np.array([0.0]) if post_rows == 1 else np.array([-_POST_ROWS, _POST_ROWS]) * slant_m


def all_frames(tables: Tables, types: tuple[TableType, ...]) -> Iterator[Frames]:
    """Yield the frames of all tables, those of one type and width together: they are at the same positions."""
    for number, table_type in enumerate(types):
        for width in np.unique(tables.size[tables.type == number, 0]):
            chosen = np.flatnonzero((tables.type == number) & (tables.size[:, 0] == width))
            yield _frames(tables, chosen, table_type)


def _frames(tables: Tables, chosen: Indices, table_type: TableType) -> Frames:
    along: Floats
    upward: Floats
    along, upward, normal = (tables.axes[chosen, None, axis] for axis in range(3))
    width, slant = tables.size[chosen[0]].tolist()
    below_glass = table_type.module.thickness_m + PURLIN_M[1] + RAFTER_M[1] / 2
    middle = tables.centre[chosen][:, None] - below_glass * normal
    places = frame_places(width), post_places(slant, table_type.post_rows)
    centre = middle + places[0][:, None] * along
    posts = centre[:, None] + places[1][:, None, None] * upward[:, None]
    return Frames(chosen, table_type, centre, posts)
