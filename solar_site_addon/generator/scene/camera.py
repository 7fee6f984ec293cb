# SPDX-License-Identifier: GPL-3.0-or-later
"""The drone's camera as a Blender camera."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix

from ..domain.projection import Camera
from .ownership import own

OPENCV_TO_BLENDER = np.diag([1.0, -1.0, -1.0, 1.0])
"""OpenCV looks along +z with y down, Blender along -z with y up."""
SENSOR_WIDTH_MM = 36.0
"""Arbitrary: only its ratio to the focal length matters."""
CLIP_END_M = 20_000.0
MAX_FOV_RAD = 2 * np.pi
"""Field of view outside which Cycles renders black with a distorting lens; this value excludes nothing."""


def build_camera(camera: Camera) -> bpy.types.Object:
    """Return a camera object with the projection of ``camera``."""
    lens = own(bpy.data.cameras.new("Solar Site camera"))
    lens.sensor_fit = "HORIZONTAL"
    lens.sensor_width = SENSOR_WIDTH_MM
    lens.lens = camera.focal_px / camera.width_px * SENSOR_WIDTH_MM
    lens.clip_end = CLIP_END_M
    camera_object = own(bpy.data.objects.new("Solar Site camera", lens))
    camera_object.matrix_world = Matrix((np.linalg.inv(camera.world_to_camera) @ OPENCV_TO_BLENDER).tolist())
    return camera_object


def aim_camera(scene: bpy.types.Scene, camera: Camera) -> None:
    """Make the scene render with ``camera``, whose image size or lens may differ from those it was built with."""
    lens = scene.camera.data
    lens.type = "PERSP"
    lens.lens = camera.focal_px / camera.width_px * SENSOR_WIDTH_MM
    bend_lens(scene.camera, camera)
    scene.render.resolution_x, scene.render.resolution_y = camera.width_px, camera.height_px


def bend_lens(camera_object: bpy.types.Object, camera: Camera) -> None:
    """Give the camera object the lens of ``camera``, which only Cycles shows; without distortion, change nothing.

    Cycles expects the angle as a polynomial in the radius on the sensor in millimeters, with inverted sign.
    """
    if camera.lens is None:
        return
    lens = camera_object.data
    focal_mm = lens.lens
    lens.type = "PANO"
    lens.panorama_type = "FISHEYE_LENS_POLYNOMIAL"
    lens.fisheye_fov = MAX_FOV_RAD
    lens.fisheye_polynomial_k0 = 0.0
    for power, coefficient in enumerate(camera.lens.coefficients.tolist(), start=1):
        setattr(lens, f"fisheye_polynomial_k{power}", -coefficient / focal_mm**power)
