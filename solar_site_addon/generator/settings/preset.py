# SPDX-License-Identifier: GPL-3.0-or-later
"""Landscape presets and looks of cameras: JSON files that each define some of the settings.

Standard library only: the launcher reads them too.
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


def with_preset(settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the values of the preset; raise SettingsError if there is no such preset."""
    if name not in (*PRESETS, MIXED):
        allowed = Message("one of {choices}", {"choices": (*PRESETS, MIXED)})
        raise SettingsError(NOT_ALLOWED, setting=SettingName("preset"), value=name, allowed=allowed)
    return with_values(settings, preset_values(name))


def with_preset_defaults(settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the preset's values wherever they still have the default; keep all other values."""
    return _with_defaults(settings, preset_values(name))


def with_look_defaults(settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the values of a look wherever they still have the default; keep all other values."""
    return _with_defaults(settings, look_values(name))


@cache
def preset_values(name: str) -> MappingProxyType[str, Any]:
    """Return the values that the preset defines, by dotted name.

    MIXED also draws from the landscapes of complete plants and from all looks.
    """
    values = _values_in(PRESET_FOLDER / f"{name}.json")
    all_of_them = {"site.presets": list(LANDSCAPES), "effects.looks": list(LOOKS)}
    return MappingProxyType(values | (all_of_them if name == MIXED else {}))


@cache
def look_values(name: str) -> MappingProxyType[str, Any]:
    """Return the values that the look defines, by dotted name."""
    return MappingProxyType(_values_in(LOOK_FOLDER / f"{name}.json"))


def _with_defaults(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Return ``settings`` with ``values`` (by dotted name) wherever they still have the default."""
    defaults = Settings()
    unset = {key: value for key, value in values.items() if value_of(settings, key) == value_of(defaults, key)}
    return with_values(settings, unset)


def _values_in(path: Path) -> dict[str, Any]:
    """Return the values in a JSON file of settings, by dotted name."""
    groups = load_json(path, SETTINGS_BYTES)["settings"]
    return {f"{group}.{field}": value for group, fields in groups.items() for field, value in fields.items()}
