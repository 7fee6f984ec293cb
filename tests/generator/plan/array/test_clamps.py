# SPDX-License-Identifier: GPL-3.0-or-later
"""Clamps bridge the gaps between modules, and no table without modules has any."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.clamps import plan_clamps
from solar_site_addon.generator.plan.array.tables import Beams, Tables

from ...hand_made import a_type, tables_at

TYPES = ["1P", "2P", "3L"]
COLUMNS = 6


def clamped(name: str, columns: tuple[int, int] = (0, COLUMNS)) -> tuple[Tables, Beams, np.ndarray]:
    """Return two tables of which the second has modules in some ``columns``, its clamps, and their table."""
    made_as = a_type(array__table_type=name)
    centres = np.array([[-20.0, -10, 2], [10, 5, 3]])
    tables = tables_at(centres, made_as.size(COLUMNS), roll_deg=np.array([0.0, 6.0]), columns=COLUMNS)
    tables = dataclasses.replace(tables, columns=np.array([(0, COLUMNS), columns], dtype=np.int32))
    clamps = plan_clamps(tables, (made_as,))
    middle = (clamps.start + clamps.end) / 2
    return tables, clamps, np.linalg.norm(middle[:, None] - centres, axis=2).argmin(axis=1)


def places(tables: Tables, clamps: Beams, chosen: np.ndarray, table: int) -> np.ndarray:
    """Return the middles (C, 3) of the clamps in the axes of their table."""
    middle = (clamps.start + clamps.end)[chosen == table] / 2
    return (middle - tables.centre[table]) @ tables.axes[table].T


@pytest.mark.parametrize("name", TYPES)
def test_each_row_has_two_clamps_in_every_gap_and_at_both_ends(name: str) -> None:
    made_as = a_type(array__table_type=name)
    tables, clamps, table = clamped(name)
    for number in (0, 1):
        local = places(tables, clamps, table, number)
        assert len(local) == 2 * made_as.rows * (COLUMNS + 1)
        pitch = made_as.module_size[0] + made_as.gaps_m[0]
        gaps = (np.arange(COLUMNS + 1) - COLUMNS / 2) * pitch
        np.testing.assert_allclose(np.unique(local[:, 0].round(6)), gaps, atol=1e-5)
        assert (np.abs(local[:, 1]) < tables.size[number, 1] / 2).all()
        assert local[:, 2] == pytest.approx(0.001)


@pytest.mark.parametrize("name", TYPES)
def test_a_clamp_fills_the_gap_and_hides_no_module(name: str) -> None:
    made_as = a_type(array__table_type=name)
    _, clamps, _ = clamped(name)
    assert clamps.section[:, 0] == pytest.approx(made_as.gaps_m[0])
    assert np.linalg.norm(clamps.end - clamps.start, axis=1) == pytest.approx(0.07)


def test_an_incomplete_table_has_clamps_beside_its_modules_only() -> None:
    tables, clamps, table = clamped("2P", (0, 2))
    pitch = a_type(array__table_type="2P").module_size[0] + a_type(array__table_type="2P").gaps_m[0]
    local = places(tables, clamps, table, 1)
    np.testing.assert_allclose(np.unique(local[:, 0].round(6)), (np.arange(3) - COLUMNS / 2) * pitch, atol=1e-5)


def test_a_table_without_modules_has_no_clamps() -> None:
    _, _, table = clamped("2P", (3, 3))
    assert set(table) == {0}
