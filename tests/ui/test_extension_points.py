# SPDX-License-Identifier: GPL-3.0-or-later
"""Add a setting, a preset and a camera to a copy of the project and check that each is used everywhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.bpy

ROOT = Path(__file__).resolve().parents[2]
SETTING = '    fog: Range = _setting(Range(0.1, 0.2), "Density of ground fog", minimum=0, maximum=1, flag=True)\n'
PRESET = {"settings": {"site": {"relief": [0.0, 0.1]}}}
CAMERA = '    "air_3s": CameraModel("DJI Air 3S, wide", 8192, 6144, 13.2, 8.67),\n'

PROBE = """
import json, bpy, solar_site_addon
from solar_site_addon import panels
from solar_site_addon.ui import properties
from solar_site_addon.ui.locale import languages
from solar_site_addon.batch.command_line import build_parser, parse, to_arguments
from solar_site_addon.generator.settings.schema import Settings, to_dict, with_values
from solar_site_addon.ui.presets import built_in_presets, preset_label
from tools.settings_reference import reference

solar_site_addon.register()
root = bpy.context.scene.solar_site
properties.show_settings(with_values(Settings(), {"light.fog": 0.5, "camera.model": "air_3s"}))
shown = to_dict(properties.settings_of()[0])
flag, assignment = (parse(["out", *words]) for words in (["--fog", "0.5"], ["--set", "light.fog=0.5"]))
mixed, chosen = (parse(["out", "--preset", name]).settings for name in ("mixed", "salt_lake"))
print(json.dumps({
    "package": solar_site_addon.__file__,
    "property": root.light.bl_rna.properties["fog"].name,
    "in_panel": "light.fog" in panels.LightPanel.others,
    "shown": [shown["light"]["fog"], shown["camera"]["model"]],
    "parsed": [to_dict(request.settings)["light"]["fog"] for request in (flag, assignment)],
    "command_line": to_arguments(flag),
    "help": build_parser().format_help(),
    "reference": reference(),
    "untranslated": languages.untranslated(languages.languages()["zh_HANS"]),
    "chinese": languages.all_texts(languages.languages()["zh_HANS"].TEXTS)["Fog"],
    "presets": [preset_label(path) for path in built_in_presets()],
    "mixed": list(mixed.site.presets),
    "relief": list(chosen.site.relief),
    "cameras": [item.name for item in root.camera.bl_rna.properties["model"].enum_items],
    "image_size": with_values(Settings(), {"camera.model": "air_3s"}).camera.image_size,
}))
solar_site_addon.unregister()
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return facts about a copy of the extension with one more setting, preset and camera."""
    pytest.importorskip("bpy")
    folder = tmp_path_factory.mktemp("extended")
    for name in ("solar_site_addon", "tools"):
        shutil.copytree(ROOT / name, folder / name)
    generator = folder / "solar_site_addon" / "generator"
    insert(generator / "settings" / "schema.py", "class LightSettings:\n", SETTING, lines_below=2)
    insert(generator / "domain" / "cameras.py", "CAMERA_MODELS = {\n", CAMERA)
    (generator / "settings" / "presets" / "salt_lake.json").write_text(json.dumps(PRESET), encoding="utf-8")
    command = [sys.executable, "-c", PROBE]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stderr
    facts: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    assert Path(facts["package"]).is_relative_to(folder)
    return facts


def insert(path: Path, after: str, line: str, lines_below: int = 0) -> None:
    """Insert ``line`` below the line ``after``, and ``lines_below`` lines further down."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines.insert(lines.index(after) + 1 + lines_below, line)
    path.write_text("".join(lines), encoding="utf-8")


def test_a_new_setting_becomes_a_property_and_appears_in_the_panel(extended: dict[str, Any]) -> None:
    assert extended["property"] == "Fog"
    assert extended["in_panel"]
    assert extended["shown"][0] == 0.5


def test_a_new_setting_has_a_flag_and_is_documented(extended: dict[str, Any]) -> None:
    assert extended["parsed"] == [0.5, 0.5]
    assert extended["command_line"] == ["out", "--fog", "0.5"]
    assert "--fog X" in extended["help"]
    assert "| `light.fog` | 0.1..0.2 | range, 0 to 1 | Density of ground fog | `--fog` |" in extended["reference"]


def test_a_new_setting_is_english_until_it_is_translated(extended: dict[str, Any]) -> None:
    assert extended["chinese"] == "Fog"
    assert set(extended["untranslated"]) == {"Density of ground fog", "Fog", "Salt Lake"}


def test_a_new_preset_is_one_file(extended: dict[str, Any]) -> None:
    assert "Salt Lake" in extended["presets"]
    assert "salt_lake" in extended["mixed"]
    assert "salt_lake" in extended["help"]
    assert extended["relief"] == [0.0, 0.1]


def test_a_new_camera_is_one_entry(extended: dict[str, Any]) -> None:
    assert "Air 3s" in extended["cameras"]
    assert extended["shown"][1] == "air_3s"
    assert extended["image_size"] == [8192, 6144]
