# SPDX-License-Identifier: GPL-3.0-or-later
"""Equipment and surroundings stand on free, level ground in the requested number."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pytest

from solar_site_addon.generator.plan.array.spacing import table_corners
from solar_site_addon.generator.plan.equipment.fence import fence_lines, openings, straightened
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.placement.clearance import (
    distance_to_circles,
    distance_to_polygons,
    distance_to_segments,
)
from solar_site_addon.generator.plan.placement.things import WorkKind, Works, covering_circles
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.plan.surroundings.site_works import plan_works
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, iter_settings, value_of, with_values

WHEELED = {WorkKind.PICKUP, WorkKind.VAN, WorkKind.EXCAVATOR}
ON_STANDS = {WorkKind.STRING_INVERTER, WorkKind.COMBINER_BOX}
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


def works_on(land: Site, values: dict[str, Any], roads: StraightRoad | None = None, seed: int = 2) -> Works:
    settings = draw_settings(with_values(Settings(), values), seed)
    return plan_works(settings, land.terrain, land.tables, roads or land.roads, seed)


@pytest.fixture(scope="module")
def crowded(land: Site) -> Works:
    return works_on(land, MUCH)


def points_in(outline: np.ndarray, count: int = 200) -> np.ndarray:
    """Random points of a rectangle (4, 2), its corners among them."""
    share = np.random.default_rng(0).random((count, 2))
    inside = outline[0] + share[:, :1] * (outline[1] - outline[0]) + share[:, 1:] * (outline[3] - outline[0])
    return np.concatenate([outline, inside])


def overlap_m2(one: np.ndarray, other: np.ndarray) -> float:
    return float(cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0])


def sheet_outlines(works: Works) -> list[np.ndarray]:
    return [cv2.convexHull(sheet[..., :2].reshape(-1, 2).astype(np.float32))[:, 0] for sheet in works.sheets]


def test_nothing_overlaps_a_table(site: tuple[Settings, Site]) -> None:
    _, plan = site
    tables = table_corners(plan.tables)[..., :2]
    for outline in [*plan.works.things.outlines, *sheet_outlines(plan.works)]:
        near = np.linalg.norm(tables.mean(axis=1) - outline.mean(axis=0), axis=1) < 60
        assert all(overlap_m2(table, outline) == 0 for table in tables[near])


def test_nothing_overlaps_anything_else(crowded: Works) -> None:
    outlines = [*crowded.things.outlines, *sheet_outlines(crowded)]
    assert len(outlines) > 60
    for one, other in itertools.combinations(outlines, 2):
        if np.linalg.norm(one.mean(axis=0) - other.mean(axis=0)) < 60:
            assert overlap_m2(one, other) == 0


def test_no_fence_runs_through_anything(crowded: Works, land: Site) -> None:
    fence = crowded.fence
    share = np.linspace(0, 1, 8)[:, None, None]
    ends = fence.walls
    points = (ends[:, 0] + share * (ends[:, 1] - ends[:, 0])).reshape(-1, 2)
    for outline in [*crowded.things.outlines, *sheet_outlines(crowded), *table_corners(land.tables)[..., :2]]:
        shape = outline.astype(np.float32)
        assert all(cv2.pointPolygonTest(shape, point.tolist(), False) < 0 for point in points)


def test_no_short_piece_of_fence_stands_alone(site: tuple[Settings, Site]) -> None:
    _, plan = site
    fence = plan.works.fence
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


def test_what_stands_on_a_slab_neither_floats_nor_sinks(site: tuple[Settings, Site]) -> None:
    _, plan = site
    things = plan.works.things
    for number, kind in enumerate(things.kind):
        if kind in WHEELED or kind in ON_STANDS:
            continue
        ground = plan.terrain.height(*points_in(things.outlines[number]).T)
        base = things.base[number, 2]
        assert base - 0.3 < ground.max() < base, WorkKind(kind)
        assert base - things.depth[number] < ground.min()
        assert things.depth[number] < 4.0


def test_wheels_stand_on_the_ground(crowded: Works, land: Site) -> None:
    things = crowded.things
    wheeled = [number for number, kind in enumerate(things.kind) if kind in WHEELED]
    assert wheeled
    for number in wheeled:
        for x, y in itertools.product((-0.4, 0.4), repeat=2):
            place = things.base[number] + things.axes[number, 0] * x * things.size[number, 0]
            place = place + things.axes[number, 1] * y * things.size[number, 1]
            assert abs(place[2] - float(land.terrain.height(place[0], place[1]))) < 0.22
    np.testing.assert_allclose(
        things.axes @ things.axes.transpose(0, 2, 1), np.eye(3)[None].repeat(len(things), 0), atol=1e-9
    )


def test_stands_posts_trays_and_tarpaulins_touch_the_ground_or_hang_close_above_it(crowded: Works, land: Site) -> None:
    things, height = crowded.things, land.terrain.height
    for number in (number for number, kind in enumerate(things.kind) if kind in ON_STANDS):
        ground = height(*points_in(things.outlines[number]).T)
        assert things.base[number, 2] - things.depth[number] < ground.min()
        assert ground.max() < things.base[number, 2] + 0.4
    np.testing.assert_allclose(crowded.fence.posts[:, 2], height(*crowded.fence.posts[:, :2].T), atol=1e-9)
    lift = crowded.trays[..., 2] - height(crowded.trays[..., 0], crowded.trays[..., 1])
    assert 0.05 < lift.min() <= lift.max() < 1.0
    lift = crowded.sheets[..., 2] - height(crowded.sheets[..., 0], crowded.sheets[..., 1])
    assert 0.05 < lift.min() <= lift.max() < 1.6


def test_nothing_stands_on_a_road_and_the_fence_lets_it_through(land: Site) -> None:
    road = StraightRoad()
    works = works_on(land, MUCH, road)
    for outline in [*works.things.outlines, *sheet_outlines(works)]:
        assert np.abs(outline[:, 0] - 10.0).min() > road.width_m / 2
        assert (outline[:, 0] > 10).all() or (outline[:, 0] < 10).all()
    ends = works.fence.posts[works.fence.spans][..., 0] - 10.0
    assert (np.sign(ends[:, 0]) == np.sign(ends[:, 1])).all()
    assert np.abs(ends).min() > road.width_m / 2
    closed = works_on(land, MUCH, FAR_AWAY)
    assert (np.bincount(closed.fence.spans.ravel()) == 2).all()
    assert (np.bincount(works.fence.spans.ravel()) == 1).sum() >= 4


def test_a_gate_of_two_leaves_hangs_where_the_road_goes_through_the_fence(land: Site) -> None:
    road = StraightRoad()
    open_gates = set()
    for seed in range(8):
        fence = works_on(land, NOTHING | {"equipment.fences": True}, road, seed).fence
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


def test_every_post_of_a_fence_holds_a_stretch(site: tuple[Settings, Site]) -> None:
    _, plan = site
    for fence in (plan.works.fence, plan.works.yard_fence):
        assert set(fence.spans.ravel().tolist()) == set(range(len(fence)))


def test_openings_are_found_also_where_a_line_begins_within_one() -> None:
    closed = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 0], [5, 6], [6, 7], [7, 5]])
    assert openings(closed, closed).tolist() == []
    assert openings(closed, closed[[1, 3, 5, 6, 7]]).tolist() == [[2, 3], [4, 1]]
    assert openings(closed, closed[1:4]).tolist() == [[4, 1]]


def test_a_substation_is_where_its_chance_says_with_a_closed_yard_of_its_own(land: Site) -> None:
    built = 0
    for seed in range(12):
        works = works_on(land, NOTHING | {"equipment.substation": 0.5}, seed=seed)
        yard = works.yard_fence
        assert set(works.things.kind.tolist()) <= {WorkKind.SUBSTATION}
        assert len(works.things) == (len(yard) > 0) <= 1
        if len(yard) == 0:
            continue
        built += 1
        shape = works.things.outlines[0].astype(np.float32)
        assert all(cv2.pointPolygonTest(shape, post[:2].tolist(), True) > 1.0 for post in yard.posts)
        np.testing.assert_allclose(yard.posts[:, 2], works.things.base[0, 2])
        around = np.concatenate([yard.walls[:-2].reshape(-1, 2), yard.leaves[..., :2].reshape(-1, 2)])
        _, count = np.unique(around.round(6), axis=0, return_counts=True)
        assert (count == 2).all()  # one piece ends where the next begins, all the way around
        gate = yard.leaves[:, 0, :2].mean(axis=0)
        middle = works.things.base[0, :2]
        road = [float(land.roads.distance(*(middle + share * (gate - middle)))) for share in (0.0, 1.0)]
        assert road[1] < road[0] or road[0] == road[1]
    assert 2 <= built <= 10


def test_nothing_stands_on_the_roads_of_a_planned_site(site: tuple[Settings, Site]) -> None:
    _, plan = site
    for outline in [*plan.works.things.outlines, *sheet_outlines(plan.works)]:
        points = points_in(outline) if len(outline) == 4 else outline
        assert plan.roads.distance(*points.T).min() > plan.roads.width_m / 2
    posts = plan.works.fence.posts
    assert plan.roads.distance(posts[:, 0], posts[:, 1]).min() > plan.roads.width_m / 2


def test_with_roads_transformers_stand_nearer_to_them(land: Site) -> None:
    def mean_distance(roads: StraightRoad) -> float:
        things = works_on(land, {"equipment.transformers": 5}, roads).things
        return float(np.abs(things.base[things.kind == WorkKind.TRANSFORMER, 0] - 10.0).mean())

    assert mean_distance(StraightRoad()) < mean_distance(FAR_AWAY) - 5


def test_all_works_stand_on_the_fine_ground(site: tuple[Settings, Site]) -> None:
    _, plan = site
    for circle in plan.works.circles:
        assert np.abs(circle[:2]).max() + circle[2] * 0.7 < plan.terrain.fine_half_m


def test_the_fence_goes_around_every_table_and_transformer(site: tuple[Settings, Site]) -> None:
    _, plan = site
    corners = table_corners(plan.tables)[..., :2]
    equipment = plan.works.things.outlines[plan.works.things.kind == WorkKind.TRANSFORMER]
    assert len(equipment) >= len(np.unique(plan.tables.cluster)) * 0.5
    outlines = np.concatenate([corners, equipment])
    inside = np.zeros(len(outlines), dtype=bool)
    for line in fence_lines(outlines):
        shape = line.astype(np.float32)
        inside |= [all(cv2.pointPolygonTest(shape, corner.tolist(), True) > 0.5 for corner in o) for o in outlines]
    assert inside.all()


def test_houses_and_greenhouses_stand_apart_from_the_tables(crowded: Works, land: Site) -> None:
    tables = [outline.astype(np.float32) for outline in table_corners(land.tables)[..., :2]]
    chosen = crowded.things.kind == WorkKind.HOUSE
    chosen |= crowded.things.kind == WorkKind.GLASSHOUSE
    assert chosen.any()
    for point in crowded.things.base[chosen, :2]:
        distance = min(-cv2.pointPolygonTest(table, point.tolist(), True) for table in tables)
        assert 14 < distance < 81


KINDS = {
    "equipment.transformers": {WorkKind.TRANSFORMER},
    "equipment.inverters": ON_STANDS,
    "equipment.masts": {WorkKind.LIGHTNING_ROD, WorkKind.WEATHER_STATION},
    "surroundings.buildings": {WorkKind.HOUSE, WorkKind.SHED},
    "surroundings.greenhouses": {WorkKind.TUNNEL, WorkKind.GLASSHOUSE},
    "surroundings.ponds": {WorkKind.POND, WorkKind.TANK},
    "surroundings.vehicles": WHEELED,
}


@pytest.mark.parametrize("name", KINDS)
def test_a_setting_gives_only_its_own_things_and_zero_none(land: Site, name: str) -> None:
    wanted = 4
    works = works_on(land, NOTHING | {name: wanted})
    kinds = works.things.kind.tolist()
    assert set(kinds) <= KINDS[name]
    expected = (
        round(wanted * len(land.tables) / 100) if name in ("equipment.transformers", "equipment.inverters") else wanted
    )
    assert expected / 2 <= len(kinds) <= expected
    assert len(works.fence) == len(works.trays) == len(works.sheets) == 0


def test_nothing_is_there_where_all_is_off(land: Site) -> None:
    works = works_on(land, NOTHING)
    assert len(works.things) == len(works.fence) == len(works.trays) == len(works.sheets) == len(works.circles) == 0


@pytest.mark.parametrize(("name", "part"), [("equipment.fences", "fence"), ("equipment.cable_trays", "trays")])
def test_fences_and_trays_can_be_switched(land: Site, name: str, part: str) -> None:
    assert len(getattr(works_on(land, NOTHING | {name: True}), part)) > 20


def test_materials_are_tarpaulins_containers_and_packed_modules(land: Site) -> None:
    works = works_on(land, NOTHING | {"surroundings.materials": 30})
    assert set(works.things.kind.tolist()) == {WorkKind.CONTAINER, WorkKind.PACKED_MODULES}
    assert len(works.sheets) >= 5


def test_other_peoples_things_do_not_move_the_plants_own(land: Site) -> None:
    def own(values: dict[str, Any]) -> bytes:
        works = works_on(land, values)
        chosen = works.things.kind <= WorkKind.WEATHER_STATION
        return works.things.base[chosen].tobytes() + works.fence.posts.tobytes() + works.trays.tobytes()

    assert own({}) == own(
        {"surroundings.buildings": 0, "surroundings.vehicles": 9, "surroundings.materials": 0, "surroundings.ponds": 0}
    )


def test_the_circles_cover_all_that_is_taken(crowded: Works) -> None:
    circles = crowded.circles
    for outline in [*crowded.things.outlines, *(sheet[..., :2].reshape(-1, 2) for sheet in crowded.sheets)]:
        points = points_in(outline) if len(outline) == 4 else outline
        distance = np.linalg.norm(points[:, None] - circles[None, :, :2], axis=-1) - circles[:, 2]
        assert distance.min(axis=1).max() < 1e-6


@pytest.mark.parametrize("size", [(40.0, 7.0), (7.0, 40.0), (3.0, 3.0), (0.1, 9.0)])
def test_circles_in_a_line_cover_a_rectangle_of_any_shape(size: tuple[float, float]) -> None:
    along = np.array([np.cos(0.7), np.sin(0.7)])
    circles = covering_circles(np.array([5.0, -3.0]), along, *size)
    share = np.random.default_rng(1).uniform(-0.5, 0.5, (500, 2)) * size
    points = np.array([5.0, -3.0]) + share[:, :1] * along + share[:, 1:] * np.array([-along[1], along[0]])
    assert (np.linalg.norm(points[:, None] - circles[:, :2], axis=-1) <= circles[:, 2] + 1e-9).any(axis=1).all()


def test_distances_to_circles_are_those_to_the_nearest_of_all_and_negative_inside() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.uniform(-50, 50, (2, 400))
    circles = np.column_stack([rng.uniform(-60, 60, (25, 2)), rng.uniform(0.5, 9.0, 25)])
    expected = (np.hypot(x[:, None] - circles[:, 0], y[:, None] - circles[:, 1]) - circles[:, 2]).min(axis=1)
    assert expected.min() < 0, "some lie inside"
    np.testing.assert_allclose(distance_to_circles(x, y, circles, 6.0), np.minimum(expected, 6.0))
    assert (distance_to_circles(x, y, circles[:0], 6.0) == 6.0).all()


def test_distances_to_polygons_are_those_that_opencv_finds() -> None:
    rng = np.random.default_rng(4)
    angles = np.arange(4) * np.pi / 2 + rng.uniform(0, 3, (30, 1))
    outlines = rng.uniform(-40, 40, (30, 1, 2)) + 6 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    points = rng.uniform(-50, 50, (300, 2))
    found = distance_to_polygons(points, outlines, 20.0)
    shapes = outlines.astype(np.float32)
    expected = [min(20.0, max(0.0, min(-cv2.pointPolygonTest(s, p.tolist(), True) for s in shapes))) for p in points]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_distance_to_a_segment_ends_at_its_ends() -> None:
    segment = np.array([[[0.0, 0.0], [10.0, 0.0]]])
    points = np.array([[5.0, 2.0], [-3.0, 4.0], [13.0, -4.0]])
    np.testing.assert_allclose(distance_to_segments(points, segment, 9.0), [2.0, 5.0, 5.0])
    np.testing.assert_allclose(distance_to_segments(points, segment, 4.0), [2.0, 4.0, 4.0])
    np.testing.assert_allclose(distance_to_segments(points, segment[:0], 7.0), 7.0)


@pytest.mark.parametrize("tolerance", [0.5, 2.0, 6.0])
def test_a_straightened_line_stays_within_its_tolerance(tolerance: float) -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = 40 + 5 * np.sin(7 * angle) + np.random.default_rng(2).normal(0, 0.4, 200)
    line = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    less = straightened(line, tolerance)
    assert 3 <= len(less) < len(line)
    segments = np.stack([less, np.roll(less, -1, axis=0)], axis=1)
    assert distance_to_segments(line, segments, 99.0).max() <= tolerance + 1e-9


def test_plans_of_the_same_seed_are_the_same(land: Site) -> None:
    one, other = works_on(land, {}), works_on(land, {})
    for field in dataclasses.fields(one.things):
        assert getattr(one.things, field.name).tobytes() == getattr(other.things, field.name).tobytes()
    assert works_on(land, {}, seed=3).things.base.tobytes() != one.things.base.tobytes()


def test_defaults_put_something_of_most_kinds_on_a_site() -> None:
    plan = plan_site(Settings(), 1)
    kinds = set(plan.works.things.kind.tolist())
    assert {WorkKind.TRANSFORMER, WorkKind.CONTAINER} & kinds
    assert len(kinds) >= 6
    assert value_of(Settings(), "equipment.fences")
