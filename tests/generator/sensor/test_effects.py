# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare each camera effect with OpenCV or a textbook computation; strength 0 changes nothing."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from solar_site_addon.generator.domain.pixel_filter import AREA, NATIVE
from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.sensor import effects as steps
from solar_site_addon.generator.sensor.modalities.rgb import (
    automatic_gain,
    develop,
    noise_strength,
    pixel_filter,
    take_image,
)
from solar_site_addon.generator.settings.schema import EffectsSettings, Settings
from solar_site_addon.generator.settings.types import Options, Range

HEIGHT, WIDTH = 300, 400
OFF = EffectsSettings(
    **{field.name: Range(0, 0) for field in dataclasses.fields(EffectsSettings) if isinstance(field.default, Range)}
)


def with_effects(resampling: str = "none", **strengths: float) -> EffectsSettings:
    values = {name: Range(value, value) for name, value in strengths.items()}
    return dataclasses.replace(OFF, resampling=Options((resampling,)), **values)


@pytest.fixture
def light() -> np.ndarray:
    """Return linear light with edges, fine texture, shadows and glints."""
    rng = np.random.default_rng(3)
    base = rng.gamma(2.0, 0.09, (HEIGHT, WIDTH, 3)).astype(np.float32)
    base[60:200, 50:120] *= 0.2
    base[100:103, 200:300] = 8.0
    return base


def flat(value: float) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), value, dtype=np.float32)


def test_without_effects_light_is_only_exposed_and_developed(light):
    expected = develop(light * automatic_gain(light))
    np.testing.assert_array_equal(take_image(light.copy(), OFF, ViewSeed(1)), expected)


@pytest.mark.parametrize(
    "strengths",
    [
        {"exposure_error_ev": 0.4},
        {"warmth": 0.1},
        {"tint": 0.05},
        {"vignetting": 0.3},
        {"blur_px": 0.8},
        {"motion_px": 2.0},
        {"chromatic_aberration_px": 1.0},
        {"noise": 0.05},
        {"contrast": 0.3},
        {"saturation": 0.2},
        {"sharpening": 1.0, "sharpening_radius_px": 0.8},
        {"levels": 0.8},
        {"local_contrast": 0.3},
    ],
    ids=lambda strengths: next(iter(strengths)),
)
def test_each_effect_changes_the_image_reproducibly(light, strengths):
    plain = take_image(light.copy(), OFF, ViewSeed(1))
    first, again = (take_image(light.copy(), with_effects(**strengths), ViewSeed(1)) for _ in range(2))
    assert (first != plain).mean() > 0.1
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("deviation", [0.3, 0.7, 2.5])
def test_blur_agrees_with_opencv(light, deviation):
    blurred = light.copy()
    steps.apply_lens(blurred, with_effects(blur_px=deviation))
    side = 2 * int(np.ceil(3 * deviation)) + 1
    expected = cv2.GaussianBlur(light, (side, side), deviation, borderType=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(blurred, expected, atol=2e-5)


@pytest.mark.parametrize("direction", [0.0, 45.0, 90.0, 160.0])
def test_motion_blurs_a_point_into_a_line_of_the_given_length(direction):
    point = np.zeros((41, 41), dtype=np.float32)
    point[20, 20] = 1
    line = steps.filter_plane(point, steps.motion(8.0, direction))
    np.testing.assert_allclose(line, cv2.filter2D(point, -1, steps.motion(8.0, direction)), atol=1e-6)
    rows, columns = np.mgrid[:41, :41]
    x, y = columns - 20.0, 20.0 - rows
    along = x * np.cos(np.radians(direction)) + y * np.sin(np.radians(direction))
    across = -x * np.sin(np.radians(direction)) + y * np.cos(np.radians(direction))
    assert line.sum() == pytest.approx(1, abs=1e-6)
    assert (line * along).sum() == pytest.approx(0, abs=1e-5)
    assert (line * along**2).sum() == pytest.approx(8**2 / 12, rel=0.15)
    assert (line * across**2).sum() < 0.3


def test_vignetting_has_its_full_strength_in_the_corners_and_none_in_the_center():
    light = flat(1.0)
    steps.darken_corners(light, 0.3)
    assert light[0, 0, 0] == pytest.approx(0.7, abs=0.005)
    assert light[HEIGHT // 2, WIDTH // 2, 1] == pytest.approx(1.0, abs=1e-4)
    # The squared distance is half of the corner's at 1 / sqrt(2) of the corner's distance.
    row, column = HEIGHT / 2 * (1 - 2**-0.5), WIDTH / 2 * (1 - 2**-0.5)
    assert light[round(row), round(column), 2] == pytest.approx(0.85, abs=0.005)


def test_chromatic_aberration_magnifies_red_and_shrinks_blue():
    ramp = np.broadcast_to(np.arange(WIDTH, dtype=np.float32), (HEIGHT, WIDTH))
    light = np.repeat(ramp[..., None], 3, axis=2).copy()
    steps.apply_lens(light, with_effects(chromatic_aberration_px=2.0))
    middle = (WIDTH - 1) / 2
    factor = 1 + 2.0 / (np.hypot(HEIGHT, WIDTH) / 2)
    inside = np.arange(10, WIDTH - 10)
    np.testing.assert_array_equal(light[..., 1], ramp)
    np.testing.assert_allclose(light[150, inside, 0], middle + (inside - middle) / factor, atol=1e-3)
    np.testing.assert_allclose(light[150, inside, 2], middle + (inside - middle) / (2 - factor), atol=1e-3)


def test_magnification_agrees_with_opencv(light):
    plane = np.ascontiguousarray(light[..., 0])
    factor = 1.004
    middle = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    matrix = np.column_stack([np.eye(2) * factor, middle * (1 - factor)])
    expected = cv2.warpAffine(plane, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    inside = np.s_[5:-5, 5:-5]
    # OpenCV interpolates in steps of 1/32 pixel.
    assert np.abs(steps.magnify(plane, factor)[inside] - expected[inside]).mean() < 0.03 * plane.std()


@pytest.mark.parametrize("value", [0.02, 0.18, 0.7])
def test_noise_agrees_with_counted_electrons(value):
    noisy = flat(value)
    steps.add_noise(noisy, 0.05, ViewSeed(7))
    noise = noisy - value
    electrons = (1 / 0.05) ** 2 * value / 0.18  # N electrons have a relative noise of 1 / sqrt(N)
    shot = np.random.default_rng(1).poisson(electrons, noise[..., 1].size).std() / electrons * value
    read = 0.1 * 0.05 * 0.18
    assert noise[..., 1].std() == pytest.approx(np.hypot(shot, read), rel=0.02)
    assert noise[..., 0].std() > noise[..., 2].std() > noise[..., 1].std()
    assert abs(noise.mean()) < 4 * noise.std() / np.sqrt(noise.size)


def test_noise_depends_on_the_seed():
    first, again, other = flat(0.2), flat(0.2), flat(0.2)
    for light, seed in ((first, 1), (again, 1), (other, 2)):
        steps.add_noise(light, 0.05, ViewSeed(seed))
    np.testing.assert_array_equal(first, again)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.01


def test_exposure_errors_are_in_stops():
    light = flat(0.1)
    brighter = take_image(light.copy(), with_effects(exposure_error_ev=1.0), ViewSeed(1))
    np.testing.assert_array_equal(brighter, develop(light * (2 * automatic_gain(light))))


def test_a_warm_image_is_redder_and_a_tinted_one_less_green():
    red, green, blue = steps.exposure_factors(with_effects(warmth=0.1))
    assert red > green > blue
    assert red * blue == pytest.approx(green**2)
    red, green, blue = steps.exposure_factors(with_effects(tint=0.1))
    assert red == blue > green


@pytest.mark.parametrize("contrast", [-1.0, -0.4, 0.5, 1.0])
def test_contrast_keeps_black_mid_gray_white_and_the_order_of_tones(contrast):
    tones = np.linspace(0, 1, 256, dtype=np.float32)
    bent = steps.bend_tones(tones, contrast)
    np.testing.assert_allclose(np.interp([0.0, 0.5, 1.0], tones, bent), [0.0, 0.5, 1.0], atol=1e-5)
    assert (np.diff(bent) > -1e-6).all()
    quarter, three_quarters = np.interp([0.25, 0.75], tones, bent)
    assert np.sign(three_quarters - quarter - 0.5) == np.sign(contrast)
    if contrast == 1:
        np.testing.assert_allclose(bent, 3 * tones**2 - 2 * tones**3, atol=1e-6)


def test_saturation_scales_chroma_and_keeps_brightness():
    colours = np.random.default_rng(2).uniform(0.3, 0.7, (20, 30, 3)).astype(np.float32)
    before, after = (cv2.cvtColor(each, cv2.COLOR_RGB2YCrCb) for each in (colours, steps.saturate(colours, 0.25)))
    np.testing.assert_allclose(after[..., 0], before[..., 0], atol=1e-5)
    np.testing.assert_allclose(after[..., 1:] - 0.5, 1.25 * (before[..., 1:] - 0.5), atol=2e-3)
    grey = steps.saturate(colours, -1.0)
    np.testing.assert_allclose(grey, np.repeat(grey[..., :1], 3, axis=-1), atol=1e-6)


def test_sharpening_agrees_with_an_unsharp_mask_by_opencv():
    rng = np.random.default_rng(5)
    image = cv2.GaussianBlur(rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8), (5, 5), 1.2)
    luma = image.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    blurred = cv2.GaussianBlur(luma, (7, 7), 0.8, borderType=cv2.BORDER_REPLICATE)
    expected = np.clip(image + 0.7 * (luma - blurred)[..., None], 0, 255)
    assert np.abs(steps.sharpen(image, 0.7, 0.8) - expected).max() <= 0.51


def test_results_do_not_depend_on_the_size_of_blocks(light, monkeypatch):
    everything = with_effects(
        vignetting=0.2,
        blur_px=0.6,
        motion_px=1.5,
        chromatic_aberration_px=0.8,
        noise=0.03,
        sharpening=0.6,
        sharpening_radius_px=0.9,
        levels=0.7,
        local_contrast=0.3,
        warmth=0.05,
        contrast=0.4,
        saturation=0.2,
    )
    expected = take_image(light.copy(), everything, ViewSeed(4))
    monkeypatch.setattr(steps, "ROWS_AT_A_TIME", 37)
    np.testing.assert_array_equal(take_image(light.copy(), everything, ViewSeed(4)), expected)


def test_a_reduced_image_has_the_blur_and_noise_of_the_sensor_in_smaller_pixels(light):
    effects = {"blur_px": 2.0, "reduction": 4.0, "noise": 0.02}
    reduced, native = light.copy(), light.copy()
    steps.apply_lens(reduced, with_effects(resampling="area", **effects))
    steps.apply_lens(native, with_effects(blur_px=0.5))
    np.testing.assert_array_equal(reduced, native)
    assert noise_strength(with_effects(resampling="area", **effects)) == pytest.approx(0.005)
    assert noise_strength(with_effects(resampling="lanczos", **effects)) == pytest.approx(0.005)
    assert noise_strength(with_effects(resampling="nearest", **effects)) == 0.02
    assert noise_strength(with_effects(**effects)) == 0.02


def test_the_nearest_pixel_is_a_small_one_and_the_mean_is_that_of_a_square():
    def filter_of(resampling: str):
        return pixel_filter(dataclasses.replace(Settings(), effects=with_effects(resampling=resampling, reduction=5.0)))

    assert filter_of("none") == NATIVE
    assert filter_of("area") == filter_of("lanczos") == AREA
    nearest = filter_of("nearest")
    assert nearest.width_px == pytest.approx(NATIVE.width_px / 5)
    assert nearest.detail_px == pytest.approx(0.2)


def test_colors_are_interpolated_unless_the_image_is_reduced(light):
    def taken(demosaicing: str, resampling: str):
        chosen = with_effects(resampling=resampling, reduction=3.0)
        return take_image(
            light.copy(), dataclasses.replace(chosen, demosaicing=Options((demosaicing,))), ViewSeed(1)
        ).astype(int)

    assert np.abs(taken("malvar", "none") - taken("none", "none")).mean() > 5
    np.testing.assert_array_equal(taken("malvar", "area"), taken("none", "area"))


def test_lanczos_is_crisper_than_the_mean(light):
    area, lanczos = (
        take_image(light.copy(), with_effects(resampling=way, reduction=3.0), ViewSeed(1))
        for way in ("area", "lanczos")
    )
    assert np.diff(lanczos.astype(float), axis=1).std() > 1.1 * np.diff(area.astype(float), axis=1).std()
