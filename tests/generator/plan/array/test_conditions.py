# SPDX-License-Identifier: GPL-3.0-or-later
"""Each condition occurs on the share of modules that the settings name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.plan.array.conditions import (
    DUSTY_FROM,
    NUM_VARIANTS,
    Condition,
    ModuleStates,
    draw_states,
)
from solar_site_addon.generator.plan.view.camera import plan_camera
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import array_site

SHARES = {
    "stain_share": Condition.STAIN,
    "droppings_share": Condition.BIRD_DROPPINGS,
    "leaves_share": Condition.LEAVES,
    "snow_share": Condition.SNOW,
    "cracked_share": Condition.CRACKED,
    "hot_spot_share": Condition.HOT_SPOT,
    "missing_share": Condition.MISSING,
}
TABLES = np.repeat(np.arange(400), 26).astype(np.int32)


def states(seed: int = 0, table: np.ndarray = TABLES, **values: Any) -> ModuleStates:
    none = dict.fromkeys(SHARES, 0.0) | {"soiling": 0.0}
    chosen = with_values(Settings(), {f"module.{name}": value for name, value in (none | values).items()})
    first = np.searchsorted(table, table)  # tables of two rows
    half = np.bincount(table)[table] // 2
    row, column = (part.astype(np.int32) for part in np.divmod(np.arange(len(table)) - first, np.maximum(half, 1)))
    return draw_states(table, row, column, draw_settings(chosen, seed).module, seed)


def share_of(drawn: ModuleStates, condition: Condition) -> float:
    return float((drawn.condition == condition).mean())


def test_without_dust_and_shares_every_module_is_clean() -> None:
    drawn = states()
    assert (drawn.condition == Condition.CLEAN).all()
    assert (drawn.dust == 0).all()


@pytest.mark.parametrize(("name", "condition"), SHARES.items())
@pytest.mark.parametrize("share", [0.01, 0.4])
def test_a_condition_occurs_on_its_share_of_the_modules(name: str, condition: Condition, share: float) -> None:
    drawn = states(**{name: share})
    assert share_of(drawn, condition) == pytest.approx(share, abs=0.015 if share > 0.1 else 0.004)
    assert share_of(drawn, condition) + share_of(drawn, Condition.CLEAN) == 1


@given(shares=st.lists(st.floats(0, 1), min_size=7, max_size=7), seed=st.integers(0, 1000))
@settings(max_examples=25)
def test_shares_that_exceed_one_in_total_are_scaled_in_proportion(shares: list[float], seed: int) -> None:
    drawn = states(seed, **dict(zip(SHARES, shares, strict=True)))
    total = max(sum(shares), 1.0)
    for condition, share in zip(SHARES.values(), shares, strict=True):
        assert share_of(drawn, condition) == pytest.approx(share / total, abs=0.03)


def test_snow_lies_on_whole_tables_rather_than_on_single_modules() -> None:
    snow = (states(snow_share=0.5).condition == Condition.SNOW).reshape(400, 26).mean(axis=1)
    assert ((snow < 0.15) | (snow > 0.85)).mean() > 0.6


def test_snow_lies_in_one_piece_and_more_often_on_the_lower_row() -> None:
    snow = (states(snow_share=0.3).condition == Condition.SNOW).reshape(400, 2, 13)
    partly = snow[(snow.mean(axis=(1, 2)) > 0.1) & (snow.mean(axis=(1, 2)) < 0.9)]
    assert len(partly) > 30
    changes = (partly[:, :, 1:] != partly[:, :, :-1]).mean()
    covered = partly.mean()
    assert changes < 0.5 * 2 * covered * (1 - covered), "modules that keep their snow are adjacent"
    assert partly[:, 0].sum() > partly[:, 1].sum()
    above_bare = partly[:, 1] & ~partly[:, 0]
    assert not above_bare.any(), "sliding snow stops on the row below"


def test_dust_follows_the_soiling_of_the_site_and_is_a_condition_above_its_threshold() -> None:
    drawn = states(soiling=0.4)
    assert drawn.dust.mean() == pytest.approx(0.4, abs=0.02)
    assert 0.03 < drawn.dust.std() < 0.12
    np.testing.assert_array_equal(drawn.condition == Condition.DUST, drawn.dust >= DUSTY_FROM)
    assert states(soiling=1.0).dust.max() <= 1


def test_at_least_one_module_is_left() -> None:
    assert (states(table=np.zeros(5, np.int32), missing_share=1.0).condition != Condition.MISSING).any()


def test_every_variant_of_a_mark_is_used() -> None:
    assert set(states().variant) == set(range(2 * NUM_VARIANTS))


def test_changing_conditions_moves_no_module() -> None:
    both = [with_values(Settings(), {"site.size_m": 100, "module.snow_share": share}) for share in (0.0, 0.7)]
    plain, snowy = (array_site(one, 3) for one in both)
    np.testing.assert_array_equal(plain.modules.corners, snowy.modules.corners)
    np.testing.assert_array_equal(plain.modules.tint, snowy.modules.tint)
    cameras = [
        plan_camera(draw_settings(one, 3), site.terrain, site.tables, site.modules, ViewSeed(3))
        for site, one in zip((plain, snowy), both, strict=True)
    ]
    assert cameras[0].position.tolist() == cameras[1].position.tolist()
