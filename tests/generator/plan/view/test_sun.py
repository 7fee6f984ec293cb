# SPDX-License-Identifier: GPL-3.0-or-later
"""The position of the sun matches pvlib."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.view.sun import plan_sun, sun_position
from solar_site_addon.generator.settings.schema import LightSettings
from solar_site_addon.generator.settings.types import Range

RNG_SEED = 5


def test_positions_agree_with_pvlib_for_many_locations_and_dates() -> None:
    pd = pytest.importorskip("pandas")
    solarposition = pytest.importorskip("pvlib.solarposition")
    rng = np.random.default_rng(RNG_SEED)
    for _ in range(15):
        latitude, longitude = rng.uniform(-66, 66), rng.uniform(-180, 180)
        start = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(days=float(rng.uniform(0, 365.25 * 50)))
        times = [start + timedelta(hours=float(hours)) for hours in rng.uniform(0, 24, 20)]
        expected = solarposition.get_solarposition(pd.DatetimeIndex(times), latitude, longitude)
        for time, azimuth, elevation in zip(times, expected["azimuth"], expected["elevation"], strict=True):
            ours = sun_position(latitude, longitude, time)
            assert ours[1] == pytest.approx(elevation, abs=0.05)
            apart = (ours[0] - azimuth + 180) % 360 - 180
            assert abs(apart) * np.cos(np.radians(elevation)) < 0.05


def test_given_angles_are_used_unchanged() -> None:
    light = LightSettings(
        source="angles", sun_azimuth_deg=Range(123, 123), sun_elevation_deg=Range(45, 45), turbidity=Range(3, 3)
    )
    sun = plan_sun(light)
    assert (sun.azimuth_deg, sun.elevation_deg, sun.turbidity) == (123, 45, 3)


def test_at_local_noon_in_the_northern_hemisphere_the_sun_is_in_the_south() -> None:
    light = LightSettings(
        latitude_deg=45,
        longitude_deg=0,
        utc_offset_h=0,
        date="2025-03-20",
        time_h=Range(12.12, 12.12),
        turbidity=Range(3, 3),
    )
    sun = plan_sun(light)
    assert sun.azimuth_deg == pytest.approx(180, abs=0.5)
    assert sun.elevation_deg == pytest.approx(45, abs=0.5)


@pytest.mark.parametrize("date", ["2025-09-15", "0001-01-01"])
def test_a_sun_below_the_horizon_is_refused_in_one_sentence(date: str) -> None:
    with pytest.raises(SettingsError, match=r"^light\.\w+ = .*\.$") as error:
        plan_sun(LightSettings(date=date, time_h=Range(2, 2), turbidity=Range(3, 3)))
    assert "\n" not in str(error.value)
