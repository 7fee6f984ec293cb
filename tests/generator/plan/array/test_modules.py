# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules have the right size and position on their table."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import array_site

Planned = tuple[Settings, Site]


def test_modules_are_rectangles_of_true_size_on_their_table(site: Planned) -> None:
    _, plan = site
    across, up = plan.table_types[0].module_size
    corners = plan.modules.corners
    lower, right = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    assert np.linalg.norm(lower, axis=1) == pytest.approx(across)
    assert np.linalg.norm(right, axis=1) == pytest.approx(up)
    assert np.abs(np.einsum("mi,mi->m", lower, right)).max() < 1e-9
    assert corners[:, 3] - corners[:, 0] == pytest.approx(right)
    axes = plan.tables.axes[plan.modules.table]
    assert lower / across == pytest.approx(axes[:, 0])
    local = np.einsum("mci,mi->mc", corners - plan.tables.centre[plan.modules.table][:, None], axes[:, 2])
    assert np.abs(local).max() < 1e-9


def test_modules_fill_their_table_to_its_edges_with_gaps_in_between(site: Planned) -> None:
    _, plan = site
    complete = np.flatnonzero(plan.tables.columns[:, 0] == 0)
    complete = complete[plan.tables.columns[complete, 1] == plan.tables.columns[:, 1].max()]
    for table in complete[::20]:
        own = np.flatnonzero(plan.modules.table == table)
        axes = plan.tables.axes[table]
        local = (plan.modules.corners[own] - plan.tables.centre[table]) @ axes[:2].T
        assert local.reshape(-1, 2).max(axis=0) == pytest.approx(plan.tables.size[table] / 2)
        assert local.reshape(-1, 2).min(axis=0) == pytest.approx(-plan.tables.size[table] / 2)
        row, column = plan.modules.row[own], plan.modules.column[own]
        low = local[:, 0]
        pitch = np.array(plan.table_types[0].module_size) + plan.table_types[0].gaps_m
        first = local[(row == 0) & (column == 0)][0, 0]
        assert low == pytest.approx(first + np.stack([column, row], axis=1) * pitch)


def test_modules_are_ordered_by_table_and_fill_its_columns(site: Planned) -> None:
    _, plan = site
    assert (np.diff(plan.modules.table) >= 0).all()
    for table, (first, end) in enumerate(plan.tables.columns):
        own = plan.modules.table == table
        places = set(zip(plan.modules.row[own].tolist(), plan.modules.column[own].tolist(), strict=True))
        assert len(places) == own.sum()
        assert places == {(row, column) for row in range(plan.table_types[0].rows) for column in range(first, end)}


def test_modules_of_one_table_are_more_alike_than_those_of_the_site() -> None:
    plan = array_site(with_values(Settings(), {"site.size_m": 200}), 1)
    tint, table = plan.modules.tint, plan.modules.table
    within = np.mean([tint[table == one].var() for one in range(len(plan.tables))])
    assert tint.var() == pytest.approx(1.0, abs=0.15)
    assert within < 0.75 * tint.var()


def test_the_glass_leans_by_fractions_of_a_degree() -> None:
    plan = array_site(with_values(Settings(), {"site.size_m": 150}), 1)
    assert 0.1 < np.degrees(plan.modules.lean.std()) < 0.5
