# SPDX-License-Identifier: GPL-3.0-or-later
"""Render quality: samples and noise threshold unless the user sets them."""

from __future__ import annotations

from solar_site_addon.generator.settings.schema import QUALITIES, RenderSettings, Settings, with_values


def test_the_quality_sets_samples_and_threshold() -> None:
    for name, quality in QUALITIES.items():
        assert with_values(Settings(), {"render.quality": name}).render.sampling == quality


def test_values_of_the_user_override_the_quality() -> None:
    draft = with_values(Settings(), {"render.quality": "draft", "render.max_samples": 300}).render.sampling
    assert draft.max_samples == 300
    assert draft.noise_threshold == QUALITIES["draft"].noise_threshold
    assert RenderSettings(noise_threshold=0.02).sampling == (QUALITIES["training"].max_samples, 0.02)


def test_better_qualities_take_more_samples_and_stop_at_less_noise() -> None:
    draft, training, final = (QUALITIES[name] for name in ("draft", "training", "final"))
    assert draft.max_samples < training.max_samples < final.max_samples
    assert draft.noise_threshold > training.noise_threshold > final.noise_threshold
