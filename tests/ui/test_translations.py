# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that the panel can show has its translation, and every error carries a template that has one."""

from __future__ import annotations

import ast
import errno
import os
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from solar_site_addon.generator.domain import errors
from solar_site_addon.generator.domain.messages import Face, Message
from solar_site_addon.generator.settings.schema import iter_settings
from solar_site_addon.ui.locale.languages import all_texts, languages, texts_of_settings, untranslated

ERRORS = {
    name for name, cls in vars(errors).items() if isinstance(cls, type) and issubclass(cls, errors.SolarSiteError)
}
NEVER_IN_THE_PANEL = {"command_line.py", "doctor.py"}
"""Modules whose messages are about the command line itself."""
PASSED_ON = {"errors.py", "messages.py", "translations.py"}
"""Modules that implement messages, and so get templates as arguments."""
ADDON = Path(__file__).resolve().parents[2] / "solar_site_addon"
LANGUAGES = pytest.mark.parametrize("language", languages().values(), ids=list(languages()))


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ADDON.rglob("*.py"))}


def literals(node: ast.expr) -> Iterator[ast.expr]:
    """Return the possible string literals of an expression."""
    if isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    else:
        yield node


@cache
def assignments() -> dict[str, list[ast.expr]]:
    """Return everything that is assigned to each name anywhere in the extension."""
    found: dict[str, list[ast.expr]] = {}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def texts_of(node: ast.expr) -> Iterator[str]:
    """Return the texts that an expression can evaluate to, as far as the code contains them."""
    for part in literals(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.Name):
            for value in assignments().get(part.id, []):
                yield from texts_of(value)


@cache
def all_calls() -> list[tuple[str, Path, ast.Call]]:
    """Return all calls with arguments, with the names of what is called and the modules that they stand in."""
    return [
        (getattr(node.func, "id", getattr(node.func, "attr", "")), path, node)
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args
    ]


def calls(names: set[str], paths: set[str] | None = None) -> Iterator[tuple[Path, ast.Call]]:
    """Return calls with arguments of functions and classes of these names, except in the modules ``paths``."""
    for name, path, node in all_calls():
        if name in names and path.name not in (paths or set()):
            yield path, node


def texts_in_blender(bpy: Any) -> Iterator[str]:
    """Return labels and tooltips of all classes of the extension and of their properties."""
    from solar_site_addon import operators, panels
    from solar_site_addon.ui import preferences, properties

    for cls in (*preferences.CLASSES, *operators.CLASSES, *panels.CLASSES, *properties.CLASSES):
        if not issubclass(cls, bpy.types.PropertyGroup | bpy.types.AddonPreferences):
            yield cls.bl_label
            yield cls.bl_description
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
    """Return literals that are passed to ``say``, to a translator or to Blender as a text."""
    for _, call in calls({"say", "text"}):
        yield from texts_of(call.args[0])
    for path, tree in trees().items():
        if path.parent == ADDON or "ui" in path.parts:
            for node in ast.walk(tree):
                if isinstance(node, ast.keyword) and node.arg == "text" and isinstance(node.value, ast.Constant):
                    yield node.value.value


def templates() -> Iterator[str]:
    """Return the templates of all errors and messages that the panel can show, and of their parts."""
    for _, call in calls(ERRORS | {"Message"}, NEVER_IN_THE_PANEL):
        yield from texts_of(call.args[0])
    yield from texts_of(assignments()["INCOMPLETE"][0])  # of the launcher that cannot load the extension
    yield from texts_of(assignments()["QUOTED"][0])


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def shown_in_english(bpy: Any) -> set[str]:
    texts = {*texts_in_blender(bpy), *texts_in_code(), *templates(), *texts_of_settings()}
    return {text for text in texts if text}


@pytest.mark.bpy
@LANGUAGES
def test_every_label_tooltip_report_and_error_is_translated(bpy: Any, language: ModuleType) -> None:
    shown = shown_in_english(bpy)
    assert len(shown) > 400
    own_words = {text for text in shown if any(letter.isalpha() for letter in "".join(parts(text)))}
    same_everywhere = {"filter_glob", *language.NAMES}  # filter_glob is a hidden property of the file dialogs
    cameras = {item.name for item in bpy.context.scene.solar_site.camera.bl_rna.properties["model"].enum_items}
    assert sorted(own_words - set(all_texts(language.TEXTS)) - same_everywhere - cameras) == []


def parts(text: str) -> Iterator[str]:
    """Return the text of a template between its fields."""
    yield from (literal for literal, *_ in string.Formatter().parse(text))


@LANGUAGES
def test_every_text_of_the_settings_is_translated(language: ModuleType) -> None:
    assert untranslated(language) == []


@pytest.mark.bpy
@LANGUAGES
def test_every_translation_is_used(bpy: Any, language: ModuleType) -> None:
    of_the_system = {os.strerror(number) for number in errno.errorcode}
    assert sorted(set(language.TEXTS) - shown_in_english(bpy) - of_the_system) == []


@LANGUAGES
def test_translations_keep_the_template_fields(language: ModuleType) -> None:
    assert [text for text, other in language.TEXTS.items() if fields(text) != fields(other)] == []


def test_every_error_gets_a_template_and_never_a_finished_sentence() -> None:
    wrong = [
        f"{path.name}:{call.lineno}"
        for path, call in calls(ERRORS | {"Message"}, PASSED_ON)
        for part in literals(call.args[0])
        if not isinstance(part, ast.Constant | ast.Name | ast.Attribute)
    ]
    assert wrong == []


def test_every_error_fills_in_all_fields_of_its_template() -> None:
    wrong = []
    for path, call in calls(ERRORS, PASSED_ON):
        given = sorted(keyword.arg for keyword in call.keywords if keyword.arg)
        wrong += [f"{path.name}:{call.lineno}" for text in texts_of(call.args[0]) if set(fields(text)) != set(given)]
    assert wrong == []


@pytest.mark.parametrize("word", ["picture", "photo", "is no ", " told", "made of", "at work", "--"])
def test_messages_use_the_projects_words(word: str) -> None:
    assert [text for text in templates() if word in text] == []


def test_a_new_language_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from solar_site_addon.ui import locale

    (tmp_path / "de_test.py").write_text('LOCALE = "de_DE"\nNAMES = set()\nTEXTS = {"Site": "Standort"}\n')
    monkeypatch.setattr(locale, "__path__", [*locale.__path__, str(tmp_path)])
    assert languages()["de_DE"].TEXTS == {"Site": "Standort"}
    assert "Tilt" in untranslated(languages()["de_DE"])


@LANGUAGES
def test_a_settings_error_is_translated_with_all_its_parts(language: ModuleType) -> None:
    from solar_site_addon.generator.settings.schema import Settings, with_values

    with pytest.raises(errors.SettingsError) as caught:
        with_values(Settings(), {"array.design_sun_elevation_deg": 95})
    face = Face(text=lambda text: language.TEXTS.get(text, text), setting=lambda _: "LABEL", panel=True)
    sentence = caught.value.message.say(face)
    assert "LABEL" in sentence
    assert not any(word in sentence for word in ("array.", "allowed", "number", " to "))


@pytest.mark.bpy
def test_errors_name_the_label_shown_in_the_panel(bpy: Any) -> None:
    from solar_site_addon.generator.settings.schema import Settings, with_values
    from solar_site_addon.ui.locale.translations import say_error

    with pytest.raises(errors.SettingsError) as caught:
        with_values(Settings(), {"array.design_sun_elevation_deg": 95})
    assert str(caught.value).startswith("array.design_sun_elevation_deg = 95 is not allowed")
    assert say_error(caught.value).startswith("No-Shade Sun = 95 is not allowed")


@pytest.mark.bpy
def test_a_text_without_a_translation_stays_english(bpy: Any) -> None:
    from solar_site_addon.ui.locale.translations import say, say_message

    assert say("Never heard of {thing}", thing="this") == "Never heard of this"
    assert say_message(Message("Curly {brackets")) == "Curly {brackets"


@pytest.mark.bpy
def test_no_docstring_becomes_a_tooltip(bpy: Any) -> None:
    from solar_site_addon import operators, panels

    for cls in (*operators.CLASSES, *panels.CLASSES):
        described = [base for base in cls.__mro__ if "bl_description" in vars(base)]
        assert described, f"{cls.__name__} has no bl_description"
        assert cls.bl_description or issubclass(cls, bpy.types.Panel)


def test_tooltips_name_settings_as_the_panel_does_and_never_repeat_a_label() -> None:
    from solar_site_addon.ui.captions import IDENTIFIER, SCHEMAS, plain_label, tooltip

    def words(text: str) -> set[str]:
        return set(re.findall("[a-z]+", text.lower())) - {"a", "of", "the"}

    for schema in SCHEMAS:
        for setting in iter_settings(schema):
            assert not [name for name in IDENTIFIER.findall(tooltip(setting)) if "_" in name], tooltip(setting)
            assert not words(setting.spec.help) <= words(plain_label(setting)), f"{setting.name} repeats its label"


@pytest.mark.bpy
def test_tooltips_of_operators_say_more_than_their_labels(bpy: Any) -> None:
    from solar_site_addon.operators import CLASSES

    for cls in CLASSES:
        rna = getattr(bpy.ops.solar_site, cls.bl_idname.partition(".")[2]).get_rna_type()
        assert rna.description == cls.bl_description
        assert len(cls.bl_description) > len(cls.bl_label) + 3, cls.bl_description
        assert not cls.bl_description.endswith("."), "Blender adds it"
