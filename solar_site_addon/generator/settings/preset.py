# SPDX-License-Identifier: GPL-3.0-or-later
"""Landscape presets: JSON files that each define some of the settings.

Standard library only: the launcher reads them too.
"""

from __future__ import annotations

import json
from functools import cache
from types import MappingProxyType
from typing import Any

from ..domain.errors import SettingsError
from ..domain.messages import Message, SettingName
from .schema import LANDSCAPES, MIXED, PRESET_FOLDER, PRESETS, Settings, value_of, with_values
from .types import NOT_ALLOWED


def with_preset(settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the values of the preset; raise SettingsError if there is no such preset."""
    if name not in (*PRESETS, MIXED):
        allowed = Message("one of {choices}", {"choices": (*PRESETS, MIXED)})
        raise SettingsError(NOT_ALLOWED, setting=SettingName("preset"), value=name, allowed=allowed)
    return with_values(settings, preset_values(name))


def with_preset_defaults(settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the preset's values wherever they still have the default; keep all other values."""
    defaults = Settings()
    return with_values(
        settings,
        {
            key: value
            for key, value in preset_values(name).items()
            if value_of(settings, key) == value_of(defaults, key)
        },
    )


@cache
def preset_values(name: str) -> MappingProxyType[str, Any]:
    """Return the values that the preset defines, by dotted name; MIXED also draws from those of complete plants."""
    groups = json.loads((PRESET_FOLDER / f"{name}.json").read_text(encoding="utf-8"))["settings"]
    values = {f"{group}.{field}": value for group, fields in groups.items() for field, value in fields.items()}
    return MappingProxyType(values | ({"site.presets": list(LANDSCAPES)} if name == MIXED else {}))
