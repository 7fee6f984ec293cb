# SPDX-License-Identifier: GPL-3.0-or-later
"""Places for small things on the ground: spread evenly, dense near the camera, and none where it cannot see.

A place belongs to the land, not to the picture: another camera sees the same plants, or fewer of them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats, Longs, Mask
from ...domain.projection import Camera
from ...domain.random_streams import stream_seed
from ..numerics.noise import uniform
from ..terrain.terrain import Terrain

_STEPS_IN_CELL = 32
"""Places along a side of the square cells that are taken or left as a whole, where places are densest."""
_BESIDE_IMAGE = 0.06
"""How far beyond the picture's edge cells count as seen, as a share of its half size: lenses distort."""
_JITTER = 0.85
"""How far a place may lie from the middle of its own square, as a share of the square's side."""


class Spread(NamedTuple):
    """How densely the places of a sort of growth lie, and how far from the camera."""

    finest_m: float
    """Least spacing."""
    across_image: float
    """Most places side by side across the picture."""
    reach_m: float
    margin_m: float
    """How far beside the picture the sort still stands, because its shadow or its top may reach in."""


@dataclass(frozen=True)
class Places:
    """N places on the ground, and what random numbers of their own they have."""

    x: Floats
    """(N,) m."""
    y: Floats
    """(N,) m."""
    spacing_m: Floats
    """(N,) mean distance to the neighbours."""
    key_x: Longs
    """(N,) column of the place's own square."""
    key_y: Longs
    """(N,) its row."""
    seed: int
    """Of the site."""
    subject: str
    """Path of the streams that these places have to themselves."""

    def __len__(self) -> int:
        return len(self.x)

    def random(self, name: str) -> Floats:
        """(N,) numbers from 0 to 1, others for each ``name``, that go with the places wherever the camera is."""
        return uniform(self.key_x, self.key_y, stream_seed(self.seed, f"{self.subject}/{name}"))

    def chosen(self, mask: Mask) -> Places:
        """Those places at which ``mask`` (N,) is true."""
        return dataclasses.replace(
            self,
            x=self.x[mask],
            y=self.y[mask],
            spacing_m=self.spacing_m[mask],
            key_x=self.key_x[mask],
            key_y=self.key_y[mask],
        )


def spread_places(
    camera: Camera,
    terrain: Terrain,
    spread: Spread,
    *,
    angle: float,
    seed: int,
    subject: str,
) -> Places:
    """Places as dense as ``spread`` says near the camera, and farther off ``angle`` (radians) as the camera sees it.

    Only places within reach of the camera, and in the image or at most about the spread's margin beside it.
    Each lies in a square of its own of a grid that covers the land; grids are ever twice as wide with the distance,
    and thinned at random between, so that the density has no steps.
    """
    finest_m, cell = spread.finest_m, spread.finest_m * _STEPS_IN_CELL
    corner_x, corner_y, distance = _seen_cells(camera, terrain, cell, spread.reach_m, spread.margin_m)
    wanted = np.maximum(distance * angle / finest_m, 1.0)
    level = np.minimum(np.floor(np.log2(wanted)), np.log2(_STEPS_IN_CELL)).astype(np.int64)
    parts = [
        _in_cells(corner_x[level == number], corner_y[level == number], number, cell, seed, subject)
        for number in range(int(level.max(initial=0)) + 1)
    ]
    x, y, spacing, key_x, key_y = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    places = Places(x, y, spacing, key_x, key_y, seed, subject)
    offset = np.stack([x, y, terrain.height(x, y)], axis=-1) - camera.position
    away = np.sqrt((offset * offset).sum(axis=-1))
    wanted_spacing = np.maximum(away * angle, finest_m)
    kept = (places.random("thinned") < (spacing / wanted_spacing) ** 2) & _in_view(camera, offset, spread.margin_m)
    return dataclasses.replace(places, spacing_m=wanted_spacing).chosen(kept & (away <= spread.reach_m))


def _seen_cells(
    camera: Camera, terrain: Terrain, cell_m: float, reach_m: float, margin_m: float
) -> tuple[Longs, Longs, Floats]:
    """Column, row and distance (m) of the square cells that the camera may see."""
    count = int(np.ceil(reach_m / cell_m)) + 1
    middle = np.floor(camera.position[:2] / cell_m).astype(np.int64)
    column, row = (grid.ravel() for grid in np.meshgrid(*(middle[:, None] + np.arange(-count, count + 1))))
    x, y = (column + 0.5) * cell_m, (row + 0.5) * cell_m
    offset = np.stack([x, y, terrain.height(x, y)], axis=-1) - camera.position
    distance = np.sqrt((offset * offset).sum(axis=-1))
    seen = (distance <= reach_m + cell_m) & _in_view(camera, offset, margin_m + cell_m)
    return column[seen], row[seen], distance[seen]


def _in_view(camera: Camera, offset: Floats, margin_m: float) -> Mask:
    """(N,) whether points at ``offset`` (N, 3) from the camera lie at most ``margin_m`` outside its field of view."""
    axes = camera.world_to_camera[:3, :3]
    across, down, depth = ((offset * axis).sum(axis=-1) for axis in axes)
    seen = depth > -margin_m
    for place, size in ((across, camera.width_px), (down, camera.height_px)):
        tangent = (1 + _BESIDE_IMAGE) * size / 2 / camera.focal_px
        seen &= np.abs(place) <= depth * tangent + margin_m * np.sqrt(1 + tangent * tangent)
    return np.asarray(seen)


def _in_cells(
    column: Longs, row: Longs, level: int, cell_m: float, seed: int, subject: str
) -> tuple[Floats, Floats, Floats, Longs, Longs]:
    """x, y, spacing and keys of the places in the cells, one in each square of side finest * 2 ** level."""
    side = _STEPS_IN_CELL >> level
    spacing = cell_m / side
    steps_x, steps_y = (grid.ravel() for grid in np.meshgrid(np.arange(side), np.arange(side)))
    ix = (column[:, None] * side + steps_x).ravel()
    iy = (row[:, None] * side + steps_y).ravel()
    jitter_x, jitter_y = (uniform(ix, iy, stream_seed(seed, f"{subject}/place/{level}/{way}")) - 0.5 for way in "xy")
    x, y = (ix + 0.5 + _JITTER * jitter_x) * spacing, (iy + 0.5 + _JITTER * jitter_y) * spacing
    # Grids of different levels share columns and rows, so the level goes into the key.
    return x, y, np.full(len(x), spacing), ix * 8 + level, iy
