# SPDX-License-Identifier: GPL-3.0-or-later
"""Vegetation: plausible positions, the requested density, and nothing through a module."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.plan.ground.ground import plan_ground
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.vegetation.headroom import headroom
from solar_site_addon.generator.plan.vegetation.kinds import VegetationKind
from solar_site_addon.generator.plan.vegetation.natural import OVER_EDGE_M, plan_vegetation
from solar_site_addon.generator.plan.vegetation.planting import Distance
from solar_site_addon.generator.plan.vegetation.vegetation import Vegetation
from solar_site_addon.generator.plan.view.camera import plan_camera
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import Planned, planned

SMALL = {
    "site.size_m": 120,
    "site.fields": 0,
    "camera.width_px": 1000,
    "camera.height_px": 750,
    "camera.altitude_agl_m": 45,
}
TREES = [VegetationKind.BROADLEAF, VegetationKind.CONIFER, VegetationKind.BARE_TREE]
SORTS = {
    "vegetation__grass": [VegetationKind.GRASS],
    "vegetation__weeds": [VegetationKind.WEED],
    "vegetation__shrubs": [VegetationKind.SHRUB],
    "vegetation__trees": TREES,
    "vegetation__stones": [VegetationKind.STONE],
}
"""Kinds of vegetation by setting."""


def planted(lush: Planned, taken: Sequence[Distance] = (), **values: Any) -> Vegetation:
    """Return the vegetation of a planned site with changed settings, given as ``group__name``."""
    plan, view = lush
    settings = with_values(view.settings, {name.replace("__", "."): value for name, value in values.items()})
    camera = view.camera
    if any(name.startswith("camera") for name in values):
        camera = plan_camera(settings, plan.terrain, plan.tables, plan.modules, ViewSeed(0))
    return plan_vegetation(settings, plan.terrain, plan.tables, plan.ground, camera, taken, 1)


@pytest.fixture(scope="module")
def lush() -> Planned:
    """Return a site with dense vegetation of all sorts."""
    everything = {name.replace("__", "."): 1 for name in SORTS}
    return planned(
        with_values(
            Settings(),
            {**SMALL, **everything, "site.relief": 0.8, "site.greenness": 1, "vegetation.grass_height_m": 0.9},
        ),
        2,
    )


@pytest.fixture(scope="module")
def rim_above_glass(lush: Planned) -> np.ndarray:
    """Return how far (P, 9) the rim of each item is above the glass of the table that it lies in."""
    return above_glass(lush.site, rim(lush.view.vegetation))


def counts(vegetation: Vegetation) -> np.ndarray:
    return np.bincount(vegetation.kind, minlength=len(VegetationKind))


def rim(vegetation: Vegetation) -> np.ndarray:
    """Return points (P, 9, 3) on top of the cylinder around each item: its center and eight on its edge."""
    angle = np.arange(8) * np.pi / 4
    circle = np.concatenate([np.zeros((1, 3)), np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)])
    points = vegetation.position[:, None] + circle * vegetation.spread[:, None, None] / 2
    return points + [0, 0, 1] * vegetation.height[:, None, None]


def above_glass(plan: Site, points: np.ndarray) -> np.ndarray:
    """Return the heights (P, 9) of points above the glass of the table that they lie in, m; -inf elsewhere."""
    result = np.full(points.shape[:2], -np.inf)
    for centre, axes, size in zip(plan.tables.centre, plan.tables.axes, plan.tables.size, strict=True):
        near = np.flatnonzero((np.abs(points[..., :2] - centre[:2]).min(axis=1) < size.sum()).all(axis=1))
        flat = (points[near] - centre)[..., :2] @ np.linalg.inv(axes[:2, :2])
        inside = (np.abs(flat) <= size / 2 + 1e-9).all(axis=-1)
        height = centre[2] + (flat * axes[:2, 2]).sum(axis=-1)
        above = np.where(inside, points[near, :, 2] - height, -np.inf)
        result[near] = np.maximum(result[near], above)
    return result


def test_nothing_grows_through_the_glass_but_weeds_at_its_lower_edge(
    lush: Planned, rim_above_glass: np.ndarray
) -> None:
    vegetation, above = lush.view.vegetation, rim_above_glass
    through = (above > 0).any(axis=1)
    assert (vegetation.kind[through] == VegetationKind.WEED).all()
    # They stand in front of the table, not below it.
    assert not (above[through, 0] > -np.inf).any()
    assert above.max() <= OVER_EDGE_M + 0.6 * vegetation.spread.max()


def test_some_weeds_exceed_the_lower_edge(lush: Planned, rim_above_glass: np.ndarray) -> None:
    vegetation = lush.view.vegetation
    over = (rim_above_glass > 0).any(axis=1)
    assert over.sum() > 10
    front = headroom(lush.site.tables, *vegetation.position[over, :2].T, np.zeros(over.sum()), 3.0)
    assert front.distance_m.min() > 0
    assert front.distance_m.max() < 0.5


def test_taller_trees_stand_farther_from_modules(lush: Planned) -> None:
    is_tree = np.isin(lush.view.vegetation.kind, TREES)
    assert is_tree.sum() > 50
    position, height = lush.view.vegetation.position[is_tree], lush.view.vegetation.height[is_tree]
    corners = lush.site.modules.corners.reshape(-1, 3)[:, :2]
    nearest = np.array([np.sqrt(((corners - place[:2]) ** 2).sum(axis=1)).min() for place in position])
    assert (nearest > np.maximum(5.0, 1.1 * height) - 1e-6).all()


def test_vegetation_stands_on_the_ground_in_or_near_the_image(lush: Planned) -> None:
    position = lush.view.vegetation.position
    np.testing.assert_allclose(position[:, 2], lush.site.terrain.height(position[:, 0], position[:, 1]), atol=1e-9)
    low = np.isin(lush.view.vegetation.kind, [VegetationKind.GRASS, VegetationKind.WEED, VegetationKind.STONE])
    pixels, depth = lush.view.camera.project(position[low])
    size = np.array([lush.view.camera.width_px, lush.view.camera.height_px])
    beside = 0.04 * size + 22.0 * lush.view.camera.focal_px / depth[:, None]  # half a table and some
    assert ((pixels > -beside) & (pixels < size + beside)).all()
    assert (depth > 0).all()
    assert (pixels[:, 0] < size[0] * 0.1).any()
    assert (pixels[:, 0] > size[0] * 0.9).any()


@pytest.mark.slow
def test_zero_turns_each_sort_off_and_leaves_the_others_alone(lush: Planned) -> None:
    assert len(planted(lush, **dict.fromkeys(SORTS, 0))) == 0
    whole = counts(planted(lush))
    for name, kinds in SORTS.items():
        others = counts(planted(lush, **{name: 0}))
        assert whole[kinds].sum() > 0
        assert others[kinds].sum() == 0
        rest = [kind for kind in range(len(VegetationKind)) if kind not in kinds]
        np.testing.assert_array_equal(others[rest], whole[rest])


def test_a_higher_setting_gives_more_vegetation(lush: Planned) -> None:
    few, many = counts(planted(lush, **dict.fromkeys(SORTS, 0.2))), counts(lush.view.vegetation)
    for kinds in SORTS.values():
        assert many[kinds].sum() > 1.8 * few[kinds].sum() > 0


def test_nothing_grows_on_taken_ground(lush: Planned) -> None:
    middle = lush.view.vegetation.position[lush.view.vegetation.kind == VegetationKind.GRASS, :2].mean(axis=0)

    def pond(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.hypot(x - middle[0], y - middle[1]) - 6.0

    assert (pond(*planted(lush).position[:, :2].T) < 0).sum() > 20
    assert (pond(*planted(lush, taken=(pond,)).position[:, :2].T) >= 0).all()


def test_nothing_grows_on_roads_equipment_and_surroundings(lush: Planned) -> None:
    x, y = lush.view.vegetation.position[:, :2].T
    for middle_x, middle_y, radius in np.concatenate([lush.site.equipment.circles, lush.site.surroundings.circles]):
        assert np.hypot(x - middle_x, y - middle_y).min() > radius
    to_roads = lush.site.roads.distance(*lush.view.vegetation.position[:, :2].T)
    assert (to_roads > lush.site.roads.width_m / 2).all()


@pytest.mark.slow
def test_another_view_of_the_same_site_sees_the_same_vegetation(lush: Planned) -> None:
    camera = dataclasses.replace(lush.view.camera, focal_px=0.97 * lush.view.camera.focal_px)
    wide = lush._replace(view=dataclasses.replace(lush.view, camera=camera))
    first, second = ({tuple(place) for place in planted(plan).position.round(6)} for plan in (lush, wide))
    assert first != second
    assert len(first & second) > 0.8 * len(first)


def test_vegetation_thins_out_with_the_distance(lush: Planned) -> None:
    low, high = (
        len(planted(lush, camera__altitude_agl_m=altitude, camera__gimbal_pitch_deg=-90)) for altitude in (30, 120)
    )
    assert high < 3 * low  # over sixteen times the ground
    assert high < 45_000


def test_vegetation_covers_nearly_as_much_of_a_small_image_as_of_a_large_one(lush: Planned) -> None:
    small, large = (
        planted(lush, camera__width_px=width, camera__height_px=width * 3 // 4, vegetation__trees=0)
        for width in (360, 1600)
    )
    covered = [(vegetation.spread**2).sum() for vegetation in (small, large)]
    assert covered[0] > 0.8 * covered[1]


def test_snow_lies_on_vegetation_where_it_lies_on_the_ground(lush: Planned) -> None:
    site = with_values(lush.site.settings, {"site.snow": 0.6}).site
    ground = plan_ground(site, lush.site.terrain, lush.site.tables, lush.site.roads, 1)
    vegetation = planted(lush._replace(site=dataclasses.replace(lush.site, ground=ground)))
    row = np.searchsorted(lush.site.terrain.y, vegetation.position[:, 1])
    column = np.searchsorted(lush.site.terrain.x, vegetation.position[:, 0])
    assert vegetation.snow[ground.snow[row, column] > 0.9].mean() > 0.25
    assert vegetation.snow[ground.snow[row, column] < 0.15].mean() < 0.05
    assert not lush.view.vegetation.snow.any()


@pytest.mark.slow
def test_leaves_change_color_with_the_season(lush: Planned) -> None:
    summer, autumn, winter = (
        planted(lush, site__season=season, vegetation__tree_kind="broadleaf")
        for season in ("summer", "autumn", "winter")
    )
    leaves = [vegetation.colour[vegetation.kind == VegetationKind.BROADLEAF] for vegetation in (summer, autumn)]
    assert (leaves[0][:, 1] > leaves[0][:, 0]).all()
    assert (leaves[1][:, 0] > leaves[1][:, 1]).mean() > 0.4
    assert counts(winter)[VegetationKind.BARE_TREE] > 5 * counts(summer)[VegetationKind.BARE_TREE]


@pytest.mark.slow
def test_the_ceiling_of_a_disc_is_the_lowest_glass_above_it(lush: Planned) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-60, 60, (2, 400))
    radius = rng.uniform(0.05, 1.0, 400)
    found = headroom(lush.site.tables, x, y, radius, 5.0)
    angle = np.linspace(0, 2 * np.pi, 64)
    share = np.sqrt(np.linspace(0, 1, 12))[:, None]
    disc = np.stack([share * np.cos(angle), share * np.sin(angle), 0 * share * angle], axis=-1).reshape(-1, 3)
    points = np.stack([x, y, 0 * x], axis=-1)[:, None] + disc * radius[:, None, None]
    glass = -above_glass(lush.site, points)  # heights of the glass, because the points have z = 0; inf if there is none
    lowest = glass.min(axis=1)
    covered = np.isfinite(lowest)
    assert covered.sum() > 30
    assert (found.ceiling_m[covered] <= lowest[covered] + 1e-9).all()
    assert (lowest[covered] - found.ceiling_m[covered]).max() < 0.6
    assert not np.isfinite(found.ceiling_m[found.distance_m > radius * 1.5]).any()


def test_oblique_views_show_distant_trees(lush: Planned) -> None:
    vegetation = planted(lush, camera__gimbal_pitch_deg=-30)
    is_tree = np.isin(vegetation.kind, TREES)
    away = np.sqrt(((vegetation.position[is_tree] - lush.view.camera.position) ** 2).sum(axis=1))
    assert np.percentile(away, 80) > 200
    assert is_tree.sum() < 25_000


def test_snow_covers_the_share_of_the_setting_and_no_ground_below_tables(lush: Planned) -> None:
    def snow(share: float) -> np.ndarray:
        site = with_values(lush.site.settings, {"site.snow": share}).site
        return plan_ground(site, lush.site.terrain, lush.site.tables, lush.site.roads, 1).snow

    assert not snow(0.0).any()
    little, much = snow(0.3), snow(0.8)
    assert little.mean() < 0.4 < much.mean()
    rows = np.searchsorted(lush.site.terrain.y, lush.site.tables.centre[:, 1])
    columns = np.searchsorted(lush.site.terrain.x, lush.site.tables.centre[:, 0])
    assert little[rows, columns].mean() < 0.15
