# SPDX-License-Identifier: GPL-3.0-or-later
"""Light of the sun and the sky.

Blender's own sky texture changed its brightness between versions; a radiance map computed here does not.
Formulas: A. J. Preetham, P. Shirley, B. Smits, "A Practical Analytic Model for Daylight", SIGGRAPH 1999
(sky luminance and chromaticity, appendix A.2; attenuation of direct sunlight, appendix A.1).

Brightness is scaled as an incident light meter does: a white, matte, horizontal surface in the open has the radiance 1
in each color channel, so its irradiance is pi. That is what a drone's automatic exposure and white balance aim at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats
from ..atmosphere import CLEAR, Clouds, Sun, Weather

MAP_HEIGHT = 256
"""Rows of the radiance map."""
SUN_DEG = 0.53
"""Mean apparent diameter of the sun."""
VEILED_SUN_DEG = 2.5
"""Apparent diameter of the sun behind cirrus. Estimate."""
HORIZON_DEG = 6.0
"""Elevation up to which the sky counts as the horizon."""
LOWEST_CLOUD_SINE = 0.07
"""Sine of the elevation below which clouds are no longer foreshortened toward the horizon. Estimate."""
CUMULUS_DEPTH = 4.0
"""Optical depth of the thickest cumulus: a fiftieth of the sun's light is transmitted. Estimate."""
CLOUD_COLOUR = np.array([0.98, 1.0, 1.03])
"""Color of clouds relative to their mean brightness. Estimate."""
VEIL_TRANSMISSION = 0.55
"""Share of the direct sunlight that cirrus transmits. Estimate."""
VEIL_EVEN, VEIL_AROUND_SUN, VEIL_WIDTH_DEG = 0.35, 3.0, 9.0
"""Light that cirrus scatters, relative to the light that it removes from the sun: evenly over the sky, and around the
sun, with the width of that glow. Estimates."""
GROUND_REFLECTANCE = 0.18
"""Reflectance of the land beyond the modeled terrain, the lower half of the map: photographic mid-gray."""
EYE_M = 150.0
"""Height above that land from which it is seen, m. Estimate."""
EXTRATERRESTRIAL_KLUX = 128.0
"""Illuminance of sunlight outside the atmosphere, klux: the solar illuminance constant."""
XYZ_TO_SRGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
"""Matrix from CIE XYZ to linear sRGB (IEC 61966-2-1)."""
PEREZ_LUMINANCE = np.array(
    [[0.1787, -1.4630], [-0.3554, 0.4275], [-0.0227, 5.3251], [0.1206, -2.5771], [-0.0670, 0.3703]]
)
"""Coefficients A to E of Perez's distribution for the luminance Y (rows), each as slope and offset over the turbidity;
below, the same for the chromaticities x and y."""
PEREZ_X = np.array([[-0.0193, -0.2592], [-0.0665, 0.0008], [-0.0004, 0.2125], [-0.0641, -0.8989], [-0.0033, 0.0452]])
PEREZ_Y = np.array([[-0.0167, -0.2608], [-0.0950, 0.0092], [-0.0079, 0.2102], [-0.0441, -1.6537], [-0.0109, 0.0529]])
ZENITH_X = np.array(
    [
        [0.00166, -0.00375, 0.00209, 0.0],
        [-0.02903, 0.06377, -0.03202, 0.00394],
        [0.11693, -0.21196, 0.06052, 0.25886],
    ]
)
"""Coefficients of the zenith's chromaticity x: powers 2 to 0 of the turbidity (rows) by powers 3 to 0 of the sun's
zenith angle (columns); below, the same for y."""
ZENITH_Y = np.array(
    [
        [0.00275, -0.00610, 0.00317, 0.0],
        [-0.04214, 0.08970, -0.04153, 0.00516],
        [0.15346, -0.26756, 0.06670, 0.26688],
    ]
)


@dataclass(frozen=True)
class SkyLight:
    """Light on the site, in units in which a white horizontal surface in the open has the radiance 1."""

    radiance: Floats
    """(H, 2 H, 3) equirectangular map, linear sRGB: rows from the zenith down, columns from west to north, east and
    south."""
    sun_irradiance: Floats
    """(3,) irradiance by direct sunlight of a surface that faces the sun, linear sRGB."""
    sun_direction: Floats
    """(3,) unit vector from the site to the sun."""
    sun_diameter_deg: float
    """Apparent diameter of the sun: the larger it is, the softer are the shadows."""
    horizon: Floats
    """(3,) median radiance of the sky just above the horizon."""


def direction(azimuth_deg: float, elevation_deg: float) -> Floats:
    """Return the unit vector (3,) of an azimuth (clockwise from north) and an elevation; x east, y north, z up."""
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    return np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])


def plan_sky(sun: Sun, weather: Weather = CLEAR, height: int = MAP_HEIGHT) -> SkyLight:
    """Return the direct sunlight and the sky as a radiance map of ``height`` x ``2 height`` pixels."""
    towards_sun = direction(sun.azimuth_deg, sun.elevation_deg)
    directions, solid_angle = _map_directions(height)
    up = directions[..., 2]
    mirrored = np.where(up[..., None] >= 0, directions, directions * [1, 1, -1])
    sky = _sky_radiance(mirrored, towards_sun, sun.turbidity)
    direct = _sunlight(sun.elevation_deg, sun.turbidity)
    falling = np.where(up > 0, up, 0.0)[..., None] * solid_angle[..., None]
    if weather.clouds is not None:
        thickness = _thickness_towards(mirrored, weather.clouds)
        if weather.kind == "cloud_shadows":
            falls = (sky * falling).sum(axis=(0, 1)) + direct * towards_sun[2]
            sky = _before_cumulus(sky, float(falls.mean()), thickness, mirrored, towards_sun)
        elif weather.kind == "thin_cloud":
            sky = _behind_veil(sky, float(direct.mean()), thickness, mirrored, towards_sun)
            direct = direct * VEIL_TRANSMISSION
        else:
            sky, direct = _overcast(thickness, up=mirrored[..., 2]), np.zeros(3)
    horizontal = (sky * falling).sum(axis=(0, 1)) + direct * towards_sun[2]
    scale = np.pi / horizontal
    sky = sky * scale
    at_horizon = (up > 0) & (up < np.sin(np.radians(HORIZON_DEG)))
    return SkyLight(
        radiance=np.where(up[..., None] >= 0, sky, _far_land(up, weather)),
        sun_irradiance=direct * scale,
        sun_direction=towards_sun,
        sun_diameter_deg=VEILED_SUN_DEG if weather.kind == "thin_cloud" else SUN_DEG,
        horizon=np.median(sky[at_horizon], axis=0),
    )


def _far_land(up: Floats, weather: Weather) -> Floats:
    """Return the radiance (..., 3) of the land beyond the terrain in downward directions, paler toward the horizon."""
    distance = EYE_M / np.maximum(-up, 1e-3)
    arriving = np.exp(-weather.extinction_per_m * distance)[..., None]
    return GROUND_REFLECTANCE * arriving + weather.airlight * (1 - arriving)


def _thickness_towards(directions: Floats, clouds: Clouds) -> Floats:
    """Return the thickness (...) of the cloud layer in upward directions (..., 3), seen from the center of the site."""
    place = directions[..., :2] / np.maximum(directions[..., 2:], LOWEST_CLOUD_SINE) * clouds.HEIGHT_M
    pixels = len(clouds.thickness)
    column, row = np.moveaxis((place - clouds.origin) / clouds.TILE_M * pixels - 0.5, -1, 0)
    left, below = np.floor(column).astype(np.intp), np.floor(row).astype(np.intp)
    across, up = column - left, row - below
    left, right, below, above = left % pixels, (left + 1) % pixels, below % pixels, (below + 1) % pixels
    lower = clouds.thickness[below, left] * (1 - across) + clouds.thickness[below, right] * across
    upper = clouds.thickness[above, left] * (1 - across) + clouds.thickness[above, right] * across
    result: Floats = lower * (1 - up) + upper * up
    return result


def cloud_transmission(thickness: Floats) -> Floats:
    """Return the share of direct sunlight that cumulus of this thickness transmits (Beer-Lambert law)."""
    result: Floats = np.exp(-CUMULUS_DEPTH * thickness)
    return result


def _before_cumulus(sky: Floats, falling: float, thickness: Floats, directions: Floats, towards_sun: Floats) -> Floats:
    """Return a clear sky (..., 3) with white clouds in front of it; ``falling`` is the light on a horizontal surface.

    A cloud transmits a share of the light that falls on it, less where it is thick, and is brighter near the sun.
    Estimate.
    """
    cover = (1 - cloud_transmission(thickness))[..., None]
    towards = np.clip((directions * towards_sun).sum(axis=-1), 0, 1)[..., None]
    white = falling / np.pi * CLOUD_COLOUR
    cloud = white * (0.95 - 0.5 * thickness[..., None]) * (0.8 + 0.6 * towards**8)
    # Toward the horizon, clouds fade into the air like all distant objects.
    near = np.clip(directions[..., 2:] / 0.25, 0, 1)
    return sky + (cloud - sky) * cover * near


def _behind_veil(sky: Floats, direct: float, thickness: Floats, directions: Floats, towards_sun: Floats) -> Floats:
    """Return a clear sky (..., 3) behind cirrus, which scatters part of the ``direct`` sunlight. Estimate."""
    angle = np.arccos(np.clip((directions * towards_sun).sum(axis=-1), -1, 1))
    streaks = 1 + 0.35 * np.tanh(thickness)
    veil = (VEIL_EVEN + VEIL_AROUND_SUN * np.exp(-angle / np.radians(VEIL_WIDTH_DEG))) * streaks
    return 0.75 * sky + veil[..., None] * direct * (1 - VEIL_TRANSMISSION) / np.pi


def _overcast(thickness: Floats, up: Floats) -> Floats:
    """Return the overcast sky (..., 3) of the International Commission on Illumination (CIE S 003), unscaled.

    It is a third as bright at the horizon as overhead; the structure of the clouds is added to it.
    """
    gradation = (1 + 2 * up) / 3 * (1 - 0.18 * np.tanh(thickness))
    return gradation[..., None] * CLOUD_COLOUR


def _map_directions(height: int) -> tuple[Floats, Floats]:
    """Return the directions (H, 2H, 3) and solid angles (H, 2H) of the pixels of Blender's equirectangular maps."""
    elevation = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    # Blender: u = 0.5 - atan2(y, x) / 2 pi, so the angle decreases from +pi along a row: west, north, east, south.
    angle = (0.5 - (np.arange(2 * height) + 0.5) / (2 * height)) * 2 * np.pi
    elevation, angle = np.meshgrid(elevation, angle, indexing="ij")
    directions = np.stack(
        [np.cos(elevation) * np.cos(angle), np.cos(elevation) * np.sin(angle), np.sin(elevation)], axis=-1
    )
    return directions, np.cos(elevation) * (np.pi / height) ** 2


def _sky_radiance(directions: Floats, towards_sun: Floats, turbidity: float) -> Floats:
    """Return the linear sRGB radiance (..., 3) of the clear sky in the given upward directions, kcd/m2."""
    sun_zenith = float(np.arccos(np.clip(towards_sun[2], -1, 1)))
    zenith_angle = np.arccos(np.clip(directions[..., 2], 0.0, 1))
    sun_angle = np.arccos(np.clip(directions @ towards_sun, -1, 1))

    def over_the_sky(coefficients: Floats) -> Floats:
        return _perez(coefficients @ [turbidity, 1.0], zenith_angle, sun_angle, sun_zenith)

    luminance = _zenith_luminance(sun_zenith, turbidity) * over_the_sky(PEREZ_LUMINANCE)
    x = _zenith_chromaticity(ZENITH_X, sun_zenith, turbidity) * over_the_sky(PEREZ_X)
    y = _zenith_chromaticity(ZENITH_Y, sun_zenith, turbidity) * over_the_sky(PEREZ_Y)
    xyz = np.stack([x / y * luminance, luminance, (1 - x - y) / y * luminance], axis=-1)
    return np.maximum(xyz @ XYZ_TO_SRGB.T, 0.0)


def _perez(coefficients: Floats, zenith_angle: Floats, sun_angle: Floats, sun_zenith: float) -> Floats:
    """Return Perez's distribution relative to the zenith; all angles in radians."""
    a, b, c, d, e = coefficients

    def distribution(theta: Floats, gamma: Floats) -> Floats:
        # The model is undefined at the horizon itself, so the cosine is kept above zero.
        value: Floats = (1 + a * np.exp(b / np.maximum(np.cos(theta), 0.01))) * (
            1 + c * np.exp(d * gamma) + e * np.cos(gamma) ** 2
        )
        return value

    result: Floats = distribution(zenith_angle, sun_angle) / distribution(np.zeros(()), np.asarray(sun_zenith))
    return result


def _zenith_luminance(sun_zenith: float, turbidity: float) -> float:
    """Return the luminance of the zenith, kcd/m2."""
    chi = (4 / 9 - turbidity / 120) * (np.pi - 2 * sun_zenith)
    return float(max((4.0453 * turbidity - 4.9710) * np.tan(chi) - 0.2155 * turbidity + 2.4192, 0.1))


def _zenith_chromaticity(matrix: Floats, sun_zenith: float, turbidity: float) -> float:
    powers = np.array([sun_zenith**3, sun_zenith**2, sun_zenith, 1.0])
    return float(np.array([turbidity**2, turbidity, 1.0]) @ matrix @ powers)


def _sunlight(elevation_deg: float, turbidity: float) -> Floats:
    """Return the linear sRGB illuminance (3,) of direct sunlight on a surface that faces the sun, klux."""
    wavelength = np.array([0.610, 0.550, 0.465])  # um, at which the three sRGB channels are most sensitive
    zenith_deg = 90.0 - elevation_deg
    mass = 1 / (np.cos(np.radians(zenith_deg)) + 0.15 * (93.885 - zenith_deg) ** -1.253)
    rayleigh = np.exp(-0.008735 * wavelength**-4.08 * mass)
    aerosol = np.exp(-(0.04608 * turbidity - 0.04586) * wavelength**-1.3 * mass)
    ozone = np.exp(-np.array([0.12, 0.085, 0.009]) * 0.35 * mass)
    result: Floats = EXTRATERRESTRIAL_KLUX * rayleigh * aerosol * ozone
    return result
