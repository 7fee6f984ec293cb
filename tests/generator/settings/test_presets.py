# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets: one by name for a whole dataset, or one for each site."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from solar_site_addon.batch.command_line import parse
from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.settings import preset as presets
from solar_site_addon.generator.settings.preset import look_values, preset_values, with_preset
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import (
    LANDSCAPES,
    LOOK_FOLDER,
    LOOKS,
    MIXED,
    PRESET_FOLDER,
    PRESETS,
    Settings,
    with_values,
)

from ..planned import array_site


def preset(*arguments: str) -> Settings:
    request = parse(["out", *arguments])
    assert request is not None
    return request.settings


def test_every_preset_has_a_file_and_every_file_is_a_preset() -> None:
    assert {path.stem for path in PRESET_FOLDER.glob("*.json")} == {*PRESETS, MIXED}


@pytest.mark.slow
@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_preset_of_a_complete_plant_gives_sites_with_modules(name: str) -> None:
    settings = with_values(with_preset(Settings(), name), {"site.size_m": 120})
    assert len(plan_site(settings, 3).modules) > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(PRESETS) - set(LANDSCAPES)))
def test_every_preset_of_a_building_site_gives_piles(name: str) -> None:
    for seed in (3, 4):
        site = plan_site(with_values(with_preset(Settings(), name), {"site.size_m": 140}), seed)
        assert site.piles.standing.sum() > 20
        assert (site.tables.stage < Stage.COMPLETE).any()


def test_presets_by_progress_follow_each_other_and_differ_in_what_is_under_way_alone() -> None:
    early, middle, late = (
        with_preset(Settings(), f"{when}_construction").array.progress for when in ("early", "middle", "late")
    )
    assert 0 < early.low < early.high < middle.low < middle.high < late.low < late.high < 1
    differing = {
        name
        for name, value in preset_values("early_construction").items()
        if {str(preset_values(f"{when}_construction").get(name)) for when in ("middle", "late")} != {str(value)}
    }
    assert differing == {
        "array.progress",
        "surroundings.machines",
        "surroundings.materials",
        "surroundings.supplies",
    }


@pytest.mark.slow
def test_presets_by_progress_show_the_stages_of_their_time() -> None:
    early, middle, late = (stages_of(f"{when}_construction") for when in ("early", "middle", "late"))
    assert early[: Stage.RACKED].sum() > 0.7
    assert late[Stage.PARTLY_MOUNTED :].sum() > 0.6
    assert early[Stage.COMPLETE] < middle[Stage.COMPLETE] < late[Stage.COMPLETE]
    assert early[Stage.CLEARED] > middle[Stage.CLEARED] > late[Stage.CLEARED]


@pytest.mark.parametrize(("name", "main"), [("loess_construction", "helical"), ("red_hills_construction", "phc")])
def test_most_sites_of_a_country_have_its_main_kind_of_pile_and_the_others_each_of_the_other_kinds(
    name: str, main: str
) -> None:
    settings = with_preset(Settings(), name)
    kinds = [draw_settings(settings, seed).array.piles.value for seed in range(200)]
    assert kinds.count(main) / len(kinds) == pytest.approx(0.8, abs=0.08)
    assert set(kinds) == set(settings.array.piles)
    only = with_values(settings, {"array.main_piles_share": 1})
    assert {draw_settings(only, seed).array.piles.value for seed in range(20)} == {main}


def test_kinds_that_exclude_the_main_one_are_equally_frequent() -> None:
    named = with_values(with_preset(Settings(), "loess_construction"), {"array.piles": ["phc", "micropile"]})
    kinds = [draw_settings(named, seed).array.piles.value for seed in range(200)]
    assert kinds.count("phc") / len(kinds) == pytest.approx(0.5, abs=0.1)


def test_a_settings_file_has_the_values_of_the_preset_that_it_extends_and_its_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"extends": "early_construction", "settings": {"array": {"progress": 0.33}}}))
    expected = with_values(with_preset(Settings(), "early_construction"), {"array.progress": 0.33})
    assert preset("--settings", str(file)) == expected
    assert preset("--settings", str(file), "--set", "array.progress=0.4").array.progress.low == 0.4


@pytest.mark.parametrize("base", ["moon", 3, ["desert"], None])
def test_a_settings_file_that_extends_no_preset_is_refused_in_one_sentence(tmp_path: Path, base: object) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"extends": base, "settings": {}}))
    with pytest.raises(SettingsError, match=r"mine\.json: extends = .* is not allowed: it must be one of .*, mixed\."):
        preset("--settings", str(file))


@pytest.mark.parametrize("base", ["early_construction", "circular"])
def test_a_preset_cannot_extend_one_that_extends_another_or_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    (tmp_path / "circular.json").write_text(json.dumps({"extends": base, "settings": {}}))
    (tmp_path / "early_construction.json").write_bytes((PRESET_FOLDER / "early_construction.json").read_bytes())
    monkeypatch.setattr(presets, "PRESET_FOLDER", tmp_path)
    monkeypatch.setattr(presets, "PRESETS", (*PRESETS, "circular"))
    with pytest.raises(SettingsError, match=rf"^The preset circular cannot extend {base}, which extends a preset"):
        preset_values("circular")


def stages_of(name: str) -> np.ndarray:
    """Return the share (5,) of the tables of three sites of a preset that are in each stage."""
    settings = with_values(with_preset(Settings(), name), {"site.size_m": 140})
    stages = np.concatenate([array_site(settings, seed).tables.stage for seed in (3, 4, 5)])
    return np.bincount(stages, minlength=len(Stage)) / len(stages)


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


FAMILIES = {
    "polycrystalline": ("poly_60", "poly_72"),
    "full cells": ("mono_60", "mono_72"),
    "half cells": ("mono", "bifacial"),
    "full black": ("full_black",),
    "thin film": ("thin_film", "thin_film_large"),
}
GRIDS = ("polycrystalline", "full cells", "half cells")
"""Families whose cells form a grid that can be taken for seams."""
LEAST_SHARE = 1 / 30


FINISHED = [name for name in PRESETS if "array.progress" not in preset_values(name)]
"""Presets of plants of any age; plants under construction are modern ones."""


def shares_of(name: str) -> dict[tuple[str, str], float]:
    """Return the share of the tables of a preset by family and orientation."""
    settings = with_preset(Settings(), name)
    kinds, tables = settings.module.kind, settings.array.table_type
    return {
        (family, orientation): len(set(members) & set(kinds))
        / len(kinds)
        * sum(table[-1] == orientation for table in tables)
        / len(tables)
        for family, members in FAMILIES.items()
        for orientation in "PL"
    }


@pytest.mark.parametrize("name", FINISHED)
def test_no_kind_of_table_that_exists_is_rarer_than_1_in_30(name: str) -> None:
    settings, shares = with_preset(Settings(), name), shares_of(name)
    frames = settings.module.frame
    usual = sum(frame in ("auto", "silver") for frame in frames) / len(frames)
    assert min(shares.values()) >= LEAST_SHARE
    for family in GRIDS:
        for orientation in "PL":
            assert shares[family, orientation] * usual >= LEAST_SHARE
            # Frames and gaps are drawn evenly between their limits: half of them are dull, half of the gaps narrow.
            assert shares[family, orientation] / 2 >= LEAST_SHARE
    assert settings.module.gap_m.low <= 0.012
    assert settings.module.row_gap_m.low <= 0.006
    assert settings.module.frame_wear.high >= 0.8


def test_mixed_presets_have_all_of_them_as_often() -> None:
    of_presets = [shares_of(name) for name in preset_values(MIXED)["site.presets"]]
    for kind in of_presets[0]:
        assert sum(shares[kind] for shares in of_presets) / len(of_presets) >= LEAST_SHARE


def test_draws_have_these_shares() -> None:
    settings = with_preset(Settings(), "desert")
    drawn = [draw_settings(settings, seed) for seed in range(200)]
    landscape_poly = [
        one.module.kind.value in FAMILIES["polycrystalline"] and one.array.table_type.value in ("3L", "4L")
        for one in drawn
    ]
    assert sum(landscape_poly) / len(drawn) == pytest.approx(1 / 9, abs=0.05)
    assert sum(one.module.gap_m.value < 0.018 for one in drawn) / len(drawn) == pytest.approx(0.5, abs=0.08)


def test_every_look_has_a_file_and_fills_in_the_effects_left_at_their_defaults() -> None:
    assert {path.stem for path in LOOK_FOLDER.glob("*.json")} == set(LOOKS)
    settings = with_values(Settings(), {"effects.looks": list(LOOKS), "effects.noise": 0.3})
    drawn = [draw_settings(settings, 1, view).effects for view in range(60)]
    assert {effects.looks.value for effects in drawn} == set(LOOKS)
    for effects in drawn:
        assert effects.noise.value == 0.3
        for name, value in look_values(effects.looks.value).items():
            chosen = getattr(effects, name.removeprefix("effects.")).value
            if name != "effects.noise":
                low, high = (value, value) if isinstance(value, (int, float)) else (value[0], value[-1])
                assert chosen in value if isinstance(low, str) else low <= chosen <= high


def test_without_looks_effects_are_those_of_the_settings() -> None:
    plain = draw_settings(Settings(), 3)
    assert not plain.effects.looks
    named = draw_settings(with_values(Settings(), {"effects.looks": "video_frame"}), 3)
    assert named.effects.blur_px.value > plain.effects.blur_px.value
    assert named.light == plain.light
