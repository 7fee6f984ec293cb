# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets: one by name for a whole dataset, or one for each site."""

from __future__ import annotations

import pytest

from solar_site_addon.batch.command_line import parse
from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import LANDSCAPES, MIXED, PRESET_FOLDER, PRESETS, Settings, with_values


def preset(*arguments: str) -> Settings:
    request = parse(["out", *arguments])
    assert request is not None
    return request.settings


def test_every_preset_has_a_file_and_every_file_is_a_preset() -> None:
    assert {path.stem for path in PRESET_FOLDER.glob("*.json")} == {*PRESETS, MIXED}


@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_preset_of_a_complete_plant_gives_sites_with_modules(name: str) -> None:
    settings = with_values(with_preset(Settings(), name), {"site.size_m": 120})
    assert len(plan_site(settings, 3).modules) > 100


@pytest.mark.parametrize("name", sorted(set(PRESETS) - set(LANDSCAPES)))
def test_every_preset_of_a_building_site_gives_piles(name: str) -> None:
    for seed in (3, 4):
        site = plan_site(with_values(with_preset(Settings(), name), {"site.size_m": 140}), seed)
        assert site.piles.standing.sum() > 20
        assert (site.tables.stage < Stage.COMPLETE).any()


def test_the_command_line_overrides_the_preset() -> None:
    settings = preset("--preset", "desert", "--set", "site.greenness=0.5")
    assert settings == with_values(with_preset(Settings(), "desert"), {"site.greenness": 0.5})


def test_the_error_for_an_unknown_preset_lists_all_presets() -> None:
    listed = r"preset = moon is not allowed: it must be one of construction_survey, desert, .*, mixed\."
    with pytest.raises(SettingsError, match=listed):
        preset("--preset", "moon")


def test_mixed_draws_every_preset_of_a_complete_plant_and_applies_its_values() -> None:
    mixed = preset("--preset", "mixed")
    drawn = [draw_settings(mixed, seed) for seed in range(60)]
    assert {settings.site.presets.value for settings in drawn} == set(LANDSCAPES)
    for seed, settings in enumerate(drawn):
        name = settings.site.presets.value
        alone = with_values(with_preset(Settings(), name), {"site.presets": name})
        expected = draw_settings(alone, seed)
        for group in (
            "site",
            "array",
            "module",
            "equipment",
            "surroundings",
            "vegetation",
            "light",
        ):  # the camera settings come from mixed itself
            assert getattr(settings, group) == getattr(expected, group)


def test_explicit_settings_are_kept_when_presets_are_mixed() -> None:
    mixed = preset("--preset", "mixed", "--set", "site.relief=0.9", "--no_use_gpu")
    assert {draw_settings(mixed, seed).site.relief.value for seed in range(12)} == {0.9}
