# SPDX-License-Identifier: GPL-3.0-or-later
"""The drone: where it hovers, and where its camera looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import SiteError
from ..settings import CameraSettings
from .draws import draw
from .site_plan import Camera, Modules, Tables
from .terrain import Terrain

Floats = NDArray[np.float64]

_ENOUGH_MODULES = 20
_CANDIDATES = 40
_SAME_HEADING = 30
"""So many candidates keep the drawn heading; the rest draw new ones, for valleys in which no other works."""
_OFF_CENTRE = 0.18
"""How far from the picture's middle the aim may lie, as a share of its size."""
_CLEAR_OF_MODULES_M = 1.5
_CLEAR_OF_GROUND = 0.5
"""Least distance to the ground around the drone, as a share of its height above the ground below."""


def plan_camera(
    settings: CameraSettings, terrain: Terrain, tables: Tables, modules: Modules, rng: np.random.Generator
) -> Camera:
    """The first candidate that sees enough modules, or else the one that sees most; raises SiteError if none can fly.

    Each candidate aims at a module of a random table, near the picture's middle. The drone hovers exactly at the drawn
    height above the ground below it.
    """
    altitude, pitch = settings.altitude_agl_m.value, settings.gimbal_pitch_deg.value
    drawn_heading = draw(rng, settings.heading_deg)
    best: Camera | None = None
    most = 0
    for candidate in range(_CANDIDATES):
        new_heading = draw(rng, settings.heading_deg)
        heading = drawn_heading if candidate < _SAME_HEADING else new_heading
        aim = _aim(tables, modules, rng)
        offset = (rng.random(2) * 2 - 1) * _OFF_CENTRE
        position = _hover(settings, terrain, aim, offset, altitude, pitch, heading)
        if position is None or not _is_clear(position, altitude, terrain, modules):
            continue
        camera = _camera(settings, position, altitude, pitch, heading)
        seen = visible_modules(camera, terrain, modules)
        if best is None or seen > most:
            best, most = camera, seen
        if most >= _ENOUGH_MODULES:
            break
    if best is None:
        raise SiteError(
            f"No place was found from which a drone at camera.altitude_agl_m = {altitude:.1f} with "
            f"camera.gimbal_pitch_deg = {pitch:.1f} sees a table: fly higher, look down more steeply, "
            "or lower site.relief."
        )
    return best


def camera_axes(pitch_deg: float, heading_deg: float) -> Floats:
    """(3, 3) rows: the camera's right, down and forward in world axes; looking straight down, up is the heading."""
    pitch, heading = np.radians(pitch_deg), np.radians(heading_deg)
    right = np.array([np.cos(heading), -np.sin(heading), 0.0])
    forward = np.array([np.cos(pitch) * np.sin(heading), np.cos(pitch) * np.cos(heading), np.sin(pitch)])
    return np.stack([right, np.cross(forward, right), forward])


def visible_modules(camera: Camera, terrain: Terrain, modules: Modules) -> int:
    """How many modules lie whole in the picture with no ground between their middle and the camera."""
    corners, depth = camera.project(modules.corners)
    size = np.array([camera.width_px, camera.height_px])
    inside = (depth > 0).all(axis=1) & ((corners >= 0) & (corners <= size)).all(axis=(1, 2))
    return int(_in_sight(camera.position, modules.corners[inside].mean(axis=1), terrain).sum())


def _in_sight(position: Floats, points: Floats, terrain: Terrain) -> NDArray[np.bool_]:
    """(N,) whether the straight lines from ``position`` to points (N, 3) keep above the ground."""
    steps = np.linspace(0.0, 1.0, 50)[1:-1]
    along = position + steps[None, :, None] * (points[:, None] - position)
    above = along[..., 2] > terrain.height(along[..., 0], along[..., 1])
    return np.asarray(above.all(axis=1))


def _aim(tables: Tables, modules: Modules, rng: np.random.Generator) -> Floats:
    """The middle of a random module of a random table."""
    table = int(rng.integers(len(tables)))
    share = float(rng.random())
    of_table = np.flatnonzero(modules.table == table)
    result: Floats = modules.corners[of_table[int(share * len(of_table))]].mean(axis=0)
    return result


def focal_px(settings: CameraSettings) -> float:
    """Focal length in pixels; pixels are square."""
    return settings.focal_length_mm * settings.width_px / settings.sensor_width_mm


def _hover(
    settings: CameraSettings,
    terrain: Terrain,
    aim: Floats,
    offset: Floats,
    altitude: float,
    pitch: float,
    heading: float,
) -> Floats | None:
    """(3,) where the drone is ``altitude`` above ground and sees ``aim`` at ``offset`` from the middle, if anywhere.

    The height above ground along the ray back from the aim is sampled, and its first crossing bisected.
    """
    in_camera = np.append(offset * np.array([settings.width_px, settings.height_px]) / focal_px(settings), 1.0)
    ray = in_camera @ camera_axes(pitch, heading)
    ray /= np.linalg.norm(ray)
    if ray[2] > -0.1:
        return None

    def excess(distance: Floats) -> Floats:
        points = aim - distance[..., None] * ray
        result: Floats = points[..., 2] - terrain.height(points[..., 0], points[..., 1]) - altitude
        return result

    reach = (altitude + 200.0) / -ray[2]
    distances = np.linspace(0.0, reach, 400)
    crossings = np.flatnonzero(excess(distances) >= 0)
    if len(crossings) == 0 or crossings[0] == 0:
        return None
    low, high = distances[crossings[0] - 1], distances[crossings[0]]
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(np.array(middle)) >= 0 else (middle, high)
    position: Floats = aim - high * ray
    position[2] = float(terrain.height(position[0], position[1])) + altitude
    return position


def _is_clear(position: Floats, altitude: float, terrain: Terrain, modules: Modules) -> bool:
    """Whether the drone keeps its distance from the slopes around it and from the modules."""
    reach = _CLEAR_OF_GROUND * altitude
    offsets = np.linspace(-reach, reach, 15)
    east, north = np.meshgrid(offsets, offsets)
    ground = terrain.height(position[0] + east, position[1] + north)
    distance = np.sqrt(east**2 + north**2 + (position[2] - ground) ** 2)
    to_modules = np.abs(modules.corners - position).max(axis=2).min()
    return bool(distance.min() >= reach * 0.999 and to_modules >= _CLEAR_OF_MODULES_M)


def _camera(settings: CameraSettings, position: Floats, altitude: float, pitch: float, heading: float) -> Camera:
    axes = camera_axes(pitch, heading)
    world_to_camera = np.eye(4)
    world_to_camera[:3, :3] = axes
    world_to_camera[:3, 3] = -axes @ position
    focal = focal_px(settings)
    return Camera(
        settings.width_px,
        settings.height_px,
        focal,
        position,
        world_to_camera,
        altitude,
        pitch,
        heading,
        altitude / focal,
    )
