# SPDX-License-Identifier: GPL-3.0-or-later
"""Trays run behind whole rows, across narrow gaps, just above the ground."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.tables import Tables
from solar_site_addon.generator.plan.equipment.cable_trays import plan_cable_trays
from solar_site_addon.generator.plan.equipment.table_backs import right_and_back, upper_edge

from ...hand_made import land, plane, tables_at

SIZE = (10.0, 4.0)
GROUND = land(plane(0.02, 0.05), half_m=80.0)


def rows(count: int = 30, gap_m: float = 0.5) -> Tables:
    """Rows of three tables, one behind the other."""
    row, column = (index.ravel() for index in np.indices((count, 3)))
    middles = np.stack([(column - 1) * (SIZE[0] + gap_m), (row - count / 2) * 5.0, np.full(len(row), 6.0)], axis=1)
    tables = tables_at(middles, SIZE)
    return dataclasses.replace(tables, row=row.astype(np.int32), column=column.astype(np.int32))


def test_the_upper_edge_lies_behind_the_middle_at_the_share_of_the_width() -> None:
    tables = tables_at(np.array([[5.0, 7.0, 2.0]] * 3), SIZE, azimuth_deg=np.array([180.0, 90.0, 0.0]))
    right, back = right_and_back(tables)
    np.testing.assert_allclose(right, [[1, 0], [0, 1], [-1, 0]], atol=1e-12)
    np.testing.assert_allclose(back, [[0, 1], [-1, 0], [0, -1]], atol=1e-12)
    depth = 2.0 * np.cos(np.radians(25))
    expected = np.array([5.0, 7.0]) + 2.5 * right + depth * back
    np.testing.assert_allclose(upper_edge(tables, np.full(3, 0.25)), expected, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_some_rows_have_trays_all_along_and_others_none(seed: int) -> None:
    tables = rows()
    trays = plan_cable_trays(GROUND, tables, seed)
    behind = 2.0 * np.cos(np.radians(25))
    row_of = np.rint((trays[..., 1] - behind) / 5.0 + 15).astype(int)
    assert (row_of[:, 0] == row_of[:, 1]).all()
    served = np.unique(row_of)
    assert 0 < len(served) < 12
    for row in served:
        own = trays[row_of[:, 0] == row]
        # 31 m of tables and gaps, all of it covered once.
        assert np.abs(own[:, 1, 0] - own[:, 0, 0]).sum() == pytest.approx(31.0)
        assert (own[..., 0].min(), own[..., 0].max()) == (pytest.approx(-15.5), pytest.approx(15.5))


def test_wide_gaps_are_not_bridged_and_no_tray_lies_on_the_ground() -> None:
    trays = plan_cable_trays(GROUND, rows(gap_m=6.0), 1)
    x = trays[..., 0].mean(axis=1)
    assert ((np.abs(x) < 5) | (np.abs(np.abs(x) - 16) < 5)).all(), "behind tables only"
    assert len(trays) > 0
    lift = trays[..., 2] - GROUND.height(trays[..., 0], trays[..., 1])
    assert 0.1 < lift.min() <= lift.max() < 0.8
