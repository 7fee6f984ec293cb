# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera of an image in sample.json, written and read again."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from ..domain.lens import Lens
from ..domain.projection import Camera
from .schema import CameraRecord, SampleHead

_LENGTH_DIGITS = 6
_ANGLE_DIGITS = 4
_PIXEL_DIGITS = 3


def camera_record(camera: Camera) -> CameraRecord:
    """Return the camera; matrices keep all digits, so that readers can project as exactly as the generator."""
    record = {
        "name": camera.name,
        **_lens_record(camera),
        "K": camera.matrix.tolist(),
        "world_to_camera": camera.world_to_camera.tolist(),
        "gsd_m": round(float(camera.gsd_m), _LENGTH_DIGITS),
        "altitude_agl_m": round(float(camera.altitude_agl_m), _LENGTH_DIGITS),
        "gimbal_pitch_deg": round(float(camera.gimbal_pitch_deg), _ANGLE_DIGITS),
        "heading_deg": round(float(camera.heading_deg), _ANGLE_DIGITS),
    }
    return cast("CameraRecord", record)


def camera_of(sample: SampleHead, modality: str = "rgb") -> Camera:
    """Return the camera of an image of a sample, which projects as exactly as the generator; also of a tile."""
    image = sample["images"][modality]
    record = image["camera"]
    matrix, pose = np.array(record["K"]), np.array(record["world_to_camera"])
    focal, principal_point = float(matrix[0, 0]), (float(matrix[0, 2]), float(matrix[1, 2]))
    return Camera(
        width_px=image["width"],
        height_px=image["height"],
        focal_px=focal,
        position=-pose[:3, :3].T @ pose[:3, 3],
        world_to_camera=pose,
        altitude_agl_m=record["altitude_agl_m"],
        gimbal_pitch_deg=record["gimbal_pitch_deg"],
        heading_deg=record["heading_deg"],
        gsd_m=record["gsd_m"],
        name=record["name"],
        lens=_lens(sample, record, focal, (image["width"], image["height"])),
        principal_point_px=principal_point,
    )


def _lens_record(camera: Camera) -> dict[str, Any]:
    """Return the projection model: a pinhole, or a polynomial with the nearest coefficients of OpenCV's model."""
    if camera.lens is None:
        return {"model": "pinhole"}
    opencv, error = camera.lens.opencv()
    return {
        "model": "angle_polynomial",
        "angle_polynomial": camera.lens.coefficients.tolist(),
        "opencv_distortion": opencv.tolist(),
        "opencv_error_px": round(error * camera.focal_px, _PIXEL_DIGITS),
    }


def _lens(sample: SampleHead, record: CameraRecord, focal_px: float, size: tuple[int, int]) -> Lens | None:
    """Return the lens, which reaches as far as the corners of the whole image also in its tiles."""
    if "angle_polynomial" not in record:
        return None
    tile = sample.get("tile")
    width, height = (tile["source_width"], tile["source_height"]) if tile else size
    return Lens.of(np.array(record["angle_polynomial"]), float(np.hypot(width, height)) / 2 / focal_px)
