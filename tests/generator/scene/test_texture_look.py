# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures on the ground keep their colors and contrast and do not show that they repeat."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.geometry.ground_textures import Maps, ground_pixels
from solar_site_addon.generator.plan.numerics.spectral_noise import tileable_noises
from solar_site_addon.generator.scene.array_shading import ArrayShading
from solar_site_addon.generator.scene.texture_look import GroundTexture, TextureLook, TextureShading

SIDE, SIZE_M = 64, 2.0
RNG = np.random.default_rng(5)


def texture(colour: np.ndarray, **maps: np.ndarray) -> GroundTexture:
    return GroundTexture("test", ground_pixels(Maps(colour.astype(np.float32), **maps)), SIZE_M)


def speckled() -> np.ndarray:
    noise = tileable_noises(SIDE, 1 / 4, 1.5, RNG)[0]
    return np.repeat(np.clip(0.25 + 0.06 * noise, 0.01, 0.6)[..., None], 3, axis=-1)


def shading(places: np.ndarray, spacing_m: float, *textures: GroundTexture, seen: float = 1.0) -> TextureShading:
    """Return the shading at points (2, N), on ground that is ``seen`` in equal parts as each texture."""
    points = np.concatenate([places, np.zeros((1, places.shape[1]))]).astype(np.float32)
    graph = ArrayShading({}, points, np.full(1, spacing_m, dtype=np.float32))
    look = TextureLook({f"kind {number}": each for number, each in enumerate(textures)}, 1.0)
    share = np.full(places.shape[1], seen / len(textures), dtype=np.float32)
    return TextureShading(graph, look, dict.fromkeys(look.by_kind, share))


def grid(size_m: float, step_m: float, start_m: float = 0.0) -> tuple[np.ndarray, int]:
    along = start_m + np.arange(round(size_m / step_m)) * step_m
    x, y = np.meshgrid(along, along)
    return np.stack([x.ravel(), y.ravel()]), len(along)


def test_mean_and_contrast_are_those_of_the_texture():
    colour = speckled()
    places, _ = grid(40.0, 0.11)
    found = shading(places, 0.0, texture(colour)).colour("kind 0")
    assert found.dtype == np.float32
    assert found[0].mean() == pytest.approx(colour.mean(), rel=0.02)
    assert found[0].std() == pytest.approx(colour[..., 0].std(), rel=0.12)


def test_nothing_repeats_at_the_size_of_the_texture():
    step = SIZE_M / 32
    places, side = grid(24.0, step)
    found = shading(places, 0.0, texture(speckled())).colour("kind 0")[0].reshape(side, side)
    found = found - found.mean()
    for axis in (0, 1):
        for tiles in (1, 2, 3):
            shifted = np.roll(found, -32 * tiles, axis)[: side - 32 * 3, : side - 32 * 3]
            here = found[: side - 32 * 3, : side - 32 * 3]
            assert abs(np.corrcoef(here.ravel(), shifted.ravel())[0, 1]) < 0.15
    # Without random copies, it would be 1.
    assert np.corrcoef(found[:, 1:].ravel(), found[:, :-1].ravel())[0, 1] > 0.3


def test_copies_pass_into_one_another_without_seams():
    wave = 0.3 + 0.2 * np.sin(2 * np.pi * np.arange(SIDE) / SIDE)
    colour = np.repeat(np.broadcast_to(wave[:, None], (SIDE, SIDE))[..., None], 3, axis=-1)

    def steepest(step_m: float) -> float:
        along = np.arange(0, 40.0, step_m)
        found = shading(np.stack([along, 0.37 * along]), 0.0, texture(colour)).colour("kind 0")[0]
        return float(np.abs(np.diff(found)).max() / step_m)

    # At a seam, half the step would double the slope.
    assert steepest(0.0005) < 1.1 * steepest(0.002)


def test_from_afar_only_the_mean_color_remains():
    colour = speckled()
    places, _ = grid(200.0, 2.1, start_m=-100.0)
    found = shading(places, 4.0, texture(colour)).colour("kind 0")
    assert found.std() < 0.02
    assert found.mean() == pytest.approx(colour.mean(), rel=0.02)


def test_relief_roughness_and_lost_slopes_follow_the_maps():
    heights = tileable_noises(SIDE, 1 / 3, 2.0, RNG)[0]
    proportions = ((heights - heights.min()) / np.ptp(heights)).astype(np.float32)
    rough = np.full((SIDE, SIDE), 0.4, dtype=np.float32)
    bumpy = texture(speckled(), height=proportions, roughness=rough)
    places, _ = grid(30.0, 0.13)
    near, far = shading(places, 0.0, bumpy), shading(places, 1.0, bumpy)
    assert near.relief_m.std() == pytest.approx(proportions.std() * bumpy.pixels.depth * SIZE_M, rel=0.1)
    assert far.relief_m.std() < 0.3 * near.relief_m.std()
    assert near.lost_slope_variance.max() == 0
    assert far.lost_slope_variance.min() > 0
    np.testing.assert_allclose(near.roughness, 0.4, atol=0.01)
    np.testing.assert_allclose(near.relief_share, 1.0)


def test_a_texture_without_relief_and_roughness_leaves_them_as_they_are():
    places, _ = grid(5.0, 0.5)
    flat = shading(places, 0.0, texture(speckled()))
    assert np.all(flat.relief_m == 0)
    assert np.all(flat.relief_share == 0)
    assert np.all(flat.roughness == np.float32(0.95))


def test_kinds_share_the_ground():
    rough = [np.full((SIDE, SIDE), value, dtype=np.float32) for value in (0.3, 0.5)]
    places, _ = grid(5.0, 0.5)
    both = shading(places, 0.0, *(texture(speckled(), roughness=value) for value in rough))
    np.testing.assert_allclose(both.roughness, 0.4, atol=0.01)
