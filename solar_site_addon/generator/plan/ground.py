# SPDX-License-Identifier: GPL-3.0-or-later
"""Ground cover: where grass grows, where it is dry, where rock shows and where works have bared the soil."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..settings import SiteSettings
from .noise import gradient_noise
from .site_plan import Ground, Tables
from .terrain import Terrain

Floats = NDArray[np.float64]

WORKED_BORDER_M = 1.2
"""How far beyond a table's outline machines and feet have worn the ground."""
WORKED_STEP_M = 0.7
"""Spacing of the points at which tables mark the ground: below the terrain's own spacing, so that no cell is missed."""
DRY_AT = {"spring": 0.4, "summer": 1.0, "autumn": 1.4, "winter": 2.2}
"""How dry grass is in each season, as a factor."""
ROCK_FROM_DEG, ROCK_FULL_DEG = 30.0, 42.0
"""Soil does not hold on steeper ground than about its angle of repose."""


def plan_ground(site: SiteSettings, terrain: Terrain, tables: Tables, rng: np.random.Generator) -> Ground:
    """The cover of each vertex of ``terrain``; draws where its patches lie."""
    greenness = site.greenness.value
    seeds = rng.integers(0, 2**31, size=3)
    x, y = np.meshgrid(terrain.x, terrain.y)
    slope = _slope_deg(terrain)
    rock = np.clip(
        (slope + 8 * _patches(x, y, 23.0, int(seeds[0])) - ROCK_FROM_DEG) / (ROCK_FULL_DEG - ROCK_FROM_DEG), 0, 1
    )
    worked = _worked(terrain, tables)
    # Patches are about -1 to 1: at greenness 0.5 half of the land is above 0.5.
    grass = np.clip(0.5 + 0.55 * _patches(x, y, 31.0, int(seeds[1])) + 1.1 * (greenness - 0.5) - 0.28 * worked, 0, 1)
    dry = np.clip(0.5 + 0.5 * _patches(x, y, 57.0, int(seeds[2])) + 0.7 * (0.55 - greenness), 0, 1)
    dry = np.clip(dry * DRY_AT[site.season.value], 0, 1)
    snow_seed = int(rng.integers(0, 2**31))
    snow = _snow(site.snow.value, terrain, worked, x, y, snow_seed) if site.snow.value > 0 else np.zeros_like(x)
    return Ground(greenness=greenness, grass=grass, dry=dry, rock=rock, snow=snow)


def _snow(share: float, terrain: Terrain, worked: Floats, x: Floats, y: Floats, seed: int) -> Floats:
    """(Y, X) how readily snow lies: less on southern slopes, in the sun, and below the tables, which keep it off."""
    patches = _patches(x, y, 19.0, seed)
    slope_y = np.gradient(terrain.heights, terrain.y, axis=0)
    north = np.clip(-slope_y, -0.5, 0.5)
    return np.clip(0.5 + 0.45 * patches + 1.5 * (share - 0.5) + 0.6 * north - 0.9 * worked, 0, 1)


def _patches(x: Floats, y: Floats, wavelength_m: float, seed: int) -> Floats:
    """Four octaves of noise from ``wavelength_m`` down, about -1 to 1; octaves finer than the grid are left out."""
    total = np.zeros_like(x)
    for octave in range(4):
        scale = 2.0**octave / wavelength_m
        total += 0.6**octave * gradient_noise(x * scale, y * scale, seed + octave)
    return np.clip(1.35 * total, -1.2, 1.2)


def _slope_deg(terrain: Terrain) -> Floats:
    slope_y, slope_x = np.gradient(terrain.heights, terrain.y, terrain.x)
    return np.degrees(np.arctan(np.hypot(slope_x, slope_y)))


def _worked(terrain: Terrain, tables: Tables) -> Floats:
    """(Y, X) 1 under tables and close by, 0 elsewhere."""
    worked = np.zeros_like(terrain.heights)
    if len(tables) == 0:
        return worked
    half = tables.size.max(axis=0) / 2 + WORKED_BORDER_M
    steps = [np.linspace(-reach, reach, int(np.ceil(2 * reach / WORKED_STEP_M)) + 1) for reach in half]
    along, up = (grid.ravel() for grid in np.meshgrid(*steps, indexing="ij"))
    points = (
        tables.centre[:, None, :2]
        + along[:, None] * tables.axes[:, None, 0, :2]
        + up[:, None] * tables.axes[:, None, 1, :2]
    ).reshape(-1, 2)
    columns = np.searchsorted(terrain.x, points[:, 0]).clip(0, len(terrain.x) - 1)
    rows = np.searchsorted(terrain.y, points[:, 1]).clip(0, len(terrain.y) - 1)
    worked[rows, columns] = 1.0
    return worked
