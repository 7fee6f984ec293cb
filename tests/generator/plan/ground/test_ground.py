# SPDX-License-Identifier: GPL-3.0-or-later
"""Ground cover follows the settings within the array and is natural elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.layout import table_corners
from solar_site_addon.generator.plan.ground.ground import BESIDE_REACH_M, distance_beside, plan_ground
from solar_site_addon.generator.plan.ground.ground_cover import Ground
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.placement.clearance import Outlines
from solar_site_addon.generator.plan.vegetation.kinds import VegetationKind
from solar_site_addon.generator.plan.vegetation.natural import plan_vegetation
from solar_site_addon.generator.plan.vegetation.vegetation import Vegetation
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import Planned, planned


@pytest.fixture(scope="module")
def hills() -> Planned:
    values = {"site.size_m": 100, "site.relief": 0.5, "site.greenness": 0.6, "camera.width_px": 1600}
    return planned(with_values(Settings(), {**values, "camera.height_px": 1200}), 1)


def ground(plan: Site, kind: str) -> Ground:
    site = with_values(plan.settings, {"site.array_ground": kind}).site
    return plan_ground(site, plan.terrain, plan.tables, plan.roads, 1)


def test_the_ground_stores_the_distance_to_the_nearest_table(hills: Planned) -> None:
    fine = np.abs(hills.site.terrain.x) <= hills.site.terrain.fine_half_m
    x, y = np.meshgrid(hills.site.terrain.x[fine], hills.site.terrain.y[fine])
    points = np.stack([x.ravel(), y.ravel()], axis=-1)
    exact = Outlines(table_corners(hills.site.tables)[..., :2]).distance(points, BESIDE_REACH_M)
    known = distance_beside(hills.site.terrain, hills.site.tables)
    error = np.abs(known[np.ix_(fine, fine)].ravel() - exact)
    # On a slope, the outline of a table is a sheared rectangle; the ground assumes a rectangle.
    assert error.mean() < 0.03
    assert np.quantile(error, 0.995) < 0.6
    assert error.max() < 1.6
    assert (known[~fine] == BESIDE_REACH_M).all()


def test_gravel_lies_within_the_array_and_hardly_anything_grows_there(hills: Planned) -> None:
    natural, gravelled = ground(hills.site, "natural"), ground(hills.site, "gravel")
    near, far = natural.beside < 5, natural.beside >= BESIDE_REACH_M
    assert not natural.gravel.any()
    assert gravelled.gravel[near].min() > 0.9
    assert gravelled.gravel[far].mean() < 0.05
    assert gravelled.grass[near].mean() < 0.3 < natural.grass[near].mean()
    np.testing.assert_array_equal(gravelled.grass[gravelled.gravel == 0], natural.grass[gravelled.gravel == 0])


def test_gravel_strips_lie_below_the_tables_only(hills: Planned) -> None:
    strips = ground(hills.site, "gravel_strips")
    assert strips.gravel[strips.beside == 0].min() > 0.9
    assert not strips.gravel[strips.beside > 2.5].any()


def test_bare_soil_has_less_grass_and_no_gravel(hills: Planned) -> None:
    natural, bare = ground(hills.site, "natural"), ground(hills.site, "bare_soil")
    near = natural.beside < 5
    assert not bare.gravel.any()
    assert bare.grass[near].mean() < 0.4 * natural.grass[near].mean()


def test_a_lawn_has_few_short_tufts_and_no_shrubs(hills: Planned) -> None:
    settings = with_values(hills.view.settings, {"vegetation.grass": 1, "vegetation.shrubs": 1, "vegetation.trees": 0})
    lawn = ground(hills.site, "mown")

    def planted(cover: Ground) -> Vegetation:
        return plan_vegetation(settings, hills.site.terrain, hills.site.tables, cover, hills.view.camera, (), 1)

    def among(vegetation: Vegetation, kind: VegetationKind) -> np.ndarray:
        column = np.searchsorted(hills.site.terrain.x, vegetation.position[:, 0])
        row = np.searchsorted(hills.site.terrain.y, vegetation.position[:, 1])
        return vegetation.height[(vegetation.kind == kind) & (lawn.mown[row, column] == 1)]

    wild, mown = planted(ground(hills.site, "natural")), planted(lawn)
    for kind, most in ((VegetationKind.GRASS, 0.6), (VegetationKind.SHRUB, 0.1)):
        assert len(among(mown, kind)) < most * len(among(wild, kind))
    assert among(mown, VegetationKind.GRASS).mean() < 0.6 * among(wild, VegetationKind.GRASS).mean()


def test_the_lightness_of_soil_varies(hills: Planned) -> None:
    light = ground(hills.site, "natural").light
    assert 0 <= light.min() < 0.3
    assert 0.7 < light.max() <= 1
    assert light.mean() == pytest.approx(0.5, abs=0.15)
