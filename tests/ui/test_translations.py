# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the panel has a Chinese translation."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.bpy

ERROR_CLASSES = {"SolarSiteError", "SettingsError", "SiteError", "RenderError"}
NOT_FOR_THE_PANEL = {
    "command_line.py",
    "doctor.py",
    "exr.py",
    "passes.py",
    "sample_folder.py",
    "objects.py",
    "work_unit.py",
}
"""Modules whose errors tell of a command line, or of a fault in Solar Site that a log has to tell word by word."""
ADDON = Path(__file__).resolve().parents[2] / "solar_site_addon"


def texts_in_blender(bpy: Any) -> Iterator[str]:
    """Labels and tooltips of all classes of the extension, and of their properties."""
    from solar_site_addon import operators, panels
    from solar_site_addon.ui import preferences, properties

    for cls in (*preferences.CLASSES, *operators.CLASSES, *panels.CLASSES, *properties.CLASSES):
        if not issubclass(cls, bpy.types.PropertyGroup | bpy.types.AddonPreferences):
            yield cls.bl_label
            yield getattr(cls, "bl_description", "")
        if cls is properties.ReadOut:  # shown as facts, with texts of their own
            continue
        rna = cls.bl_rna
        if issubclass(cls, bpy.types.Operator):
            rna = getattr(bpy.ops.solar_site, cls.bl_idname.partition(".")[2]).get_rna_type()
        for prop in rna.properties:
            if prop.identifier in getattr(cls, "__annotations__", {}) and prop.type != "POINTER":
                yield prop.name
                yield prop.description
                for item in getattr(prop, "enum_items", ()):
                    yield item.name
                    yield item.description


def texts_in_code() -> Iterator[str]:
    """Literals that are handed to ``say``, or to Blender as the text of something."""
    for path in (*ADDON.glob("*.py"), *(ADDON / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "")
                found = node.args[:1] if name == "say" else [word.value for word in node.keywords if word.arg == "text"]
                yield from (value.value for value in found if isinstance(value, ast.Constant) and value.value)


def errors_in_code() -> Iterator[str]:
    """Sentences of the errors that a user of the panel can meet, as they are told, with 7 for what they name."""
    for path in sorted(ADDON.rglob("*.py")):
        if path.name in NOT_FOR_THE_PANEL:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERROR_CLASSES:
                sentence = node.args[0]
                parts = sentence.values if isinstance(sentence, ast.JoinedStr) else [sentence]
                if isinstance(parts[0], ast.Constant | ast.FormattedValue):
                    yield "".join(part.value if isinstance(part, ast.Constant) else "7" for part in parts)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_label_tooltip_and_report_is_translated(bpy: Any) -> None:
    from solar_site_addon.ui.locale.zh_hans import messages

    chinese = messages()
    shown = {text for text in (*texts_in_blender(bpy), *texts_in_code()) if text}
    assert len(shown) > 150
    names = {"filter_glob"}  # a hidden property of the file dialogs
    assert sorted(text for text in shown - set(chinese) if text not in names and any(map(str.isalpha, text))) == []


def test_every_text_of_the_settings_has_its_chinese() -> None:
    from solar_site_addon.ui.locale.zh_hans import untranslated

    assert untranslated() == []


def test_no_translation_is_left_over(bpy: Any) -> None:
    from solar_site_addon.ui.locale.zh_hans import messages

    shown = {*texts_in_blender(bpy), *texts_in_code()}
    assert sorted(set(messages()) - shown - {"Drones", "Mixed"}) == []


def test_translations_keep_the_fields_that_are_filled_in() -> None:
    from solar_site_addon.ui.locale.zh_hans import ERRORS, messages

    assert [text for text, chinese in messages().items() if fields(text) != fields(chinese)] == []
    assert [text for text, chinese in ERRORS.items() if chinese.count("{}") > text.count("{}")] == []


def test_an_error_is_told_in_chinese_and_an_unknown_one_as_it_is() -> None:
    from solar_site_addon.generator.domain.errors import SiteError
    from solar_site_addon.generator.plan.site import plan_site
    from solar_site_addon.generator.settings.schema import Settings, with_values
    from solar_site_addon.ui.locale.zh_hans import error_in_chinese

    settings = with_values(Settings(), {"site.relief": 1.0, "array.max_slope_deg": 1, "site.size_m": 150})
    with pytest.raises(SiteError) as caught:
        plan_site(settings, 7)
    assert error_in_chinese(str(caught.value)).startswith("此场地上放不下任何支架（种子 7）")
    assert error_in_chinese("Something else.") == "Something else."


def test_every_error_that_the_panel_can_show_has_its_chinese() -> None:
    from solar_site_addon.ui.locale.zh_hans import error_in_chinese

    told = {text for text in errors_in_code() if not text.startswith(("7: 7", "site.elevation_model = 7 7;"))}
    assert len(told) > 25
    assert sorted(text for text in told if error_in_chinese(text) == text) == []


@pytest.mark.parametrize(
    "message",
    [
        "a.json: site.reliev is not a setting; did you mean site.relief?",
        "a.json: site.x is not a setting; see --help for all settings.",
        "a.json: The settings must be a JSON object of setting groups.",
        "site.elevation_model = /a.tif cannot be read: No such file; allowed are GeoTIFF (.tif) and so on.",
        "site.elevation_model = /a.tif is no elevation model that can be used: it is cut short; allowed are others.",
        "site.elevation_model = /a.tif covers 9 m x 9 m: too small for site.size_m = 300 m; allowed are others.",
        "/bin/false does not work as a Blender for Solar Site (exit code 1).",
        "/out is not a Solar Site dataset, and a run would overwrite a.json: choose another folder.",
        "/out/.work/lock cannot be used (Is a directory): fix it, or choose another folder for the dataset.",
        "The operating system reports an error (No space left): fix it, then run the same command again.",
        "The dataset could not be completed ([Errno 28] No space left on device). Resume with the same command.",
        "Internal error in Solar Site (ValueError: no); see the log /out/.work/launcher_error.log",
        "Blender ended twice with signal SIGSEGV while rendering this image",
    ],
)
def test_errors_that_are_put_together_have_their_chinese(message: str) -> None:
    from solar_site_addon.ui.locale.zh_hans import error_in_chinese

    shown = error_in_chinese(message)
    assert re.search("[\u4e00-\u9fff]", shown)
    assert "allowed" not in shown
