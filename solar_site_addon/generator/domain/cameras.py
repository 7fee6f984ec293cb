# SPDX-License-Identifier: GPL-3.0-or-later
"""Drone cameras by name: image size, sensor and lens from the manufacturers' specifications (docs/sources.md).

Adding a camera means adding one entry to CAMERA_MODELS. Standard library only: the launcher imports this module.
"""

from __future__ import annotations

from typing import NamedTuple

CUSTOM = "custom"
"""Name of the camera whose sensor width and focal length are settings."""


class CameraModel(NamedTuple):
    """A camera with square pixels."""

    title: str
    width_px: int
    height_px: int
    sensor_width_mm: float
    focal_length_mm: float
    short_name: str = ""
    """Name in the panel; derived from the key if empty."""

    def sized(self, width_px: int, height_px: int) -> CameraModel:
        """Return the camera with another image size and the same horizontal field of view.

        0 keeps the native size; if only one side is given, the other follows from the aspect ratio.
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
    "mavic_3e": CameraModel("DJI Mavic 3 Enterprise, wide", 5280, 3956, 17.3, 12.29, "Mavic 3E"),
    "mavic_3t": CameraModel("DJI Mavic 3 Thermal, wide", 4000, 3000, 6.4, 4.4, "Mavic 3T"),
    "phantom_4_rtk": CameraModel("DJI Phantom 4 RTK", 5472, 3648, 13.2, 8.8, "Phantom 4 RTK"),
    # The XT2's published field of view (57 x 42 degrees) contradicts its 8 mm lens on a 1/1.7-inch sensor.
    "zenmuse_xt2": CameraModel("DJI Zenmuse XT2, visual", 4000, 3000, 7.5, 8.0, "Zenmuse XT2"),
    "zenmuse_h20": CameraModel("DJI Zenmuse H20, wide", 4056, 3040, 6.3, 4.5, "Zenmuse H20"),
    "zenmuse_p1_35mm": CameraModel("DJI Zenmuse P1, 35 mm", 8192, 5460, 35.9, 35.0, "Zenmuse P1"),
}
"""Camera models by the names that ``camera.model`` accepts. The first one provides the image size of the custom
camera."""
