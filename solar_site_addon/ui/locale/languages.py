# SPDX-License-Identifier: GPL-3.0-or-later
"""The languages that are there, and what each leaves untranslated. Works without Blender.

Every other module of this package that has ``LOCALE``, Blender's name for its language, is a language: its ``TEXTS``
are translations by English text or template, its ``NAMES`` the choices that need none.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

from ...generator.domain.cameras import CAMERA_MODELS
from ...generator.settings.schema import MIXED, RunSettings, Settings, iter_settings
from ..captions import choice_label, label, plain_label, tooltip

SETTINGS = (*iter_settings(Settings), *iter_settings(RunSettings))
NO_LANGUAGES = ("languages", "translations")
"""The other modules of this package; translations.py needs Blender."""


def languages() -> dict[str, ModuleType]:
    """Return the language modules by Blender's name of the language."""
    names = [module.name for module in pkgutil.iter_modules(sys.modules[str(__package__)].__path__)]
    modules = [importlib.import_module(f"{__package__}.{name}") for name in names if name not in NO_LANGUAGES]
    return {module.LOCALE: module for module in modules}


def all_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Return ``texts`` with the labels and tooltips of settings, which Blender shows and which have several parts."""

    def translated(text: str) -> str:
        return texts.get(text, text)

    composed = dict(texts)
    for setting in SETTINGS:
        composed[label(setting)] = label(setting, translated)
        composed[tooltip(setting)] = tooltip(setting, translated)
    return composed


def texts_of_settings() -> Iterator[str]:
    """Yield the English texts that the settings schema brings into the panel, names of cameras left out."""
    cameras = {choice_label(name) for name in CAMERA_MODELS}
    choices = (choice for setting in SETTINGS for choice in setting.spec.choices)
    yield from (name for choice in (MIXED, *choices) if (name := choice_label(choice)) not in cameras)
    for setting in SETTINGS:
        spec = setting.spec
        yield from filter(None, (plain_label(setting), spec.help, spec.zero, spec.recommended))


def untranslated(language: ModuleType) -> list[str]:
    """Return the texts of the settings schema that the language lacks, proper names left out."""
    return sorted(set(texts_of_settings()) - set(language.TEXTS) - set(language.NAMES))
