# SPDX-License-Identifier: GPL-3.0-or-later
"""Position of the sun, from location, date and time or from angles."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from ...domain.errors import SettingsError
from ...domain.messages import SettingName
from ...settings.drawn import DrawnLight
from ..atmosphere import Sun

LOWEST_ELEVATION_DEG = 3.0
"""Lowest permitted elevation of the sun. Estimate."""
MAX_TURBIDITY = 10.0
"""Highest turbidity for which the sky model is used (Preetham et al. 1999)."""
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


def plan_sun(light: DrawnLight) -> Sun:
    """Return the sun of drawn settings; raise SettingsError if it would be lower than LOWEST_ELEVATION_DEG."""
    hazy = light.weather.value == "hazy"
    turbidity = min(light.turbidity.value * (2 if hazy else 1), MAX_TURBIDITY)
    if light.source == "angles":
        return Sun(light.sun_azimuth_deg.value, light.sun_elevation_deg.value, turbidity)
    time_h = light.time_h.value
    midnight = datetime.fromisoformat(light.date).replace(tzinfo=UTC)
    try:
        utc = midnight + timedelta(hours=time_h - light.utc_offset_h)
    except OverflowError:
        raise SettingsError(
            "{setting} = {date} is not allowed: it is too close to the first or last day of the calendar.",
            setting=SettingName("light.date"),
            date=light.date,
        ) from None
    azimuth, elevation = sun_position(light.latitude_deg, light.longitude_deg, utc)
    if elevation < LOWEST_ELEVATION_DEG:
        raise SettingsError(
            "{setting} = {time:.2f} on {date} puts the sun at an elevation of {elevation:.1f}° "
            "(latitude {latitude:g}°, longitude {longitude:g}°, UTC{offset:+g} h): "
            "choose a time when the sun is at least {lowest:g}° above the horizon.",
            setting=SettingName("light.time_h"),
            time=time_h,
            date=light.date,
            elevation=elevation,
            latitude=light.latitude_deg,
            longitude=light.longitude_deg,
            offset=light.utc_offset_h,
            lowest=LOWEST_ELEVATION_DEG,
        )
    return Sun(azimuth, elevation, turbidity)


def sun_position(latitude_deg: float, longitude_deg: float, utc: datetime) -> tuple[float, float]:
    """Return azimuth (clockwise from north) and elevation of the sun's center in degrees, without refraction.

    Meeus, "Astronomical Algorithms", 2nd edition: the low-accuracy position of chapter 25, which NOAA's solar
    calculator also uses (about 0.01 degrees for 1950 to 2050), and the mean sidereal time of chapter 12.
    """
    days = (utc - _J2000) / timedelta(days=1)
    # The position refers to Terrestrial Time, now about 69 s ahead of UTC: the error is less than 0.001 degrees.
    centuries = days / 36525.0
    ecliptic_longitude, obliquity = _apparent_longitude_and_obliquity(centuries)
    declination = math.asin(math.sin(obliquity) * math.sin(ecliptic_longitude))
    right_ascension = math.atan2(math.cos(obliquity) * math.sin(ecliptic_longitude), math.cos(ecliptic_longitude))
    sidereal_deg = 280.46061837 + 360.98564736629 * days + 0.000387933 * centuries**2
    hour_angle = math.radians(sidereal_deg + longitude_deg) - right_ascension
    latitude = math.radians(latitude_deg)
    east = -math.cos(declination) * math.sin(hour_angle)
    north = math.cos(latitude) * math.sin(declination) - math.sin(latitude) * math.cos(declination) * math.cos(
        hour_angle
    )
    up = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.atan2(east, north)) % 360.0, math.degrees(math.atan2(up, math.hypot(east, north)))


def _apparent_longitude_and_obliquity(centuries: float) -> tuple[float, float]:
    """Return the sun's apparent longitude and the ecliptic's obliquity in radians (Meeus 25.2 to 25.8)."""
    mean_longitude = 280.46646 + centuries * (36000.76983 + 0.0003032 * centuries)
    anomaly = math.radians(357.52911 + centuries * (35999.05029 - 0.0001537 * centuries))
    centre = (
        (1.914602 - centuries * (0.004817 + 0.000014 * centuries)) * math.sin(anomaly)
        + (0.019993 - 0.000101 * centuries) * math.sin(2 * anomaly)
        + 0.000289 * math.sin(3 * anomaly)
    )
    node = math.radians(125.04 - 1934.136 * centuries)
    longitude = mean_longitude + centre - 0.00569 - 0.00478 * math.sin(node)
    obliquity = 23.439291 - centuries * (0.0130042 + 1.64e-7 * centuries) + 0.00256 * math.cos(node)
    return math.radians(longitude), math.radians(obliquity)
