# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of the panel match the schema: defaults, limits and precision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.settings.schema import (
    RunSettings,
    Settings,
    iter_settings,
    settings_sha256,
    with_values,
)
from solar_site_addon.generator.settings.types import Options, Range

pytestmark = pytest.mark.bpy


def test_an_untouched_panel_has_the_default_settings(bpy: Any) -> None:
    from solar_site_addon.ui.properties import settings_of

    settings, run = settings_of(bpy.context.scene)
    assert settings == Settings()
    assert settings_sha256(settings) == settings_sha256(Settings())
    assert run == RunSettings()


def test_settings_survive_the_panel_unchanged(bpy: Any) -> None:
    from solar_site_addon.ui.properties import settings_of, show_settings

    settings = with_values(
        Settings(),
        {
            "site.relief": 0.123456,
            "site.elevation_model": "a folder/land.tif",
            "array.num_clusters": [2, 9],
            "light.longitude_deg": -70.4051,
            "light.source": "angles",
            "light.date": "2024-02-29",
            "render.noise_threshold": 0.0123,
            "array.use_clusters": True,
        },
    )
    run = with_values(RunSettings(), {"seed": 2**53 - 1, "device": "optix", "use_gpu": False, "formats": []})
    show_settings(bpy.context.scene, settings, run)
    assert settings_of(bpy.context.scene) == (settings, run)


@pytest.mark.filterwarnings("ignore:.*blend relative")  # newer Blenders' own file browser gives full paths
def test_a_path_relative_to_the_blend_file_becomes_absolute(bpy: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.context.scene.solar_site.site.elevation_model = "//land.tif"
    settings, _ = settings_of(bpy.context.scene)
    assert Path(settings.site.elevation_model) == tmp_path / "land.tif"


@pytest.mark.parametrize("setting", [*iter_settings(Settings), *iter_settings(RunSettings)], ids=lambda s: s.name)
def test_blender_knows_limits_default_and_help_of_every_setting(bpy: Any, setting: Any) -> None:
    group = bpy.context.scene.solar_site
    *path, name = setting.name.split(".")
    for part in path or ["run"]:
        group = getattr(group, part)
    prop = group.bl_rna.properties[name]
    assert setting.spec.help[1:] in prop.description
    if setting.name == "seed":  # exceeds Blender's integers
        assert prop.type == "STRING"
    elif setting.type in (int, float, Range):
        assert prop.hard_min == pytest.approx(0 if setting.spec.zero else setting.spec.minimum)
        assert prop.hard_max == pytest.approx(setting.spec.maximum)
    if setting.spec.unit and setting.spec.unit != "deg":
        assert f"({setting.spec.unit})" in prop.name
    if setting.spec.choices:
        assert tuple(prop.enum_items.keys()) == setting.spec.choices
        assert prop.is_enum_flag == (setting.type is Options)


def test_either_field_of_a_range_may_hold_the_lower_bound(bpy: Any) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.context.scene.solar_site.site.relief = (0.9, 0.2)
    assert settings_of(bpy.context.scene)[0].site.relief == Range(0.2, 0.9)


def test_an_invalid_date_is_refused_in_one_sentence(bpy: Any) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.context.scene.solar_site.light.date = "30 February"
    with pytest.raises(SettingsError, match=r"light\.date = 30 February is not allowed"):
        settings_of(bpy.context.scene)


@pytest.mark.parametrize("text", ["", "seven", "-1", "1.5", "1..2", str(2**53)])
def test_an_invalid_seed_is_refused_in_one_sentence(bpy: Any, text: str) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.context.scene.solar_site.run.seed = text
    with pytest.raises(SettingsError, match=r"seed = .* is not allowed: it must be an integer"):
        settings_of(bpy.context.scene)
