# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of the render device: one control for the settings ``device`` and ``use_gpu``."""

from __future__ import annotations

from ..generator.settings.schema import RunSettings, iter_settings
from .captions import choice_label
from .locale.translations import say
from .session import session

AUTOMATIC = "auto"
DEVICES = next(setting for setting in iter_settings(RunSettings) if setting.name == "device").spec.choices


def device_name(choice: str) -> str:
    """Return the name of a choice in the panel."""
    return say("Automatic (GPU if there is one)") if choice == AUTOMATIC else say(choice_label(choice))


def missing_devices() -> set[str]:
    """Return the choices that this machine has no device for, as far as the timer has looked."""
    return {choice for choice in DEVICES if session.backends.get(choice.upper()) == []}
