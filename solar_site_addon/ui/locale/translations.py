# SPDX-License-Identifier: GPL-3.0-or-later
"""Translation of the panel's texts: English in the code, other languages in this package (see ``languages.py``).

A text without a translation stays English; nothing here raises.
"""

from __future__ import annotations

from typing import Any

import bpy

from ...generator.domain.errors import SolarSiteError
from ...generator.domain.messages import Face, Message
from ..captions import CONTEXT, choice_label, plain_label
from .languages import SETTINGS, all_texts, languages

CONTEXTS = (CONTEXT, "*", "Operator")
"""Blender looks up tooltips and operator labels in its own contexts."""
QUOTED = "{label}"
"""Template for a setting's label in a sentence; other languages may add quotation marks."""
LABELS = {setting.name: plain_label(setting) for setting in SETTINGS}


def say(text: str, **values: Any) -> str:
    """Return ``text`` in the user's language, with ``values`` filled in."""
    return say_message(Message(text, values)) if values else _translated(text)


def say_message(message: Message) -> str:
    """Return a message in the user's language, with the panel's labels of settings."""
    return message.say(Face(text=_translated, setting=_setting_label, panel=True))


def say_error(error: SolarSiteError) -> str:
    """Return an error's message in the user's language."""
    return say_message(error.message)


def register() -> None:
    """Register the translations with Blender."""
    known = {}
    for locale, module in languages().items():
        texts = all_texts(module.TEXTS).items()
        known[locale] = {(context, english): text for english, text in texts for context in CONTEXTS}
    bpy.app.translations.register(__package__, known)


def unregister() -> None:
    """Unregister the translations."""
    bpy.app.translations.unregister(__package__)


def _translated(text: str) -> str:
    return str(bpy.app.translations.pgettext_iface(text, CONTEXT)) if text else text


def _setting_label(name: str) -> str:
    return _translated(QUOTED).format(label=_translated(LABELS.get(name) or choice_label(name)))
