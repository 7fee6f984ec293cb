# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws from the ranges and options of the settings."""

from __future__ import annotations

import zlib

import numpy as np

from ..preset import filled_up
from ..seeds import Stage
from ..settings import (
    Options,
    Range,
    Setting,
    Settings,
    differs_between_images,
    iter_settings,
    value_of,
    with_values,
)

PRESETS_SETTING = next(setting for setting in iter_settings(Settings) if setting.name == "site.presets")


def draw(rng: np.random.Generator, bounds: Range) -> float:
    """A number between ``bounds.low`` and ``bounds.high``; always takes one draw, also where both are equal."""
    return min(bounds.low + (bounds.high - bounds.low) * float(rng.random()), bounds.high)


def draw_integer(rng: np.random.Generator, bounds: Range) -> int:
    """A whole number from ``bounds.low`` to ``bounds.high``, both included."""
    return int(rng.integers(int(bounds.low), int(bounds.high) + 1))


def draw_settings(settings: Settings, seed: int) -> Settings:
    """The settings of one image: of every range and of all options that differ between images, one value is left.

    Each setting draws from a stream of its own, so that a new setting leaves the draws of the others alone. Where the
    settings name presets, one of them is drawn first, and sets what has its default value.
    """
    preset = _drawn(PRESETS_SETTING, settings.site.presets, seed)
    if isinstance(preset, str):
        settings = filled_up(settings, preset)
    return with_values(
        settings,
        {
            setting.name: _drawn(setting, value_of(settings, setting.name), seed)
            for setting in iter_settings(Settings)
            if differs_between_images(setting)
        },
    )


def _drawn(setting: Setting, value: Range | Options, seed: int) -> float | str | list[str]:
    name = zlib.crc32(setting.name.encode())
    rng = np.random.default_rng(np.random.SeedSequence([seed, int(Stage.SETTINGS), name]))
    if isinstance(value, Options):
        return value[int(rng.integers(len(value)))] if value else []
    return draw_integer(rng, value) if setting.spec.integer else draw(rng, value)
