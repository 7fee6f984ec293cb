# SPDX-License-Identifier: GPL-3.0-or-later
"""Weather: direct and diffuse light, and consistent clouds, sky and shadows."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.domain.projection import Camera
from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.plan.atmosphere import Clouds, Sun, Weather
from solar_site_addon.generator.plan.view.sky import SkyLight, cloud_transmission, direction, plan_sky
from solar_site_addon.generator.plan.view.sun import plan_sun
from solar_site_addon.generator.plan.view.weather import plan_weather
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, with_values

SUN = Sun(200, 45, 3)
KINDS = ["clear", "hazy", "thin_cloud", "overcast", "cloud_shadows"]
HEIGHT = 96


def camera_straight_down() -> Camera:
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[2, 3] = 80.0
    return Camera(4000, 3000, 3000.0, np.array([0.0, 0.0, 80.0]), pose, 80, -90, 0, 80 / 3000)


def weather_of(kind: str, seed: int = 1, sun: Sun = SUN, **changed: float) -> Weather:
    values = {"light.weather": kind} | {f"light.{name}": value for name, value in changed.items()}
    light = draw_settings(with_values(Settings(), values), seed).light
    return plan_weather(light, sun, camera_straight_down(), ViewSeed(seed))


def sky_of(kind: str) -> SkyLight:
    return plan_sky(SUN, weather_of(kind), HEIGHT)


def upper_half(sky: SkyLight) -> tuple[np.ndarray, np.ndarray]:
    """Return the sines of the elevations (H/2, 1) and the solid angles (H/2, 1) of the map's rows above the horizon."""
    elevation = ((0.5 - (np.arange(HEIGHT // 2) + 0.5) / HEIGHT) * np.pi)[:, None]
    return np.sin(elevation), np.cos(elevation) * (np.pi / HEIGHT) ** 2


def falling_from_sky(sky: SkyLight) -> np.ndarray:
    sine, solid_angle = upper_half(sky)
    return (sky.radiance[: HEIGHT // 2] * (sine * solid_angle)[..., None]).sum(axis=(0, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_sun_and_sky_give_a_horizontal_surface_the_irradiance_pi_in_any_weather(kind: str) -> None:
    sky = sky_of(kind)
    assert falling_from_sky(sky) + sky.sun_irradiance * sky.sun_direction[2] == pytest.approx(np.full(3, np.pi))
    assert (sky.radiance >= 0).all()


def test_the_share_of_direct_light_is_largest_in_clear_air_and_zero_under_an_overcast_sky() -> None:
    share = {kind: (sky_of(kind).sun_irradiance * sky_of(kind).sun_direction[2]).mean() / np.pi for kind in KINDS}
    assert share["clear"] > share["cloud_shadows"] > share["thin_cloud"] > share["overcast"] == 0
    assert share["clear"] > 0.6


def test_an_overcast_sky_is_three_times_as_bright_overhead_as_at_the_horizon() -> None:
    sky = sky_of("overcast")
    by_row = sky.radiance[: HEIGHT // 2, :, 1].mean(axis=1)
    sine = upper_half(sky)[0][:, 0]
    overhead = by_row[sine > 0.9].mean() / ((1 + 2 * sine[sine > 0.9]) / 3).mean()
    assert by_row[sine < 0.1].mean() / overhead == pytest.approx(1 / 3, rel=0.15)


def test_thin_clouds_make_the_sky_around_the_sun_brighter_and_shadows_softer() -> None:
    clear, veiled = sky_of("clear"), sky_of("thin_cloud")
    assert falling_from_sky(veiled).mean() > 1.5 * falling_from_sky(clear).mean()
    assert veiled.sun_diameter_deg > 2 * clear.sun_diameter_deg


@pytest.mark.parametrize("cover", [0.2, 0.5, 0.8])
def test_cumulus_covers_the_share_of_the_sky_in_the_settings(cover: float) -> None:
    clouds = weather_of("cloud_shadows", cloud_cover=cover).clouds
    assert clouds is not None
    assert (clouds.thickness > 0).mean() == pytest.approx(cover, abs=0.01)
    assert clouds.thickness.min() == 0
    assert clouds.thickness.max() == 1
    assert cloud_transmission(np.array([0.0, 1.0])) == pytest.approx([1.0, 0.02], abs=0.005)


@pytest.mark.parametrize("sun", [Sun(200, 45, 3), Sun(95, 12, 3), Sun(0, 85, 3)], ids=["high", "low", "overhead"])
def test_the_edge_of_a_cloud_shadow_lies_at_the_image_center(sun: Sun) -> None:
    for seed in range(5):
        clouds = weather_of("cloud_shadows", seed, sun).clouds
        assert clouds is not None
        towards = direction(sun.azimuth_deg, sun.elevation_deg)
        above = towards[:2] / towards[2] * Clouds.HEIGHT_M  # on the line from the ground below the camera to the sun
        column, row = np.floor((above - clouds.origin) / Clouds.TILE_M * len(clouds.thickness)).astype(int) % len(
            clouds.thickness
        )
        assert 0.2 < clouds.thickness[row, column] < 0.8


def test_clouds_in_the_sky_are_where_the_cloud_layer_has_them() -> None:
    weather = weather_of("cloud_shadows")
    assert weather.clouds is not None
    clear, cloudy = plan_sky(SUN, height=HEIGHT), plan_sky(SUN, weather, HEIGHT)
    row, column = HEIGHT // 6, HEIGHT // 3
    elevation, angle = (0.5 - (row + 0.5) / HEIGHT) * np.pi, (0.5 - (column + 0.5) / (2 * HEIGHT)) * 2 * np.pi
    above = np.array([np.cos(angle), np.sin(angle)]) / np.tan(elevation) * Clouds.HEIGHT_M
    thickness = np.where(weather.clouds.thickness > -1, 0.0, 0.0)
    place = ((above - weather.clouds.origin) / Clouds.TILE_M * len(thickness)).astype(int) % len(thickness)
    # A single cloud in that direction
    rows, columns = np.arange(len(thickness))[:, None], np.arange(len(thickness))
    thickness[(np.abs(rows - place[1]) < 4) & (np.abs(columns - place[0]) < 4)] = 1.0
    alone = Weather("cloud_shadows", 0.0, np.ones(3), Clouds(thickness, weather.clouds.origin))
    difference = np.abs(plan_sky(SUN, alone, HEIGHT).radiance / clear.radiance - 1).sum(axis=-1)
    difference[difference < 0.1] = 0  # elsewhere a single cloud changes almost nothing
    reach = 6  # farther away, the layer repeats
    changed = difference[row - reach : row + reach + 1, column - reach : column + reach + 1]
    middle = [(weighed * changed).sum() / changed.sum() - reach for weighed in np.indices(changed.shape)]
    assert middle == pytest.approx([0, 0], abs=1.5)
    assert (cloudy.radiance[: HEIGHT // 2] != clear.radiance[: HEIGHT // 2]).mean() > 0.2


def test_hazy_weather_reduces_visibility_and_raises_turbidity() -> None:
    clear, hazy = weather_of("clear", visibility_km=40), weather_of("hazy", visibility_km=40)
    assert np.exp(-clear.extinction_per_m * 40_000) == pytest.approx(0.05)
    assert np.exp(-hazy.extinction_per_m * 5_000) == pytest.approx(0.05)
    light = draw_settings(with_values(Settings(), {"light.weather": "hazy", "light.turbidity": 3}), 1).light
    assert plan_sun(light).turbidity == 6


def test_weather_depends_on_the_seed() -> None:
    first, again, other = weather_of("overcast", 1), weather_of("overcast", 1), weather_of("overcast", 2)
    assert first.clouds is not None
    assert again.clouds is not None
    assert other.clouds is not None
    np.testing.assert_array_equal(first.clouds.thickness, again.clouds.thickness)
    assert np.abs(np.corrcoef(first.clouds.thickness.ravel(), other.clouds.thickness.ravel())[0, 1]) < 0.3
