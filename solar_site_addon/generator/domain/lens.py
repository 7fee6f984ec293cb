# SPDX-License-Identifier: GPL-3.0-or-later
"""A lens with slight radial distortion, as the polynomial that the renderer evaluates.

Manufacturers and calibrations describe radial distortion with the model of D. C. Brown ("Close-Range Camera
Calibration", Photogrammetric Engineering, 1971): a point that a perfect lens would image at the radius rho (in focal
lengths) lies at rho (1 + k1 rho^2). The renderer instead needs the angle of a ray as a polynomial in the radius. The
polynomial fitted to Brown's formula is therefore the lens; image, annotations and projection all follow it exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .array_types import Floats
from .errors import SettingsError
from .messages import SettingName

DEGREE = 4
_SAMPLES = 200
"""Radii at which polynomials are fitted: few enough that no library splits the sums between threads."""
_CHECKED = 2000
"""Radii at which the error of OpenCV's model is determined."""
_MARGIN = 1.05
"""Extent of the fit, relative to the image corner."""
_MIN_GROWTH = 0.2
"""Smallest growth of the radius with the angle: a lens below it would image objects twice."""


@dataclass(frozen=True)
class Lens:
    """Angle from the optical axis as a function of the radius in the image, for a lens with radial distortion only."""

    coefficients: Floats
    """Coefficients c (4,): angle = c[0] s + c[1] s^2 + c[2] s^3 + c[3] s^4 in radians, where s is the radius divided by
    the focal length, both in pixels. c[0] is 1: near the axis, the lens is free of distortion."""
    reach: float
    """Radius s, outside the image, beyond which the angle grows linearly, because the polynomial is meaningless
    there."""

    @classmethod
    def of(cls, coefficients: Floats, corner: float) -> Lens:
        """Return the lens with these coefficients (4,); ``corner`` is the radius s of the corners of the image."""
        return cls(coefficients, corner * _MARGIN)

    def angle(self, radius: Floats) -> Floats:
        """Return the angles of the radii s, rad."""
        inside = np.minimum(radius, self.reach)
        result: Floats = self._polynomial(inside) + (radius - inside) * self._slope(np.asarray(self.reach))
        return result

    def radius(self, angle: Floats) -> Floats:
        """Return the radii s of angles in rad; the inverse of ``angle``, by Newton's method."""
        edge = float(self._polynomial(np.asarray(self.reach)))
        inside = np.minimum(angle, edge)
        radius = np.minimum(np.tan(np.minimum(inside, 1.4)), self.reach)
        for _ in range(20):
            radius = radius - (self._polynomial(radius) - inside) / self._slope(radius)
        result: Floats = radius + (angle - inside) / self._slope(np.asarray(self.reach))
        return result

    def opencv(self) -> tuple[Floats, float]:
        """Return coefficients (8,) of OpenCV's rational model (k1, k2, p1, p2, k3, k4, k5, k6), and their error.

        The error is the largest one in s. The usual model with three terms would leave half a pixel. With all terms of
        the denominator, it may have a zero between the fitted radii, so the best of several fits is taken.
        """
        fits = [self._rational(number) for number in range(4)]
        s = np.linspace(0, self.reach / _MARGIN, _CHECKED)
        errors = [float(np.abs(_bent(np.tan(self._polynomial(s)), k) - s).max()) for k in fits]
        best = int(np.argmin(errors))
        k = fits[best]
        return np.array([k[0], k[1], 0, 0, *k[2:]]), errors[best]

    def _rational(self, num_below: int) -> Floats:
        """Return k1 to k6 (6,), fitted with the first ``num_below`` terms of the denominator."""
        s = np.linspace(0, self.reach / _MARGIN, _SAMPLES)
        rho = np.tan(self._polynomial(s))
        # s (1 + k4 rho^2 + k5 rho^4 + k6 rho^6) = rho (1 + k1 rho^2 + k2 rho^4 + k3 rho^6) is linear in the k.
        powers = np.stack([rho**2, rho**4, rho**6], axis=1)
        terms = np.hstack([rho[:, None] * powers, -s[:, None] * powers[:, :num_below]])
        fitted = np.linalg.lstsq(terms, s - rho, rcond=None)[0]
        return np.pad(fitted, (0, 3 - num_below))

    def _polynomial(self, radius: Floats) -> Floats:
        c = self.coefficients
        result: Floats = radius * (c[0] + radius * (c[1] + radius * (c[2] + radius * c[3])))
        return result

    def _slope(self, radius: Floats) -> Floats:
        c = self.coefficients
        result: Floats = c[0] + radius * (2 * c[1] + radius * (3 * c[2] + radius * 4 * c[3]))
        return result


def plan_lens(distortion: float, corner: float) -> Lens | None:
    """Return the lens with Brown's k1 = ``distortion``, None if that is 0; ``corner`` is the radius s of the corners.

    Raises SettingsError if a lens this wide cannot have so much distortion.
    """
    if distortion == 0:
        return None
    reach = corner * _MARGIN
    s = np.linspace(0, reach, _SAMPLES)
    rho = _undistorted(s, distortion)
    if rho is not None:
        powers = np.stack([s**power for power in range(2, DEGREE + 1)], axis=1)
        higher = np.linalg.lstsq(powers, np.arctan(rho) - s, rcond=None)[0]
        lens = Lens.of(np.array([1.0, *higher]), corner)
        if (lens.angle(s[1:]) - lens.angle(s[:-1])).min() > _MIN_GROWTH * s[1] / (1 + rho.max() ** 2):
            return lens
    raise SettingsError(
        "{setting} = {value:g} is too strong for a lens this wide: set it closer to 0, or increase {focal_length}.",
        setting=SettingName("effects.distortion"),
        value=distortion,
        focal_length=SettingName("camera.focal_length_mm"),
    )


def _bent(rho: Floats, k: Floats) -> Floats:
    """Return the radii at which OpenCV's rational model with k1 to k6 images what a perfect lens would image at rho."""
    powers = np.stack([rho**2, rho**4, rho**6], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        bent: Floats = rho * (1 + (powers * k[:3]).sum(axis=1)) / (1 + (powers * k[3:]).sum(axis=1))
    return np.where(np.isfinite(bent), bent, np.inf)


def _undistorted(s: Floats, k1: float) -> Floats | None:
    """Return radii rho with rho (1 + k1 rho^2) = s, None if the formula is not monotonic up to there."""
    rho = s.copy()
    for _ in range(50):
        slope = 1 + 3 * k1 * rho**2
        if slope.min() < _MIN_GROWTH:
            return None
        rho = rho - (rho * (1 + k1 * rho**2) - s) / slope
    return rho
