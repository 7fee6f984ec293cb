# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampling of the ranges and options in the settings."""

from __future__ import annotations

import numpy as np

from ..domain.random_streams import Seed, ViewSeed, pick, stream
from .drawn import DrawnSettings, as_drawn
from .preset import with_look_defaults, with_preset_defaults
from .schema import VIEW_GROUPS, ArraySettings, Settings, differs_between_images, iter_settings, value_of, with_values
from .types import Options, Range, Setting

PRESETS_SETTING, LOOKS_SETTING = (
    next(setting for setting in iter_settings(Settings) if setting.name == name)
    for name in ("site.presets", "effects.looks")
)

EXTENSION_SETTINGS = ("module.kind", "module.frame", "array.table_type", "array.posts")
"""Settings in which a later extension of a plant may differ from its first part."""


def draw(rng: np.random.Generator, bounds: Range) -> float:
    """Return a number between ``bounds.low`` and ``bounds.high``; it takes one draw even if both are equal."""
    return min(bounds.low + (bounds.high - bounds.low) * float(rng.random()), bounds.high)


def draw_integer(rng: np.random.Generator, bounds: Range) -> int:
    """Return an integer from ``bounds.low`` to ``bounds.high``, both included."""
    return int(rng.integers(int(bounds.low), int(bounds.high) + 1))


def draw_settings(settings: Settings, seed: int, view: int = 0) -> DrawnSettings:
    """Return the settings of one view of a site, with a single value for each range and set of options.

    Settings that vary within an image keep their range. Each setting has its own random stream, so a new setting does
    not change the draws of others; settings in VIEW_GROUPS use a stream of the view, all others one of the site. If the
    settings name presets, one is drawn first, for the site, and replaces default values; then one of the looks of
    cameras, for the view.
    """
    settings = _with_look(_with_preset(settings, seed), ViewSeed(seed, view))
    drawn = {
        setting.name: _drawn(setting, settings, _seed_of(setting, seed, view))
        for setting in iter_settings(Settings)
        if differs_between_images(setting)
    }
    return as_drawn(with_values(settings, drawn))


def draw_extension(settings: Settings, seed: int) -> DrawnSettings:
    """Return the settings of a later extension of the plant, with EXTENSION_SETTINGS drawn again.

    Its module type differs from that of the first part if ``settings`` name several.
    """
    first = draw_settings(settings, seed)
    settings = _with_preset(settings, seed)
    values: dict[str, str] = {}
    for name in EXTENSION_SETTINGS:
        options = value_of(settings, name)
        if name == "module.kind" and len(options) > 1:
            options = [option for option in options if option != first.module.kind.value]
        values[name] = pick(seed, f"extension/{name}", dict.fromkeys(options, 1.0))
    return as_drawn(with_values(first, values))


def _with_preset(settings: Settings, seed: int) -> Settings:
    """Return ``settings`` with one of the presets that they name in place of default values, if they name any."""
    preset = _drawn(PRESETS_SETTING, settings, seed)
    return with_preset_defaults(settings, preset) if isinstance(preset, str) else settings


def _with_look(settings: Settings, seed: ViewSeed) -> Settings:
    """Return ``settings`` with one of the looks that they name in place of default values, if they name any."""
    look = _drawn(LOOKS_SETTING, settings, seed)
    return with_look_defaults(settings, look) if isinstance(look, str) else settings


def _seed_of(setting: Setting, seed: int, view: int) -> Seed:
    return ViewSeed(seed, view) if setting.name.partition(".")[0] in VIEW_GROUPS else seed


def _drawn(setting: Setting, settings: Settings, seed: Seed) -> float | str | list[str]:
    name, value = f"settings/{setting.name}", value_of(settings, setting.name)
    if isinstance(value, Options):
        return pick(seed, name, _weights(setting, value, settings.array)) if value else []
    rng = stream(seed, name)
    return draw_integer(rng, value) if setting.spec.integer else draw(rng, value)


def _weights(setting: Setting, options: Options, array: ArraySettings) -> dict[str, float]:
    """Return the weight of each option: all are equal unless one kind of pile is the main one."""
    main = array.main_piles
    if setting.name != "array.piles" or main not in options or len(options) == 1:
        return dict.fromkeys(options, 1.0)
    share = array.main_piles_share
    return {kind: share if kind == main else (1.0 - share) / (len(options) - 1) for kind in options}
