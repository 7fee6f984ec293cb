# SPDX-License-Identifier: GPL-3.0-or-later
"""Piles stand where the table needs them, within the tolerances of their trade."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.frames import frame_places
from solar_site_addon.generator.plan.array.piles import pile_kinds, plan_pile_type, plan_piles
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import array_site
from ..bytes_of import bytes_of

SHORT = [name for name, kind in pile_kinds().items() if not kind.carries_rafter]
SEED = 4
DOUBLE = {"array.posts": "double", "array.table_columns": 13}


def site(kind: str = "phc", **values: object) -> Site:
    """Return a site with piles of a kind: the land and the tables are the same for all kinds, and planned once."""
    land = array_site(with_values(Settings(), {"site.size_m": 160.0, "array.piles": "phc", **values}), SEED)
    pile_type = plan_pile_type(kind, SEED)
    piles = plan_piles(land.tables, land.table_types, land.terrain, pile_type, SEED)
    return dataclasses.replace(land, pile_type=pile_type, piles=piles)


def rows_of_piles(plan: Site) -> list[np.ndarray]:
    """Return the indices of the piles of each row of each table."""
    rows = plan.table_types[0].post_rows
    return [
        row for table in range(len(plan.tables)) for row in np.split(np.flatnonzero(plan.piles.table == table), rows)
    ]


@pytest.mark.parametrize("columns", range(10, 21))
def test_usual_tables_stand_on_four_to_seven_piles_per_row_at_3_to_3_9_m(columns: int) -> None:
    width = columns * (1.134 + 0.02) - 0.02
    places = frame_places(width)
    assert 4 <= len(places) <= 7
    span = np.diff(places)
    assert span.min() == pytest.approx(span.max())
    assert 3.0 <= span[0] <= 3.9
    assert np.abs(places).max() < width / 2


def test_a_table_of_two_rows_has_five_piles_in_each() -> None:
    plan = site(**DOUBLE)
    assert set(np.bincount(plan.piles.table)) == {10}


@pytest.mark.parametrize("kind", SHORT)
def test_tops_of_a_table_lie_in_one_plane_within_40_mm(kind: str) -> None:
    plan = site(kind, **DOUBLE)
    off = []
    for table in range(len(plan.tables)):
        tops = plan.piles.head[plan.piles.table == table]
        plane = np.column_stack([tops[:, :2], np.ones(len(tops))])
        solution, *_ = np.linalg.lstsq(plane, tops[:, 2], rcond=None)
        off.append(np.ptp(tops[:, 2] - plane @ solution))
    assert 0.01 < max(off) <= 0.04


def test_piles_are_less_than_10_mm_off_the_line_fitted_to_their_row_and_hardly_lean() -> None:
    plan = site()
    piles = plan.piles
    off = []
    for row in rows_of_piles(plan):
        from_middle = piles.head[row, :2] - piles.head[row, :2].mean(axis=0)
        across = np.linalg.svd(from_middle)[2][1]
        off.append(np.abs(from_middle @ across).max())
    assert 0.004 < max(off) < 0.01
    lean = np.hypot(*piles.axis[:, :2].T) / piles.axis[:, 2]
    assert 0.003 < lean.max() < 0.005
    np.testing.assert_allclose(np.linalg.norm(piles.axis, axis=1), 1.0)


@pytest.mark.parametrize("kind", [SHORT[0], *(pytest.param(kind, marks=pytest.mark.slow) for kind in SHORT[1:])])
def test_the_shortest_pile_of_a_row_shows_30_cm_and_steep_ground_is_taken_up_by_the_others(kind: str) -> None:
    flat, steep = site(kind, **{"site.relief": 0.1}), site(kind, **{"site.relief": 0.7})
    for plan in (flat, steep):
        shortest = [plan.piles.exposed_m[row].min() for row in rows_of_piles(plan)]
        assert min(shortest) >= 0.3 - 0.03
        assert max(shortest) <= 0.3 + 0.03
    assert np.quantile(flat.piles.exposed_m, 0.95) < 1.0
    assert steep.piles.exposed_m.max() > 0.6
    ground = steep.terrain.height(*steep.piles.head[:, :2].T)
    np.testing.assert_allclose(steep.piles.head[:, 2] - ground, steep.piles.exposed_m)


@pytest.mark.parametrize("kind", pile_kinds())
def test_each_kind_has_its_states_and_sizes(kind: str) -> None:
    plan = site(kind)
    described = pile_kinds()[kind]
    assert plan.pile_type.kind == described.name == kind
    assert plan.pile_type.size_m in described.sizes_m
    assert set(plan.piles.state) <= set(range(len(described.all_states)))
    damaged = plan.piles.state == described.all_states.index(described.damaged) if described.damaged else np.zeros(1)
    assert damaged.mean() == pytest.approx(described.damaged_share, abs=0.02)


def test_tables_below_a_low_edge_have_shorter_piles_that_still_fit() -> None:
    plan = site(**{"array.ground_clearance_m": 0.3, "array.tilt_deg": 5, "array.table_type": "1P"})
    assert plan.piles.exposed_m.min() >= 0.1 - 0.03
    assert (plan.beams.end[:, 2] > plan.beams.start[:, 2] - 20).all()
    posts = (plan.beams.start[:, :2] == plan.beams.end[:, :2]).all(axis=1)
    assert (plan.beams.end[posts, 2] > plan.beams.start[posts, 2]).all()


def test_a_site_has_piles_of_the_kind_of_its_settings_that_depend_on_nothing_else() -> None:
    changed = {"site.size_m": 100.0, "array.piles": "helical", "site.greenness": 0.2}
    found, expected = array_site(with_values(Settings(), changed), SEED).pile_type, plan_pile_type("helical", SEED)
    assert bytes_of(found) == bytes_of(expected)
