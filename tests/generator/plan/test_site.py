# SPDX-License-Identifier: GPL-3.0-or-later
"""The same seed is the same plan; what belongs to one stage changes nothing in another."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.table_types import plan_table_types
from solar_site_addon.generator.plan.model import SitePlan
from solar_site_addon.generator.plan.site import plan_land_and_tables, plan_site
from solar_site_addon.generator.settings.sampling import draw, draw_integer, draw_settings
from solar_site_addon.generator.settings.schema import (
    Settings,
    differs_between_images,
    iter_settings,
    value_of,
    with_values,
)
from solar_site_addon.generator.settings.types import Range

SMALL = with_values(Settings(), {"site.size_m": 120})


def arrays(thing: Any) -> dict[str, bytes]:
    """Every number of a plan, as bytes."""
    if isinstance(thing, tuple) and any(dataclasses.is_dataclass(part) for part in thing):
        return {f"{index}.{name}": value for index, part in enumerate(thing) for name, value in arrays(part).items()}
    if dataclasses.is_dataclass(thing):
        return {
            f"{field.name}.{name}": value
            for field in dataclasses.fields(thing)
            for name, value in arrays(getattr(thing, field.name)).items()
        }
    return {"": np.asarray(thing).tobytes()}


@pytest.fixture(scope="module")
def plan() -> SitePlan:
    return plan_site(SMALL, 9)


@pytest.mark.parametrize("use_clusters", [False, True])
def test_the_same_seed_is_the_same_plan_to_the_bit(use_clusters: bool) -> None:
    settings = with_values(SMALL, {"array.use_clusters": use_clusters})
    assert arrays(plan_site(settings, 9)) == arrays(plan_site(settings, 9))


def test_another_seed_is_another_plan(plan: SitePlan) -> None:
    assert arrays(plan_site(SMALL, 10)) != arrays(plan)


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"camera.altitude_agl_m": [50, 60]}, {"terrain", "tables", "modules", "beams", "sun"}),
        ({"light.time_h": 12}, {"terrain", "tables", "modules", "beams", "camera"}),
        ({"array.table_gap_m": 0.7}, {"terrain", "sun"}),
        ({"site.greenness": 0.1}, {"terrain", "tables", "modules", "beams", "camera", "sun"}),
    ],
)
def test_a_change_in_one_stage_leaves_the_others_alone(plan: SitePlan, changed: dict[str, Any], same: set[str]) -> None:
    other = plan_site(with_values(SMALL, changed), 9)
    parts = ("terrain", "tables", "modules", "beams", "camera", "sun", "ground")
    unchanged = {part for part in parts if arrays(getattr(plan, part)) == arrays(getattr(other, part))}
    assert same <= unchanged
    assert unchanged != set(parts)


def test_all_drawn_sites_have_tables() -> None:
    settings = with_values(SMALL, {"site.relief": [0, 1], "site.roughness": [0, 1]})
    for seed in range(5):
        # The tables of a plan, without all that is planned around them.
        types = plan_table_types(settings, seed)
        _, _, tables = plan_land_and_tables(draw_settings(settings, seed), types, seed)
        assert len(tables) > 0


def test_every_image_draws_its_own_values_and_a_change_of_one_leaves_the_others() -> None:
    first, again, second = (draw_settings(Settings(), seed) for seed in (1, 1, 2))
    assert first == again
    assert draw_settings(first, 1) == first
    for setting in iter_settings(Settings):
        value, drawn = value_of(Settings(), setting.name), value_of(first, setting.name)
        if not differs_between_images(setting):
            assert drawn == value
        elif isinstance(value, Range):
            assert value.low <= drawn.value <= value.high
            if not setting.spec.integer:  # of few whole numbers two images may draw the same
                assert (value_of(second, setting.name) == drawn) == (value.low == value.high)
    other = draw_settings(with_values(Settings(), {"site.relief": [0, 1]}), 1)
    assert dataclasses.replace(other, site=dataclasses.replace(other.site, relief=first.site.relief)) == first


def test_draws_reach_both_ends_and_no_farther() -> None:
    rng = np.random.default_rng(0)
    numbers = [draw(rng, Range(2.0, 3.0)) for _ in range(2000)]
    assert 2.0 <= min(numbers) < 2.01
    assert 2.99 < max(numbers) <= 3.0
    assert {draw_integer(rng, Range(13, 15)) for _ in range(200)} == {13, 14, 15}
    assert draw(rng, Range(0.1, 0.1)) == 0.1
