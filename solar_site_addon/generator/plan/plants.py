# SPDX-License-Identifier: GPL-3.0-or-later
"""What grows and lies on the ground one by one: grass tufts, weeds, shrubs, trees and stones.

Only what the camera can see, or what may shade that, is planned. The grass that is too small to be seen as tufts is the
ground's own colour.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..settings import Settings
from .fields import Crop, orchard_lattice
from .headroom import Headroom, headroom
from .noise import gradient_noise
from .scatter import Places, spread_places, uniform
from .site_plan import Camera, Ground, Plants, Tables
from .terrain import Terrain

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_T = TypeVar("_T", np.float64, np.int32)
Distance: TypeAlias = Callable[[Floats, Floats], Floats]
"""Distance in metres of points (x, y) to some taken ground: a road, a pad; 0 or less on it."""


class PlantKind(IntEnum):
    """What a plant is; stones are counted among them, though their class is the ground's."""

    GRASS = 0
    WEED = 1
    SHRUB = 2
    BROADLEAF = 3
    CONIFER = 4
    BARE_TREE = 5
    STONE = 6
    CROP = 7


VARIANTS = 3
"""Shapes of each kind."""
HEADROOM_M = 0.12
"""From the glass down to the highest plant below it: module frame and purlin."""
OVER_EDGE_M = 0.35
"""How far weeds in front of a table may rise above the lower edge of its glass."""
MOWN_M = 1.5
"""Width of the strip around tables that is kept short."""
_MOWN_SHARE = 0.5
_LAWN_SHARE = 0.3
"""Height of grass and weeds on a lawn, as a share of what they have elsewhere."""
_LAWN_BARE = 0.8
"""Share of the tufts that do not stand out of a lawn."""
_TREE_FREE_M = 5.0
_ORCHARD_GAPS = 0.05
"""Share of the places in an orchard that are empty."""
_FINEST_M = {"grass": 0.3, "weeds": 0.5, "shrubs": 1.6, "stones": 0.7, "trees": 4.0, "crops": 0.4}
"""Least spacing of the places that each kind may take."""
_PER_PICTURE = {"grass": 230.0, "weeds": 160.0, "shrubs": 110.0, "stones": 130.0, "trees": 130.0, "crops": 200.0}
"""Most places side by side across the picture."""
_LEAST_PX = 2.0
"""Places are never closer than so many pixels."""
_REACH_M = {"grass": 160.0, "weeds": 220.0, "shrubs": 450.0, "stones": 200.0, "trees": 1300.0, "crops": 160.0}
_MARGIN_M = {"grass": 1.0, "weeds": 2.0, "shrubs": 4.0, "stones": 2.0, "trees": 30.0, "crops": 1.0}
"""How far beside the picture each kind still stands, because its shadow or its top may reach in."""
_DETAIL_GSD_M = 0.016
"""Pixels up to this size on the ground show the fine shapes."""
_EDGE_STEP_M = 0.45
"""Spacing of the places along the lower edges of tables, where rain that runs off the glass lets weeds thrive."""

_LEAVES = {
    PlantKind.GRASS: ((0.045, 0.075, 0.018), (0.085, 0.125, 0.036)),
    PlantKind.WEED: ((0.045, 0.085, 0.022), (0.085, 0.14, 0.045)),
    PlantKind.SHRUB: ((0.030, 0.052, 0.016), (0.075, 0.100, 0.034)),
    PlantKind.BROADLEAF: ((0.028, 0.054, 0.013), (0.070, 0.105, 0.028)),
    PlantKind.CONIFER: ((0.016, 0.032, 0.013), (0.036, 0.060, 0.022)),
    PlantKind.BARE_TREE: ((0.10, 0.085, 0.07), (0.20, 0.18, 0.155)),
    PlantKind.STONE: ((0.13, 0.12, 0.105), (0.40, 0.37, 0.33)),
    PlantKind.CROP: ((0.040, 0.080, 0.020), (0.080, 0.140, 0.040)),
}
"""Darkest and lightest reflectance of each kind in summer, linear."""
_DRY = ((0.17, 0.135, 0.065), (0.36, 0.295, 0.16))
_AUTUMN = ((0.15, 0.055, 0.012), (0.33, 0.20, 0.030))
_LEAFLESS_AT = {"winter": 0.8}
"""Share of broadleaved trees without leaves, by season."""


@dataclass(frozen=True)
class _Site:
    """What every kind looks at."""

    settings: Settings
    terrain: Terrain
    tables: Tables
    ground: Ground
    camera: Camera
    taken: Sequence[Distance]
    seed: int

    @property
    def season(self) -> str:
        """Spring, summer, autumn or winter."""
        return self.settings.site.season.value

    def places(self, name: str) -> Places:
        """Places for one kind of growth."""
        share = max(self.camera.width_px / _PER_PICTURE[name], _LEAST_PX)
        return spread_places(
            self.camera,
            self.terrain,
            finest_m=_FINEST_M[name],
            angle=share / self.camera.focal_px,
            reach_m=_REACH_M[name],
            margin_m=_MARGIN_M[name],
            seed=self.seed + 7919 * (1 + list(_FINEST_M).index(name)),
        )

    def cover(self, values: NDArray[_T], places: Places) -> NDArray[_T]:
        """(N,) values of a map of the ground at the vertices nearest to the places."""
        row, column = (
            np.searchsorted((axis[:-1] + axis[1:]) / 2, points)
            for axis, points in ((self.terrain.y, places.y), (self.terrain.x, places.x))
        )
        return values[row, column]

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

    def free(self, places: Places) -> Floats:
        """(N,) distance to the nearest road or other taken ground, m; inf where there is none."""
        nearest = np.full(len(places), np.inf)
        for distance in self.taken:
            nearest = np.minimum(nearest, distance(places.x, places.y))
        return nearest

    def noise(self, places: Places, wavelength_m: float, number: int) -> Floats:
        """(N,) smooth noise, about -0.7 to 0.7, another one for each ``number``."""
        return gradient_noise(places.x / wavelength_m, places.y / wavelength_m, self.seed + number)


@dataclass(frozen=True)
class _Growth:
    """N things of one sort before they are planted."""

    kind: PlantKind | NDArray[np.int64]
    places: Places
    spread: Floats
    height: Floats
    dry: Floats | float = 0.0
    lean: float = 0.0
    """0 for upright, 1 for at right angles to the ground."""


def plan_plants(
    settings: Settings,
    terrain: Terrain,
    tables: Tables,
    ground: Ground,
    camera: Camera,
    taken: Sequence[Distance],
    rng: np.random.Generator,
) -> Plants:
    """All plants and stones; ``taken`` are roads and works, on which nothing grows."""
    site = _Site(settings, terrain, tables, ground, camera, taken, int(rng.integers(0, 2**31)))
    plants = settings.plants
    sorts = (
        (_grass, plants.grass),
        (_weeds, plants.weeds),
        (_weeds_at_edges, plants.weeds),
        (_shrubs, plants.shrubs),
        (_trees, plants.trees),
        (_stones, plants.stones),
    )
    grown = [plan(site, share.value) for plan, share in sorts if share.value > 0]
    return _joined(grown + ([_crops(site), _orchards(site)] if ground.fields.any else []))


def distance_to_circles(x: Floats, y: Floats, circles: Floats) -> Floats:
    """(N,) distances in metres of points to the nearest of circles (M, 3: x, y, radius), negative inside; inf far off.

    Circles more than 50 m beside all points are far off.
    """
    nearest = np.full(len(x), np.inf)
    if len(x) == 0:
        return nearest
    low, high = np.array([x.min(), y.min()]) - 50, np.array([x.max(), y.max()]) + 50
    near = ((circles[:, :2] > low) & (circles[:, :2] < high)).all(axis=1)
    for middle_x, middle_y, radius in circles[near]:
        nearest = np.minimum(nearest, np.hypot(x - middle_x, y - middle_y) - radius)
    return nearest


def _grass(site: _Site, share: float) -> Plants:
    """Tufts where the ground is grassy, short around the tables, few below them."""
    places = site.places("grass")
    probability = share * _step(site.growth(places, 0.6) + 0.55 * site.noise(places, 1.9, 1), 0.25, 0.75)
    # A lawn is the ground's own colour, but for what the mower has left.
    probability = probability * (1 - _LAWN_BARE * site.cover(site.ground.mown, places))
    places = places.chosen((places.random(1) < probability) & (site.free(places) > 0.15))
    tall = 0.55 + 0.9 * places.random(2) + 0.7 * np.maximum(site.noise(places, 7.0, 0), 0)
    # Far from the camera one instance stands for several tufts.
    spread = (0.30 + 0.22 * places.random(3)) * (places.spacing_m / _FINEST_M["grass"]) ** 0.75
    near = headroom(site.tables, places.x, places.y, spread / 2, MOWN_M)
    mown = np.where(near.distance_m < MOWN_M, _MOWN_SHARE, 1.0)
    mown = np.minimum(mown, 1 - (1 - _LAWN_SHARE) * site.cover(site.ground.mown, places))
    height = site.settings.plants.grass_height_m.value * tall * mown
    lit = (near.distance_m > 0) | (places.random(4) < 0.35)
    growth = _Growth(PlantKind.GRASS, places, spread, height, site.dryness(places, 1.0), lean=0.8)
    return _below_glass(site, growth, near, lit)


def _weeds(site: _Site, share: float) -> Plants:
    """Herbs in groups, wherever something grows."""
    places = site.places("weeds")
    groups = site.noise(places, 9.0, 2) + 0.6 * site.noise(places, 2.3, 3)
    probability = share * 0.5 * _step(groups + 0.5 * site.growth(places, 0.0), 0.1, 0.7)
    probability = probability * (1 - np.clip(site.cover(site.ground.fields.edge, places), 0, 0.9))
    places = places.chosen((places.random(1) < probability) & (site.free(places) > 0.2))
    spread = 0.2 + 0.4 * places.random(2) ** 2
    near = headroom(site.tables, places.x, places.y, spread / 2, MOWN_M)
    height = (0.5 + 1.2 * places.random(3)) * max(site.settings.plants.grass_height_m.value, 0.2)
    height = height * np.where(near.distance_m < MOWN_M, 0.7, 1.0)
    height = height * (1 - (1 - _LAWN_SHARE) * site.cover(site.ground.mown, places))
    growth = _Growth(PlantKind.WEED, places, spread, height, site.dryness(places, 0.5), lean=0.3)
    return _below_glass(site, growth, near, near.distance_m > 0)


def _weeds_at_edges(site: _Site, share: float) -> Plants:
    """Weeds along the lower edges of tables, some of which reach over the glass."""
    places, edge_z = _edge_places(site)
    groups = site.noise(places, 6.0, 4) + 0.5 * site.noise(places, 1.7, 5)
    behind = headroom(site.tables, places.x, places.y, np.zeros(len(places)), 1.0).distance_m
    # Not below the table in front, nor below a neighbour.
    chosen = (places.random(3) < share * 1.2 * _step(groups, -0.1, 0.5)) & (behind > 0) & (site.free(places) > 0.2)
    places, edge_z = places.chosen(chosen), edge_z[chosen]
    edge = edge_z - site.terrain.height(places.x, places.y)
    height = np.maximum(edge, 0.2) * (0.45 + 0.95 * places.random(4))
    height = np.minimum(height, np.maximum(edge + OVER_EDGE_M, 0.1))
    spread = np.minimum(0.22 + 0.45 * places.random(5), 0.8 * height + 0.1)
    return _planted(site, _Growth(PlantKind.WEED, places, spread, height, site.dryness(places, 0.4)))


def _edge_places(site: _Site) -> tuple[Places, Floats]:
    """Places in front of the lower edges of the tables that are seen, and the heights (z) of the glass there."""
    tables = site.tables
    count = int(np.ceil(tables.size[:, 0].max(initial=0.0) / _EDGE_STEP_M))
    table, step = (grid.ravel() for grid in np.meshgrid(_tables_near(site), np.arange(count), indexing="ij"))
    unplaced = np.zeros(len(table))
    places = Places(unplaced, unplaced, unplaced, table.astype(np.int64), step.astype(np.int64), site.seed + 50)
    axes, (width, slant) = tables.axes[table], tables.size[table].T
    along = (step + places.random(1)) * _EDGE_STEP_M - width / 2
    edge = tables.centre[table] + along[:, None] * axes[:, 0] - slant[:, None] / 2 * axes[:, 1]
    ahead = -axes[:, 1, :2]
    ahead = ahead / np.sqrt((ahead * ahead).sum(axis=-1, keepdims=True))
    x, y = (edge[:, :2] + (0.03 + 0.35 * places.random(2))[:, None] * ahead).T
    on_edge = along < width / 2
    return dataclasses.replace(places, x=x, y=y).chosen(on_edge), edge[on_edge, 2]


def _tables_near(site: _Site) -> NDArray[np.intp]:
    """Numbers of the tables that are in the picture or close to it, and near enough for weeds to be seen."""
    middle, depth = site.camera.project(site.tables.centre)
    size = np.array([site.camera.width_px, site.camera.height_px])
    offset = site.tables.centre - site.camera.position
    near = (offset * offset).sum(axis=1) <= _REACH_M["weeds"] ** 2
    beside = 12.0 * site.camera.focal_px / np.maximum(depth, 1.0)[:, None]
    inside = ((middle > -beside) & (middle < size + beside)).all(axis=1)
    return np.flatnonzero(near & inside & (depth > 0))


def _shrubs(site: _Site, share: float) -> Plants:
    """Shrubs in groups; small ones between the rows, where they are cut now and then."""
    places = site.places("shrubs")
    groups = site.noise(places, 26.0, 6) + 0.6 * site.noise(places, 6.5, 7)
    probability = share * 1.3 * _step(groups + 0.5 * site.growth(places, 0.5), 0.15, 0.85) * (1 - site.kept(places))
    places = places.chosen((places.random(1) < probability) & (site.free(places) > 0.8))
    size = places.random(2) ** 1.6
    spread, height = 0.6 + 1.9 * size, 0.45 + 1.5 * size * (0.6 + 0.6 * places.random(3))
    near = headroom(site.tables, places.x, places.y, spread / 2, 6.0)
    cut = np.clip(near.distance_m / 6.0, 0.35, 1.0)
    some = places.random(4) < np.clip(near.distance_m / 5.0, 0.12, 1.0)
    kept = some & (near.distance_m > 0.55 * spread * cut + 0.15)
    growth = _Growth(PlantKind.SHRUB, places, spread * cut, height * cut, site.dryness(places, 0.35), lean=0.2)
    return _below_glass(site, growth, near, kept)


def _trees(site: _Site, share: float) -> Plants:
    """Woods and single trees, farther from the tables than they are high, so that they shade none at noon."""
    places = site.places("trees")
    woods = (
        0.55 * site.noise(places, 120.0, 8) + 0.35 * site.noise(places, 38.0, 9) + 0.15 * site.noise(places, 13.0, 10)
    )
    inside = _step(0.5 + woods, 0.93 - 0.75 * share, 1.05 - 0.75 * share)
    probability = np.clip(0.02 + 0.10 * share + 0.9 * inside, 0, 1) * (1 - site.cover(site.ground.rock, places))
    probability = probability * (1 - site.kept(places))
    places = places.chosen((places.random(1) < probability) & (site.free(places) > 2.0))
    # Trees of an age stand together.
    age = np.clip(0.25 + 0.5 * (0.5 + site.noise(places, 60.0, 11)) + 0.5 * (places.random(2) - 0.5), 0.08, 1.0)
    kind = _tree_kinds(site, places)
    height = (2.0 + 9.5 * age) * np.where(kind == PlantKind.CONIFER, 1.15, 1.0)
    slender = np.select([kind == PlantKind.CONIFER, kind == PlantKind.BARE_TREE], [0.36, 0.6], 0.78)
    spread = height * slender * (0.8 + 0.45 * places.random(3))
    near = headroom(site.tables, places.x, places.y, spread / 2, 16.0)
    kept = near.distance_m > np.maximum(_TREE_FREE_M, 1.1 * height)
    return _planted(site, _Growth(kind, places, spread, height), kept)


def _tree_kinds(site: _Site, places: Places) -> NDArray[np.int64]:
    """(N,) kinds of trees: those of the setting, with some dead ones; most broadleaved ones are bare in winter."""
    wanted = site.settings.plants.tree_kind.value
    stands = 0.5 + 0.8 * site.noise(places, 80.0, 12) + 0.5 * (places.random(6) - 0.5)
    fixed = {"conifer": 0.93, "broadleaf": 0.03, "bare": 0.0}.get(wanted)
    chance = stands if fixed is None else 0.5 + fixed - places.random(7)
    kind = np.where(chance > 0.5, PlantKind.CONIFER, PlantKind.BROADLEAF)
    dead = places.random(8) < (0.9 if wanted == "bare" else 0.025)
    leafless = (kind == PlantKind.BROADLEAF) & (places.random(9) < _LEAFLESS_AT.get(site.season, 0.0))
    return np.where(dead | leafless, PlantKind.BARE_TREE, kind).astype(np.int64)


def _stones(site: _Site, share: float) -> Plants:
    """Stones and boulders, most of them on rocky and bare ground, in fields."""
    places = site.places("stones")
    fields = site.noise(places, 17.0, 13) + 0.5 * site.noise(places, 4.1, 14)
    rocky = fields + site.cover(site.ground.rock, places) - 0.3 * site.cover(site.ground.grass, places)
    probability = share * 0.5 * _step(rocky, 0.0, 0.9) * (1 - site.kept(places))
    places = places.chosen((places.random(1) < probability) & (site.free(places) > 0.5))
    # A few are large: sizes of blocks follow power laws.
    size = np.minimum(0.11 * (1 - places.random(2)) ** -0.62, 1.6)
    height = size * (0.35 + 0.4 * places.random(3))
    near = headroom(site.tables, places.x, places.y, size / 2, 1.0)
    kept = (near.distance_m > 0.1) | (size < 0.25)
    return _below_glass(site, _Growth(PlantKind.STONE, places, size, height, lean=0.9), near, kept)


def _crops(site: _Site) -> Plants:
    """Plants in the rows of the fields that grow some."""
    fields = site.ground.fields
    places = site.places("crops")
    parcel = site.cover(fields.parcel, places)
    leafy = np.isin(fields.crop[parcel], (Crop.SEEDLINGS, Crop.LEAFY))
    growth = fields.cover[parcel] + 0.35 * site.noise(places, 11.0, 16)
    places = places.chosen(
        leafy & (site.cover(fields.edge, places) > 0.4) & (site.free(places) > 0.5) & (growth > 0.05)
    )
    parcel = site.cover(fields.parcel, places)
    # To the nearest row, and a little beside it.
    row = fields.rows(parcel, places.x, places.y)
    step = (np.rint(row) - row) * fields.row_m[parcel] + 0.1 * (places.random(1) - 0.5)
    on_row = dataclasses.replace(
        places, x=places.x + step * fields.across[parcel, 0], y=places.y + step * fields.across[parcel, 1]
    )
    size = fields.row_m[parcel] * fields.cover[parcel] * (0.8 + 0.5 * places.random(2))
    height = size * (0.6 + 0.5 * places.random(3))
    return _planted(site, _Growth(PlantKind.CROP, on_row, size, height))


def _orchards(site: _Site) -> Plants:
    """Low trees of one age in rows."""
    fields = site.ground.fields
    x, y, key_x, key_y = orchard_lattice(fields, site.terrain)
    places = Places(x, y, np.full(len(x), _FINEST_M["trees"]), key_x, key_y, site.seed + 71)
    places = places.chosen((places.random(0) > _ORCHARD_GAPS) & (site.free(places) > 2.0))
    parcel = site.cover(fields.parcel, places)
    age = uniform(parcel.astype(np.int64), np.zeros(len(places), np.int64), site.seed + 70)
    spread = fields.row_m[parcel] * (0.5 + 0.3 * age) * (0.85 + 0.3 * places.random(1))
    kind = PlantKind.BARE_TREE if site.season in _LEAFLESS_AT else PlantKind.BROADLEAF
    return _planted(site, _Growth(np.full(len(places), kind), places, spread, spread * (0.85 + 0.3 * places.random(2))))


def _below_glass(site: _Site, growth: _Growth, near: Headroom, kept: Mask) -> Plants:
    """What of ``growth`` is ``kept``, none of it higher than there is room below the glass."""
    foot = site.terrain.height(growth.places.x, growth.places.y)
    # What leans with the slope may rise above its foot by half its spread as well.
    room = near.ceiling_m - foot - HEADROOM_M - growth.lean * growth.spread / 2
    low = np.minimum(growth.height, room)
    return _planted(site, dataclasses.replace(growth, height=low), kept & (low > 0.35 * growth.height))


def _planted(site: _Site, growth: _Growth, kept: Mask | None = None) -> Plants:
    """What of ``growth`` is ``kept`` (all, where it is None), turned and coloured."""
    kept = np.ones(len(growth.places), np.bool_) if kept is None else kept
    places = growth.places.chosen(kept)
    kind = np.broadcast_to(np.asarray(growth.kind, dtype=np.int32), kept.shape)[kept]
    dry = np.broadcast_to(np.asarray(growth.dry), kept.shape)[kept]
    position = np.stack([places.x, places.y, site.terrain.height(places.x, places.y)], axis=-1)
    up = growth.lean * site.terrain.normal(places.x, places.y) + (1 - growth.lean) * np.array([0.0, 0.0, 1.0])
    offset = position - site.camera.position
    gsd = np.sqrt((offset * offset).sum(axis=-1)) / site.camera.focal_px
    return Plants(
        kind=kind,
        variant=np.minimum(places.random(60) * VARIANTS, VARIANTS - 1).astype(np.int32),
        detailed=gsd < _DETAIL_GSD_M,
        position=position,
        spread=growth.spread[kept],
        height=growth.height[kept],
        up=up / np.sqrt((up * up).sum(axis=-1, keepdims=True)),
        turn_deg=360.0 * places.random(61),
        colour=_colours(site, kind, places, dry),
        snow=_snow(site, places),
    )


def _snow(site: _Site, places: Places) -> Floats:
    """(N,) snow on what stands where snow lies; at some sites most of it has fallen off since."""
    left = 0.35 + 0.65 * uniform(np.zeros(1, np.int64), np.zeros(1, np.int64), site.seed + 72)
    return left * _step(site.cover(site.ground.snow, places), 0.3, 0.8) * (0.6 + 0.4 * places.random(65))


def _colours(site: _Site, kind: NDArray[np.int32], places: Places, dry: Floats) -> Floats:
    """(N, 3) reflectance by kind, season and dryness; neighbours are alike."""
    stands = 0.5 + 0.6 * site.noise(places, 14.0, 15)
    tone = np.clip(0.55 * stands + 0.45 * places.random(62), 0, 1)
    palette = np.array([_LEAVES[each] for each in PlantKind])
    colour = _mixed(tone, palette[kind, 0], palette[kind, 1])
    dead = _step(dry + 0.5 * (places.random(63) - 0.5), 0.35, 0.95)
    colour = _mixed(dead, colour, _mixed(tone, *np.array(_DRY)))
    if site.season == "autumn":
        turned = _step(stands + places.random(64), 0.7, 1.3)
        colour = _mixed(np.where(kind == PlantKind.BROADLEAF, turned, 0.0), colour, _mixed(tone, *np.array(_AUTUMN)))
    return colour


def _mixed(share: Floats, first: Floats, second: Floats) -> Floats:
    """(N, 3) colours between ``first`` and ``second`` by ``share`` (N,)."""
    weight = share[:, None]
    return np.asarray(first * (1 - weight) + second * weight)


def _step(values: Floats, low: float, high: float) -> Floats:
    """0 below ``low``, 1 above ``high``, smooth between."""
    share: Floats = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3 - 2 * share)


def _joined(parts: Sequence[Plants]) -> Plants:
    fields = [field.name for field in dataclasses.fields(Plants)]
    parts = parts or [_no_plants()]
    return Plants(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in fields})


def _no_plants() -> Plants:
    vectors, numbers, whole = np.empty((0, 3)), np.empty(0), np.empty(0, np.int32)
    return Plants(whole, whole, np.empty(0, np.bool_), vectors, numbers, numbers, vectors, numbers, vectors, numbers)
