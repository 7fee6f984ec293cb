# SPDX-License-Identifier: GPL-3.0-or-later
"""The available languages, and the texts that each leaves untranslated. Works without Blender.

Each language is a module of this package: ``LOCALE`` is Blender's name of the language, ``TEXTS`` maps English texts
and templates to translations, and ``NAMES`` lists texts that stay the same.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

from ...generator.domain.cameras import CAMERA_MODELS
from ...generator.settings.schema import MIXED, ExportSettings, RunSettings, Settings, iter_settings
from ..captions import choice_label, label, plain_label, tooltip

SETTINGS = tuple(setting for schema in (Settings, RunSettings, ExportSettings) for setting in iter_settings(schema))
OTHER_MODULES = ("languages", "translations")
"""Modules of this package that are not languages; translations.py needs Blender."""


def languages() -> dict[str, ModuleType]:
    """Return the language modules by locale."""
    names = [module.name for module in pkgutil.iter_modules(sys.modules[str(__package__)].__path__)]
    modules = [importlib.import_module(f"{__package__}.{name}") for name in names if name not in OTHER_MODULES]
    return {module.LOCALE: module for module in modules}


def all_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Return ``texts`` plus the labels and tooltips of settings, which are composed of several texts."""

    def translated(text: str) -> str:
        return texts.get(text, text)

    composed = dict(texts)
    for setting in SETTINGS:
        composed[label(setting)] = label(setting, translated)
        composed[tooltip(setting)] = tooltip(setting, translated)
    return composed


def texts_of_settings() -> Iterator[str]:
    """Yield the English texts that the panel takes from the settings schema, except camera names."""
    cameras = {choice_label(name) for name in CAMERA_MODELS}
    choices = (choice for setting in SETTINGS for choice in setting.spec.choices)
    yield from (name for choice in (MIXED, *choices) if (name := choice_label(choice)) not in cameras)
    for setting in SETTINGS:
        spec = setting.spec
        yield from filter(None, (plain_label(setting), spec.help, spec.zero, spec.recommended))


def untranslated(language: ModuleType) -> list[str]:
    """Return the texts of the settings schema that the language does not translate, except proper names."""
    return sorted(set(texts_of_settings()) - set(language.TEXTS) - set(language.NAMES))
