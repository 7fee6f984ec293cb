# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's languages: English in the code, Simplified Chinese here."""

from __future__ import annotations

from typing import Any

import bpy

from ..captions import CONTEXT
from .zh_hans import error_in_chinese, messages

CONTEXTS = (CONTEXT, "*", "Operator")
"""Tooltips and labels of operators are looked up in contexts of Blender's."""


def say(message: str, **values: Any) -> str:
    """``message`` in the user's language, with ``values`` filled in."""
    return str(bpy.app.translations.pgettext_iface(message, CONTEXT)).format(**values)


def say_error(message: str) -> str:
    """An error's sentence in the user's language where it is known, else as it is."""
    if not str(bpy.app.translations.locale or "").startswith("zh"):
        return message
    return error_in_chinese(message)


def register() -> None:
    """Tell Blender the translations."""
    chinese = {(context, english): text for english, text in messages().items() for context in CONTEXTS}
    bpy.app.translations.register(__package__, {"zh_HANS": chinese})


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(__package__)
