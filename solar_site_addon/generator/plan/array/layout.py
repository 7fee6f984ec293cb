# SPDX-License-Identifier: GPL-3.0-or-later
"""Layout of the tables: where they stand, in which rows, and how each lies on its slope."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats, Mask
from ...domain.random_streams import stream
from ...settings.drawn import DrawnArray, DrawnSettings
from ..numerics.columns import joined, rows_of
from ..terrain.terrain import Terrain
from ..terrain.topography import Topography, survey
from .frames import frame_places, post_places
from .regions import Region, separate_hillsides, suitable_ground, whole_site
from .rows import TablePlaces, table_places
from .spacing import table_corners, without_conflicts
from .stages import Stage
from .table_types import TableType
from .tables import Tables

_SAMPLE_SPACING_M = 0.75
"""Largest distance between the points at which the ground below a table is sampled."""
YAW_ERROR_DEG, TILT_ERROR_DEG, ROLL_ERROR_DEG = 0.35, 0.5, 0.25
"""Largest angular errors of tables if array.misalignment is 1. Estimate."""
LIFT_ERROR_M, SHIFT_ERROR_M = 0.05, 0.05
"""Largest errors of position of tables if array.misalignment is 1. Estimate."""


def plan_regions(
    settings: DrawnSettings, types: tuple[TableType, ...], topography: Topography, seed: int
) -> list[Region]:
    """Return the areas that tables may occupy: one field, perhaps in two parts, or clusters."""
    if settings.array.use_clusters:
        return separate_hillsides(settings, types, topography, seed)
    return whole_site(settings, types, seed)


def plan_tables(
    settings: DrawnSettings,
    types: tuple[TableType, ...],
    terrain: Terrain,
    clear: Callable[[Floats], Mask],
    regions: list[Region],
    seed: int,
) -> Tables:
    """Return the tables on ``terrain``, possibly none, within the limits of the array settings and clear of the roads.

    ``clear`` returns which outlines (N, 4, 2) are clear of the roads.
    """
    topography = survey(terrain)
    parts = [
        _tables_of_region(cluster, region, types.index(region.table_type), settings, terrain, topography, seed)
        for cluster, region in enumerate(regions)
    ]
    tables = joined(parts)
    tables = rows_of(tables, clear(table_corners(tables)[..., :2]))
    if len(tables) == 0:
        return tables
    kept = rows_of(tables, without_conflicts(tables, settings.array.design_sun_elevation_deg))
    return _numbered(kept)


def with_gaps(tables: Tables, array: DrawnArray, seed: int) -> Tables:
    """Return ``tables`` of which some lack columns at one end."""
    count = len(tables)
    columns = tables.columns.copy()
    number = columns[:, 1]
    lacking = np.ceil(stream(seed, "tables/lacking").uniform(0.0, 0.5, count) * (number - 1)).astype(np.int32)
    incomplete = stream(seed, "tables/incomplete").random(count) < array.incomplete_share.value
    at_left = stream(seed, "tables/lacking_side").random(count) < 0.5
    columns[incomplete & at_left, 0] = lacking[incomplete & at_left]
    columns[incomplete & ~at_left, 1] -= lacking[incomplete & ~at_left]
    return dataclasses.replace(tables, columns=columns, planned=columns[:, 1] - columns[:, 0])


def _tables_of_region(
    cluster: int,
    region: Region,
    number_of_type: int,
    settings: DrawnSettings,
    terrain: Terrain,
    topography: Topography,
    seed: int,
) -> Tables:
    """Return the region's tables that its ground allows, before they are checked against each other."""
    array = settings.array
    size = region.table_type.size(region.columns)
    installation = _Installation(settings.array.misalignment.value, seed, f"tables/errors/{cluster}")
    poses = _poses(region, settings, terrain, topography, installation)
    count = len(poses.row)
    axes = table_axes(poses.azimuth_deg, poses.tilt_deg, poses.roll_deg)
    heights = _centre_heights(terrain, poses.middle, axes, size, array.ground_clearance_m.value) + poses.lift_m
    tables = Tables(
        centre=np.column_stack([poses.middle, heights]),
        axes=axes,
        size=np.tile(np.array(size), (count, 1)),
        type=np.full(count, number_of_type, dtype=np.int32),
        columns=np.tile(np.array([0, region.columns], dtype=np.int32), (count, 1)),
        planned=np.full(count, region.columns, dtype=np.int32),
        cluster=np.full(count, cluster, dtype=np.int32),
        row=poses.row,
        column=poses.column,
        tilt_deg=poses.tilt_deg,
        azimuth_deg=poses.azimuth_deg,
        roll_deg=poses.roll_deg,
        stage=np.full(count, Stage.COMPLETE, dtype=np.int32),
        done=np.ones(count),
    )
    stands = _on_suitable_ground(tables, region, settings, topography)
    stands &= _longest_posts(tables, terrain, region.table_type) <= array.max_post_m
    return rows_of(tables, stands)


@dataclass(frozen=True)
class _Poses(TablePlaces):
    """Poses of N tables on the ground, installation errors included."""

    roll_deg: Floats
    """Roll (N,)."""
    lift_m: Floats
    """Height (N,) above the designed position."""


def _poses(
    region: Region, settings: DrawnSettings, terrain: Terrain, topography: Topography, installation: _Installation
) -> _Poses:
    """Return the poses of the region's tables on ground that is neither too steep nor too inclined along the row."""
    array = settings.array
    places = table_places(region, topography, settings)
    error = installation.errors(len(places.row))
    middle = places.middle + error.shift_m
    azimuth_deg = (places.azimuth_deg + error.yaw_deg) % 360.0
    tilt_deg = np.clip(places.tilt_deg + error.tilt_deg, 0.0, None)
    along, back = _ground_slopes(terrain, middle, azimuth_deg, tilt_deg, region.table_type.size(region.columns))
    roll_deg = np.degrees(np.arctan(along)) + error.roll_deg
    fits = np.degrees(np.arctan(np.hypot(along, back))) <= array.max_slope_deg
    fits &= np.abs(roll_deg) <= array.max_roll_deg
    return rows_of(
        _Poses(
            middle=middle,
            row=places.row,
            column=places.column,
            azimuth_deg=azimuth_deg,
            tilt_deg=tilt_deg,
            roll_deg=roll_deg,
            lift_m=error.lift_m,
        ),
        fits,
    )


@dataclass(frozen=True)
class _Errors:
    """Installation errors of N tables."""

    yaw_deg: Floats
    tilt_deg: Floats
    roll_deg: Floats
    lift_m: Floats
    """Lift (N,), never downward."""
    shift_m: Floats
    """Horizontal shift (N, 2)."""


class _Installation(NamedTuple):
    """Source of the installation errors of a region's tables; its stream names begin with ``subject``."""

    misalignment: float
    """Factor on the usual errors."""
    seed: int
    subject: str

    def errors(self, count: int) -> _Errors:
        """Return the errors of ``count`` tables."""

        def within(name: str, low: float, high: float, *shape: int) -> Floats:
            error = stream(self.seed, f"{self.subject}/{name}").uniform(low, high, (count, *shape))
            return np.asarray(self.misalignment * error)

        return _Errors(
            within("yaw", -YAW_ERROR_DEG, YAW_ERROR_DEG),
            within("tilt", -TILT_ERROR_DEG, TILT_ERROR_DEG),
            within("roll", -ROLL_ERROR_DEG, ROLL_ERROR_DEG),
            within("lift", 0.0, LIFT_ERROR_M),
            within("shift", -SHIFT_ERROR_M, SHIFT_ERROR_M, 2),
        )


def table_axes(azimuth_deg: Floats, tilt_deg: Floats, roll_deg: Floats) -> Floats:
    """Return the axes (T, 3, 3) of T tables: along the row, up the table, and the normal of the glass.

    The row axis is inclined by the roll. The axis up the table is perpendicular to it and rises by the tilt, so on a
    rolled table it leans slightly toward the lower end.
    """
    tilt, roll = np.radians(tilt_deg)[:, None], np.radians(roll_deg)[:, None]
    right, back = (np.column_stack([axis, np.zeros(len(axis))]) for axis in _directions(azimuth_deg))
    up = np.array([0.0, 0.0, 1.0])
    along = np.cos(roll) * right + np.sin(roll) * up
    lean = -np.sin(tilt) * np.tan(roll)
    backward = np.sqrt(np.cos(tilt) ** 2 - lean**2)
    upward = lean * right + backward * back + np.sin(tilt) * up
    return np.stack([along, upward, np.cross(along, upward)], axis=1)


def _directions(azimuth_deg: Floats) -> tuple[Floats, Floats]:
    """Return unit vectors (T, 2) to the right along the row, and backward, of tables with these azimuths."""
    azimuth = np.radians(azimuth_deg)
    right = np.stack([-np.cos(azimuth), np.sin(azimuth)], axis=1)
    back = np.stack([-np.sin(azimuth), -np.cos(azimuth)], axis=1)
    return right, back


def _ground_slopes(
    terrain: Terrain, middles: Floats, azimuth_deg: Floats, tilt_deg: Floats, size: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return the tangents of a plane fitted to the ground under each table: along the row, and from front to back."""
    u, v = _samples(size[0], 1.0)
    right, back = _directions(azimuth_deg)
    deep = v * size[1] * np.cos(np.radians(tilt_deg))[:, None]
    points = middles[:, None] + u[:, None] * right[:, None] + deep[..., None] * back[:, None]
    ground = terrain.height(points[..., 0], points[..., 1])
    # Sums instead of matrix products, whose last bit depends on the number of threads.
    rise_along: Floats = (ground * u).sum(axis=-1) / (u * u).sum()
    rise_back: Floats = (ground * deep).sum(axis=-1) / (deep * deep).sum(axis=-1)
    return rise_along, rise_back


def _samples(width_m: float, depth_m: float) -> tuple[Floats, Floats]:
    """Return coordinates (S,) of a uniform grid over a rectangle around its center, borders included, m."""
    across, deep = (
        np.linspace(-side / 2, side / 2, max(math.ceil(side / _SAMPLE_SPACING_M) + 1, 2)) for side in (width_m, depth_m)
    )
    u, v = np.meshgrid(across, deep)
    return u.ravel(), v.ravel()


def _centre_heights(
    terrain: Terrain, middles: Floats, axes: Floats, size: tuple[float, float], clearance_m: float
) -> Floats:
    """Return the heights of the tables' centers at which the lowest clearance is ``clearance_m``."""
    s, t = _samples(*size)
    offsets = s[:, None] * axes[:, None, 0] + t[:, None] * axes[:, None, 1]
    points = middles[:, None] + offsets[..., :2]
    lift: Floats = (terrain.height(points[..., 0], points[..., 1]) - offsets[..., 2]).max(axis=1) + clearance_m
    return lift


def _on_suitable_ground(tables: Tables, region: Region, settings: DrawnSettings, topography: Topography) -> Mask:
    """Return whether a table (T,) lies in the region, with its center and corners on suitable ground."""
    corners = table_corners(tables)[..., :2]
    inside = np.asarray(region.contains(corners).all(axis=1))
    points = np.concatenate([corners, tables.centre[:, None, :2]], axis=1)
    suitable = suitable_ground(topography, settings, region.azimuth_deg)
    fit = np.asarray(suitable[topography.nearest(points[..., 0], points[..., 1])].all(axis=1))
    return inside & fit


def _longest_posts(tables: Tables, terrain: Terrain, table_type: TableType) -> Floats:
    """Return the largest height (T,) of the glass above the ground at the posts, m."""
    if len(tables) == 0:
        return np.zeros(0)
    width, slant = tables.size[0]
    s, t = (grid.ravel() for grid in np.meshgrid(frame_places(width), post_places(slant, table_type.post_rows)))
    heads = tables.centre[:, None] + s[:, None] * tables.axes[:, None, 0] + t[:, None] * tables.axes[:, None, 1]
    heights: Floats = (heads[..., 2] - terrain.height(heads[..., 0], heads[..., 1])).max(axis=1)
    return heights


def _numbered(tables: Tables) -> Tables:
    """Return the tables sorted by cluster, row and column, with the rows and columns of each cluster counted from 0."""
    clusters, cluster = np.unique(tables.cluster, return_inverse=True)
    row, column = tables.row.copy(), tables.column.copy()
    for number in range(len(clusters)):
        own = cluster == number
        row[own] -= row[own].min()
        column[own] -= column[own].min()
    order = np.lexsort((column, row, cluster))
    numbered = dataclasses.replace(tables, cluster=cluster.astype(np.int32), row=row, column=column)
    return rows_of(numbered, order)
