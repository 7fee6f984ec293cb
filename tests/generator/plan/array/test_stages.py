# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of the tables: a front that moves over the site, and the same site at any progress."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.stages import Stage, number_done
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import array_site, planned_site
from ..bytes_of import bytes_of

PROGRESS = (0.0, 0.25, 0.5, 0.75, 1.0)


def settings_at(progress: float) -> Settings:
    site = {"site.size_m": 160.0, "array.progress": progress, "array.progress_spread": 0.5, "array.piles": "phc"}
    return with_values(Settings(), site)


def at(progress: float, **values: object) -> Site:
    return array_site(with_values(settings_at(progress), values), 3)


def test_a_site_is_the_same_at_any_progress() -> None:
    complete = at(1.0)
    for progress in PROGRESS[:-1]:
        site = at(progress)
        for part in ("terrain", "roads", "pile_type", "table_types"):
            assert bytes_of(getattr(site, part)) == bytes_of(getattr(complete, part)), part
        for part, may_differ in (
            ("tables", {"columns.", "stage.", "done."}),
            ("piles", {"standing.", "fitted."}),
        ):
            now, then = bytes_of(getattr(site, part)), bytes_of(getattr(complete, part))
            assert {name for name in then if now[name] != then[name]} <= may_differ, part
        # The modules that are mounted are those of the complete site.
        modules = {row.tobytes() for row in complete.modules.corners}
        assert {row.tobytes() for row in site.modules.corners} <= modules


def test_what_stands_only_grows() -> None:
    sites = [at(progress) for progress in PROGRESS]
    for before, after in itertools.pairwise(sites):
        assert (before.tables.stage <= after.tables.stage).all()
        assert not (before.piles.standing & ~after.piles.standing).any()
        assert len(before.modules) <= len(after.modules)


def test_equipment_of_an_unfinished_site_is_where_the_complete_site_has_it() -> None:
    halfway, complete = (planned_site(settings_at(progress), 3).equipment.items for progress in (0.5, 1.0))
    now, then = (list(zip(items.kind, map(tuple, items.base), strict=True)) for items in (halfway, complete))
    assert halfway.kinds == complete.kinds
    assert 0 < len(now) < len(then)
    assert set(now) < set(then)


def test_nothing_stands_at_0_and_everything_at_1() -> None:
    cleared, complete = at(0.0), at(1.0)
    assert set(cleared.tables.stage) == {Stage.CLEARED}
    assert not cleared.piles.standing.any()
    assert len(cleared.modules) == len(cleared.beams.start) == 0
    assert set(complete.tables.stage) == {Stage.COMPLETE}
    assert complete.piles.standing.all()


def test_all_stages_occur_halfway_and_each_has_what_belongs_to_it() -> None:
    site = at(0.5)
    tables, count = site.tables, len(site.tables)
    assert set(tables.stage) == set(Stage)
    standing = np.bincount(site.piles.table, site.piles.standing, count)
    planned = np.bincount(site.piles.table, minlength=count)
    mounted = np.bincount(site.modules.table, minlength=count)
    for stage in Stage:
        own = tables.stage == stage
        assert (standing[own] > 0).all() == (stage > Stage.CLEARED)
        if stage > Stage.PILED:
            np.testing.assert_array_equal(standing[own], planned[own])
        assert (mounted[own] > 0).all() == (stage >= Stage.PARTLY_MOUNTED)
    rows = site.table_types[0].rows
    partly = tables.stage == Stage.PARTLY_MOUNTED
    assert (mounted[partly] < rows * tables.planned[partly]).all()
    np.testing.assert_array_equal(mounted[tables.stage == Stage.COMPLETE], rows * tables.planned[tables.stage == 4])


@pytest.mark.parametrize("clusters", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_work_proceeds_in_fronts_and_not_at_random(clusters: bool) -> None:
    tables = at(0.5, **({"array.use_clusters": True, "site.size_m": 300.0} if clusters else {})).tables
    beside = (tables.cluster[:-1] == tables.cluster[1:]) & (tables.row[:-1] == tables.row[1:])
    steps = np.abs(np.diff(tables.stage))[beside]
    apart = np.abs(tables.stage[:, None] - tables.stage).mean()
    assert steps.mean() < 0.4 * apart


@pytest.mark.slow
def test_a_narrow_spread_leaves_few_tables_between_cleared_and_complete() -> None:
    stages = [
        np.bincount(at(0.5, **{"array.progress_spread": spread}).tables.stage, minlength=5) for spread in (0.1, 1.0)
    ]
    between = [counts[1:4].sum() / counts.sum() for counts in stages]
    assert between[0] == pytest.approx(0.1, abs=0.05)
    assert between[1] > 0.85


def test_parts_are_counted_from_the_first_to_the_last() -> None:
    tables = at(0.5).tables
    done = number_done(tables, Stage.PILED, 10)
    assert (done[tables.stage == Stage.CLEARED] == 0).all()
    assert (done[tables.stage == Stage.PILED] >= 1).all()
    assert (done[tables.stage > Stage.PILED] == 10).all()
