# SPDX-License-Identifier: GPL-3.0-or-later
"""Search over the settings, by what the panel calls them and says about them."""

from __future__ import annotations

from functools import lru_cache

from ..generator.settings.schema import Settings, iter_settings
from .captions import field_name, label, tooltip
from .locale.translations import say

MOST_FOUND = 12
"""Number of settings that a search shows."""


@lru_cache(maxsize=8)
def found_settings(text: str, _locale: str) -> tuple[str, ...]:
    """Return the names of the settings that contain every word of ``text``; those whose label does come first.

    Labels, tooltips and names count, in English and in the language of Blender, ``_locale``, for which the result is
    kept: panels draw it many times.
    """
    words = text.lower().split()
    if not words:
        return ()
    found = [
        (not all(word in f"{label(setting)} {say(label(setting))}".lower() for word in words), place, setting.name)
        for place, setting in enumerate(iter_settings(Settings))
        if all(word in _about(setting.name, _locale) for word in words)
    ]
    return tuple(name for _, _, name in sorted(found)[:MOST_FOUND])


@lru_cache(maxsize=512)
def _about(name: str, _locale: str) -> str:
    setting = next(setting for setting in iter_settings(Settings) if setting.name == name)
    texts = (label(setting), say(label(setting)), tooltip(setting), tooltip(setting, say), field_name(setting))
    return " ".join(texts).lower()
