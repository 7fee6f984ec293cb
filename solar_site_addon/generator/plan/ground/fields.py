# SPDX-License-Identifier: GPL-3.0-or-later
"""Farmland beside the tables: strips of parcels with crops in rows, and orchards.

Parcels are the cells of a warped lattice whose strips are shifted against each other. Rows follow the contours on
sloping ground. Wild margins remain between parcels, along roads and on banks too steep to till.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats, Indices, Ints, Longs
from ...domain.random_streams import stream, stream_seed
from ...settings.drawn import DrawnSite
from ..numerics.blur import box_blur
from ..numerics.noise import grid_noise, uniform
from ..roads.roads import VERGE_M, Roads
from ..terrain.terrain import Terrain
from .ground_cover import Fields

MAX_EDGE_M = 2.5
"""Largest stored distance to the border of a parcel."""
TABLE_CLEARANCE_M = 10.5
"""Fields begin this far from the tables, beyond the fence."""
_MARGIN_M = 0.7
"""Width from the border between two parcels to the tilled ground. Estimate."""
_FROM_VERGE_M = 0.8
"""Width from the verge of a road to the tilled ground. Estimate."""
_BEYOND_FINE_M = 45.0
"""Distance beyond the fine ground at which its cells become too coarse for rows."""
_TREE_INSIDE_M = 1.0
"""Distance of orchard trees from the border of the orchard. Estimate."""
_MAX_TILLED_SLOPE = 0.34
"""Steepest tilled ground, as a tangent: 19 deg. Estimate."""
_METRES_PER_STEEPNESS = 10.0
"""Distance (m) to ground that is too steep, per unit of remaining slope."""
_LEVEL = 0.04
"""Rows follow the contours of ground steeper than this, as a tangent. Estimate."""
_SLOPE_SCALE_M = 25.0
"""Scale over which the slope is averaged, because rows are straight."""
_LENGTHS_M, _WIDTHS_M = (55.0, 115.0), (24.0, 46.0)
"""Lengths of parcels and widths of their strips. Estimate."""
_SMALLER_ON_TERRACES = 0.45
"""Share by which parcels are shorter and narrower if all slopes are terraced. Estimate."""
_WARP_M, _WARP_WAVE_M = 12.0, 140.0
"""Amplitude and wavelength of the warp of the lattice."""
_CLUSTERING, _CLUSTERING_WAVE_M = 0.35, 260.0
"""Increase in the share of tilled parcels within a farmed area, and the wavelength of such areas. Estimate."""
_MAX_COLUMNS = 4096
"""Upper bound on the parcels along a strip, and on the trees of an orchard along a row: it packs two numbers into one
key."""


class Crop(IntEnum):
    """What grows or lies on a parcel."""

    PLOUGHED = 0
    SEEDLINGS = 1
    LEAFY = 2
    GREEN_CEREAL = 3
    RIPE_CEREAL = 4
    STUBBLE = 5
    FILM = 6
    ORCHARD = 7


class _CropLook(NamedTuple):
    """Appearance of a crop from above. All values are estimates."""

    row_m: float
    """Row spacing."""
    cover: float
    """Share of the ground covered along the rows: by leaves, straw, plastic film, or grass under trees."""
    colour: tuple[float, float, float]
    """Linear reflectance of the cover."""


_CROP_LOOKS = {
    Crop.PLOUGHED: _CropLook(0.55, 0.0, (0.10, 0.08, 0.05)),
    Crop.SEEDLINGS: _CropLook(0.65, 0.22, (0.065, 0.115, 0.030)),
    Crop.LEAFY: _CropLook(0.85, 0.62, (0.050, 0.095, 0.026)),
    Crop.GREEN_CEREAL: _CropLook(0.36, 0.9, (0.060, 0.115, 0.028)),
    Crop.RIPE_CEREAL: _CropLook(0.36, 0.95, (0.400, 0.300, 0.125)),
    Crop.STUBBLE: _CropLook(0.42, 0.55, (0.430, 0.350, 0.200)),
    Crop.FILM: _CropLook(1.15, 0.55, (0.400, 0.405, 0.410)),
    Crop.ORCHARD: _CropLook(4.4, 0.55, (0.075, 0.090, 0.035)),
}
_CROP_WEIGHTS = {
    "spring": {Crop.PLOUGHED: 3, Crop.SEEDLINGS: 4, Crop.LEAFY: 1, Crop.GREEN_CEREAL: 3, Crop.FILM: 3},
    "summer": {
        Crop.PLOUGHED: 1, Crop.SEEDLINGS: 2, Crop.LEAFY: 5, Crop.GREEN_CEREAL: 1, Crop.RIPE_CEREAL: 3, Crop.STUBBLE: 2,
        Crop.FILM: 1,
    },
    "autumn": {
        Crop.PLOUGHED: 4, Crop.SEEDLINGS: 1, Crop.LEAFY: 2, Crop.GREEN_CEREAL: 1, Crop.STUBBLE: 5, Crop.FILM: 1,
    },
    "winter": {Crop.PLOUGHED: 6, Crop.GREEN_CEREAL: 1, Crop.STUBBLE: 4, Crop.FILM: 1},
}  # fmt: skip
"""Relative frequency of each crop except orchards by season. Estimate."""


@dataclass(frozen=True)
class _Lattice:
    """The warped lattice of parcels, which maps points to parcels along strips and strips across."""

    length_m: float
    """Length of a parcel."""
    width_m: float
    """Width of a strip."""
    turn: float
    """Direction of the strips, counterclockwise from east, rad."""
    seed: int
    """Seed of the site."""

    def parcels(self, x: Floats, y: Floats) -> tuple[Longs, Longs, Floats]:
        """Return column and strip of the parcel at each grid point (Y, X), and the distance to its border, m.

        ``x`` (X,) and ``y`` (Y,) are the grid's columns and rows.
        """
        along, across = self._place(x, y)
        column, strip = np.floor(along).astype(np.int64), np.floor(across).astype(np.int64)
        edge = np.minimum(
            self.length_m * (0.5 - np.abs(along - column - 0.5)), self.width_m * (0.5 - np.abs(across - strip - 0.5))
        )
        return column, strip, edge

    def _place(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return fractional positions along the strips, in parcels, and across them, in strips."""
        east, north = (
            _WARP_M * grid_noise(x / _WARP_WAVE_M, y / _WARP_WAVE_M, stream_seed(self.seed, f"fields/warp/{way}"))
            for way in "xy"
        )
        x, y = x + east, y[:, None] + north
        across = (y * np.cos(self.turn) - x * np.sin(self.turn)) / self.width_m
        along = (x * np.cos(self.turn) + y * np.sin(self.turn)) / self.length_m
        return along + self._shift(np.floor(across).astype(np.int64)), across

    def middle(self, column: Longs, strip: Longs) -> Floats:
        """Return the centers (K, 2) of parcels in the unwarped lattice, m."""
        along, across = (column + 0.5 - self._shift(strip)) * self.length_m, (strip + 0.5) * self.width_m
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return np.stack([along * cos - across * sin, along * sin + across * cos], axis=-1)

    def _shift(self, strip: Longs) -> Floats:
        """Return the shift of each strip against the others, in parcels."""
        return uniform(strip, np.zeros_like(strip), stream_seed(self.seed, "fields/shift"))


def plan_fields(site: DrawnSite, terrain: Terrain, roads: Roads, beside: Floats, seed: int) -> Fields:
    """Return the fields of a site; ``beside`` (Y, X) are the distances of the ground's vertices to the tables, m."""
    lattice = _drawn_lattice(site, seed)
    if site.fields.value == 0:
        return no_fields(terrain)
    column, strip, edge = lattice.parcels(terrain.x, terrain.y)
    edge = np.minimum(edge - _MARGIN_M, _room(terrain, roads, beside))
    farmed = uniform(column, strip, stream_seed(seed, "fields/farmed")) < _share_farmed(site, terrain, seed)
    edge = np.clip(np.where(farmed, edge, -MAX_EDGE_M), -MAX_EDGE_M, MAX_EDGE_M)
    parcel, columns, strips = _numbered(column, strip)

    def random(name: str) -> Floats:
        """Return one uniform number per parcel (K,), independent for each name."""
        return uniform(columns, strips, stream_seed(seed, f"fields/{name}"))

    crop = np.where(random("orchard") < site.orchards.value, int(Crop.ORCHARD), _crops(site.season.value, random))
    row_m, cover, colour = (
        np.array(values)[crop] for values in zip(*(_CROP_LOOKS[each] for each in Crop), strict=True)
    )
    middle = lattice.middle(columns, strips)
    return Fields(
        edge=edge,
        parcel=parcel,
        crop=crop.astype(np.int32),
        middle=middle,
        across=_across_rows(terrain, middle, lattice.turn),
        row_m=row_m * (0.85 + 0.3 * random("row_spacing")),
        cover=cover,
        colour=colour * (0.75 + 0.5 * random("tone"))[:, None],
    )


def _drawn_lattice(site: DrawnSite, seed: int) -> _Lattice:
    """Return a random lattice; on terraces, which are narrow, its parcels are small."""
    length = stream(seed, "fields/length").uniform(*_LENGTHS_M)
    width = stream(seed, "fields/width").uniform(*_WIDTHS_M)
    small = 1 - _SMALLER_ON_TERRACES * site.terraces.value
    turn = float(stream(seed, "fields/turn").uniform(0, np.pi))
    return _Lattice(small * length, small * width, turn, seed)


def _share_farmed(site: DrawnSite, terrain: Terrain, seed: int) -> Floats:
    """Return the share of parcels that are tilled (Y, X): farmland is clustered unless nearly everything is tilled."""
    share = site.fields.value
    x, y = terrain.x / _CLUSTERING_WAVE_M, terrain.y / _CLUSTERING_WAVE_M
    result: Floats = share + _CLUSTERING * grid_noise(x, y, stream_seed(seed, "fields/together")) * min(
        1.0, 4 * (1 - share)
    )
    return result


def _numbered(column: Longs, strip: Longs) -> tuple[Ints, Longs, Longs]:
    """Return parcel numbers (Y, X), counted from 0, and the column and strip (K,) of each parcel."""
    keys = (strip - strip.min()) * _MAX_COLUMNS + column - column.min()
    there = np.zeros(int(keys.max()) + 1, dtype=np.bool_)
    there[keys] = True
    used, number = np.flatnonzero(there), np.cumsum(there) - 1
    columns, strips = used % _MAX_COLUMNS + column.min(), used // _MAX_COLUMNS + strip.min()
    return number[keys].astype(np.int32), columns, strips


def no_fields(terrain: Terrain) -> Fields:
    """Return fields with a single parcel that is not tilled."""
    shape = terrain.heights.shape
    one = np.ones(1)
    return Fields(
        edge=np.full(shape, -MAX_EDGE_M),
        parcel=np.zeros(shape, np.int32),
        crop=np.zeros(1, np.int32),
        middle=np.zeros((1, 2)),
        across=np.array([[0.0, 1.0]]),
        row_m=one,
        cover=one,
        colour=np.ones((1, 3)),
    )


def orchard_lattice(fields: Fields, terrain: Terrain) -> tuple[Floats, Floats, Longs, Longs]:
    """Return x, y (N,) of the trees of all orchards, with equal spacing along and across rows, and two keys (N,).

    The pair of integer keys is unique for each tree.
    """
    row, column = np.nonzero((fields.edge > 0) & (fields.crop == Crop.ORCHARD)[fields.parcel])
    parcel = fields.parcel[row, column]
    points = np.stack([terrain.x[column], terrain.y[row]], axis=-1)
    trees = [np.empty((0, 2))]
    keys = [np.empty((0, 2), np.int64)]
    for number in np.unique(parcel):
        place, lattice = _trees_of(fields, terrain, int(number), points[parcel == number])
        trees.append(place)
        keys.append(lattice + np.array([_MAX_COLUMNS * int(number), 0]))
    (x, y), (key_x, key_y) = np.concatenate(trees).T, np.concatenate(keys).T
    return x, y, key_x, key_y


def _trees_of(fields: Fields, terrain: Terrain, parcel: int, points: Floats) -> tuple[Floats, Longs]:
    """Return the positions (N, 2) of the trees of an orchard in m, and their rows and positions in the row.

    ``points`` (P, 2) are the vertices of the ground in the orchard.
    """
    step, middle, across = fields.row_m[parcel], fields.middle[parcel], fields.across[parcel]
    axes = np.stack([across, [-across[1], across[0]]])
    place = ((points - middle)[:, None] * axes).sum(axis=-1) / step
    low, high = np.floor(place.min(axis=0)), np.ceil(place.max(axis=0))
    lattice = np.stack(np.meshgrid(*(np.arange(low[k], high[k] + 1) for k in (0, 1))), axis=-1).reshape(-1, 2)
    trees = middle + step * (lattice[:, :1] * axes[0] + lattice[:, 1:] * axes[1])
    nearest = terrain.nearest(trees[:, 0], trees[:, 1])
    own = (fields.parcel[nearest] == parcel) & (fields.edge[nearest] > _TREE_INSIDE_M)
    return trees[own], lattice[own].astype(np.int64)


def _room(terrain: Terrain, roads: Roads, beside: Floats) -> Floats:
    """Return the distance (Y, X) to ground that cannot be tilled: tables, roads, banks and distant ground, m."""
    slope_y, slope_x = np.gradient(terrain.heights, terrain.y, terrain.x)
    gentle = (_MAX_TILLED_SLOPE - np.hypot(slope_x, slope_y)) * _METRES_PER_STEEPNESS
    to_road = roads.strip.distance - roads.width_m / 2 - VERGE_M - _FROM_VERGE_M
    near = terrain.fine_half_m + _BEYOND_FINE_M - np.maximum(np.abs(terrain.x), np.abs(terrain.y)[:, None])
    return np.minimum(np.minimum(gentle, to_road), np.minimum(beside - TABLE_CLEARANCE_M, near))


def _crops(season: str, random: Callable[[str], Floats]) -> Indices:
    """Return the crop (K,) of each parcel that is not an orchard; ``random`` returns uniform numbers (K,) by name.

    As in ``random_streams.pick``, each crop gets an exponential waiting time, and the first one wins.
    """
    weights = _CROP_WEIGHTS[season]
    crops = np.array(sorted(weights), dtype=np.intp)
    times = [-np.log1p(-random(f"crop/{Crop(crop).name.lower()}")) / weights[Crop(crop)] for crop in crops.tolist()]
    first: Indices = crops[np.argmin(times, axis=0)]
    return first


def _across_rows(terrain: Terrain, middle: Floats, turn: float) -> Floats:
    """Return unit vectors (K, 2) perpendicular to the rows of parcels.

    They point downhill, or across the strips on level ground.
    """
    heights = box_blur(terrain.heights, _SLOPE_SCALE_M / terrain.spacing_m)
    slope_y, slope_x = np.gradient(heights, terrain.y, terrain.x)
    at = terrain.nearest(middle[:, 0], middle[:, 1])
    slope = np.stack([slope_x[at], slope_y[at]], axis=-1)
    steepness = np.sqrt((slope * slope).sum(axis=-1, keepdims=True))
    return np.where(steepness > _LEVEL, slope / np.maximum(steepness, 1e-9), np.array([-np.sin(turn), np.cos(turn)]))
