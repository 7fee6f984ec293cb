# SPDX-License-Identifier: GPL-3.0-or-later
"""What all plants and stones have in common: what they know of the site, and how they are planted on it."""

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
"""Distance in metres of points (x, y) to some taken ground: a road, a pad; 0 or less on it."""

HEADROOM_M = 0.12
"""From the glass down to the highest plant below it: module frame and purlin."""
_LEAST_PX = 2.0
"""Places are never closer than so many pixels."""
_DETAIL_GSD_M = 0.016
"""Pixels up to this size on the ground show the fine shapes."""


SPREADS = {
    "grass": Spread(0.3, 230.0, 160.0, 1.0),
    "weeds": Spread(0.5, 160.0, 220.0, 2.0),
    "shrubs": Spread(1.6, 110.0, 450.0, 4.0),
    "stones": Spread(0.7, 130.0, 200.0, 2.0),
    "trees": Spread(4.0, 130.0, 1300.0, 30.0),
    "crops": Spread(0.4, 200.0, 160.0, 1.0),
}
"""By the names of the sorts of growth, which are those of their streams, too."""


@dataclass(frozen=True)
class GrowingSite:
    """What every sort of growth looks at."""

    settings: DrawnSettings
    terrain: Terrain
    tables: Tables
    ground: Ground
    camera: Camera
    taken: Sequence[Distance]
    seed: int
    """Of the site: what grows does not depend on the view, which only decides what of it is planned."""

    @property
    def season(self) -> str:
        """Spring, summer, autumn or winter."""
        return self.settings.site.season.value

    def places(self, sort: str) -> Places:
        """Places for one of the SPREADS."""
        spread = SPREADS[sort]
        pixels = max(self.camera.width_px / spread.across_image, _LEAST_PX)
        return spread_places(
            self.camera,
            self.terrain,
            spread,
            angle=pixels / self.camera.focal_px,
            seed=self.seed,
            subject=f"vegetation/{sort}",
        )

    def cover(self, values: NDArray[_T], places: Places) -> NDArray[_T]:
        """(N,) values of a map of the ground at the vertices nearest to the places."""
        return values[self.terrain.nearest(places.x, places.y)]

    def growth(self, places: Places, rock: float) -> Floats:
        """(N,) how well the ground feeds plants; on rock it is less by ``rock``, and snow has pressed them down."""
        poor = rock * self.ground.rock + 0.5 * self.ground.snow
        return self.cover(self.ground.grass - poor, places)

    def kept(self, places: Places) -> Floats:
        """(N,) 1 where the ground is looked after, so that neither shrubs nor boulders are left; 0 elsewhere."""
        tilled = np.clip(self.ground.fields.edge, 0, 1)
        return self.cover(np.maximum(np.maximum(self.ground.mown, self.ground.gravel), tilled), places)

    def dryness(self, places: Places, share: float) -> Floats:
        """(N,) how dry plants are that suffer ``share`` of what grass does."""
        return share * self.cover(self.ground.dry, places)

    def free(self, places: Places, gap_m: float) -> Mask:
        """(N,) whether the places are farther than ``gap_m`` from roads and other taken ground."""
        free = np.ones(len(places), dtype=np.bool_)
        for distance in self.taken:
            free[free] = distance(places.x[free], places.y[free]) > gap_m
        return free

    def grown(self, places: Places, probability: Floats, gap_m: float) -> Places:
        """Those places where something has grown, with the ``probability`` (N,), and that are free."""
        places = places.chosen(places.random("grown") < probability)
        return places.chosen(self.free(places, gap_m))

    def noise(self, places: Places, wavelength_m: float, name: str) -> Floats:
        """(N,) smooth noise, about -0.7 to 0.7, another one for each ``name``."""
        seed = stream_seed(self.seed, f"vegetation/noise/{name}")
        return gradient_noise(places.x / wavelength_m, places.y / wavelength_m, seed)


@dataclass(frozen=True)
class Growth:
    """N things of one sort before they are planted."""

    kind: VegetationKind | Longs
    places: Places
    spread: Floats
    """(N,) width, m."""
    height: Floats
    """(N,) m."""
    dry: Floats | float = 0.0
    """(N,) 0 fresh to 1 dry, or one number for all."""
    lean: float = 0.0
    """0 for upright, 1 for at right angles to the ground."""


def below_glass(site: GrowingSite, growth: Growth, near: Headroom, kept: Mask) -> Vegetation:
    """What of ``growth`` is ``kept``, none of it higher than there is room below the glass."""
    foot = site.terrain.height(growth.places.x, growth.places.y)
    # What leans with the slope may rise above its foot by half its spread as well.
    room = near.ceiling_m - foot - HEADROOM_M - growth.lean * growth.spread / 2
    low = np.minimum(growth.height, room)
    return planted(site, dataclasses.replace(growth, height=low), kept & (low > 0.35 * growth.height))


def planted(site: GrowingSite, growth: Growth, kept: Mask | None = None) -> Vegetation:
    """What of ``growth`` is ``kept`` (all, where it is None), turned and coloured."""
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
    """(N,) snow on what stands where snow lies; at some sites most of it has fallen off since."""
    left = 0.35 + 0.65 * stream(site.seed, "vegetation/snow").random()
    return left * smoothstep(site.cover(site.ground.snow, places), 0.3, 0.8) * (0.6 + 0.4 * places.random("snow"))


def no_vegetation() -> Vegetation:
    """None at all."""
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
