# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of modalities: one for each file in ``sensor/modalities``."""

from __future__ import annotations

from ..domain.discovery import load_modules
from ..settings.schema import Settings
from . import modalities
from .modality import Modality

PRIMARY = "rgb"
"""The modality that uses the view's camera: annotations refer to its pixels, and every sample has it."""


def find_modalities() -> dict[str, Modality]:
    """Return all modalities by name, the primary one first."""
    found: list[Modality] = [module.MODALITY for module in load_modules(modalities).values()]
    return {modality.name: modality for modality in sorted(found, key=lambda one: (one.name != PRIMARY, one.name))}


def enabled_modalities(settings: Settings) -> list[Modality]:
    """Return the modalities that ``settings`` enable, the primary one first."""
    return [modality for modality in find_modalities().values() if modality.enabled(settings)]
