# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets: kinds of country, each a JSON file that sets some of the settings.

Standard library only: the launcher reads them too.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..domain.errors import SettingsError
from .schema import PRESETS, Settings, value_of, with_values

PRESET_FOLDER = Path(__file__).with_name("presets")
MIXED = "mixed"
"""The preset that draws one of the others for each image."""


def with_preset(settings: Settings, name: str) -> Settings:
    """``settings`` with what the preset sets; raises SettingsError where there is no such preset."""
    if name not in (*PRESETS, MIXED):
        raise SettingsError(f"preset = {name} is not allowed: it must be {', '.join(PRESETS)} or {MIXED}.")
    return with_values(settings, preset_values(name))


def filled_up(settings: Settings, name: str) -> Settings:
    """``settings`` with what the preset sets, but only where they have the default value: what was set stays."""
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
    """What the preset sets, by dotted name."""
    groups = json.loads((PRESET_FOLDER / f"{name}.json").read_text(encoding="utf-8"))["settings"]
    return MappingProxyType(
        {f"{group}.{field}": value for group, fields in groups.items() for field, value in fields.items()}
    )
