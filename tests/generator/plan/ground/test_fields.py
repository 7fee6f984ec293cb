# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields lie where a plow can go, and crops stand in rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solar_site_addon.generator.plan.ground.fields import TABLE_CLEARANCE_M, Crop, orchard_lattice, plan_fields
from solar_site_addon.generator.plan.ground.ground_cover import Fields
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.vegetation.headroom import headroom
from solar_site_addon.generator.plan.vegetation.kinds import VegetationKind
from solar_site_addon.generator.plan.vegetation.natural import plan_vegetation
from solar_site_addon.generator.plan.vegetation.vegetation import Vegetation
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import Planned, planned

FARMED = {"site.fields": 0.9, "site.orchards": 0.3, "site.relief": 0.3, "site.size_m": 120, "vegetation.trees": 0.6}


@pytest.fixture(scope="module")
def farm() -> Planned:
    camera = {"camera.altitude_agl_m": 120, "camera.width_px": 1600, "camera.height_px": 1200}
    return planned(with_values(Settings(), FARMED | camera), 5)


def fields(plan: Site, **values: object) -> Fields:
    site = with_values(plan.settings, {f"site.{name}": value for name, value in values.items()}).site
    return plan_fields(site, plan.terrain, plan.roads, plan.ground.beside, 4)


def nearest(plan: Site, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return row and column of the vertices nearest to points (N, 2)."""
    column = np.abs(plan.terrain.x[None] - points[:, :1]).argmin(axis=1)
    row = np.abs(plan.terrain.y[None] - points[:, 1:2]).argmin(axis=1)
    return row, column


def tilled_points(plan: Site, of: Fields) -> np.ndarray:
    row, column = np.nonzero(of.edge > 0)
    return np.stack([plan.terrain.x[column], plan.terrain.y[row]], axis=-1)


def test_fields_avoid_tables_roads_and_steep_ground(farm: Planned) -> None:
    x, y = tilled_points(farm.site, farm.site.ground.fields).T
    assert len(x) > 2000
    assert headroom(farm.site.tables, x, y, np.zeros(len(x)), 20.0).distance_m.min() > TABLE_CLEARANCE_M - 1
    assert farm.site.roads.distance(x, y).min() > farm.site.roads.width_m / 2 + 1
    slope_y, slope_x = np.gradient(farm.site.terrain.heights, farm.site.terrain.y, farm.site.terrain.x)
    assert np.hypot(slope_x, slope_y)[farm.site.ground.fields.edge > 0].max() < 0.35


def test_the_setting_controls_the_share_of_fields(farm: Planned) -> None:
    none, few, many = ((fields(farm.site, fields=share).edge > 0).sum() for share in (0.0, 0.3, 1.0))
    assert none == 0
    assert not fields(farm.site, fields=0.0).any
    assert 0 < few < 0.7 * many


def test_rows_have_the_spacing_of_their_parcel(farm: Planned) -> None:
    land = farm.site.ground.fields
    parcel = np.arange(len(land.crop), dtype=np.int32)
    start = land.middle + np.random.default_rng(0).uniform(-20, 20, land.middle.shape)
    onward = start + land.across * land.row_m[:, None]
    along = start + 7 * np.stack([-land.across[:, 1], land.across[:, 0]], axis=-1)
    here, next_row, same_row = (land.rows(parcel, *points.T) for points in (start, onward, along))
    np.testing.assert_allclose(next_row - here, 1, atol=1e-9)
    np.testing.assert_allclose(same_row, here, atol=1e-9)


def test_the_season_decides_what_grows(farm: Planned) -> None:
    winter, summer = (
        fields(farm.site, season=season, orchards=0.0, fields=1.0).crop for season in ("winter", "summer")
    )
    assert not np.isin(winter, (Crop.SEEDLINGS, Crop.LEAFY, Crop.RIPE_CEREAL)).any()
    assert np.isin(summer, (Crop.LEAFY, Crop.RIPE_CEREAL)).mean() > 0.4
    assert (fields(farm.site, orchards=1.0).crop == Crop.ORCHARD).all()


def planted(farm: Planned, land: Fields) -> Vegetation:
    plan, view = farm
    ground = dataclasses.replace(plan.ground, fields=land)
    return plan_vegetation(view.settings, plan.terrain, plan.tables, ground, view.camera, (), 1)


def test_crops_stand_on_the_rows_of_their_fields(farm: Planned) -> None:
    land = fields(farm.site, fields=1.0, orchards=0.0, season="spring")
    vegetation = planted(farm, land)
    crops = vegetation.position[vegetation.kind == VegetationKind.CROP, :2]
    assert len(crops) > 300
    row, column = nearest(farm.site, crops)
    assert (land.edge[row, column] > -1).all()
    # At a border, a crop may have been moved to a row from a vertex of the adjacent parcel.
    rows = land.rows(land.parcel[row, column], *crops.T)
    assert np.quantile(np.abs(rows - np.rint(rows)) * land.row_m[land.parcel[row, column]], 0.98) < 0.06


def test_orchard_trees_are_evenly_spaced_and_no_wild_tree_stands_on_a_field(farm: Planned) -> None:
    land = fields(farm.site, fields=1.0, orchards=1.0)
    x, y, key_x, key_y = orchard_lattice(land, farm.site.terrain)
    trees = np.stack([x, y], axis=-1)
    assert len(trees) > 100
    assert len({*zip(key_x.tolist(), key_y.tolist(), strict=True)}) == len(trees)
    apart = np.sqrt(((trees[:300, None] - trees) ** 2).sum(axis=-1))
    apart[apart < 1e-9] = np.inf
    assert np.median(apart.min(axis=1)) == pytest.approx(land.row_m.mean(), rel=0.2)
    without_orchards = fields(farm.site, fields=1.0, orchards=0.0)
    vegetation = planted(farm, without_orchards)
    wild = vegetation.position[
        np.isin(vegetation.kind, (VegetationKind.BROADLEAF, VegetationKind.CONIFER, VegetationKind.SHRUB)), :2
    ]
    assert len(wild) > 20
    assert (without_orchards.edge[nearest(farm.site, wild)] < 1).all()
