# SPDX-License-Identifier: GPL-3.0-or-later
"""Wild vegetation and stones: grass tufts, weeds, shrubs, trees and stones.

Only vegetation that the camera can see, or that may cast a shadow into the image, is planned. Grass too small to be
seen as tufts is part of the color of the ground. Sizes and densities are estimates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats, Indices, Longs
from ...domain.projection import Camera
from ...settings.drawn import DrawnSettings, DrawnVegetation
from ..array.tables import Tables
from ..ground.ground_cover import Ground
from ..numerics.columns import joined
from ..numerics.noise import smoothstep
from ..terrain.terrain import Terrain
from .crops import plan_crops, plan_orchards
from .headroom import headroom
from .kinds import LEAFLESS_AT, VegetationKind
from .planting import SPREADS, Distance, GrowingSite, Growth, below_glass, no_vegetation, planted
from .scatter import Places
from .vegetation import Vegetation

OVER_EDGE_M = 0.35
"""Height by which weeds in front of a table may exceed the lower edge of its glass, m. Estimate."""
MOWN_M = 1.5
"""Width of the mown strip around tables, m. Estimate."""
_MOWN_SHARE = 0.5
"""Height of grass in the mown strip, as a share of its height elsewhere. Estimate."""
_LAWN_SHARE = 0.3
"""Height of grass and weeds on a lawn, as a share of their height elsewhere. Estimate."""
_LAWN_BARE = 0.8
"""Share of the tufts that a lawn lacks. Estimate."""
_TREE_FREE_M = 5.0
"""Smallest distance between a tree and a table, m. Estimate."""
_EDGE_STEP_M = 0.45
"""Spacing of the weeds along the lower edges of tables, m: rain running off the glass lets them thrive. Estimate."""


def plan_vegetation(
    settings: DrawnSettings,
    terrain: Terrain,
    tables: Tables,
    ground: Ground,
    camera: Camera,
    taken: Sequence[Distance],
    seed: int,
) -> Vegetation:
    """Return the vegetation and stones of a site as its ``camera`` sees them.

    ``taken`` are the distances to roads, equipment and surroundings, on which nothing grows. ``seed`` is that of the
    site.
    """
    site = GrowingSite(settings, terrain, tables, ground, camera, taken, seed)
    vegetation = settings.vegetation
    grown = [plan(site, share(vegetation)) for plan, share in SORTS.values() if share(vegetation) > 0]
    tilled = [plan_crops(site), plan_orchards(site)] if ground.fields.any else []
    return joined([no_vegetation(), *grown, *tilled])


def _grass(site: GrowingSite, share: float) -> Vegetation:
    """Return tufts of grass on grassy ground: short around the tables, and few below them."""
    places = site.places("grass")
    probability = share * smoothstep(
        site.growth(places, 0.6) + 0.55 * site.noise(places, 1.9, "grass/tufts"), 0.25, 0.75
    )
    # A lawn is part of the color of the ground, except for a few tufts that the mower missed.
    probability = probability * (1 - _LAWN_BARE * site.cover(site.ground.mown, places))
    places = site.grown(places, probability, 0.15)
    tall = 0.55 + 0.9 * places.random("height") + 0.7 * np.maximum(site.noise(places, 7.0, "grass/height"), 0)
    # Far from the camera, one instance represents several tufts.
    spread = (0.30 + 0.22 * places.random("spread")) * (places.spacing_m / SPREADS["grass"].finest_m) ** 0.75
    near = headroom(site.tables, places.x, places.y, spread / 2, MOWN_M)
    mown = np.where(near.distance_m < MOWN_M, _MOWN_SHARE, 1.0)
    mown = np.minimum(mown, 1 - (1 - _LAWN_SHARE) * site.cover(site.ground.mown, places))
    height = site.settings.vegetation.grass_height_m.value * tall * mown
    lit = (near.distance_m > 0) | (places.random("in_shade") < 0.35)
    growth = Growth(VegetationKind.GRASS, places, spread, height, site.dryness(places, 1.0), lean=0.8)
    return below_glass(site, growth, near, lit)


def _weeds(site: GrowingSite, share: float) -> Vegetation:
    """Return weeds in groups, most of them outside the fields."""
    places = site.places("weeds")
    groups = site.noise(places, 9.0, "weeds/groups") + 0.6 * site.noise(places, 2.3, "weeds/small_groups")
    probability = share * 0.5 * smoothstep(groups + 0.5 * site.growth(places, 0.0), 0.1, 0.7)
    probability = probability * (1 - np.clip(site.cover(site.ground.fields.edge, places), 0, 0.9))
    probability = probability * (1 - site.cover(site.ground.cleared, places))
    places = site.grown(places, probability, 0.2)
    spread = 0.2 + 0.4 * places.random("spread") ** 2
    near = headroom(site.tables, places.x, places.y, spread / 2, MOWN_M)
    height = (0.5 + 1.2 * places.random("height")) * max(site.settings.vegetation.grass_height_m.value, 0.2)
    height = height * np.where(near.distance_m < MOWN_M, 0.7, 1.0)
    height = height * (1 - (1 - _LAWN_SHARE) * site.cover(site.ground.mown, places))
    growth = Growth(VegetationKind.WEED, places, spread, height, site.dryness(places, 0.5), lean=0.3)
    return below_glass(site, growth, near, near.distance_m > 0)


def _weeds_at_edges(site: GrowingSite, share: float) -> Vegetation:
    """Return weeds along the lower edges of tables; some of them exceed the edge of the glass."""
    places, edge_z = _edge_places(site)
    groups = site.noise(places, 6.0, "edge_weeds/groups") + 0.5 * site.noise(places, 1.7, "edge_weeds/small_groups")
    behind = headroom(site.tables, places.x, places.y, np.zeros(len(places)), 1.0).distance_m
    # No weeds below the table in front or below a neighboring table.
    probability = share * 1.2 * smoothstep(groups, -0.1, 0.5) * (1 - site.cover(site.ground.cleared, places))
    chosen = (places.random("grown") < probability) & (behind > 0) & site.free(places, 0.2)
    places, edge_z = places.chosen(chosen), edge_z[chosen]
    edge = edge_z - site.terrain.height(places.x, places.y)
    height = np.maximum(edge, 0.2) * (0.45 + 0.95 * places.random("height"))
    height = np.minimum(height, np.maximum(edge + OVER_EDGE_M, 0.1))
    spread = np.minimum(0.22 + 0.45 * places.random("spread"), 0.8 * height + 0.1)
    return planted(site, Growth(VegetationKind.WEED, places, spread, height, site.dryness(places, 0.4)))


def _edge_places(site: GrowingSite) -> tuple[Places, Floats]:
    """Return places in front of the lower edges of the visible tables, and the heights (z) of the edges there, m."""
    tables = site.tables
    count = int(np.ceil(tables.size[:, 0].max(initial=0.0) / _EDGE_STEP_M))
    table, step = (grid.ravel() for grid in np.meshgrid(_tables_near(site), np.arange(count), indexing="ij"))
    unplaced, key_x, key_y = np.zeros(len(table)), table.astype(np.int64), step.astype(np.int64)
    places = Places(unplaced, unplaced, unplaced, key_x, key_y, site.seed, "vegetation/edge_weeds")
    axes, (width, slant) = tables.axes[table], tables.size[table].T
    along = (step + places.random("along")) * _EDGE_STEP_M - width / 2
    edge = tables.centre[table] + along[:, None] * axes[:, 0] - slant[:, None] / 2 * axes[:, 1]
    ahead = -axes[:, 1, :2]
    ahead = ahead / np.sqrt((ahead * ahead).sum(axis=-1, keepdims=True))
    x, y = (edge[:, :2] + (0.03 + 0.35 * places.random("ahead"))[:, None] * ahead).T
    on_edge = along < width / 2
    return dataclasses.replace(places, x=x, y=y).chosen(on_edge), edge[on_edge, 2]


def _tables_near(site: GrowingSite) -> Indices:
    """Return the indices of the tables in or close to the image that are near enough for weeds to be visible."""
    middle, depth = site.camera.project(site.tables.centre)
    size = np.array([site.camera.width_px, site.camera.height_px])
    offset = site.tables.centre - site.camera.position
    near = (offset * offset).sum(axis=1) <= SPREADS["weeds"].reach_m ** 2
    beside = 12.0 * site.camera.focal_px / np.maximum(depth, 1.0)[:, None]
    inside = ((middle > -beside) & (middle < size + beside)).all(axis=1)
    return np.flatnonzero(near & inside & (depth > 0))


def _shrubs(site: GrowingSite, share: float) -> Vegetation:
    """Return shrubs in groups; near the tables they are cut, so only a few small ones grow there."""
    places = site.places("shrubs")
    groups = site.noise(places, 26.0, "shrubs/groups") + 0.6 * site.noise(places, 6.5, "shrubs/small_groups")
    probability = (
        share * 1.3 * smoothstep(groups + 0.5 * site.growth(places, 0.5), 0.15, 0.85) * (1 - site.maintained(places))
    )
    places = site.grown(places, probability, 0.8)
    size = places.random("size") ** 1.6
    spread, height = 0.6 + 1.9 * size, 0.45 + 1.5 * size * (0.6 + 0.6 * places.random("height"))
    near = headroom(site.tables, places.x, places.y, spread / 2, 6.0)
    cut = np.clip(near.distance_m / 6.0, 0.35, 1.0)
    some = places.random("uncut") < np.clip(near.distance_m / 5.0, 0.12, 1.0)
    kept = some & (near.distance_m > 0.55 * spread * cut + 0.15)
    growth = Growth(VegetationKind.SHRUB, places, spread * cut, height * cut, site.dryness(places, 0.35), lean=0.2)
    return below_glass(site, growth, near, kept)


def _trees(site: GrowingSite, share: float) -> Vegetation:
    """Return woods and single trees, at least 1.1 times their height away from the tables to limit shading."""
    places = site.places("trees")
    woods = (
        0.55 * site.noise(places, 120.0, "trees/woods/120 m")
        + 0.35 * site.noise(places, 38.0, "trees/woods/38 m")
        + 0.15 * site.noise(places, 13.0, "trees/woods/13 m")
    )
    inside = smoothstep(0.5 + woods, 0.93 - 0.75 * share, 1.05 - 0.75 * share)
    probability = np.clip(0.02 + 0.10 * share + 0.9 * inside, 0, 1) * (1 - site.cover(site.ground.rock, places))
    probability = probability * (1 - site.maintained(places))
    places = site.grown(places, probability, 2.0)
    # Neighboring trees have similar ages.
    age = np.clip(
        0.25 + 0.5 * (0.5 + site.noise(places, 60.0, "trees/age")) + 0.5 * (places.random("age") - 0.5), 0.08, 1.0
    )
    kind = _tree_kinds(site, places)
    height = (2.0 + 9.5 * age) * np.where(kind == VegetationKind.CONIFER, 1.15, 1.0)
    slender = np.select([kind == VegetationKind.CONIFER, kind == VegetationKind.BARE_TREE], [0.36, 0.6], 0.78)
    spread = height * slender * (0.8 + 0.45 * places.random("spread"))
    near = headroom(site.tables, places.x, places.y, spread / 2, 16.0)
    kept = near.distance_m > np.maximum(_TREE_FREE_M, 1.1 * height)
    return planted(site, Growth(kind, places, spread, height), kept)


def _tree_kinds(site: GrowingSite, places: Places) -> Longs:
    """Return the kinds (N,) of trees that the setting asks for, with a few dead ones.

    Most broadleaf trees are bare in winter.
    """
    wanted = site.settings.vegetation.tree_kind.value
    stands = 0.5 + 0.8 * site.noise(places, 80.0, "trees/stands") + 0.5 * (places.random("kind") - 0.5)
    fixed = {"conifer": 0.93, "broadleaf": 0.03, "bare": 0.0}.get(wanted)
    chance = stands if fixed is None else 0.5 + fixed - places.random("mixture")
    kind = np.where(chance > 0.5, VegetationKind.CONIFER, VegetationKind.BROADLEAF)
    dead = places.random("dead_wood") < (0.9 if wanted == "bare" else 0.025)
    leafless = (kind == VegetationKind.BROADLEAF) & (places.random("leafless") < LEAFLESS_AT.get(site.season, 0.0))
    return np.where(dead | leafless, VegetationKind.BARE_TREE, kind).astype(np.int64)


def _stones(site: GrowingSite, share: float) -> Vegetation:
    """Return stones and boulders in groups, most of them on rocky and bare ground."""
    places = site.places("stones")
    fields = site.noise(places, 17.0, "stones/fields") + 0.5 * site.noise(places, 4.1, "stones/heaps")
    rocky = fields + site.cover(site.ground.rock, places) - 0.3 * site.cover(site.ground.grass, places)
    probability = share * 0.5 * smoothstep(rocky, 0.0, 0.9) * (1 - site.maintained(places))
    places = site.grown(places, probability, 0.5)
    # Block sizes follow a power law, so a few stones are large. Estimate.
    size = np.minimum(0.11 * (1 - places.random("size")) ** -0.62, 1.6)
    height = size * (0.35 + 0.4 * places.random("height"))
    near = headroom(site.tables, places.x, places.y, size / 2, 1.0)
    kept = (near.distance_m > 0.1) | (size < 0.25)
    return below_glass(site, Growth(VegetationKind.STONE, places, size, height, lean=0.9), near, kept)


class Sort(NamedTuple):
    """A sort of vegetation: the function that plans it, and the setting of its density."""

    plan: Callable[[GrowingSite, float], Vegetation]
    share: Callable[[DrawnVegetation], float]


SORTS = {
    "grass": Sort(_grass, lambda vegetation: vegetation.grass.value),
    "weeds": Sort(_weeds, lambda vegetation: vegetation.weeds.value),
    "edge_weeds": Sort(_weeds_at_edges, lambda vegetation: vegetation.weeds.value),
    "shrubs": Sort(_shrubs, lambda vegetation: vegetation.shrubs.value),
    "trees": Sort(_trees, lambda vegetation: vegetation.trees.value),
    "stones": Sort(_stones, lambda vegetation: vegetation.stones.value),
}
"""Sorts of wild vegetation. They are planned independently; their order only affects the order of the arrays."""
