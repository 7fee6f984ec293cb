# SPDX-License-Identifier: GPL-3.0-or-later
"""The terrain: a height field that is fine on the site and grows coarser toward the horizon."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats, Indices, Ints, Mask
from ...domain.random_streams import stream, stream_seed
from ...settings.drawn import DrawnSite
from ..numerics.blur import box_blur
from ..numerics.noise import furrows, gradient_noise, grid_noise
from ..numerics.spline import quadratic_taps, surface
from .elevation_model import Anchor, model_heights
from .erosion import eroded

MARGIN_M = 80.0
"""Width of the fine ground beyond the site on each side."""
HORIZON_M = 4500.0
"""Half the side length of the whole terrain."""
_MIN_SPACING_M = 1.0
_MAX_CELLS = 1200
"""Largest number of fine cells along a side."""
_ERODED = 1.35
"""Half side length of the eroded area, as a multiple of the half side length of the fine ground."""
_EROSION_CELLS = 128
_EROSION = 1.2
"""Erosion strength: at 1 the main valleys cut down most of the way to their outlets."""
_REFERENCE_SLOPE = 0.27
"""Median slope of the terrain before erosion; afterwards all heights are scaled to the relief."""
_BENCHES = 0.55
"""Height between the middles of valley floors and uplands, as a share of the range of heights."""
_RISER_WIDTH_M = 1.3
"""Horizontal width of a terrace riser, about the narrowest that the grid resolves."""
_GULLY_SPACING_M = 38.0
_GROWTH = 1.08
"""Ratio of the sizes of adjacent cells outside the fine ground."""


@dataclass(frozen=True)
class Terrain:
    """Heights on a rectilinear grid; each cell is two triangles, split from lower left to upper right.

    A single grid whose cells grow toward the horizon has no seam between site and backdrop that could crack.
    """

    x: Floats
    """Coordinates of the grid's columns (X,), m, ascending."""
    y: Floats
    """Coordinates of the grid's rows (Y,), m, ascending."""
    heights: Floats
    """Heights (Y, X), m; 0 at the center of the site."""
    fine_half_m: float
    """The cells are fine and square where |x| and |y| do not exceed this."""
    spacing_m: float
    """Side length of the fine cells, m."""
    relief: float
    roughness: float
    anchor: Anchor | None = None
    """Where the center lies in the coordinate system of an elevation model, if there is one."""

    def height(self, x: Floats | float, y: Floats | float) -> Floats:
        """Return the heights of points (broadcast) on the triangles of ``mesh``, m; outside, those of the edge."""
        column, row, across, along = self._cell(x, y)
        z00, z10 = self.heights[row, column], self.heights[row, column + 1]
        z01, z11 = self.heights[row + 1, column], self.heights[row + 1, column + 1]
        lower = z00 + across * (z10 - z00) + along * (z11 - z10)
        upper = z00 + along * (z01 - z00) + across * (z11 - z01)
        return np.where(across >= along, lower, upper)

    def normal(self, x: Floats | float, y: Floats | float) -> Floats:
        """Return the unit normals (..., 3) of the triangles at the points."""
        column, row, across, along = self._cell(x, y)
        z00, z10 = self.heights[row, column], self.heights[row, column + 1]
        z01, z11 = self.heights[row + 1, column], self.heights[row + 1, column + 1]
        lower = across >= along
        slope_x = np.where(lower, z10 - z00, z11 - z01) / (self.x[column + 1] - self.x[column])
        slope_y = np.where(lower, z11 - z10, z01 - z00) / (self.y[row + 1] - self.y[row])
        normal = np.stack([-slope_x, -slope_y, np.ones_like(slope_x)], axis=-1)
        result: Floats = normal / np.sqrt((normal * normal).sum(-1, keepdims=True))
        return result

    def slope(self, x: Floats | float, y: Floats | float) -> Floats:
        """Return the slope of the triangles at the points in degrees."""
        return np.degrees(np.arccos(np.clip(self.normal(x, y)[..., 2], -1.0, 1.0)))

    def mesh(self) -> tuple[Floats, Ints]:
        """Return vertices (V, 3) in m and triangles (F, 3), counterclockwise from above."""
        rows, columns = self.heights.shape
        grid_x, grid_y = np.meshgrid(self.x, self.y)
        vertices = np.stack([grid_x, grid_y, self.heights], axis=-1).reshape(-1, 3)
        index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
        v00, v10, v01, v11 = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
        lower = np.stack([v00, v10, v11], axis=-1)
        upper = np.stack([v00, v11, v01], axis=-1)
        return vertices, np.stack([lower, upper], axis=-2).reshape(-1, 3)

    def thinned(self, most_lines: int) -> tuple[Terrain, Indices, Indices]:
        """Return the terrain with at most about ``most_lines`` rows and columns, and the indices of those kept."""
        kept = []
        for axis in (self.y, self.x):
            step = -(-(len(axis) - 1) // (most_lines - 1))
            kept.append(np.append(np.arange(0, len(axis) - 1, step), len(axis) - 1))
        rows, columns = kept
        heights = self.heights[np.ix_(rows, columns)]
        # No cells are known to be square any more.
        return replace(self, x=self.x[columns], y=self.y[rows], heights=heights, fine_half_m=0.0), rows, columns

    def edges(self) -> tuple[Ints, Ints]:
        """Return the edges (E, 2) of ``mesh`` as vertex indices, and the edge indices (F, 3) of its triangles.

        A triangle's edges run from its first corner to its second, and so on.
        """
        rows, columns = self.heights.shape
        index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
        sides = (index[:, :-1], index[:, 1:]), (index[:-1], index[1:]), (index[:-1, :-1], index[1:, 1:])
        numbers = np.arange(sum(start.size for start, _ in sides), dtype=np.int32)
        east, north, across = np.split(numbers, np.cumsum([start.size for start, _ in sides])[:-1])
        east, north = east.reshape(rows, columns - 1), north.reshape(rows - 1, columns)
        across = across.reshape(rows - 1, columns - 1)
        lower = np.stack([east[:-1], north[:, 1:], across], axis=-1)
        upper = np.stack([across, east[1:], north[:, :-1]], axis=-1)
        ends = np.concatenate([np.stack(side, axis=-1).reshape(-1, 2) for side in sides])
        return ends, np.stack([lower, upper], axis=-2).reshape(-1, 3)

    def nearest(self, x: Floats, y: Floats) -> tuple[Indices, Indices]:
        """Return row and column of the grid vertices nearest to the points; outside the grid, those of its edge."""
        return nearest_line(self.y, y), nearest_line(self.x, x)

    def _cell(self, x: Floats | float, y: Floats | float) -> tuple[Indices, Indices, Floats, Floats]:
        """Return column and row of the cells under the points, and the positions within them, 0 to 1."""
        px, py = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        column, across = self._interval(self.x, px)
        row, along = self._interval(self.y, py)
        return column, row, across, along

    def _interval(self, axis: Floats, values: Floats) -> tuple[Indices, Floats]:
        """Return the indices of the grid lines at or before the values, and the positions up to the next lines."""
        if np.abs(values).max(initial=0.0) < self.fine_half_m:
            place = (values + self.fine_half_m) / self.spacing_m
            before = place.astype(np.intp)
            return before + np.searchsorted(axis, -self.fine_half_m), place - before
        values = np.clip(values, axis[0], axis[-1])
        before = np.clip(np.searchsorted(axis, values, side="right") - 1, 0, len(axis) - 2)
        return before, (values - axis[before]) / (axis[before + 1] - axis[before])


def plan_terrain(site: DrawnSite, seed: int, attempt: int = 0, *, northern: bool = True) -> Terrain:
    """Return a terrain around the site, which is centered on (0, 0); each ``attempt`` gives another one.

    On an elevation model, a place is sought for tables that face south if ``northern``, and else north.
    """
    relief, roughness = site.relief.value, site.roughness.value
    noises = _Noises(seed, f"terrain/{attempt}")
    axis, fine_half, spacing = grid_axis(site.size_m)
    anchor = None
    if site.elevation_model:
        heights, anchor = _real_land(site, axis, fine_half, noises, northern=northern)
    else:
        heights = _mountain(axis, fine_half, relief, roughness, noises)
        on_site = np.abs(axis) <= site.size_m / 2
        steepness = _steepness(heights[np.ix_(on_site, on_site)], spacing)
        heights *= math.tan(math.radians(median_slope_deg(relief))) / steepness
    if site.terraces.value > 0:
        riser_m = site.terrace_riser_m.value
        heights = terraced(
            heights, axis, np.abs(axis) <= fine_half, site.terraces.value, riser_m, noises.seed("terraces")
        )
    middle = len(axis) // 2
    level = heights - heights[middle, middle]
    return Terrain(axis, axis.copy(), level, fine_half, spacing, relief, roughness, anchor)


def nearest_line(axis: Floats, values: Floats) -> Indices:
    """Return the indices of the grid lines (ascending, any spacing) nearest to ``values``."""
    return np.searchsorted((axis[1:] + axis[:-1]) / 2, values)


def median_slope_deg(relief: float) -> float:
    """Return the median slope of a site with the given ``site.relief``, in degrees.

    A relief of 0 is grassland, 0.5 is hills with steep valley sides, and 1 is a steep mountain. Estimate.
    """
    return 0.4 + 3.6 * relief + 16.0 * relief**2.4


def grid_axis(size_m: float) -> tuple[Floats, float, float]:
    """Return the grid coordinates (N,) of a site, and half the width and the spacing of their uniform part, all in m.

    The coordinates are symmetric about 0.
    """
    fine_half = size_m / 2 + MARGIN_M
    spacing = max(_MIN_SPACING_M, 2 * fine_half / _MAX_CELLS)
    cells = math.ceil(fine_half / spacing)
    steps = [spacing * index for index in range(cells + 1)]
    fine_half = steps[-1]
    step = spacing
    while steps[-1] < HORIZON_M:
        step *= _GROWTH
        steps.append(steps[-1] + step)
    positive = np.array(steps)
    return np.concatenate([-positive[:0:-1], positive]), fine_half, spacing


def _steepness(heights: Floats, spacing: float) -> float:
    """Return the median tangent of the slope on a uniform grid."""
    along_y, along_x = np.gradient(heights, spacing)
    return max(float(np.median(np.sqrt(along_x * along_x + along_y * along_y))), 1e-6)


class _Noises(NamedTuple):
    """The random streams of one terrain; their names begin with ``subject``."""

    site_seed: int
    subject: str

    def seed(self, name: str) -> int:
        """Return the seed of the noise ``name``."""
        return stream_seed(self.site_seed, f"{self.subject}/{name}")

    def stream(self, name: str) -> np.random.Generator:
        """Return the generator of the stream ``name``."""
        return stream(self.site_seed, f"{self.subject}/{name}")


class _Waves:
    """Warped gradient noise on a square grid, faded out where the cells cannot resolve its wavelength."""

    def __init__(self, axis: Floats, fine_half: float, noises: _Noises) -> None:
        """Prepare the noise; ``axis`` (N,) holds the coordinates of the grid's columns and of its rows."""
        self._cell = np.maximum((_GROWTH - 1.0) * np.maximum(np.abs(axis) - fine_half, 0.0), 1e-3)
        self._x = axis + 150.0 * grid_noise(axis / 520.0, axis / 520.0, noises.seed("warp/x"))
        self._y = axis[:, None] + 150.0 * grid_noise(axis / 520.0, axis / 520.0, noises.seed("warp/y"))
        self._noises = noises

    def fade(self, wavelength: float) -> Floats:
        """Return 1 where the cells resolve the wavelength (m), 0 where they are too coarse."""
        along = self._fade_along(wavelength)
        return np.minimum(along, along[:, None])

    def _fade_along(self, wavelength: float) -> Floats:
        """Return the fade (N,) along one axis; a cell fades as its larger side demands."""
        result: Floats = np.clip(wavelength / self._cell / 2.5 - 1.0, 0.0, 1.0)
        return result

    def seen(self, wavelength: float) -> tuple[slice, slice]:
        """Return the range of rows and columns where the wavelength is not faded out."""
        there = np.flatnonzero(self._fade_along(wavelength) > 0)
        along = slice(int(there[0]), int(there[-1]) + 1) if len(there) else slice(0)
        return along, along

    def hills(self, wavelength: float) -> Floats:
        """Return rounded hills and hollows, about -0.7 to 0.7."""
        result: Floats = self.fade(wavelength) * self._noise(wavelength, "hills")
        return result

    def ridges(self, wavelength: float) -> Floats:
        """Return crests above wide valleys, about 0 to 1."""
        noise = self._noise(wavelength, "ridges")
        # Real crests are rounded, not knife edges.
        crest = 1.0 - 1.7 * (np.sqrt(noise * noise + 0.012) - 0.11)
        fade = self.fade(wavelength)
        result: Floats = fade * crest * crest + (1.0 - fade) * 0.5
        return result

    def _noise(self, wavelength: float, form: str) -> Floats:
        """Return the noise where it is resolved, 0 elsewhere; each form and wavelength has a noise of its own."""
        result, seen = np.zeros_like(self._x), self.seen(wavelength)
        seed = self._noises.seed(f"{form}/{wavelength:.4g} m")
        result[seen] = gradient_noise(self._x[seen] / wavelength, self._y[seen] / wavelength, seed)
        return result


def _mountain(axis: Floats, fine_half: float, relief: float, roughness: float, noises: _Noises) -> Floats:
    """Return heights (N, N) before scaling to the relief: large landforms eroded around the site, small relief."""
    waves = _Waves(axis, fine_half, noises)
    coarse = np.linspace(-_ERODED * fine_half, _ERODED * fine_half, _EROSION_CELLS + 1)
    large, before = (_large_forms(each, roughness) for each in (waves, _Waves(coarse, fine_half, noises)))
    cell = float(coarse[1] - coarse[0])
    scale = _REFERENCE_SLOPE / _steepness(before, cell)
    large, before = large * scale, before * scale
    # Small bumps give the water its first paths.
    for wavelength, height in ((6.0, 0.5), (2.5, 0.3)):
        lattice = coarse / (wavelength * cell)
        uneven = grid_noise(lattice, lattice, noises.seed(f"uneven/{wavelength:g} cells"))
        before = before + height * cell * _REFERENCE_SLOPE * uneven
    after = eroded(_benches(before, before, relief), cell, _EROSION, noises.stream("erosion"))
    carved = after - _benches(before, before, relief)
    heights = _benches(large, before, relief) + resampled(carved, coarse, axis)
    heights = heights + _gullies(heights, axis, waves, roughness, noises.seed("gullies"))
    for wavelength in (34.0, 15.0, 6.5):
        heights = heights + wavelength * (0.004 + 0.022 * roughness) * waves.hills(wavelength)
    return heights


def _real_land(
    site: DrawnSite, axis: Floats, fine_half: float, noises: _Noises, *, northern: bool
) -> tuple[Floats, Anchor]:
    """Return heights (N, N) of an elevation model, with synthetic relief finer than its cells, and the place on it."""
    heights, cell, anchor = model_heights(site, axis, noises.stream("place"), northern=northern)
    waves = _Waves(axis, fine_half, noises)
    wavelength = 2.0 * cell
    while wavelength >= 4.0:
        height = min(wavelength, 60.0) * (0.003 + 0.016 * site.roughness.value)
        heights = heights + height * waves.hills(wavelength)
        wavelength /= 2.2
    return heights, anchor


def _large_forms(waves: _Waves, roughness: float) -> Floats:
    """Return hills, ridges and spurs.

    The ridges are a multifractal, in which small ones lie on large ones (Musgrave, in Ebert et al., "Texturing and
    Modeling", 2003).
    """
    heights = 230.0 * waves.hills(1150.0)
    ridges = waves.ridges(620.0)
    heights = heights + 95.0 * ridges
    gain = 0.40 + 0.10 * roughness
    small = waves.ridges(290.0)
    heights = heights + 95.0 * gain * ridges * small
    return heights + 95.0 * gain * gain * ridges * small * waves.ridges(140.0)


def _benches(heights: Floats, site: Floats, relief: float) -> Floats:
    """Return heights with gentle uplands and valley floors and steep sides between, more so at low relief.

    ``site`` holds heights whose range sets the vertical spacing.
    """
    period = _BENCHES * float(np.ptp(site))
    share = min(0.25 + 0.9 * (1.0 - relief), 0.7)
    phase = heights / period
    level = np.floor(phase)
    up = phase - level
    down = 1.0 - up
    up, down = up * up * up, down * down * down
    stepped = period * (level + up / (up + down))
    return heights + share * (stepped - heights)


def resampled(values: Floats, axis: Floats, at: Floats) -> Floats:
    """Return ``values`` (K, K) on the uniform ``axis`` (K,) as a smooth surface (N, N) at ``at`` (N,) along both axes.

    The surface is a quadratic B-spline along one axis and then the other; it is 0 outside.
    """
    padded = np.pad(values, 2)
    place = (at - axis[0]) / (axis[1] - axis[0])
    taps = [(np.clip(index + 2, 0, len(axis) + 3), weight) for index, weight in quadratic_taps(place)]
    return surface(padded, taps, taps)


def terraced(heights: Floats, axis: Floats, fine: Mask, share: float, riser_m: float, seed: int) -> Floats:
    """Return heights (N, N) with level fields along the contours on about ``share`` of the slopes of the fine ground.

    Fields are separated by risers of ``riser_m``, as steep as dry walls and earth banks can be on this grid. Neither
    level ground nor very steep slopes are terraced.
    """
    window = np.ix_(fine, fine)
    own = heights[window]
    spacing = float(axis[fine][1] - axis[fine][0])
    smooth = box_blur(own, 9.0 / spacing)
    along_y, along_x = np.gradient(smooth, spacing)
    slope = np.sqrt(along_x * along_x + along_y * along_y)
    step = smooth / riser_m
    level = np.floor(step)
    riser_share = np.clip(_RISER_WIDTH_M * slope / riser_m, 0.05, 0.9)
    rise = np.clip((step - level - 1.0 + riser_share) / riser_share, 0.0, 1.0)
    # Fields slope slightly toward their outer edge, so that rain drains off.
    fields = riser_m * (level + 0.94 * rise + 0.06 * (step - level))
    patches = grid_noise(axis[fine] / 90.0, axis[fine] / 90.0, seed) / 0.7
    wanted = np.clip((2.2 * share - 1.1 - patches) * 6.0 + 0.5, 0.0, 1.0)
    wanted *= np.clip((slope - 0.04) / 0.03, 0.0, 1.0) * np.clip((0.60 - slope) / 0.1, 0.0, 1.0)
    result = heights.copy()
    result[window] = own + box_blur(wanted, 4.0 / spacing) * (fields - own)
    return result


def _gullies(heights: Floats, axis: Floats, waves: _Waves, roughness: float, seed: int) -> Floats:
    """Return the heights of spurs and gullies that run down the slopes of ``heights``, deeper on steeper ground."""
    along_y, along_x = np.gradient(heights, axis, axis)
    steepness = np.sqrt(along_x * along_x + along_y * along_y)
    # On level ground the slope has no clear direction, so furrows become wide and shallow there.
    length = np.sqrt(steepness * steepness + 0.15 * 0.15)
    across_x, across_y = -along_y / length, along_x / length
    share = (steepness / length) ** 2 * np.minimum(steepness, 0.6)
    seen = waves.seen(_GULLY_SPACING_M)
    x, y = np.meshgrid(axis[seen[1]] / _GULLY_SPACING_M, axis[seen[0]] / _GULLY_SPACING_M)
    stripes = furrows(x, y, across_x[seen], across_y[seen], seed)
    height = waves.fade(_GULLY_SPACING_M)[seen] * _GULLY_SPACING_M * (0.03 + 0.10 * roughness)
    result = np.zeros_like(heights)
    result[seen] = height * share[seen] * stripes
    return result
