# SPDX-License-Identifier: GPL-3.0-or-later
"""Camera of one view: pose, intrinsics and projection of world points to pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .array_types import Floats, Singles
from .cameras import CUSTOM
from .lens import Lens


@dataclass(frozen=True)
class Camera:
    """A camera with OpenCV axes (x right, y down, z forward) and pixel centers at +0.5."""

    width_px: int
    height_px: int
    focal_px: float
    position: Floats
    """Position (3,), m."""
    world_to_camera: Floats
    """Rigid transform (4, 4)."""
    altitude_agl_m: float
    gimbal_pitch_deg: float
    heading_deg: float
    gsd_m: float
    """Ground sampling distance directly below the drone: height above ground / focal length in pixels."""
    name: str = CUSTOM
    """Name of the camera model (``CAMERA_MODELS``)."""
    lens: Lens | None = None
    """Lens with distortion; None for a pinhole camera."""
    principal_point_px: tuple[float, float] | None = None
    """Pixel (x, y) on the optical axis, of a tile; None for the center of the image."""

    @property
    def center(self) -> Floats:
        """Pixel (2,) on the optical axis."""
        return np.array(self.principal_point_px or (self.width_px / 2, self.height_px / 2))

    @property
    def matrix(self) -> Floats:
        """Camera matrix K (3, 3) in pixels."""
        x, y = self.center
        return np.array([[self.focal_px, 0.0, x], [0.0, self.focal_px, y], [0.0, 0.0, 1.0]])

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Return pixels (..., 2) and depths (...) in m of world points (..., 3).

        Pixels of points with depth <= 0 (behind the camera) are NaN.
        """
        in_camera = points @ self.world_to_camera[:3, :3].T + self.world_to_camera[:3, 3]
        depth = in_camera[..., 2]
        safe = np.where(depth > 0, depth, np.nan)
        plane = in_camera[..., :2] / safe[..., None]
        if self.lens is not None:
            radius = np.hypot(plane[..., 0], plane[..., 1])
            bent = self.lens.radius(np.arctan(radius))
            plane = plane * np.divide(bent, radius, out=np.ones_like(radius), where=radius > 0)[..., None]
        return plane * self.focal_px + self.center, depth

    def rays(self, pixels: Floats) -> Floats:
        """Return the directions (..., 3) in the world of the rays through ``pixels`` (..., 2).

        They are as long as needed to go 1 m along the optical axis: the point at a depth is position + depth * ray. The
        inverse of ``project``.
        """
        plane = (pixels - self.center) / self.focal_px
        if self.lens is not None:
            radius = np.hypot(plane[..., 0], plane[..., 1])
            straight = np.tan(self.lens.angle(radius))
            plane = plane * np.divide(straight, radius, out=np.ones_like(radius), where=radius > 0)[..., None]
        rays: Floats = plane @ self.world_to_camera[:2, :3] + self.world_to_camera[2, :3]
        return rays

    def axis_cosines(self) -> Singles:
        """Return the cosine (H, W) of the angle between the optical axis and the ray through each pixel center."""
        x, y = self.center
        across = (np.arange(self.width_px) + 0.5 - x) / self.focal_px
        down = (np.arange(self.height_px) + 0.5 - y) / self.focal_px
        cosines = np.empty((self.height_px, self.width_px), dtype=np.float32)
        for row in range(self.height_px):  # row by row: a full image in float64 takes 170 MB
            radius = np.hypot(across, down[row])
            cosines[row] = np.cos(self.lens.angle(radius)) if self.lens else 1 / np.sqrt(1 + radius**2)
        return cosines
