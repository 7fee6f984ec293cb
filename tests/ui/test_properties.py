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

    settings, run = settings_of()
    assert settings == Settings()
    assert settings_sha256(settings) == settings_sha256(Settings())
    assert run == RunSettings()


def test_settings_survive_the_panel_unchanged(bpy: Any) -> None:
    from solar_site_addon.ui.properties import settings_of, show_settings

    settings = with_values(
        Settings(),
        {
            "site.relief": 0.123456,
            "site.elevation_model": str(Path("a folder/land.tif").absolute()),
            "array.num_clusters": [2, 9],
            "light.longitude_deg": -70.4051,
            "light.source": "angles",
            "light.date": "2024-02-29",
            "render.noise_threshold": 0.0123,
            "array.use_clusters": True,
        },
    )
    run = with_values(RunSettings(), {"seed": 2**53 - 1, "device": "optix", "formats": []})
    show_settings(settings, run)
    assert settings_of() == (settings, run)


@pytest.mark.filterwarnings("ignore:.*blend relative")  # newer Blenders' own file browser gives full paths
def test_a_path_relative_to_the_blend_file_becomes_absolute(bpy: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.context.scene.solar_site.site.elevation_model = "//land.tif"
    settings, _ = settings_of()
    assert Path(settings.site.elevation_model) == tmp_path / "land.tif"


def test_one_control_stands_for_device_and_use_gpu(bpy: Any) -> None:
    from solar_site_addon.ui.properties import run_of, show_settings

    show_settings(run=with_values(RunSettings(), {"device": "cuda", "use_gpu": False}))
    assert bpy.context.scene.solar_site.run.device == "cpu"
    assert run_of().use_gpu is False
    show_settings(run=RunSettings())
    assert (run_of().device, run_of().use_gpu) == ("auto", True)


@pytest.mark.parametrize(
    "setting",
    [setting for setting in (*iter_settings(Settings), *iter_settings(RunSettings)) if setting.name != "use_gpu"],
    ids=lambda setting: setting.name,
)
def test_blender_knows_limits_default_and_help_of_every_setting(bpy: Any, setting: Any) -> None:
    from solar_site_addon.ui.captions import in_words_of_panel

    group = bpy.context.scene.solar_site
    *path, name = setting.name.split(".")
    for part in path or ["run"]:
        group = getattr(group, part)
    prop = group.bl_rna.properties[name]
    assert in_words_of_panel(setting.spec.help, setting)[1:] in prop.description
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


def test_paths_are_resolved_as_a_person_means_them(bpy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from solar_site_addon.ui.properties import resolved
    from solar_site_addon.ui.session import current_folder

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert resolved("~/data") == tmp_path / "data"
    assert resolved("data").is_absolute()
    bpy.context.scene.solar_site.folder = "~/data"
    assert current_folder() == tmp_path / "data"


def test_a_file_has_one_set_of_settings_whichever_scene_is_shown(bpy: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.properties import root, settings_of
    from solar_site_addon.ui.session import tick

    window = bpy.context.window_manager.windows[0]
    tick()
    root().site.relief, root().folder = (0.9, 0.9), "/somewhere"
    other = bpy.data.scenes.new("A")  # comes before "Scene"
    window.scene = other
    tick()
    assert settings_of()[0].site.relief == Range(0.9, 0.9)
    bpy.ops.scene.new(type="FULL_COPY")
    root().site.relief = (0.2, 0.2)
    tick()
    assert [scene.solar_site.holds_settings for scene in bpy.data.scenes].count(True) == 1
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "two.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "two.blend"))
    assert settings_of()[0].site.relief == Range(0.2, 0.2)
    assert root().folder == "/somewhere"


def test_the_settings_outlive_the_scene_that_holds_them(bpy: Any) -> None:
    from solar_site_addon.ui.properties import root, settings_of, settings_scene
    from solar_site_addon.ui.session import tick

    tick()
    root().site.relief, root().light.source = (0.9, 0.9), "angles"
    root().camera.model = {"mavic_3e", "custom"}
    tick()
    before = settings_of()
    bpy.data.scenes.new("Other")
    bpy.data.scenes.remove(settings_scene())
    tick()
    assert settings_scene().name == "Other"
    assert settings_of() == before


def test_either_field_of_a_range_may_hold_the_lower_bound(bpy: Any) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.context.scene.solar_site.site.relief = (0.9, 0.2)
    assert settings_of()[0].site.relief == Range(0.2, 0.9)


def test_an_invalid_date_is_refused_in_one_sentence(bpy: Any) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.context.scene.solar_site.light.date = "30 February"
    with pytest.raises(SettingsError, match=r"light\.date = 30 February is not allowed"):
        settings_of()


@pytest.mark.parametrize("text", ["", "seven", "-1", "1.5", "1..2", str(2**53)])
def test_an_invalid_seed_is_refused_in_one_sentence(bpy: Any, text: str) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.context.scene.solar_site.run.seed = text
    with pytest.raises(SettingsError, match=r"seed = .* is not allowed: it must be an integer"):
        settings_of()
