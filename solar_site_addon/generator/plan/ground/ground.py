# SPDX-License-Identifier: GPL-3.0-or-later
"""Ground cover: grass, rock, snow, soil color and fields; gravel, lawn or bare soil within the array."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import stream_seed
from ...settings.drawn import DrawnSite
from ..array.stages import Stage
from ..array.tables import Tables
from ..numerics.blur import box_blur
from ..numerics.columns import rows_of
from ..numerics.noise import grid_noise
from ..roads.roads import Roads
from ..terrain.terrain import Terrain
from .fields import MAX_EDGE_M, TABLE_CLEARANCE_M, plan_fields
from .ground_cover import Ground
from .rills import plan_rills

WORKED_BORDER_M = 1.2
"""Distance beyond a table's outline to which machines and feet have worn the ground. Estimate."""
BESIDE_REACH_M = TABLE_CLEARANCE_M + MAX_EDGE_M
"""Largest stored distance to a table."""
_AMONG_M = 8.0
"""Distance from the tables at which gravel, lawn or bare soil ends, inside the fence. Estimate."""
_CLEARED, _WORN = 0.95, 0.35
"""Share of the cover that is removed among tables under construction, and among complete tables beside them.
Estimate."""
DRY_AT = {"spring": 0.4, "summer": 1.0, "autumn": 1.4, "winter": 2.2}
"""Factor on the dryness of grass by season. Estimate."""
ROCK_FROM_DEG, ROCK_FULL_DEG = 30.0, 42.0
"""Slopes at which rock begins to show and at which no soil is left, about the angle of repose of soil. Estimate."""
_EARTH_BANKS = 0.75
"""Share of terrace risers that are overgrown banks instead of dry walls. Estimate."""
_HOLLOW_SCALE_M = 24.0
"""Scale at which hollows are detected: soil is moist where it lies below the mean of its surroundings. Estimate."""


def plan_ground(site: DrawnSite, terrain: Terrain, tables: Tables, roads: Roads, seed: int) -> Ground:
    """Return the ground cover at each vertex of ``terrain``."""
    patches = _Patches(terrain, seed)
    beside = distance_beside(terrain, tables)
    worked = (beside < WORKED_BORDER_M).astype(np.float64)
    border = 1.5 * grid_noise(terrain.x / 9.0, terrain.y / 9.0, stream_seed(seed, "ground/border"))
    cleared, untouched = _cleared(terrain, tables, border)
    gravel, mown, bare = (untouched * cover for cover in _array_ground(site.array_ground.value, beside, border))
    bare_or_wild: Floats = 1.0 - np.maximum(gravel, mown)
    fields = plan_fields(site, terrain, roads, beside, seed)
    grass = _wild_grass(site.greenness.value, worked, patches.noise("grass", 31.0))
    # Lawns were sown; little grows through gravel or on graded soil.
    grass = grass + mown * np.maximum(0.85 - 0.5 * worked - grass, 0) - 0.8 * gravel - 0.7 * bare - cleared
    dryness = patches.noise("dryness", 57.0)
    dry = np.clip(0.5 + 0.5 * dryness + 0.7 * (0.55 - site.greenness.value), 0, 1)
    light = 0.5 + 0.4 * patches.noise("light", 90.0, octaves=2) + 0.22 * dryness - _hollows(terrain)
    return Ground(
        greenness=site.greenness.value,
        grass=np.clip(grass, 0, 1) * (1 - np.clip(fields.edge, 0, 1)),
        dry=np.clip(dry * DRY_AT[site.season.value], 0, 1),
        rock=_rock(site, terrain, patches.noise("rock", 23.0)) * bare_or_wild,
        snow=_snow(site.snow.value, terrain, worked, patches) if site.snow.value > 0 else np.zeros_like(worked),
        light=np.clip(light, 0, 1),
        gravel=gravel,
        mown=mown,
        cleared=cleared,
        rills=plan_rills(terrain, bare_or_wild, seed),
        beside=beside,
        fields=fields,
    )


def _rock(site: DrawnSite, terrain: Terrain, patches: Floats) -> Floats:
    """Return the share of visible rock (Y, X), on slopes that hold no soil; most terrace risers are overgrown."""
    rock = np.clip((_slope_deg(terrain) + 8 * patches - ROCK_FROM_DEG) / (ROCK_FULL_DEG - ROCK_FROM_DEG), 0, 1)
    result: Floats = rock * (1 - site.terraces.value * _EARTH_BANKS * (patches < 0.3))
    return result


def _wild_grass(greenness: float, worked: Floats, patches: Floats) -> Floats:
    """Return the share of ground under wild grass (Y, X), lower where it is ``worked``."""
    # Patches range from about -1 to 1: at greenness 0.5, half of the ground is above 0.5.
    return np.clip(0.5 + 0.55 * patches + 1.1 * (greenness - 0.5) - 0.28 * worked, 0, 1)


def distance_beside(terrain: Terrain, tables: Tables) -> Floats:
    """Return the horizontal distance (Y, X) of vertices to the nearest table, m; at most BESIDE_REACH_M."""
    distance = np.full(terrain.heights.shape, BESIDE_REACH_M)
    along, across = tables.axes[:, 0, :2], tables.axes[:, 1, :2]
    flat = np.sqrt((along * along).sum(axis=1)), np.sqrt((across * across).sum(axis=1))
    along, across = along / flat[0][:, None], across / flat[1][:, None]
    half = tables.size / 2 * np.stack(flat, axis=1)
    reach = np.abs(along) * half[:, :1] + np.abs(across) * half[:, 1:] + BESIDE_REACH_M
    low, high = tables.centre[:, :2] - reach, tables.centre[:, :2] + reach
    west, east = np.searchsorted(terrain.x, low[:, 0]), np.searchsorted(terrain.x, high[:, 0])
    south, north = np.searchsorted(terrain.y, low[:, 1]), np.searchsorted(terrain.y, high[:, 1])
    for table, centre in enumerate(tables.centre):
        window = slice(south[table], north[table]), slice(west[table], east[table])
        x, y = terrain.x[window[1]] - centre[0], terrain.y[window[0], None] - centre[1]
        beside, before = (
            np.maximum(np.abs(x * axis[table, 0] + y * axis[table, 1]) - half[table, k], 0.0)
            for k, axis in enumerate((along, across))
        )
        away = np.sqrt(beside * beside + before * before)
        np.minimum(distance[window], away, out=distance[window])
    return distance


def _array_ground(kind: str, beside: Floats, border: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the shares (Y, X) of gravel, lawn and bare soil, up to a border that varies by ``border`` meters."""
    none = np.zeros_like(beside)
    among = np.clip((_AMONG_M + border - beside) / 1.5, 0, 1)
    strips = np.clip(1.5 + 0.3 * border - beside, 0, 1)
    gravel = {"gravel": among, "gravel_strips": strips}.get(kind, none)
    return gravel, among if kind == "mown" else none, among if kind == "bare_soil" else none


def _cleared(terrain: Terrain, tables: Tables, border: Floats) -> tuple[Floats, Floats | float]:
    """Return the share of ground (Y, X) cleared by construction work, and the share whose cover is already final.

    On a site under construction, machines have also worn the ground at the complete tables.
    """
    if (tables.stage == Stage.COMPLETE).all():
        return np.zeros_like(border), 1.0
    begun = (tables.stage > Stage.CLEARED) | (tables.done > 0)
    final, worked = (
        np.clip((_AMONG_M + border - distance_beside(terrain, rows_of(tables, chosen))) / 2.5, 0, 1)
        for chosen in (tables.stage == Stage.COMPLETE, begun & (tables.stage < Stage.COMPLETE))
    )
    return np.maximum(_CLEARED * worked, _WORN * final), np.clip(final - worked, 0, 1)


def _hollows(terrain: Terrain) -> Floats:
    """Return the increase in soil moisture, and so in darkness, over level ground (Y, X): positive in hollows."""
    fine = np.ix_(*(np.flatnonzero(np.abs(axis) <= terrain.fine_half_m) for axis in (terrain.y, terrain.x)))
    heights = terrain.heights[fine]
    result = np.zeros_like(terrain.heights)
    result[fine] = np.clip(0.5 * (box_blur(heights, _HOLLOW_SCALE_M / terrain.spacing_m) - heights), -0.15, 0.25)
    return result


def _snow(share: float, terrain: Terrain, worked: Floats, patches: _Patches) -> Floats:
    """Return how readily snow lies (Y, X): less on sunny slopes and below tables, which shelter the ground."""
    slope_y = np.gradient(terrain.heights, terrain.y, axis=0)
    north = np.clip(-slope_y, -0.5, 0.5)
    return np.clip(0.5 + 0.45 * patches.noise("snow", 19.0) + 1.5 * (share - 0.5) + 0.6 * north - 0.9 * worked, 0, 1)


class _Patches(NamedTuple):
    """Random patches on the ground of a site."""

    terrain: Terrain
    seed: int

    def noise(self, subject: str, wavelength_m: float, octaves: int = 4) -> Floats:
        """Return octaves of noise (Y, X) from ``wavelength_m`` down, about -1 to 1."""
        total = np.zeros_like(self.terrain.heights)
        for octave in range(octaves):
            scale = 2.0**octave / wavelength_m
            seed = stream_seed(self.seed, f"ground/{subject}/{1 / scale:.4g} m")
            total += 0.6**octave * grid_noise(self.terrain.x * scale, self.terrain.y * scale, seed)
        return np.clip(1.35 * total, -1.2, 1.2)


def _slope_deg(terrain: Terrain) -> Floats:
    """Return the slope of the ground at its vertices (Y, X), deg."""
    slope_y, slope_x = np.gradient(terrain.heights, terrain.y, terrain.x)
    return np.degrees(np.arctan(np.hypot(slope_x, slope_y)))
