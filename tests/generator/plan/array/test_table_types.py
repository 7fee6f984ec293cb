# SPDX-License-Identifier: GPL-3.0-or-later
"""Module types and table types have their commercial sizes."""

from __future__ import annotations

from typing import Any

import pytest

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.array.module_types import KINDS, VARIETIES, ModuleType, module_type
from solar_site_addon.generator.plan.array.table_types import TableType, table_type
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, iter_settings, with_values


def module_of(**values: Any) -> ModuleType:
    chosen = with_values(Settings(), {f"module.{name}": value for name, value in values.items()})
    return module_type(draw_settings(chosen, 0).module, 0)


def table_of(**values: Any) -> TableType:
    chosen = with_values(Settings(), {f"array.{name}": value for name, value in values.items()})
    return table_type(draw_settings(chosen, 0), 0)


def test_the_schema_lists_exactly_the_module_types() -> None:
    choices = next(setting.spec.choices for setting in iter_settings() if setting.name == "module.kind")
    assert set(choices) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "sides_m", "cells"),
    [
        ("mono", (2.278, 1.134), 144),
        ("full_black", (1.722, 1.134), 108),
        ("bifacial", (2.278, 1.134), 144),
        ("poly_60", (1.650, 0.992), 60),
        ("poly_72", (1.956, 0.992), 72),
        ("mono_60", (1.650, 0.992), 60),
        ("mono_72", (1.956, 0.992), 72),
        ("thin_film", (1.200, 0.600), 1),
        ("thin_film_large", (2.009, 1.232), 1),
    ],
)
def test_a_kind_sets_size_and_cells(kind: str, sides_m: tuple[float, float], cells: int) -> None:
    module = module_of(kind=kind)
    assert (module.length_m, module.width_m) == sides_m
    assert module.cells_along * module.cells_across == cells


def test_explicit_measures_override_those_of_the_kind() -> None:
    module = module_of(kind="poly_60", length_m=1.58, cells_along=9)
    assert (module.length_m, module.width_m, module.cells_along, module.cells_across) == (1.58, 0.992, 9, 6)


def test_a_frame_can_be_chosen_and_defaults_to_that_of_the_kind() -> None:
    assert module_of(kind="mono").frame == "silver"
    assert module_of(kind="full_black").frame == "black"
    assert module_of(kind="full_black", frame="white").frame == "white"
    assert module_of(kind="thin_film").lip_m == 0
    assert module_of(kind="thin_film", frame="silver").lip_m > 0


@pytest.mark.parametrize(("name", "value"), [("length_m", 0.2), ("width_m", 0.1), ("thickness_m", 0.001)])
def test_the_error_for_a_module_too_small_names_setting_value_and_range(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=rf"module\.{name} = {value} .* must be .*0\.\d+ to .*, or 0 or auto for "):
        module_of(**{name: value})


def test_long_sides_run_up_portrait_tables_and_along_landscape_ones() -> None:
    gaps = {"module.gap_m": 0.02, "module.row_gap_m": 0.01}
    portrait, landscape = (
        table_type(draw_settings(with_values(Settings(), gaps | {"array.table_type": name}), 0), 0)
        for name in ("2P", "4L")
    )
    assert portrait.size(14) == pytest.approx((14 * 1.134 + 13 * 0.02, 2 * 2.278 + 0.01))
    assert landscape.size(7) == pytest.approx((7 * 2.278 + 6 * 0.02, 4 * 1.134 + 3 * 0.01))


def test_a_landscape_table_is_about_as_long_as_a_portrait_one() -> None:
    portrait, landscape = table_of(table_type="2P"), table_of(table_type="3L")
    for columns in range(2, 41):
        wide = landscape.size(landscape.columns_as_long_as(columns))[0]
        assert abs(wide - portrait.size(columns)[0]) <= 1.25


def test_one_row_of_modules_stands_on_one_row_of_posts() -> None:
    assert table_of(table_type="1P", posts="double").post_rows == 1
    assert table_of(table_type="2P", posts="double").post_rows == 2
    assert table_of(table_type="2P", posts="single").post_rows == 1


@pytest.mark.parametrize("kind", VARIETIES)
def test_products_of_a_kind_differ_within_its_variety_and_keep_the_size_of_their_cells(kind: str) -> None:
    settings = draw_settings(with_values(Settings(), {"module.kind": kind}), 0).module
    products = [module_type(settings, seed) for seed in range(40)]
    variety, usual = VARIETIES[kind], KINDS[kind]
    for product in products:
        assert variety.lip_m.low <= product.lip_m <= variety.lip_m.high
        assert variety.cell_gap_m.low <= product.cell_gap_m <= variety.cell_gap_m.high
        assert (product.busbars, product.busbar_width_m) in variety.busbars
        assert variety.backsheet_age.low <= product.backsheet_age <= variety.backsheet_age.high
        taken = (usual.cells_across - 1) * product.cell_gap_m + 2 * product.margin_m
        assert taken == pytest.approx((usual.cells_across - 1) * usual.cell_gap_m + 2 * usual.margin_m, abs=0.002)
    assert {(product.busbars, product.busbar_width_m) for product in products} == set(variety.busbars)
    assert len({product.cell_gap_m for product in products}) == len(products)


def test_a_kind_without_varieties_has_one_product() -> None:
    settings = draw_settings(with_values(Settings(), {"module.kind": "thin_film"}), 0).module
    assert len({module_type(settings, seed) for seed in range(5)}) == 1
