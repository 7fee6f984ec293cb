# SPDX-License-Identifier: GPL-3.0-or-later
"""Equipment and surroundings stand on free, firm ground, and there are as many of them as the settings say."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytest

from solar_site_addon.generator.plan.array.spacing import table_corners
from solar_site_addon.generator.plan.equipment.equipment import Equipment, plan_equipment
from solar_site_addon.generator.plan.equipment.fence import fence_lines
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.placement.clearance import FreeGround
from solar_site_addon.generator.plan.placement.items import Item, Items
from solar_site_addon.generator.plan.placement.kinds import Kind
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.plan.surroundings.surroundings import (
    Surroundings,
    plan_surroundings,
    surroundings_kinds,
)
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, iter_settings, value_of, with_values

WHEELED = {kind.name for kind in surroundings_kinds() if isinstance(kind, Kind) and kind.ground.on_wheels}
ON_STANDS = {"string_inverter", "combiner_box"}
NOTHING = {
    "equipment.fences": False,
    "equipment.cable_trays": False,
    **{
        setting.name: 0
        for setting in iter_settings(Settings)
        if setting.name.startswith(("equipment.", "surroundings.")) and setting.type is not bool
    },
}
MUCH = {
    "equipment.transformers": 3,
    "equipment.substation": 1,
    "equipment.inverters": 30,
    "equipment.masts": 6,
    "surroundings.buildings": 12,
    "surroundings.greenhouses": 10,
    "surroundings.ponds": 6,
    "surroundings.vehicles": 12,
    "surroundings.materials": 20,
}


@dataclass(frozen=True)
class StraightRoad:
    """A road from south to north."""

    x: float = 10.0
    width_m: float = 4.0

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.abs(x - self.x)


FAR_AWAY = StraightRoad(x=1e6)


@pytest.fixture(scope="module")
def land() -> Site:
    return plan_site(with_values(Settings(), {"site.size_m": 200, "site.relief": 0.35}), 2)


class Placed(NamedTuple):
    """Equipment and surroundings of one site."""

    equipment: Equipment
    surroundings: Surroundings

    @property
    def items(self) -> Items:
        """Items of both."""
        return Items.of([*items_of(self.equipment.items), *items_of(self.surroundings.items)])

    @property
    def circles(self) -> np.ndarray:
        return np.concatenate([self.equipment.circles, self.surroundings.circles])

    @property
    def tarpaulins(self) -> np.ndarray:
        return self.surroundings.tarpaulins.points


def items_of(items: Items) -> list[Item]:
    columns = (items.names, items.base, items.axes, items.size, items.depth, items.look)
    return [Item(*row) for row in zip(*columns, strict=True)]


def placed_on(land: Site, values: dict[str, Any], roads: StraightRoad | None = None, seed: int = 2) -> Placed:
    settings = draw_settings(with_values(Settings(), values), seed)
    free = FreeGround(table_corners(land.tables)[..., :2], roads or land.roads)
    ground = (land.terrain, land.tables, free, seed)
    return Placed(plan_equipment(settings, *ground), plan_surroundings(settings, *ground))


def placed_in(plan: Site) -> Placed:
    return Placed(plan.equipment, plan.surroundings)


@pytest.fixture(scope="module")
def crowded(land: Site) -> Placed:
    return placed_on(land, MUCH)


def points_in(outline: np.ndarray, count: int = 200) -> np.ndarray:
    """Random points of a rectangle (4, 2), its corners among them."""
    share = np.random.default_rng(0).random((count, 2))
    inside = outline[0] + share[:, :1] * (outline[1] - outline[0]) + share[:, 1:] * (outline[3] - outline[0])
    return np.concatenate([outline, inside])


def overlap_m2(one: np.ndarray, other: np.ndarray) -> float:
    return float(cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0])


def tarpaulin_outlines(placed: Placed) -> list[np.ndarray]:
    return [cv2.convexHull(one[..., :2].reshape(-1, 2).astype(np.float32))[:, 0] for one in placed.tarpaulins]


def test_nothing_overlaps_a_table(whole_site: Site) -> None:
    plan = whole_site
    placed = placed_in(plan)
    tables = table_corners(plan.tables)[..., :2]
    for outline in [*placed.items.outlines, *tarpaulin_outlines(placed)]:
        near = np.linalg.norm(tables.mean(axis=1) - outline.mean(axis=0), axis=1) < 60
        assert all(overlap_m2(table, outline) == 0 for table in tables[near])


def test_nothing_overlaps_anything_else(crowded: Placed) -> None:
    outlines = [*crowded.items.outlines, *tarpaulin_outlines(crowded)]
    assert len(outlines) > 60
    for one, other in itertools.combinations(outlines, 2):
        if np.linalg.norm(one.mean(axis=0) - other.mean(axis=0)) < 60:
            assert overlap_m2(one, other) == 0


def test_no_fence_runs_through_anything(crowded: Placed, land: Site) -> None:
    fence = crowded.equipment.fence
    share = np.linspace(0, 1, 8)[:, None, None]
    ends = fence.walls
    points = (ends[:, 0] + share * (ends[:, 1] - ends[:, 0])).reshape(-1, 2)
    for outline in [*crowded.items.outlines, *tarpaulin_outlines(crowded), *table_corners(land.tables)[..., :2]]:
        shape = outline.astype(np.float32)
        assert all(cv2.pointPolygonTest(shape, point.tolist(), False) < 0 for point in points)


def test_no_short_piece_of_fence_stands_alone(whole_site: Site) -> None:
    plan = whole_site
    placed = placed_in(plan)
    fence = placed.equipment.fence
    left = set(map(tuple, fence.spans.tolist()))
    assert left
    while left:
        run = [left.pop()]
        for one in run:  # grows while it is gone through
            joined = [span for span in left if set(span) & set(one)]
            left.difference_update(joined)
            run += joined
        ends = fence.posts[np.array(run), :2]
        assert np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum() >= 25.0


def test_what_stands_on_a_slab_neither_floats_nor_sinks(whole_site: Site) -> None:
    plan = whole_site
    placed = placed_in(plan)
    items = placed.items
    for number, kind in enumerate(items.names):
        if kind in WHEELED or kind in ON_STANDS:
            continue
        ground = plan.terrain.height(*points_in(items.outlines[number]).T)
        base = items.base[number, 2]
        assert base - 0.3 < ground.max() < base, kind
        assert base - items.depth[number] < ground.min()
        assert items.depth[number] < 4.0


def test_wheels_stand_on_the_ground(crowded: Placed, land: Site) -> None:
    items = crowded.items
    wheeled = [number for number, kind in enumerate(items.names) if kind in WHEELED]
    assert wheeled
    for number in wheeled:
        for x, y in itertools.product((-0.4, 0.4), repeat=2):
            place = items.base[number] + items.axes[number, 0] * x * items.size[number, 0]
            place = place + items.axes[number, 1] * y * items.size[number, 1]
            assert abs(place[2] - float(land.terrain.height(place[0], place[1]))) < 0.22
    np.testing.assert_allclose(
        items.axes @ items.axes.transpose(0, 2, 1), np.eye(3)[None].repeat(len(items), 0), atol=1e-9
    )


def test_stands_posts_trays_and_tarpaulins_touch_the_ground_or_hang_close_above_it(crowded: Placed, land: Site) -> None:
    items, height = crowded.items, land.terrain.height
    for number in (number for number, kind in enumerate(items.names) if kind in ON_STANDS):
        ground = height(*points_in(items.outlines[number]).T)
        assert items.base[number, 2] - items.depth[number] < ground.min()
        assert ground.max() < items.base[number, 2] + 0.4
    np.testing.assert_allclose(
        crowded.equipment.fence.posts[:, 2], height(*crowded.equipment.fence.posts[:, :2].T), atol=1e-9
    )
    lift = crowded.equipment.trays[..., 2] - height(crowded.equipment.trays[..., 0], crowded.equipment.trays[..., 1])
    assert 0.05 < lift.min() <= lift.max() < 1.0
    lift = crowded.tarpaulins[..., 2] - height(crowded.tarpaulins[..., 0], crowded.tarpaulins[..., 1])
    assert 0.05 < lift.min() <= lift.max() < 1.6


def test_nothing_stands_on_a_road_and_the_fence_lets_it_through(land: Site) -> None:
    road = StraightRoad()
    placed = placed_on(land, MUCH, road)
    for outline in [*placed.items.outlines, *tarpaulin_outlines(placed)]:
        assert np.abs(outline[:, 0] - 10.0).min() > road.width_m / 2
        assert (outline[:, 0] > 10).all() or (outline[:, 0] < 10).all()
    ends = placed.equipment.fence.posts[placed.equipment.fence.spans][..., 0] - 10.0
    assert (np.sign(ends[:, 0]) == np.sign(ends[:, 1])).all()
    assert np.abs(ends).min() > road.width_m / 2
    closed = placed_on(land, MUCH, FAR_AWAY)
    assert (np.bincount(closed.equipment.fence.spans.ravel()) == 2).all()
    assert (np.bincount(placed.equipment.fence.spans.ravel()) == 1).sum() >= 4


def test_a_gate_of_two_leaves_hangs_where_the_road_goes_through_the_fence(land: Site) -> None:
    road = StraightRoad()
    open_gates = set()
    for seed in range(8):
        fence = placed_on(land, NOTHING | {"equipment.fences": True}, road, seed).equipment.fence
        pairs = fence.leaves.reshape(-1, 2, 2, 3)
        assert len(pairs) >= 2
        for hinges, tips in zip(pairs[:, :, 0], pairs[:, :, 1], strict=True):
            assert np.sign(hinges[:, 0] - road.x).sum() == 0
            assert all((np.abs(fence.posts - hinge).max(axis=1) < 1e-9).sum() == 1 for hinge in hinges)
            width = np.linalg.norm(np.subtract(*hinges[:, :2]))
            np.testing.assert_allclose(np.linalg.norm((tips - hinges)[:, :2], axis=1), width / 2)
            assert road.width_m + 2 <= width <= 9
            is_open = bool(np.linalg.norm(np.subtract(*tips[:, :2])) > 0.1)
            assert not is_open or (np.abs(tips[:, 0] - road.x) > road.width_m / 2).all()
            open_gates.add(is_open)
        np.testing.assert_allclose(
            fence.leaves[..., 2], land.terrain.height(fence.leaves[..., 0], fence.leaves[..., 1])
        )
    assert open_gates == {True, False}


def test_every_post_of_a_fence_holds_a_span(whole_site: Site) -> None:
    plan = whole_site
    for fence in (plan.equipment.fence, *plan.equipment.yard_fences):
        assert set(fence.spans.ravel().tolist()) == set(range(len(fence)))


def test_a_substation_is_where_its_chance_says_with_a_closed_yard_of_its_own(land: Site) -> None:
    built = 0
    for seed in range(12):
        placed = placed_on(land, NOTHING | {"equipment.substation": 0.5}, seed=seed)
        assert set(placed.items.names) <= {"substation"}
        assert len(placed.items) == len(placed.equipment.yard_fences) <= 1
        if not placed.equipment.yard_fences:
            continue
        built += 1
        (yard,) = placed.equipment.yard_fences
        shape = placed.items.outlines[0].astype(np.float32)
        assert all(cv2.pointPolygonTest(shape, post[:2].tolist(), True) > 1.0 for post in yard.posts)
        np.testing.assert_allclose(yard.posts[:, 2], placed.items.base[0, 2])
        around = np.concatenate([yard.walls[:-2].reshape(-1, 2), yard.leaves[..., :2].reshape(-1, 2)])
        _, count = np.unique(around.round(6), axis=0, return_counts=True)
        assert (count == 2).all()  # one piece ends where the next begins, all the way around
        gate = yard.leaves[:, 0, :2].mean(axis=0)
        middle = placed.items.base[0, :2]
        road = [float(land.roads.distance(*(middle + share * (gate - middle)))) for share in (0.0, 1.0)]
        assert road[1] < road[0] or road[0] == road[1]
    assert 2 <= built <= 10


def test_nothing_stands_on_the_roads_of_a_planned_site(whole_site: Site) -> None:
    plan = whole_site
    placed = placed_in(plan)
    for outline in [*placed.items.outlines, *tarpaulin_outlines(placed)]:
        points = points_in(outline) if len(outline) == 4 else outline
        assert plan.roads.distance(*points.T).min() > plan.roads.width_m / 2
    posts = placed.equipment.fence.posts
    assert plan.roads.distance(posts[:, 0], posts[:, 1]).min() > plan.roads.width_m / 2


def test_with_roads_transformers_stand_nearer_to_them(land: Site) -> None:
    def mean_distance(roads: StraightRoad) -> float:
        items = placed_on(land, {"equipment.transformers": 5}, roads).items
        return float(np.abs(items.base[items.are("transformer"), 0] - 10.0).mean())

    assert mean_distance(StraightRoad()) < mean_distance(FAR_AWAY) - 5


def test_everything_stands_on_the_fine_ground(whole_site: Site) -> None:
    plan = whole_site
    placed = placed_in(plan)
    for circle in placed.circles:
        assert np.abs(circle[:2]).max() + circle[2] * 0.7 < plan.terrain.fine_half_m


def test_the_fence_goes_around_every_table_and_transformer(whole_site: Site) -> None:
    plan = whole_site
    placed = placed_in(plan)
    corners = table_corners(plan.tables)[..., :2]
    equipment = placed.items.outlines[placed.items.are("transformer")]
    assert len(equipment) >= len(np.unique(plan.tables.cluster)) * 0.5
    outlines = np.concatenate([corners, equipment])
    inside = np.zeros(len(outlines), dtype=bool)
    for line in fence_lines(outlines, FreeGround(corners, plan.roads)):
        shape = line.astype(np.float32)
        inside |= [all(cv2.pointPolygonTest(shape, corner.tolist(), True) > 0.5 for corner in o) for o in outlines]
    assert inside.all()


def test_houses_and_greenhouses_stand_apart_from_the_tables(crowded: Placed, land: Site) -> None:
    tables = [outline.astype(np.float32) for outline in table_corners(land.tables)[..., :2]]
    chosen = crowded.items.are("house", "glasshouse")
    assert chosen.any()
    for point in crowded.items.base[chosen, :2]:
        distance = min(-cv2.pointPolygonTest(table, point.tolist(), True) for table in tables)
        assert 14 < distance < 81


KINDS = {
    "equipment.transformers": {"transformer"},
    "equipment.inverters": ON_STANDS,
    "equipment.masts": {"lightning_rod", "weather_station"},
    "surroundings.buildings": {"house", "shed"},
    "surroundings.greenhouses": {"tunnel", "glasshouse"},
    "surroundings.ponds": {"pond", "tank"},
    "surroundings.vehicles": WHEELED,
}


@pytest.mark.parametrize("name", KINDS)
def test_a_setting_gives_only_items_of_its_own_kinds_and_zero_none(land: Site, name: str) -> None:
    wanted = 4
    placed = placed_on(land, NOTHING | {name: wanted})
    kinds = placed.items.names
    assert set(kinds) <= KINDS[name]
    expected = (
        round(wanted * len(land.tables) / 100) if name in ("equipment.transformers", "equipment.inverters") else wanted
    )
    assert expected / 2 <= len(kinds) <= expected
    assert len(placed.equipment.fence) == len(placed.equipment.trays) == len(placed.tarpaulins) == 0


def test_nothing_is_there_where_all_is_off(land: Site) -> None:
    placed = placed_on(land, NOTHING)
    for part in (placed.items, placed.equipment.fence, placed.equipment.trays, placed.tarpaulins, placed.circles):
        assert len(part) == 0


@pytest.mark.parametrize(("name", "part"), [("equipment.fences", "fence"), ("equipment.cable_trays", "trays")])
def test_fences_and_trays_can_be_switched(land: Site, name: str, part: str) -> None:
    assert len(getattr(placed_on(land, NOTHING | {name: True}).equipment, part)) > 20


def test_materials_are_tarpaulins_containers_and_packed_modules(land: Site) -> None:
    placed = placed_on(land, NOTHING | {"surroundings.materials": 30})
    assert set(placed.items.names) == {"container", "packed_modules"}
    assert len(placed.tarpaulins) >= 5


def test_surroundings_do_not_move_equipment(land: Site) -> None:
    def equipment(values: dict[str, Any]) -> bytes:
        placed = placed_on(land, values).equipment
        return placed.items.base.tobytes() + placed.fence.posts.tobytes() + placed.trays.tobytes()

    assert equipment({}) == equipment(
        {"surroundings.buildings": 0, "surroundings.vehicles": 9, "surroundings.materials": 0, "surroundings.ponds": 0}
    )


def test_the_circles_cover_all_that_is_taken(crowded: Placed) -> None:
    circles = crowded.circles
    for outline in [*crowded.items.outlines, *(one[..., :2].reshape(-1, 2) for one in crowded.tarpaulins)]:
        points = points_in(outline) if len(outline) == 4 else outline
        distance = np.linalg.norm(points[:, None] - circles[None, :, :2], axis=-1) - circles[:, 2]
        assert distance.min(axis=1).max() < 1e-6


def test_plans_of_the_same_seed_are_the_same(land: Site) -> None:
    one, other = placed_on(land, {}), placed_on(land, {})
    for field in ("kind", "base", "axes", "size", "depth", "look"):
        assert getattr(one.items, field).tobytes() == getattr(other.items, field).tobytes()
    assert one.items.kinds == other.items.kinds
    assert placed_on(land, {}, seed=3).items.base.tobytes() != one.items.base.tobytes()


@pytest.mark.slow
def test_defaults_put_something_of_most_kinds_on_a_site() -> None:
    kinds = set(placed_in(plan_site(Settings(), 1)).items.names)
    assert {"transformer", "container"} & kinds
    assert len(kinds) >= 6
    assert value_of(Settings(), "equipment.fences")
