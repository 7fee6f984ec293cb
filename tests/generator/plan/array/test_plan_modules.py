# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules of two tables, one after the other by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.modules import plan_modules
from solar_site_addon.generator.plan.array.tables import Modules, Tables

from ...hand_made import a_type, drawn, tables_at

TYPES = a_type(), a_type(array__table_type="3L")


def two_tables(first: tuple[int, int] = (0, 4), second: tuple[int, int] = (0, 3)) -> Tables:
    """One table of each type, turned, tilted and rolled; with modules in these columns."""
    sizes = np.array([TYPES[0].size(4), TYPES[1].size(3)])
    tables = tables_at(
        np.array([[0.0, 0, 2], [30, 5, 4]]), (1, 1), azimuth_deg=np.array([180.0, 150]), roll_deg=np.array([0.0, 8])
    )
    return dataclasses.replace(
        tables,
        size=sizes,
        type=np.array([0, 1], dtype=np.int32),
        columns=np.array([first, second], dtype=np.int32),
    )


def planned(tables: Tables, seed: int = 1) -> Modules:
    return plan_modules(tables, TYPES, drawn().module, seed)


def corners_by_hand(tables: Tables) -> list[np.ndarray]:
    corners = []
    for table, made_as in enumerate(TYPES):
        width, length = made_as.module_size
        along, up = tables.axes[table, :2]
        lower_left = tables.centre[table] - tables.size[table, 0] / 2 * along - tables.size[table, 1] / 2 * up
        for row in range(made_as.rows):
            for column in range(*tables.columns[table]):
                right, above = column * (width + made_as.gaps_m[0]), row * (length + made_as.gaps_m[1])
                start = lower_left + right * along + above * up
                right = start + width * along
                corners.append(np.array([start, right, right + length * up, start + length * up]))
    return corners


@pytest.mark.parametrize("columns", [((0, 4), (0, 3)), ((1, 4), (0, 2)), ((2, 2), (0, 3))])
def test_modules_stand_table_by_table_row_by_row_from_the_left(columns: tuple[tuple[int, int], ...]) -> None:
    tables = two_tables(*columns)
    modules = planned(tables)
    np.testing.assert_allclose(modules.corners, corners_by_hand(tables), atol=1e-9)
    order = [
        (table, row, column)
        for table, made_as in enumerate(TYPES)
        for row in range(made_as.rows)
        for column in range(*tables.columns[table])
    ]
    assert list(zip(modules.table.tolist(), modules.row.tolist(), modules.column.tolist(), strict=True)) == order


def test_a_whole_table_is_filled_to_its_edges() -> None:
    tables = two_tables()
    modules = planned(tables)
    for table in range(2):
        local = (modules.corners[modules.table == table] - tables.centre[table]) @ tables.axes[table].T
        flat = local.reshape(-1, 3)
        half = tables.size[table] / 2
        np.testing.assert_allclose(flat.max(axis=0), [*half, 0], atol=1e-9)
        np.testing.assert_allclose(flat.min(axis=0), [*-half, 0], atol=1e-9)


def test_tints_are_standard_normal_and_alike_on_a_table() -> None:
    count, columns = 400, 5
    tables = tables_at(np.zeros((count, 3)), TYPES[0].size(columns), columns=columns)
    modules = plan_modules(tables, TYPES[:1], drawn().module, 2)
    assert len(modules) == count * columns * TYPES[0].rows
    tints = modules.tint.reshape(count, -1)
    # 400 tables: deviations of means and variances are about 5 % and 7 %.
    assert tints.mean() == pytest.approx(0, abs=0.15)
    assert tints.std() == pytest.approx(1, abs=0.15)
    assert 0.3 < tints.mean(axis=1).std() < 0.9
    assert 0.5 < tints.std(axis=1).mean() < 1.0
    assert np.degrees(modules.lean).std() < 0.5
    assert np.abs(np.degrees(modules.lean)).max() < 3


def test_other_tables_beside_them_move_no_module_and_another_seed_changes_tints_only() -> None:
    tables = two_tables()
    first, other = planned(tables), planned(tables, 2)
    np.testing.assert_array_equal(first.corners, other.corners)
    assert (first.tint != other.tint).all()
    np.testing.assert_array_equal(first.tint, planned(tables).tint)


def test_hues_are_standard_normal_and_alike_in_runs_of_a_pallet() -> None:
    count, columns = 400, 10
    tables = tables_at(np.zeros((count, 3)), TYPES[0].size(columns), columns=columns)
    hue = plan_modules(tables, TYPES[:1], drawn().module, 2).hue
    assert hue.mean() == pytest.approx(0, abs=0.2)
    assert hue.std() == pytest.approx(1, abs=0.15)
    # Neighbors mostly lie on one pallet, modules 100 places apart never do.
    assert np.corrcoef(hue[:-1], hue[1:])[0, 1] > 0.5
    assert abs(np.corrcoef(hue[:-100], hue[100:])[0, 1]) < 0.1
