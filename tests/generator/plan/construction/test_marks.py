# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks of construction work lie where the work is, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.spacing import table_corners
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.construction.marks import MarkKind
from solar_site_addon.generator.plan.ground.ground import distance_beside
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.placement.clearance import Outlines
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import planned_site


def site(progress: float, piles: str = "micropile") -> Site:
    values = {"site.size_m": 120.0, "array.progress": progress, "array.progress_spread": 0.6, "array.piles": piles}
    return planned_site(with_values(Settings(), values), 4)


@pytest.fixture(scope="module")
def halfway() -> Site:
    return site(0.5)


def test_a_complete_site_has_no_marks_and_its_ground_is_not_cleared() -> None:
    plan = site(1.0)
    assert len(plan.marks) == 0
    assert not plan.ground.cleared.any()


def test_each_pile_of_an_unfinished_table_has_its_spoil_and_its_grout(halfway: Site) -> None:
    piles, marks = halfway.piles, halfway.marks
    unfinished = halfway.tables.stage[piles.table] < Stage.COMPLETE
    places = piles.head[piles.standing & unfinished, :2]
    for kind in (MarkKind.SPOIL, MarkKind.GROUT):
        np.testing.assert_allclose(marks.position[marks.kind == kind, :2], places)
    assert not (site(0.5, "phc").marks.kind == MarkKind.GROUT).any()


def test_benches_are_scraped_where_the_ground_is_steep_and_point_up_the_slope(halfway: Site) -> None:
    marks, terrain, piles = halfway.marks, halfway.terrain, halfway.piles
    benches = marks.kind == MarkKind.BENCH
    places, turn = marks.position[benches, :2], np.radians(marks.turn_deg[benches] + 90.0)
    step = 0.5 * np.column_stack([np.cos(turn), np.sin(turn)])
    rise = terrain.height(*(places + step).T) - terrain.height(*(places - step).T)
    assert len(places) > 20
    assert (rise > 0.05).all(), "over a meter"
    # The height of a bench is the rise of the ground over its depth.
    np.testing.assert_allclose(marks.size[benches, 2] / marks.size[benches, 1], rise, rtol=0.3, atol=0.05)
    unfinished = halfway.tables.stage[piles.table] < Stage.COMPLETE
    up = terrain.normal(*piles.head[piles.standing & unfinished, :2].T)
    steep = np.hypot(up[:, 0], up[:, 1]) / up[:, 2]
    assert len(places) < (steep > 0.08).sum()


def test_marks_lie_on_the_ground(halfway: Site) -> None:
    ground = halfway.terrain.height(*halfway.marks.position[:, :2].T)
    above = halfway.marks.position[:, 2] - ground
    tracks = halfway.marks.kind == MarkKind.TRACK
    assert above[~tracks].min() >= 0
    assert above[tracks].min() > -0.015, "where tracks end, they are blurred"
    assert above.max() < 0.02
    np.testing.assert_allclose(np.linalg.norm(halfway.marks.up, axis=1), 1.0)


def test_pegs_and_lime_precede_the_piles(halfway: Site) -> None:
    marks, piles = halfway.marks, halfway.piles
    pegs = marks.position[marks.kind == MarkKind.PEG, :2]
    assert len(pegs) > 0
    standing = piles.head[piles.standing, :2]
    nearest = np.abs(pegs[:, None] - standing).max(axis=2).min(axis=1)
    assert nearest.min() > 0.5
    assert (marks.kind == MarkKind.LIME).any()


def test_tracks_run_beside_tables_at_work_1_8_m_apart(halfway: Site) -> None:
    marks, tables = halfway.marks, halfway.tables
    tracks = marks.position[marks.kind == MarkKind.TRACK, :2]
    at_work = (tables.stage < Stage.COMPLETE) & ((tables.stage > Stage.CLEARED) | (tables.done > 0.5))
    away = Outlines(table_corners(tables)[at_work][..., :2]).distance(tracks, 10.0)
    assert away.max() < 4.0
    far = away > 1.3
    assert 0.3 < far.mean() < 0.7


def test_little_grows_where_the_ground_is_cleared(halfway: Site) -> None:
    cleared = halfway.ground.cleared > 0.9
    complete = site(1.0).ground
    assert cleared.any()
    assert halfway.ground.grass[cleared].mean() < 0.2 * complete.grass[cleared].mean()
    untouched = distance_beside(halfway.terrain, halfway.tables) > 12
    np.testing.assert_array_equal(halfway.ground.grass[untouched], complete.grass[untouched])


def test_machines_supplies_and_lookalikes_come_with_the_construction(halfway: Site) -> None:
    building = {"pile_driver", "drilling_rig", "truck", "concrete_mixer", "pile_stack", "cable_drum", "barrel", "stump"}
    assert building & set(halfway.surroundings.items.names)
    complete = site(1.0)
    assert not building & set(complete.surroundings.items.names)
    kept = [name for name in halfway.surroundings.items.names if name in set(complete.surroundings.items.names)]
    assert kept == complete.surroundings.items.names
