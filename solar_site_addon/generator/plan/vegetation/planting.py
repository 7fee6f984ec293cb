# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions shared by all sorts of vegetation: queries of the site, and planting at chosen places."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...domain.array_types import Floats, Longs, Mask
from ...domain.projection import Camera
from ...domain.random_streams import stream, stream_seed
from ...settings.drawn import DrawnSettings
from ..array.tables import Tables
from ..ground.ground_cover import Ground
from ..numerics.noise import gradient_noise, smoothstep
from ..terrain.terrain import Terrain
from .colours import vegetation_colours
from .headroom import Headroom
from .kinds import VARIANTS, VegetationKind
from .scatter import Places, Spread, spread_places
from .vegetation import Vegetation

_T = TypeVar("_T", np.float64, np.int32)
Distance: TypeAlias = Callable[[Floats, Floats], Floats]
"""Function that returns the distance (N,) of points x, y (N,) to a road or other object, m; 0 or less on it."""

HEADROOM_M = 0.12
"""Smallest gap between the glass and the vegetation below it, m: module frame and purlin. Estimate."""
_MIN_SPACING_PX = 2.0
"""Smallest spacing of places, in pixels. Estimate."""
_DETAIL_GSD_M = 0.016
"""Largest ground sampling distance at which fine shapes are drawn, m. Estimate."""


SPREADS = {
    "grass": Spread(0.3, 230.0, 160.0, 1.0),
    "weeds": Spread(0.5, 160.0, 220.0, 2.0),
    "shrubs": Spread(1.6, 110.0, 450.0, 4.0),
    "stones": Spread(0.7, 130.0, 200.0, 2.0),
    "trees": Spread(4.0, 130.0, 1300.0, 30.0),
    "crops": Spread(0.4, 200.0, 160.0, 1.0),
}
"""Spread of each sort of vegetation by name. The names are also part of the names of random streams. Estimates."""


@dataclass(frozen=True)
class GrowingSite:
    """The parts of a site and a view that decide where vegetation grows."""

    settings: DrawnSettings
    terrain: Terrain
    tables: Tables
    ground: Ground
    camera: Camera
    taken: Sequence[Distance]
    """Distances to roads, equipment and surroundings, on which nothing grows."""
    seed: int
    """Seed of the site. A view only decides which part of the site's vegetation is planned."""

    @property
    def season(self) -> str:
        """Season of the site: spring, summer, autumn or winter."""
        return self.settings.site.season.value

    def places(self, sort: str) -> Places:
        """Return the places of a sort of vegetation: a key of ``SPREADS``."""
        spread = SPREADS[sort]
        pixels = max(self.camera.width_px / spread.across_image, _MIN_SPACING_PX)
        return spread_places(
            self.camera,
            self.terrain,
            spread,
            angle=pixels / self.camera.focal_px,
            seed=self.seed,
            subject=f"vegetation/{sort}",
        )

    def cover(self, values: NDArray[_T], places: Places) -> NDArray[_T]:
        """Return the values (N,) of a map of the ground at the vertices nearest to the places."""
        return values[self.terrain.nearest(places.x, places.y)]

    def growth(self, places: Places, rock: float) -> Floats:
        """Return how densely vegetation grows (N,): less by ``rock`` on rock, and less where snow lies."""
        poor = rock * self.ground.rock + 0.5 * self.ground.snow
        return self.cover(self.ground.grass - poor, places)

    def maintained(self, places: Places) -> Floats:
        """Return 1 where the ground is maintained (N,), so that neither shrubs nor boulders are left; 0 elsewhere."""
        tilled = np.clip(self.ground.fields.edge, 0, 1)
        kept = np.maximum(np.maximum(self.ground.mown, self.ground.gravel), self.ground.cleared)
        return self.cover(np.maximum(kept, tilled), places)

    def dryness(self, places: Places, share: float) -> Floats:
        """Return the dryness (N,) of vegetation that dries out by ``share`` as much as grass does."""
        return share * self.cover(self.ground.dry, places)

    def free(self, places: Places, gap_m: float) -> Mask:
        """Return whether places (N,) are farther than ``gap_m`` from roads, equipment and surroundings."""
        free = np.ones(len(places), dtype=np.bool_)
        for distance in self.taken:
            free[free] = distance(places.x[free], places.y[free]) > gap_m
        return free

    def grown(self, places: Places, probability: Floats, gap_m: float) -> Places:
        """Return a random choice of free places; each is chosen with its ``probability`` (N,)."""
        places = places.chosen(places.random("grown") < probability)
        return places.chosen(self.free(places, gap_m))

    def noise(self, places: Places, wavelength_m: float, name: str) -> Floats:
        """Return smooth noise (N,), about -0.7 to 0.7, from the random stream of this ``name``."""
        seed = stream_seed(self.seed, f"vegetation/noise/{name}")
        return gradient_noise(places.x / wavelength_m, places.y / wavelength_m, seed)


@dataclass(frozen=True)
class Growth:
    """Vegetation of one sort at N places, before it is planted."""

    kind: VegetationKind | Longs
    places: Places
    spread: Floats
    """(N,) width, m."""
    height: Floats
    """(N,) height, m."""
    dry: Floats | float = 0.0
    """(N,) dryness, 0 (fresh) to 1 (dry), or one number for all."""
    lean: float = 0.0
    """Growth direction: 0 upright, 1 perpendicular to the ground."""


def below_glass(site: GrowingSite, growth: Growth, near: Headroom, kept: Mask) -> Vegetation:
    """Return the ``kept`` (N,) part of ``growth``, with heights limited by the glass above.

    Vegetation that would lose most of its height is left out.
    """
    foot = site.terrain.height(growth.places.x, growth.places.y)
    # Vegetation that leans with the slope may also rise above its base by half its spread.
    room = near.ceiling_m - foot - HEADROOM_M - growth.lean * growth.spread / 2
    low = np.minimum(growth.height, room)
    return planted(site, dataclasses.replace(growth, height=low), kept & (low > 0.35 * growth.height))


def planted(site: GrowingSite, growth: Growth, kept: Mask | None = None) -> Vegetation:
    """Return the ``kept`` (N,) part of ``growth`` (all if None) as vegetation with position, rotation and color."""
    kept = np.ones(len(growth.places), np.bool_) if kept is None else kept
    places = growth.places.chosen(kept)
    kind = np.broadcast_to(np.asarray(growth.kind, dtype=np.int32), kept.shape)[kept]
    dry = np.broadcast_to(np.asarray(growth.dry), kept.shape)[kept]
    position = np.stack([places.x, places.y, site.terrain.height(places.x, places.y)], axis=-1)
    up = growth.lean * site.terrain.normal(places.x, places.y) + (1 - growth.lean) * np.array([0.0, 0.0, 1.0])
    offset = position - site.camera.position
    gsd = np.sqrt((offset * offset).sum(axis=-1)) / site.camera.focal_px
    return Vegetation(
        kind=kind,
        variant=np.minimum(places.random("variant") * VARIANTS, VARIANTS - 1).astype(np.int32),
        detailed=gsd < _DETAIL_GSD_M,
        position=position,
        spread=growth.spread[kept],
        height=growth.height[kept],
        up=up / np.sqrt((up * up).sum(axis=-1, keepdims=True)),
        turn_deg=360.0 * places.random("turn"),
        colour=vegetation_colours(kind, places, dry, site.season, site.noise(places, 14.0, "stands")),
        snow=_snow(site, places),
    )


def _snow(site: GrowingSite, places: Places) -> Floats:
    """Return the amount of snow (N,) on vegetation; on some sites, most of it has already fallen off. Estimate."""
    left = 0.35 + 0.65 * stream(site.seed, "vegetation/snow").random()
    return left * smoothstep(site.cover(site.ground.snow, places), 0.3, 0.8) * (0.6 + 0.4 * places.random("snow"))


def no_vegetation() -> Vegetation:
    """Return vegetation of length 0."""
    vectors, numbers, whole = np.empty((0, 3)), np.empty(0), np.empty(0, np.int32)
    return Vegetation(
        kind=whole,
        variant=whole,
        detailed=np.empty(0, np.bool_),
        position=vectors,
        spread=numbers,
        height=numbers,
        up=vectors,
        turn_deg=numbers,
        colour=vectors,
        snow=numbers,
    )
