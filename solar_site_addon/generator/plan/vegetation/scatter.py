# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of vegetation: evenly spread, dense near the camera, and only where the camera can see them.

Places belong to the site, not to the image: another camera sees the same vegetation, or a part of it.
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
"""Places along the side of a cell at the highest density. Cells are used or left out as a whole."""
_IMAGE_MARGIN = 0.06
"""Margin around the image within which places count as visible, as a share of half its size: lenses distort."""
_JITTER = 0.85
"""Width of the area in which a place may lie within its own square, as a share of the square's side."""


class Spread(NamedTuple):
    """Density and range of the places of a sort of vegetation."""

    finest_m: float
    """Smallest spacing, m."""
    across_image: float
    """Largest number of places side by side across the image."""
    reach_m: float
    """Largest distance from the camera, m."""
    margin_m: float
    """Width of the strip around the image that is planned too, because shadows or treetops may reach into the image,
    m."""


@dataclass(frozen=True)
class Places:
    """N places on the ground, each with its own random numbers."""

    x: Floats
    """(N,) east, m."""
    y: Floats
    """(N,) north, m."""
    spacing_m: Floats
    """(N,) mean distance to the neighbors, m."""
    key_x: Longs
    """(N,) column of the place's own square."""
    key_y: Longs
    """(N,) row of the place's own square."""
    seed: int
    """Seed of the site."""
    subject: str
    """Path of the random streams of these places."""

    def __len__(self) -> int:
        return len(self.x)

    def random(self, name: str) -> Floats:
        """Return numbers from 0 to 1 (N,) from the stream ``name``; they do not depend on the camera."""
        return uniform(self.key_x, self.key_y, stream_seed(self.seed, f"{self.subject}/{name}"))

    def chosen(self, mask: Mask) -> Places:
        """Return the places at which ``mask`` (N,) is true."""
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
    """Return the places within reach of the camera that lie in the image or in the margin of ``spread`` around it.

    Near the camera, places have the spacing of ``spread``; farther away, their spacing subtends ``angle`` (rad). Each
    place lies in its own square of a grid over the site. The squares double in size with the distance, and places are
    thinned at random in between, so that the density has no steps.
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
    """Return the columns, rows and distances (m) of the cells that the camera may see."""
    count = int(np.ceil(reach_m / cell_m)) + 1
    middle = np.floor(camera.position[:2] / cell_m).astype(np.int64)
    column, row = (grid.ravel() for grid in np.meshgrid(*(middle[:, None] + np.arange(-count, count + 1))))
    x, y = (column + 0.5) * cell_m, (row + 0.5) * cell_m
    offset = np.stack([x, y, terrain.height(x, y)], axis=-1) - camera.position
    distance = np.sqrt((offset * offset).sum(axis=-1))
    seen = (distance <= reach_m + cell_m) & _in_view(camera, offset, margin_m + cell_m)
    return column[seen], row[seen], distance[seen]


def _in_view(camera: Camera, offset: Floats, margin_m: float) -> Mask:
    """Return whether points (N,) at ``offset`` (N, 3) from the camera lie within ``margin_m`` of its field of view."""
    axes = camera.world_to_camera[:3, :3]
    across, down, depth = ((offset * axis).sum(axis=-1) for axis in axes)
    seen = depth > -margin_m
    for place, size in ((across, camera.width_px), (down, camera.height_px)):
        tangent = (1 + _IMAGE_MARGIN) * size / 2 / camera.focal_px
        seen &= np.abs(place) <= depth * tangent + margin_m * np.sqrt(1 + tangent * tangent)
    return np.asarray(seen)


def _in_cells(
    column: Longs, row: Longs, level: int, cell_m: float, seed: int, subject: str
) -> tuple[Floats, Floats, Floats, Longs, Longs]:
    """Return x, y, spacing and keys of the places in the cells: one in each square of ``cell_m / 32 * 2 ** level``."""
    side = _STEPS_IN_CELL >> level
    spacing = cell_m / side
    steps_x, steps_y = (grid.ravel() for grid in np.meshgrid(np.arange(side), np.arange(side)))
    ix = (column[:, None] * side + steps_x).ravel()
    iy = (row[:, None] * side + steps_y).ravel()
    jitter_x, jitter_y = (uniform(ix, iy, stream_seed(seed, f"{subject}/place/{level}/{way}")) - 0.5 for way in "xy")
    x, y = (ix + 0.5 + _JITTER * jitter_x) * spacing, (iy + 0.5 + _JITTER * jitter_y) * spacing
    # Grids of different levels share columns and rows, so the key includes the level.
    return x, y, np.full(len(x), spacing), ix * 8 + level, iy
