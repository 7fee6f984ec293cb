# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan holds: plain numpy arrays that say what stands where.

World axes: metres, x east, y north, z up. Angles: degrees; azimuths clockwise from north.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..cameras import CUSTOM
from ..settings import Settings
from .lens import Lens
from .roads import Roads
from .table_types import TableType
from .terrain import Terrain
from .works import Works

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Tables:
    """T tables (racks of modules), as arrays that share their first axis."""

    centre: Floats
    """(T, 3) centre of the plane of the modules' glass, m."""
    axes: Floats
    """(T, 3, 3) unit vectors: [0] along the row (to the right for one who looks at the glass from in front
    of the lower edge), [1] up the table, [2] normal of the glass."""
    size: Floats
    """(T, 2) extent along the row and up the table, m."""
    type: Ints
    """(T,) index into the plan's ``table_types``."""
    columns: Ints
    """(T, 2) first column with modules and the one after the last; both are the same on a table without any."""
    cluster: Ints
    """(T,) number of the cluster; where the site is one field 0, and 1 in its later extension."""
    row: Ints
    """(T,) row within the cluster, 0 at the front (the equator's side)."""
    column: Ints
    """(T,) place within the row, from the left."""
    tilt_deg: Floats
    """(T,) angle between the table's [1] axis and the horizontal."""
    azimuth_deg: Floats
    """(T,) direction that the table faces (its row axis turned by 90 degrees, in the horizontal)."""
    roll_deg: Floats
    """(T,) inclination along the row, positive where the right end is higher."""

    def __len__(self) -> int:
        return len(self.centre)


@dataclass(frozen=True)
class Modules:
    """M modules, table after table. Module m has the site-wide number m + 1 in the label render."""

    corners: Floats
    """(M, 4, 3) corners of the glass, m: lower left, lower right, upper right, upper left, seen from in front."""
    table: Ints
    """(M,) index into Tables."""
    row: Ints
    """(M,) row within the table, 0 at the lower edge."""
    column: Ints
    """(M,) column within the table, 0 at the left."""
    tint: Floats
    """(M,) how the module's colour differs from the others', a standard normal number."""
    lean: Floats
    """(M, 2) how its glass leans against its table's plane: towards x and y, rad. Only reflections show it."""
    condition: Ints
    """(M,) ``conditions.Condition``. A missing module keeps its place and number, but is not built."""
    dust: Floats
    """(M,) dust on the glass, from 0 (none) to 1 (caked)."""
    variant: Ints
    """(M,) which picture of its condition it shows."""

    def __len__(self) -> int:
        return len(self.corners)


@dataclass(frozen=True)
class Beams:
    """B straight beams of rectangular section: posts, rails and rafters."""

    start: Floats
    """(B, 3) one end of the axis, m."""
    end: Floats
    """(B, 3) the other end, m."""
    up: Floats
    """(B, 3) unit vector across the beam that its height is measured along."""
    section: Floats
    """(B, 2) width and height of the section, m."""


@dataclass(frozen=True)
class Sun:
    """Where the sun stands, and how clear the air is."""

    azimuth_deg: float
    elevation_deg: float
    turbidity: float


@dataclass(frozen=True)
class Clouds:
    """A layer of clouds at one height, which repeats like tiles."""

    thickness: Floats
    """(N, N) of one tile, rows going north; 0 is no cloud, 1 the thickest cumulus. Other clouds have any values."""
    origin: Floats
    """(2,) east and north of the tile's south-west corner, m."""

    HEIGHT_M: ClassVar[float] = 1000.0
    """Of the layer above the site."""
    TILE_M: ClassVar[float] = 4000.0

    @classmethod
    def shift(cls, sun: Sun, height_m: float = 0.0) -> Floats:
        """(2,) from a point at ``height_m`` to where the layer stands before the sun, m east and north."""
        azimuth, elevation = np.radians([sun.azimuth_deg, sun.elevation_deg])
        return np.array([np.sin(azimuth), np.cos(azimuth)]) * (cls.HEIGHT_M - height_m) / np.tan(elevation)


@dataclass(frozen=True)
class Weather:
    """What the air does to the light."""

    kind: str
    """clear, hazy, thin_cloud, overcast or cloud_shadows."""
    extinction_per_m: float
    """Share of the light that is lost on each metre of its way to the camera."""
    airlight: Floats
    """(3,) radiance of the air on a long way, which takes the place of the lost light."""
    clouds: Clouds | None
    """None where there are none."""


CLEAR = Weather("clear", 0.0, np.ones(3), None)


@dataclass(frozen=True)
class Camera:
    """A camera with OpenCV axes (x right, y down, z forward) and pixel centres at +0.5."""

    width_px: int
    height_px: int
    focal_px: float
    position: Floats
    """(3,) m."""
    world_to_camera: Floats
    """(4, 4) rigid transform."""
    altitude_agl_m: float
    gimbal_pitch_deg: float
    heading_deg: float
    gsd_m: float
    """Ground sampling distance straight below the drone: AGL / focal length in pixels."""
    name: str = CUSTOM
    """Of the camera model (``CAMERA_MODELS``)."""
    lens: Lens | None = None
    """None: a pinhole, which draws straight lines straight."""

    @property
    def matrix(self) -> Floats:
        """(3, 3) K in pixels."""
        return np.array(
            [[self.focal_px, 0.0, self.width_px / 2], [0.0, self.focal_px, self.height_px / 2], [0.0, 0.0, 1.0]]
        )

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Pixels (..., 2) and depths (...) in metres of world points (..., 3).

        Pixels of points with depth <= 0 (behind the camera) are NaN.
        """
        in_camera = points @ self.world_to_camera[:3, :3].T + self.world_to_camera[:3, 3]
        depth = in_camera[..., 2]
        safe = np.where(depth > 0, depth, np.nan)
        centre = np.array([self.width_px / 2, self.height_px / 2])
        plane = in_camera[..., :2] / safe[..., None]
        if self.lens is not None:
            radius = np.hypot(plane[..., 0], plane[..., 1])
            bent = self.lens.radius(np.arctan(radius))
            plane = plane * np.divide(bent, radius, out=np.ones_like(radius), where=radius > 0)[..., None]
        return plane * self.focal_px + centre, depth

    def axis_cosines(self) -> NDArray[np.float32]:
        """(H, W) cosine of the angle between the optical axis and the ray through each pixel's centre."""
        across = (np.arange(self.width_px) + 0.5 - self.width_px / 2) / self.focal_px
        down = (np.arange(self.height_px) + 0.5 - self.height_px / 2) / self.focal_px
        cosines = np.empty((self.height_px, self.width_px), dtype=np.float32)
        for row in range(self.height_px):  # row by row: a full picture in float64 is 170 MB
            radius = np.hypot(across, down[row])
            cosines[row] = np.cos(self.lens.angle(radius)) if self.lens else 1 / np.sqrt(1 + radius**2)
        return cosines


@dataclass(frozen=True)
class Fields:
    """Farmland: K parcels, and which of them each vertex of the terrain (Y, X) lies in."""

    edge: Floats
    """(Y, X) distance to the border of what is tilled, m; positive within."""
    parcel: Ints
    """(Y, X) number of the parcel."""
    crop: Ints
    """(K,) ``plan.fields.Crop``."""
    middle: Floats
    """(K, 2) a point on one of the rows, m."""
    across: Floats
    """(K, 2) unit vectors at right angles to the rows."""
    row_m: Floats
    """(K,) from row to row, m."""
    cover: Floats
    """(K,) share of the ground that leaves, straw or film cover."""
    colour: Floats
    """(K, 3) their linear reflectance."""

    @property
    def any(self) -> bool:
        """Whether anything is tilled."""
        return bool((self.edge > 0).any())

    def rows(self, parcel: Ints, x: Floats, y: Floats) -> Floats:
        """Place across the rows of ``parcel`` at the points, counted in rows: whole numbers on the rows."""
        offset = np.stack([x, y], axis=-1) - self.middle[parcel]
        result: Floats = (offset * self.across[parcel]).sum(axis=-1) / self.row_m[parcel]
        return result


@dataclass(frozen=True)
class Ground:
    """What covers the ground, for each vertex of the terrain: arrays (Y, X) of shares from 0 to 1."""

    greenness: float
    """Share of the land that is grown over, as drawn."""
    grass: Floats
    """How readily grass grows here; small patches are decided by the material."""
    dry: Floats
    """How dry that grass is."""
    rock: Floats
    """How much rock shows through."""
    snow: Floats
    """How readily snow lies; 0 everywhere where there is none."""
    light: Floats
    """How light the soil is, by its moisture: dark in hollows."""
    gravel: Floats
    """How much of it is covered with gravel."""
    mown: Floats
    """How much of a lawn the grass is: short, even, and mown in stripes along the rows."""
    rills: Floats
    """(Y, X, 3) where rain cuts rills into bare soil: see ``plan.rills``."""
    beside: Floats
    """Horizontal distance to the nearest table, m: 0 below one, at most ``plan.ground.BESIDE_REACH_M``."""
    fields: Fields


@dataclass(frozen=True)
class Plants:
    """P plants and stones, each in a place of its own; arrays share their first axis."""

    kind: Ints
    """(P,) what it is: a value of ``PlantKind``."""
    variant: Ints
    """(P,) which of the shapes of its kind it has, from 0 to ``VARIANTS`` - 1."""
    detailed: NDArray[np.bool_]
    """(P,) whether it is near enough for its fine shape."""
    position: Floats
    """(P, 3) its foot on the ground, m."""
    spread: Floats
    """(P,) diameter of the upright cylinder that holds it, m."""
    height: Floats
    """(P,) height of that cylinder, m."""
    up: Floats
    """(P, 3) unit vector in which it grows."""
    turn_deg: Floats
    """(P,) how far it is turned around ``up``."""
    colour: Floats
    """(P, 3) linear reflectance of its leaves, or of the stone."""
    snow: Floats
    """(P,) how much snow lies on it, from 0 to 1."""

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class SitePlan:
    """Everything that the scene is built of, and that the labels refer to."""

    seed: int
    settings: Settings
    """With one value left of what differs between images."""
    terrain: Terrain
    roads: Roads
    table_types: tuple[TableType, ...]
    """Of one plant, and perhaps of its later extension."""
    tables: Tables
    modules: Modules
    beams: Beams
    ground: Ground
    works: Works
    sun: Sun
    camera: Camera
    plants: Plants
    weather: Weather = CLEAR
