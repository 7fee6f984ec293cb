# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures of the marks on a module's glass: stains, droppings, leaves, snow, cracks, burn marks.

A texture covers the module as it is mounted: the first row is at its lower edge. It holds a color and the opacity, from
0 to 1.

Appearance and colors are estimates.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from ..domain.array_types import Floats, Ints, Singles
from ..domain.random_streams import EVERYWHERE, stream
from ..plan.array.conditions import NUM_VARIANTS, Condition
from .textures import DETAIL_PIXELS, GRAIN_M, detail_pixels, grain_pixels

TEXEL_M = 0.008
_SNOW = (0.80, 0.83, 0.88)
_SNOW_LEVELS = (0.4, 1.0)
"""Least and greatest share of a module's slant length that a sheet of snow covers: sheets slide module by module, and
frames part them. Estimate."""
_SNOW_TILT = 0.12
"""Greatest deviation from it at the sides of the module."""
_DROPPING = (0.66, 0.64, 0.58)
_STAIN = (0.23, 0.19, 0.13)
_CRACK = (0.50, 0.53, 0.55)
_BURN = (0.11, 0.060, 0.030)
_LEAVES = np.array([(0.13, 0.060, 0.020), (0.20, 0.11, 0.030), (0.055, 0.075, 0.020), (0.24, 0.17, 0.060)])
_CELL_M = 0.17
"""Side length of a burnt cell."""


def mark_atlas(used: list[tuple[Condition, int]], sides_m: tuple[float, float]) -> Singles:
    """Return the textures (H, W (1 + U), 4) of U conditions and variants, side by side after an empty one."""
    tiles = [_tile(condition, variant, sides_m) for condition, variant in used]
    height, width = _shape(sides_m)
    return np.concatenate([np.zeros((height, width, 4), dtype=np.float32), *tiles], axis=1)


@lru_cache(maxsize=64)
def _tile(condition: Condition, variant: int, sides_m: tuple[float, float]) -> Singles:
    """Return one texture (H, W, 4); its first texel is empty, because the sides of the module read it."""
    rng = stream(EVERYWHERE, f"texture/mark/{condition.key}/{variant}")
    tile = np.zeros((*_shape(sides_m), 4), dtype=np.float32)
    _PAINTERS[condition](tile, rng)
    tile[0, 0] = 0
    return tile


def _shape(sides_m: tuple[float, float]) -> tuple[int, int]:
    width, height = (max(round(side / TEXEL_M), 2) for side in sides_m)
    return height, width


def _places(tile: Singles) -> tuple[Floats, Floats]:
    """Return the distances x (W,) and y (H, 1) of texel centers from the left and from the lower edge, m."""
    height, width = tile.shape[:2]
    return (np.arange(width) + 0.5) * TEXEL_M, ((np.arange(height) + 0.5) * TEXEL_M)[:, None]


def _noise(tile: Singles, rng: np.random.Generator, step: int = 1) -> Floats:
    """Return fractal noise (H, W) around 0.5, with patches ``step`` times smaller than in the detail texture."""
    height, width = tile.shape[:2]
    row, column, channel = rng.integers(0, DETAIL_PIXELS), rng.integers(0, DETAIL_PIXELS), rng.integers(0, 4)
    rows, columns = (row + step * np.arange(height)) % DETAIL_PIXELS, (column + step * np.arange(width)) % DETAIL_PIXELS
    return detail_pixels()[np.ix_(rows, columns)][..., channel].astype(np.float64)


def _lay(tile: Singles, colour: tuple[float, ...] | Floats, cover: Floats) -> None:
    """Paint ``colour`` over the tile with the opacity ``cover`` (H, W)."""
    share = np.clip(cover, 0.0, 1.0)[..., None]
    below = tile[..., 3:] * (1 - share)
    together = share + below
    tile[..., :3] = (np.asarray(colour) * share + tile[..., :3] * below) / np.maximum(together, 1e-6)
    tile[..., 3:] = together


def _within(places: Floats, middle: float, reach: float) -> slice:
    """Return the range of ascending ``places`` (N,) at most ``reach`` away from ``middle``."""
    return slice(*np.searchsorted(places, [middle - reach, middle + reach]))


def _stain(tile: Singles, rng: np.random.Generator) -> None:
    """Paint one or more patches of dried mud, from which rain has drawn streaks downward."""
    x, y = _places(tile)
    wet = np.zeros(tile.shape[:2])
    for _ in range(int(rng.integers(1, 4))):
        middle_x, middle_y = rng.uniform(0, x[-1]), rng.uniform(0.2, 1.0) * y[-1, 0]
        radius = rng.uniform(0.15, 0.5)
        wet = np.maximum(wet, np.exp(-((x - middle_x) ** 2 + (y - middle_y) ** 2) / radius**2))
        below = np.exp(-np.clip(middle_y - y, 0, None) / 0.9) * (y < middle_y)
        wet = np.maximum(wet, 0.7 * below * np.exp(-(((x - middle_x) / radius) ** 2)) * _noise(tile, rng, 3)[:1] * 1.6)
    _lay(tile, _STAIN, np.clip(2.2 * wet * (_noise(tile, rng, 2) + _noise(tile, rng, 6) - 0.62), 0, 0.75))


def _bird_droppings(tile: Singles, rng: np.random.Generator) -> None:
    """Paint splashes that have run down, with specks around them."""
    x, y = _places(tile)
    edge = 0.6 + 0.8 * _noise(tile, rng, 7)
    cover = np.zeros(tile.shape[:2])
    for _ in range(int(rng.integers(4, 14))):
        middle_x, middle_y = rng.uniform(0, x[-1]), rng.uniform(0, y[-1, 0])
        radius, run = rng.uniform(0.008, 0.045), rng.choice([0.0, 0.06, 0.25]) * rng.uniform(0.4, 1.6)
        below = np.clip(middle_y - y, 0.0, run)
        thin = radius * (1 - 0.75 * below / max(run, 1e-6))
        distance = np.hypot(x - middle_x, y - middle_y + below)
        cover = np.maximum(cover, np.clip((edge * thin - distance) / TEXEL_M + 0.5, 0, 1))
    around = np.clip((_noise(tile, rng) - 0.5) * 4, 0, 1)
    specks = np.clip((_noise(tile, rng, 9) - 0.84) * 12, 0, 1) * around
    _lay(tile, _DROPPING, np.maximum(0.92 * cover, 0.8 * specks))


def _leaves(tile: Singles, rng: np.random.Generator) -> None:
    """Paint dead leaves, most of them at the lower edge."""
    x, y = _places(tile)
    for _ in range(int(rng.integers(8, 30))):
        middle_x, middle_y = rng.uniform(0, x[-1]), y[-1, 0] * rng.random() ** 3
        length, turn = rng.uniform(0.02, 0.055), rng.uniform(0, np.pi)
        rows, columns = (_within(place.ravel(), at, length) for place, at in ((y, middle_y), (x, middle_x)))
        right, up = x[columns] - middle_x, y[rows] - middle_y
        across = right * np.cos(turn) + up * np.sin(turn)
        along = up * np.cos(turn) - right * np.sin(turn)
        inside = 1 - np.hypot(across / (0.45 * length), along / length)
        colour = _LEAVES[int(rng.integers(len(_LEAVES)))] * rng.uniform(0.7, 1.3)
        _lay(tile[rows, columns], colour, np.clip(inside * 4, 0, 1))


def _snow(tile: Singles, rng: np.random.Generator) -> None:
    """Paint a sheet of snow that has slid to the lower part: its edge slants, and is ragged everywhere alike."""
    _, y = _places(tile)
    across = np.linspace(-1, 1, tile.shape[1])
    edge = rng.uniform(*_SNOW_LEVELS) + rng.uniform(-_SNOW_TILT, _SNOW_TILT) * across
    for waves in range(1, 7):
        edge = edge + rng.uniform(0.03, 0.1) / waves * np.sin(np.pi * (0.8 * waves * across + rng.uniform(0, 2)))
    upper = y[-1, 0] * edge + 0.06 * (_noise(tile, rng, 3) - 0.5)
    thin = 1 - 0.25 * np.clip((_noise(tile, rng, 2) - 0.6) * 4, 0, 1)
    _lay(tile, _SNOW, np.clip((upper - y) / 0.05, 0, 1) * thin)


def _cracked(tile: Singles, rng: np.random.Generator) -> None:
    """Paint shattered safety glass: fragments over the whole pane, and rays from the point of impact."""
    x, y = _places(tile)
    grain = grain_pixels()[..., 0]
    edges = (grain != np.roll(grain, 1, axis=0)) | (grain != np.roll(grain, 1, axis=1))
    texel = GRAIN_M / len(grain)
    rows, columns = (np.rint(place / texel).astype(int) % len(grain) for place in (y[:, 0], x))
    net = edges[np.ix_(rows, columns)]
    hit_x, hit_y = rng.uniform(0.2, 0.8) * x[-1], rng.uniform(0.2, 0.8) * y[-1, 0]
    distance, angle = np.hypot(x - hit_x, y - hit_y), np.arctan2(y - hit_y, x - hit_x)
    rays = np.zeros(tile.shape[:2], dtype=bool)
    for direction in rng.uniform(-np.pi, np.pi, 14):
        off = np.abs((angle - direction + np.pi) % (2 * np.pi) - np.pi) * distance
        rays |= off < 0.005
    near = np.exp(-distance / 0.5)
    _lay(tile, _CRACK, 0.05 + 0.12 * near + net * (0.22 + 0.35 * near) + 0.45 * rays + (distance < 0.03))


def _hot_spot(tile: Singles, rng: np.random.Generator) -> None:
    """Paint one to four cells browned by heat."""
    x, y = _places(tile)
    for _ in range(int(rng.integers(1, 5))):
        middle_x, middle_y = ((np.floor(rng.uniform(0, side / _CELL_M)) + 0.5) * _CELL_M for side in (x[-1], y[-1, 0]))
        reach = np.maximum(np.abs(x - middle_x), np.abs(y - middle_y))
        cell = np.clip((0.48 * _CELL_M - reach) / 0.012, 0, 1)
        _lay(tile, _BURN, cell * rng.uniform(0.45, 0.85) * (0.6 + 0.6 * _noise(tile, rng, 3)))


_PAINTERS: dict[Condition, Callable[[Singles, np.random.Generator], None]] = {
    Condition.STAIN: _stain,
    Condition.BIRD_DROPPINGS: _bird_droppings,
    Condition.LEAVES: _leaves,
    Condition.SNOW: _snow,
    Condition.CRACKED: _cracked,
    Condition.HOT_SPOT: _hot_spot,
}


def used_marks(condition: Ints, variant: Ints) -> list[tuple[Condition, int]]:
    """Return the conditions and variants in ``condition`` and ``variant`` (M,) with a texture, in a fixed order."""
    codes = np.unique(condition.astype(np.int64) * NUM_VARIANTS + variant % NUM_VARIANTS)
    pairs = [(Condition(code // NUM_VARIANTS), int(code % NUM_VARIANTS)) for code in codes.tolist()]
    return [pair for pair in pairs if pair[0] in _PAINTERS]
