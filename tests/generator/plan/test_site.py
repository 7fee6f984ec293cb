# SPDX-License-Identifier: GPL-3.0-or-later
"""The same seed gives the same plan, and the stages of planning are independent."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.settings.sampling import draw, draw_integer, draw_settings
from solar_site_addon.generator.settings.schema import (
    Settings,
    differs_between_images,
    iter_settings,
    of_site,
    value_of,
    with_values,
)
from solar_site_addon.generator.settings.types import Range

from ..planned import planned_site, tables_of
from .bytes_of import bytes_of

SMALL = with_values(Settings(), {"site.size_m": 120})


@pytest.fixture(scope="module")
def plan() -> Site:
    return planned_site(SMALL, 9)


@pytest.mark.parametrize("use_clusters", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_same_seed_gives_the_same_site_byte_for_byte(use_clusters: bool) -> None:
    settings = with_values(SMALL, {"array.use_clusters": use_clusters})
    assert bytes_of(plan_site(settings, 9)) == bytes_of(planned_site(settings, 9))


@pytest.mark.slow
def test_another_seed_gives_another_site(plan: Site) -> None:
    assert bytes_of(tables_of(SMALL, 10)[0]) != bytes_of(plan.terrain)


def test_a_site_does_not_depend_on_settings_of_views(plan: Site) -> None:
    changed = {
        "camera.altitude_agl_m": 50,
        "camera.model": "mavic_3t",
        "light.time_h": 12,
        "light.weather": "overcast",
        "effects.noise": 0.3,
        "vegetation.trees": 1,
        "render.max_samples": 7,
    }
    settings = with_values(SMALL, changed)
    assert of_site(settings) == of_site(SMALL)
    assert bytes_of(plan_site(settings, 9)) == bytes_of(plan)
    assert of_site(with_values(SMALL, {"light.latitude_deg": -20})) != of_site(SMALL)


def test_tables_face_the_equator(plan: Site) -> None:
    _, _, south = tables_of(with_values(SMALL, {"light.latitude_deg": -20}), 9)
    assert np.median(np.abs(plan.tables.azimuth_deg - 180)) < 45
    assert np.median(np.abs((south.azimuth_deg + 180) % 360 - 180)) < 45


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        pytest.param({"array.table_gap_m": 0.7}, {"terrain"}, marks=pytest.mark.slow),
        ({"site.greenness": 0.1}, {"terrain", "tables", "modules", "beams"}),
    ],
)
def test_a_change_in_one_stage_keeps_earlier_ones(plan: Site, changed: dict[str, Any], same: set[str]) -> None:
    other = plan_site(with_values(SMALL, changed), 9)
    parts = ("terrain", "tables", "modules", "beams", "ground")
    unchanged = {part for part in parts if bytes_of(getattr(plan, part)) == bytes_of(getattr(other, part))}
    assert same <= unchanged
    assert unchanged != set(parts)


@pytest.mark.slow
def test_all_drawn_sites_have_tables() -> None:
    settings = with_values(SMALL, {"site.relief": [0, 1], "site.roughness": [0, 1]})
    for seed in range(5):
        _, _, tables = tables_of(settings, seed)
        assert len(tables) > 0


def test_every_seed_draws_its_own_values_independently_of_each_other() -> None:
    first, again, second = (draw_settings(Settings(), seed) for seed in (1, 1, 2))
    assert first == again
    assert draw_settings(first, 1) == first
    for setting in iter_settings(Settings):
        value, drawn = value_of(Settings(), setting.name), value_of(first, setting.name)
        if not differs_between_images(setting):
            assert drawn == value
        elif isinstance(value, Range):
            assert value.low <= drawn.value <= value.high
            if not setting.spec.integer:  # two images may draw the same of a few integers
                assert (value_of(second, setting.name) == drawn) == (value.low == value.high)
    other = draw_settings(with_values(Settings(), {"site.relief": [0, 1]}), 1)
    assert dataclasses.replace(other, site=dataclasses.replace(other.site, relief=first.site.relief)) == first


def test_draws_cover_the_range_and_stay_within_it() -> None:
    rng = np.random.default_rng(0)
    numbers = [draw(rng, Range(2.0, 3.0)) for _ in range(2000)]
    assert 2.0 <= min(numbers) < 2.01
    assert 2.99 < max(numbers) <= 3.0
    assert {draw_integer(rng, Range(13, 15)) for _ in range(200)} == {13, 14, 15}
    assert draw(rng, Range(0.1, 0.1)) == 0.1
