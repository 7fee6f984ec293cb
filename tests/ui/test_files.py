# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets, settings files, and importing settings from sample.json."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.command_line import parse
from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.schema import (
    MIXED,
    PRESET_FOLDER,
    Settings,
    settings_sha256,
    to_dict,
    with_values,
)
from solar_site_addon.generator.settings.types import Range
from solar_site_addon.ui.presets import (
    Marks,
    apply_file,
    apply_preset,
    built_in_presets,
    export_preset,
    import_preset,
    is_built_in,
    marks_of,
    preset_files,
    rename_preset,
    save_preset,
    settings_of_sample,
    write_settings,
)

OTHER = with_values(Settings(), {"site.relief": [0.1, 0.2], "camera.width_px": 640, "render.max_samples": 7})


@pytest.mark.parametrize("path", built_in_presets(), ids=lambda path: path.stem)
def test_a_preset_keeps_camera_and_render_and_replaces_any_other_preset(path: Path) -> None:
    before = apply_preset(OTHER, PRESET_FOLDER / "mountain_winter.json")
    result = apply_preset(before, path)
    assert result.render == OTHER.render
    if path.stem not in (MIXED, "construction_survey"):  # these set cameras too
        assert result.camera == OTHER.camera
    alone = with_preset(Settings(), path.stem)
    assert dataclasses.replace(result, camera=alone.camera, render=alone.render) == alone


def test_a_user_preset_can_be_saved_and_loaded(tmp_path: Path) -> None:
    path = save_preset(OTHER, "Mine", tmp_path)
    assert path in preset_files(tmp_path)
    assert apply_file(Settings(), path) == with_values(Settings(), {"site.relief": [0.1, 0.2]})


def test_a_user_preset_is_not_silently_overwritten(tmp_path: Path) -> None:
    path = save_preset(OTHER, "Mine", tmp_path)
    before = path.read_bytes()
    with pytest.raises(SettingsError, match='A preset named "Mine" already exists'):
        save_preset(Settings(), "Mine", tmp_path)
    assert path.read_bytes() == before


def test_a_settings_file_that_cannot_be_written_completely_is_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    write_settings(path, to_dict(OTHER))
    before = path.read_bytes()

    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(SettingsError, match="No space left"):
        write_settings(path, to_dict(Settings()))
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [before]


@pytest.mark.parametrize("name", ["", " ", "../up", "a/b", ".hidden", "mountain_summer", "Desert"])
def test_invalid_preset_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError):
        save_preset(OTHER, name, tmp_path)
    assert list(tmp_path.rglob("*.json")) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[1]", "does not contain settings"),
        ('{"site": {"reliev": 1}}', "did you mean site.relief"),
        ('{"site": {"relief": 7}}', "site.relief = 7"),
        ('{"settings": 5}', "must be a JSON object"),
    ],
)
def test_a_bad_file_is_reported_in_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match=reason):
        apply_file(Settings(), path)


def a_sample(folder: Path, settings: Settings, seed: int) -> Path:
    sample = folder / "batch_00" / "image_0003" / "sample.json"
    sample.parent.mkdir(parents=True)
    sample.write_text(
        json.dumps({"seed": seed, "view": 2, "generator": {"settings_sha256": settings_sha256(settings)}})
    )
    (folder / "dataset.json").write_text(json.dumps({"settings": to_dict(settings), "seed": seed - 3}))
    return sample


def test_a_sample_names_its_dataset_and_seed(tmp_path: Path) -> None:
    sample = a_sample(tmp_path, OTHER, 45)
    found = settings_of_sample(sample, Settings())
    assert (found.settings, found.seed, found.view, found.complete) == (OTHER, 45, 2, True)


def test_a_sample_outside_its_dataset_gives_the_values_drawn_for_it(tmp_path: Path) -> None:
    sample = a_sample(tmp_path, OTHER, 45)
    (tmp_path / "dataset.json").unlink()
    document = json.loads(sample.read_text())
    drawn = {"site": {"relief": 0.15, "presets": "desert"}, "camera": {"altitude_agl_m": 41.5}}
    sample.write_text(json.dumps({**document, "drawn": drawn}))
    found = settings_of_sample(sample, with_values(Settings(), {"site.size_m": 300}))
    assert (found.seed, found.view, found.complete) == (45, 2, False)
    assert (found.settings.site.relief, found.settings.camera.altitude_agl_m) == (Range(0.15, 0.15), Range(41.5, 41.5))
    assert found.settings.site.size_m == 300, "what is not drawn keeps the panel's value"
    assert found.settings.site.presets == ()
    assert found.settings.site.soil == with_preset(Settings(), "desert").site.soil


def test_a_user_preset_can_be_renamed_exported_and_imported(tmp_path: Path) -> None:
    path = save_preset(OTHER, "Mine", tmp_path)
    renamed = rename_preset(path, "Ours", tmp_path)
    assert [file.stem for file in preset_files(tmp_path) if not is_built_in(file)] == ["Ours"]
    export_preset(apply_file(Settings(), renamed), tmp_path / "shared.json")
    imported = import_preset(tmp_path / "shared.json", tmp_path)
    assert apply_file(Settings(), imported) == apply_file(Settings(), renamed)
    with pytest.raises(SettingsError, match="already exists"):
        import_preset(tmp_path / "shared.json", tmp_path)
    (tmp_path / "bad.json").write_text('{"site": {"relief": 7}}')
    with pytest.raises(SettingsError, match="relief = 7"):
        import_preset(tmp_path / "bad.json", tmp_path)
    assert len(preset_files(tmp_path)) == len(built_in_presets()) + 2


def test_a_shared_file_that_extends_a_preset_is_imported_with_the_values_of_both(tmp_path: Path) -> None:
    shared = tmp_path / "shared.json"
    shared.write_text('{"extends": "construction_survey", "settings": {"array": {"progress": 0.25}}}')
    settings = apply_file(Settings(), shared)
    assert settings == with_values(with_preset(Settings(), "construction_survey"), {"array.progress": 0.25})
    imported = apply_file(Settings(), import_preset(shared, tmp_path))
    assert imported == dataclasses.replace(settings, camera=Settings().camera), "a preset holds no camera"
    (tmp_path / "bad.json").write_text('{"extends": "moon", "settings": {}}')
    with pytest.raises(SettingsError, match=r"^bad\.json: extends = moon is not allowed"):
        import_preset(tmp_path / "bad.json", tmp_path)


def test_marks_tell_what_differs_from_the_active_preset() -> None:
    desert = str(PRESET_FOLDER / "desert.json")
    loaded = apply_preset(Settings(), Path(desert))
    assert marks_of(loaded, desert) == Marks()
    assert marks_of(Settings(), "") == Marks()
    changed = with_values(loaded, {"site.relief": 0.123, "render.max_samples": 7})
    assert marks_of(changed, desert) == Marks(True, frozenset({"site.relief", "render.max_samples"}))
    camera_only = with_values(loaded, {"render.max_samples": 7})
    assert not marks_of(camera_only, desert).preset_changed, "a preset holds no render settings"


@pytest.mark.bpy
def test_importing_a_sample_restores_settings_and_seed(bpy: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.properties import settings_of

    bpy.context.scene.solar_site.run.seed = bpy.context.scene.solar_site.light.date = "what was there"
    bpy.ops.solar_site.import_sample(filepath=str(a_sample(tmp_path, OTHER, 45)))
    settings, run = settings_of()
    assert settings == OTHER
    assert run.seed == 45
    assert bpy.context.scene.solar_site.view == 2


@pytest.mark.bpy
def test_a_sample_of_another_dataset_is_refused(bpy: Any, tmp_path: Path) -> None:
    sample = a_sample(tmp_path, OTHER, 45)
    (tmp_path / "dataset.json").write_text(json.dumps({"settings": to_dict(Settings())}))
    with pytest.raises(RuntimeError, match="was rendered with settings other than"):
        bpy.ops.solar_site.import_sample(filepath=str(sample))


@pytest.mark.bpy
def test_saved_settings_are_read_by_panel_and_command_line(bpy: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.properties import settings_of, show_settings

    path = tmp_path / "mine.json"
    show_settings(OTHER)
    bpy.ops.solar_site.save_settings(filepath=str(path))
    show_settings(Settings())
    bpy.ops.solar_site.load_settings(filepath=str(path))
    assert settings_of()[0] == OTHER
    request = parse([str(tmp_path / "out"), "--settings", str(path)])
    assert request is not None
    assert request.settings == OTHER
