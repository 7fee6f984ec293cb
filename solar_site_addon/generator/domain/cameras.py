# SPDX-License-Identifier: GPL-3.0-or-later
"""Drone cameras by name: picture size, sensor and lens, as their makers give them.

Standard library only: the settings, and with them the launcher, read this file.
"""

from __future__ import annotations

from typing import NamedTuple

CUSTOM = "custom"
"""Name of the camera whose sensor and lens the settings give themselves."""


class CameraModel(NamedTuple):
    """A camera with a picture size, in pixels; pixels are square."""

    title: str
    width_px: int
    height_px: int
    sensor_width_mm: float
    focal_length_mm: float

    def sized(self, width_px: int, height_px: int) -> CameraModel:
        """The camera with another picture size and the same field of view from left to right.

        0 stands for the camera's own size; where only one side is given, the other keeps the proportions.
        """
        if width_px == height_px == 0:
            return self
        width = width_px or round(height_px * self.width_px / self.height_px)
        height = height_px or round(width_px * self.height_px / self.width_px)
        return self._replace(width_px=width, height_px=height)

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.focal_length_mm * self.width_px / self.sensor_width_mm


CAMERA_MODELS = {
    "mavic_3e": CameraModel("DJI Mavic 3 Enterprise, wide", 5280, 3956, 17.3, 12.29),
    "mavic_3t": CameraModel("DJI Mavic 3 Thermal, wide", 4000, 3000, 6.4, 4.4),
    "phantom_4_rtk": CameraModel("DJI Phantom 4 RTK", 5472, 3648, 13.2, 8.8),
    # DJI's field of view for the XT2 (57 x 42 degrees) contradicts its 8 mm lens before a 1/1.7 inch sensor.
    "zenmuse_xt2": CameraModel("DJI Zenmuse XT2, visual", 4000, 3000, 7.5, 8.0),
    "zenmuse_h20": CameraModel("DJI Zenmuse H20, wide", 4056, 3040, 6.3, 4.5),
    "zenmuse_p1_35mm": CameraModel("DJI Zenmuse P1, 35 mm", 8192, 5460, 35.9, 35.0),
}
"""By the names that ``camera.model`` takes. The first is the default."""
