# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts reach into the ground and up to the table, and everything stays behind the modules."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.frames import frame_places, post_places
from solar_site_addon.generator.plan.array.piles import plan_pile_type, plan_piles
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.array.structure import plan_structure
from solar_site_addon.generator.plan.array.tables import Beams, Piles, Tables
from solar_site_addon.generator.plan.terrain.terrain import Terrain

from ...hand_made import a_type, land, plane, tables_at

COLUMNS = 10
KINDS = {
    "2P on single posts": {"array__table_type": "2P", "array__posts": "single"},
    "2P on double posts": {"array__table_type": "2P", "array__posts": "double"},
    "1P": {"array__table_type": "1P"},
    "3L": {"array__table_type": "3L", "array__posts": "double"},
}


def built(
    kind: str, ground: Terrain, stage: Stage = Stage.COMPLETE, done: float = 1.0, piles: str = "phc"
) -> tuple[Tables, Beams]:
    tables, _, beams = built_on_piles(kind, ground, stage, done, piles)
    return tables, beams


def built_on_piles(
    kind: str, ground: Terrain, stage: Stage = Stage.COMPLETE, done: float = 1.0, pile_kind: str = "phc"
) -> tuple[Tables, Piles, Beams]:
    made_as = a_type(**KINDS[kind])
    centres = np.array([[-20.0, -10, 0], [10, 5, 0]])
    centres[:, 2] = ground.height(*centres[:, :2].T) + 2.0
    tables = tables_at(centres, made_as.size(COLUMNS), roll_deg=np.array([0.0, 6.0]), columns=COLUMNS)
    tables = dataclasses.replace(tables, stage=np.full(2, stage, dtype=np.int32), done=np.full(2, done))
    piles = plan_piles(tables, (made_as,), ground, plan_pile_type(pile_kind, 1), 1)
    return tables, piles, plan_structure(tables, (made_as,), piles, posts=pile_kind != "driven_steel")


def upright(beams: Beams) -> np.ndarray:
    """Which beams are posts: those that go straight up."""
    return np.abs(beams.end - beams.start)[:, :2].max(axis=1) < 1e-9


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rise", [(0.0, 0.0), (0.1, 0.15)])
def test_a_post_stands_on_each_pile_and_ends_at_the_table(kind: str, rise: tuple[float, float]) -> None:
    tables, piles, beams = built_on_piles(kind, land(plane(*rise)))
    posts = upright(beams)
    start, end = beams.start[posts], beams.end[posts]
    order = [np.lexsort(points.T) for points in (start, piles.head)]
    np.testing.assert_allclose(start[order[0]], piles.head[order[1]])
    table = np.abs(end[:, None, :2] - tables.centre[:, :2]).sum(axis=2).argmin(axis=1)
    beneath = np.einsum("pi,pi->p", tables.centre[table] - end, tables.axes[table, 2])
    assert (beneath > 0.03).all()
    assert (beneath < 0.4).all()
    assert (end[:, 2] > start[:, 2]).all()


def test_driven_sections_reach_the_rafters_without_a_post() -> None:
    tables, piles, beams = built_on_piles("2P on double posts", land(plane(0.1, 0.15)), pile_kind="driven_steel")
    assert not upright(beams).any()
    beneath = np.einsum("pi,pi->p", tables.centre[piles.table] - piles.head, tables.axes[piles.table, 2])
    assert beneath.min() > 0.03
    assert beneath.max() < 0.4


def test_a_rack_is_built_frame_by_frame_and_has_its_purlins_at_the_end() -> None:
    frames = len(frame_places(a_type(**KINDS["2P on double posts"]).size(COLUMNS)[0]))
    counts = {done: len(built("2P on double posts", land(plane()), Stage.RACKED, done)[1].start) for done in (0.5, 1.0)}
    half = int(np.ceil(0.5 * frames))
    assert counts == {0.5: 2 * half * (1 + 2), 1.0: 2 * (frames * (1 + 2) + 4)}
    assert len(built("2P on double posts", land(plane()), Stage.PILED)[1].start) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_steel_comes_through_the_modules_or_beyond_the_table(kind: str) -> None:
    tables, beams = built(kind, land(plane()))
    for end in (beams.start, beams.end):
        table = np.abs(end[:, None, :2] - tables.centre[:, :2]).sum(axis=2).argmin(axis=1)
        local = np.einsum("bi,bki->bk", end - tables.centre[table], tables.axes[table])
        assert (local[:, 2] + beams.section[:, 1] / 2 <= 0.05 - 0.03).all()  # modules are 30 mm thick or more
        above_ground = ~upright(beams)
        assert (np.abs(local[above_ground, :2]) <= tables.size[table[above_ground]] / 2 + 1e-6).all()


@pytest.mark.parametrize("kind", KINDS)
def test_purlins_run_the_whole_width_two_under_each_row_of_modules(kind: str) -> None:
    made_as = a_type(**KINDS[kind])
    tables, beams = built(kind, land(plane()))
    run = beams.end - beams.start
    length = np.linalg.norm(run, axis=1)
    along = [np.abs(run @ axes[0] - length) < 1e-6 for axes in tables.axes]
    purlins = (along[0] | along[1]) & np.isclose(length, tables.size[0, 0])
    assert purlins.sum() == 2 * made_as.rows * len(tables)


def test_struts_hold_single_posts_of_deep_tables_only() -> None:
    counts = {kind: len(built(kind, land(plane()))[1].start) for kind in KINDS}
    frames = len(frame_places(a_type(**KINDS["2P on single posts"]).size(COLUMNS)[0]))
    # Single posts have two struts each, double ones a second post.
    assert counts["2P on single posts"] == 2 * (frames * (1 + 1 + 2) + 4)
    assert counts["2P on double posts"] == 2 * (frames * (1 + 2) + 4)
    assert len(built("2P on single posts", land(plane()), piles="driven_steel")[1].start) == 2 * (frames * (1 + 2) + 4)


def test_beams_have_a_direction_and_an_up_across_it() -> None:
    _, beams = built("2P on single posts", land(plane(0.1, 0.1)))
    run = beams.end - beams.start
    assert np.linalg.norm(run, axis=1).min() > 0.2
    np.testing.assert_allclose(np.linalg.norm(beams.up, axis=1), 1)
    np.testing.assert_allclose(np.einsum("bi,bi->b", run, beams.up), 0, atol=1e-9)


@pytest.mark.parametrize("width", [0.8, 2.0, 5.0, 15.0, 40.0])
def test_frames_stand_evenly_on_the_table_and_not_too_far_apart(width: float) -> None:
    places = frame_places(width)
    assert len(places) >= 2
    np.testing.assert_allclose(places, -places[::-1], atol=1e-9)
    assert np.abs(places).max() < width / 2
    assert np.ptp(np.diff(places)) < 1e-9
    assert np.diff(places).max() <= 4.0


def test_posts_stand_in_the_middle_or_below_both_halves() -> None:
    assert post_places(4.0, 1).tolist() == [0]
    lower, upper = post_places(4.0, 2)
    assert lower == -upper
    assert 0.5 < upper < 1.8
