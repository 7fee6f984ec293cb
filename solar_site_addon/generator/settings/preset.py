# SPDX-License-Identifier: GPL-3.0-or-later
"""Landscape presets and looks of cameras: JSON files that each define some of the settings.

A preset, or a settings file of a user, may take the values of a built-in preset first: ``"extends": "desert"`` beside
``"settings"``. Standard library only: the launcher reads them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..domain.errors import SettingsError
from ..domain.json_file import SETTINGS_BYTES, load_json
from ..domain.messages import Message, SettingName
from .schema import LANDSCAPES, LOOK_FOLDER, LOOKS, MIXED, PRESET_FOLDER, PRESETS, Settings, value_of, with_values
from .types import NOT_ALLOWED

EXTENDS = "extends"
"""Key of the preset whose values a JSON file of settings takes first."""


def with_preset(settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the values of the preset; raise SettingsError if there is no such preset."""
    return with_values(settings, preset_values(_checked(name, "preset")))


def with_preset_defaults(settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the preset's values wherever they still have the default; keep all other values."""
    return _with_defaults(settings, preset_values(name))


def with_look_defaults(settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the values of a look wherever they still have the default; keep all other values."""
    return _with_defaults(settings, look_values(name))


@cache
def preset_values(name: str) -> MappingProxyType[str, Any]:
    """Return the values that the preset defines, by dotted name, with those of the preset that it extends.

    MIXED also draws from the landscapes of complete plants and from all looks. Raise SettingsError if the other preset
    is unknown, or extends one itself: there are neither chains nor circles of presets.
    """
    document = _document_of_preset(name)
    base = document.get(EXTENDS)
    if base in PRESETS and EXTENDS in _document_of_preset(base):
        raise SettingsError(
            "The preset {name} cannot extend {base}, which extends a preset itself.", name=name, base=base
        )
    values = {**base_values(document), **_values_in(document)}
    all_of_them = {"site.presets": list(LANDSCAPES), "effects.looks": list(LOOKS)}
    return MappingProxyType(values | (all_of_them if name == MIXED else {}))


@cache
def look_values(name: str) -> MappingProxyType[str, Any]:
    """Return the values that the look defines, by dotted name."""
    return MappingProxyType(_values_in(_document(LOOK_FOLDER / f"{name}.json")))


def _with_defaults(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Return ``settings`` with ``values`` (by dotted name) wherever they still have the default."""
    defaults = Settings()
    unset = {key: value for key, value in values.items() if value_of(settings, key) == value_of(defaults, key)}
    return with_values(settings, unset)


def base_values(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values, by dotted name, of the preset that a JSON document of settings extends; none without one.

    Raise SettingsError if there is no such preset.
    """
    return preset_values(_checked(document[EXTENDS], EXTENDS)) if EXTENDS in document else {}


def _checked(name: Any, setting: str) -> str:
    """Return the ``name`` of a preset; raise SettingsError, which names the ``setting``, if there is no such preset."""
    if name in (*PRESETS, MIXED):
        return str(name)
    allowed = Message("one of {choices}", {"choices": (*PRESETS, MIXED)})
    raise SettingsError(NOT_ALLOWED, setting=SettingName(setting), value=name, allowed=allowed)


def _document_of_preset(name: str) -> dict[str, Any]:
    return _document(PRESET_FOLDER / f"{name}.json")


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = load_json(path, SETTINGS_BYTES)
    return document


def _values_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values in a JSON document of settings, by dotted name."""
    groups = document["settings"]
    return {f"{group}.{field}": value for group, fields in groups.items() for field, value in fields.items()}
