# SPDX-License-Identifier: GPL-3.0-or-later
"""The areas that groups of tables may occupy: the whole site, or a hillside for each cluster."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Mask
from ...domain.random_streams import stream
from ...settings.drawn import DrawnArray, DrawnSettings
from ...settings.sampling import draw, draw_integer
from ...settings.types import Range
from ..numerics.blur import box_blur
from ..terrain.topography import Topography
from .table_types import TableType

CLUSTER_GAP_M = 10.0
"""Free ground between clusters. Estimate."""
MIN_SUN_OVER_GROUND = 0.4
"""Smallest accepted (tan a + tan g) / tan a, where a is the elevation of the design sun and g the slope of the ground
away from the equator: below it, rows would need more than 2.5 times the usual distance. Estimate."""
_CENTRE_GRID_M = 12.0
"""Spacing of the candidates for cluster centers."""
_MIN_WORTH = 0.6
"""Tables that must fit around a cluster's center, as a share of those on level ground without gullies. Estimate."""
_ONE_STRING = Range(13, 14)
"""Columns of a 2P table that carries one string: 26 or 28 modules in series are usual at 1500 V."""
_OUTLINE_WAVES = 5
_FIELD_RADIUS = 1.15
"""Mean radius of the outline of a single field, relative to half the side of the site: corners stay free. Estimate."""


@dataclass(frozen=True)
class Region:
    """An area of land with the properties that all its tables share."""

    centre: Floats
    """Center (2,), m."""
    reach_m: float
    """Largest distance of any point from the center, along either of two rotated axes."""
    azimuth_deg: float
    tilt_deg: float
    columns: int
    """Columns of modules per table."""
    half_side_m: float
    """The region lies within the site: |x|, |y| <= half_side_m."""
    outline: Floats
    """Amplitude and phase (K, 2) of the waves on the outline's radius."""
    radius_m: float
    """Mean radius of the outline."""
    aisles: bool
    """Whether aisles are left free between the tables."""
    borders: Floats
    """Straight borders (B, 2, 2): a point, and the unit vector toward the region on the other side."""
    table_type: TableType
    """Type of the tables."""

    @property
    def right(self) -> Floats:
        """Unit vector (2,) along the rows, to the right when facing the front of the tables."""
        azimuth = math.radians(self.azimuth_deg)
        return np.array([-math.cos(azimuth), math.sin(azimuth)])

    @property
    def back(self) -> Floats:
        """Unit vector (2,) from the front rows to the rows behind."""
        azimuth = math.radians(self.azimuth_deg)
        return np.array([-math.sin(azimuth), -math.cos(azimuth)])

    def contains(self, points: Floats) -> Mask:
        """Return whether points (..., 2) lie in the region, at least half the gap away from every other region."""
        inside = np.asarray((np.abs(points) <= self.half_side_m).all(axis=-1))
        offset = points - self.centre
        angle = np.arctan2(offset[..., 1], offset[..., 0])
        order = np.arange(2, 2 + len(self.outline))
        waves = self.outline[:, 0] * np.cos(angle[..., None] * order + self.outline[:, 1])
        inside &= np.hypot(offset[..., 0], offset[..., 1]) <= self.radius_m * (1 + waves.sum(axis=-1))
        for point, beyond in self.borders:
            inside &= (points - point) @ beyond <= -CLUSTER_GAP_M / 2
        return inside


def equator_azimuth_deg(latitude_deg: float) -> float:
    """Return the azimuth of tables that face the equator: south in the northern hemisphere, north in the southern."""
    return 180.0 if latitude_deg >= 0 else 0.0


def suitable_ground(topography: Topography, settings: DrawnSettings, azimuth_deg: float) -> Mask:
    """Return where (N, N) tables of this azimuth may stand: not too steep, not facing away from the sun, no gully."""
    sunny = _sun_over_ground(topography, settings, azimuth_deg) >= MIN_SUN_OVER_GROUND
    result: Mask = sunny & (topography.slope_deg <= settings.array.max_slope_deg) & ~topography.gully
    return result


def _sun_over_ground(topography: Topography, settings: DrawnSettings, azimuth_deg: float) -> Floats:
    """Return (tan a + tan g) / tan a (N, N): how many rows fit here, relative to level ground."""
    azimuth = math.radians(azimuth_deg)
    rise = -(topography.gradient_x * math.sin(azimuth) + topography.gradient_y * math.cos(azimuth))
    result: Floats = 1.0 + rise / math.tan(math.radians(settings.array.design_sun_elevation_deg))
    return result


def whole_site(settings: DrawnSettings, types: tuple[TableType, ...], seed: int) -> list[Region]:
    """Return the site, with an irregular outline, as one region whose tables face the equator.

    With two table types, a straight border divides it, and the second type gets the share of the extension.
    """
    half = settings.site.size_m / 2
    array = settings.array
    tilt, columns = _tilt_and_columns(array, seed, "array/field")
    azimuth = equator_azimuth_deg(settings.light.latitude_deg)
    radius, outline = _FIELD_RADIUS * half, _drawn_outline(seed, "array/field")

    def part(tilt_deg: float, columns: int, borders: Floats, table_type: TableType) -> Region:
        return Region(
            centre=np.zeros(2),
            reach_m=half,
            azimuth_deg=azimuth,
            tilt_deg=tilt_deg,
            columns=table_type.columns_as_long_as(columns),
            half_side_m=half,
            outline=outline,
            radius_m=radius,
            aisles=True,
            borders=borders,
            table_type=table_type,
        )

    if len(types) == 1:
        return [part(tilt, columns, np.empty((0, 2, 2)), types[0])]
    towards = math.radians(azimuth + 90.0 * int(stream(seed, "array/extension/side").integers(4)))
    beyond = np.array([math.sin(towards), math.cos(towards)])
    border = np.array([[(1 - 2 * array.extension_share.value) * half * beyond, beyond]])
    other_side = border * np.array([[1.0], [-1.0]])
    later = _tilt_and_columns(array, seed, "array/extension")
    return [part(tilt, columns, border, types[0]), part(*later, other_side, types[1])]


def separate_hillsides(
    settings: DrawnSettings, types: tuple[TableType, ...], topography: Topography, seed: int
) -> list[Region]:
    """Return clusters on suitable hillsides, each turned from the equator toward the aspect of its slope.

    There are as many as drawn, or as many as fit; the last ones get the second of two table types. Centers are closer
    than the sum of the radii only where there is no other room; those clusters share the ground between them, with the
    gap in the middle.
    """
    array = settings.array
    number = int(array.num_clusters.value)
    streams = [f"array/cluster/{index}" for index in range(number)]
    radii = np.array([draw(stream(seed, f"{own}/radius"), array.cluster_radius_m) for own in streams])
    equator = equator_azimuth_deg(settings.light.latitude_deg)
    yields = np.minimum(_sun_over_ground(topography, settings, equator), 1.5)
    worth = np.where(suitable_ground(topography, settings, equator), yields, 0.0)
    centres = _cluster_centres(settings, topography, worth, radii, stream(seed, "array/cluster_centres"))
    first_of_extension = max(len(centres) - round(array.extension_share.value * len(centres)), 1)
    regions = []
    for index, (centre, radius) in enumerate(zip(centres, radii, strict=False)):
        table_type = types[0] if index < first_of_extension else types[-1]
        tilt, columns = _tilt_and_columns(array, seed, streams[index])
        turned = stream(seed, f"{streams[index]}/azimuth").uniform(0.7, 1.0)
        azimuth = _turned_azimuth(settings, topography, centre, radius, equator, turned)
        outline = _drawn_outline(seed, streams[index])
        regions.append(
            Region(
                centre=centre,
                reach_m=radius * (1 + outline[:, 0].sum()),
                azimuth_deg=azimuth,
                tilt_deg=tilt,
                columns=table_type.columns_as_long_as(columns),
                half_side_m=settings.site.size_m / 2,
                outline=outline,
                radius_m=radius,
                aisles=False,
                borders=_borders_between(centre, np.delete(centres, index, axis=0)),
                table_type=table_type,
            )
        )
    return regions


def _borders_between(centre: Floats, others: Floats) -> Floats:
    """Return straight borders (O, 2, 2) halfway from ``centre`` (2,) to each of ``others`` (O, 2)."""
    between = others - centre
    beyond = between / np.sqrt((between * between).sum(axis=1, keepdims=True))
    return np.stack([centre + between / 2, beyond], axis=1)


def _tilt_and_columns(array: DrawnArray, seed: int, subject: str) -> tuple[float, int]:
    """Return tilt (deg) and number of columns of a region's tables; its stream names begin with ``subject``."""
    tilt = draw(stream(seed, f"{subject}/tilt"), array.tilt_deg)
    of_one_string = stream(seed, f"{subject}/one_string").random() < array.one_string_share
    columns = _ONE_STRING if of_one_string else array.table_columns
    return tilt, draw_integer(stream(seed, f"{subject}/columns"), columns)


def _drawn_outline(seed: int, subject: str) -> Floats:
    """Return amplitudes and phases (K, 2) of the waves on a region's outline; stream names begin with ``subject``."""
    rng = stream(seed, f"{subject}/outline")
    return np.stack([rng.uniform(0.02, 0.12, _OUTLINE_WAVES), rng.uniform(0, 2 * math.pi, _OUTLINE_WAVES)], axis=1)


def _cluster_centres(
    settings: DrawnSettings, topography: Topography, worth: Floats, radii: Floats, rng: np.random.Generator
) -> Floats:
    """Return centers (C, 2), C at most len(radii), preferably on good ground, and apart from each other."""
    half = settings.site.size_m / 2 - 0.6 * float(radii.min())
    ticks = np.arange(-half, half + 1e-6, _CENTRE_GRID_M) if half > 0 else np.zeros(1)
    grid_x, grid_y = np.meshgrid(ticks, ticks)
    points = np.stack([grid_x.ravel(), grid_y.ravel()], axis=1)
    step = topography.axis[1] - topography.axis[0]
    score = box_blur(worth, float(radii.mean()) / step)[topography.nearest(points[:, 0], points[:, 1])]
    good = score >= min(_MIN_WORTH, float(score.max()))
    points, score = points[good], score[good]
    order = np.argsort(-(score + 0.25 * rng.random(len(score))), kind="stable")
    centres: list[Floats] = []
    for closeness in (1.0, 0.85, 0.7, 0.55):
        for point in points[order]:
            if len(centres) == len(radii):
                break
            apart = closeness * (radii[: len(centres)] + radii[len(centres)]) + CLUSTER_GAP_M
            if not centres or (np.linalg.norm(np.array(centres) - point, axis=1) >= apart).all():
                centres.append(point)
    return np.array(centres)


def _turned_azimuth(
    settings: DrawnSettings,
    topography: Topography,
    centre: Floats,
    radius_m: float,
    equator_deg: float,
    share: float,
) -> float:
    """Return a cluster's azimuth: turned from the equator toward the aspect of the ground, within the spread.

    ``share`` is the fraction of the turn that is taken.
    """
    near = np.abs(topography.axis[:, None] - centre[None, :]) <= radius_m / 2
    window = np.ix_(near[:, 1], near[:, 0])
    slope_x, slope_y = float(topography.gradient_x[window].mean()), float(topography.gradient_y[window].mean())
    aspect = math.degrees(math.atan2(-slope_x, -slope_y))
    turn = (aspect - equator_deg + 180.0) % 360.0 - 180.0
    spread = settings.array.azimuth_spread_deg
    # The aspect of level ground is meaningless, and on a slope that faces away from the sun turning gains nothing.
    steepness = min(math.hypot(slope_x, slope_y) / 0.12, 1.0)
    facing = 1.0 if abs(turn) <= 120.0 else 0.0
    return (equator_deg + max(-spread, min(spread, turn)) * share * steepness * facing) % 360.0
