# SPDX-License-Identifier: GPL-3.0-or-later
"""Position and orientation of the drone's camera."""

from __future__ import annotations

import dataclasses
from typing import Protocol

import numpy as np

from ...domain.array_types import Floats, Ints, Mask
from ...domain.errors import SiteError
from ...domain.lens import plan_lens
from ...domain.messages import SettingName
from ...domain.projection import Camera
from ...domain.random_streams import ViewSeed, stream
from ...settings.drawn import DrawnCamera, DrawnSettings
from ...settings.sampling import draw
from ..array.tables import Tables
from ..terrain.terrain import Terrain

_ENOUGH_TARGETS = 20
"""The first candidate that sees this many whole targets is taken."""
_CANDIDATES = 40
"""Largest number of camera poses that are tried."""
_SAME_HEADING = 30
"""Number of candidates with the drawn heading; later ones draw new headings, which narrow valleys may require."""
_OFF_CENTRE = 0.18
"""Largest distance of the aim from the image center, as a share of the image size. Estimate."""
_OFF_ROW_DEG = 4.0
"""Largest deviation of a flight along or across the rows from their direction. Estimate."""
_CLEAR_OF_TARGETS_M = 1.5
"""Smallest distance between drone and targets, m. Estimate."""
_CLEAR_OF_GROUND = 0.5
"""Smallest distance from the ground around the drone, as a share of its height above the ground. Estimate."""


class Targets(Protocol):
    """What the drone flies to see: N modules, or whatever else stands at the tables."""

    @property
    def corners(self) -> Floats:
        """Corners (N, 4, 3), m."""
        ...

    @property
    def table(self) -> Ints:
        """Index (N,) into Tables."""
        ...


def plan_camera(settings: DrawnSettings, terrain: Terrain, tables: Tables, targets: Targets, seed: ViewSeed) -> Camera:
    """Return the first candidate that sees enough targets, or else the one that sees most.

    Each candidate aims at a target of a random table, which appears near the image center. The drone hovers exactly at
    the drawn height above the ground below it. Raise SiteError if no candidate can fly.
    """
    flight, pinhole = settings.camera, _pinhole(settings)
    altitude, pitch = flight.altitude_agl_m.value, flight.gimbal_pitch_deg.value
    drawn_heading = draw(stream(seed, "view/heading"), flight.heading_deg)
    turn = float(stream(seed, "view/turn").random())
    best: Camera | None = None
    most = 0
    for candidate in range(_CANDIDATES):
        rng = stream(seed, f"view/candidate/{candidate}")
        new_heading = draw(rng, flight.heading_deg)
        table, aim = _aim(targets, rng)
        offset = (rng.random(2) * 2 - 1) * _OFF_CENTRE
        heading = _heading(flight, drawn_heading if candidate < _SAME_HEADING else new_heading, tables, table, turn)
        position = _hover(pinhole, terrain, aim, offset, altitude, pitch, heading)
        if position is None or not _is_clear(position, altitude, terrain, targets):
            continue
        camera = _placed(pinhole, position, altitude, pitch, heading)
        seen = visible_targets(camera, terrain, targets)
        if best is None or seen > most:
            best, most = camera, seen
        if most >= _ENOUGH_TARGETS:
            break
    if best is None:
        raise SiteError(
            "No camera position was found that sees a table with {altitude} = {height:.1f} m and {pitch} = "
            "{angle:.1f}°: fly higher, pitch the gimbal further down, or reduce {relief}.",
            altitude=SettingName("camera.altitude_agl_m"),
            height=altitude,
            pitch=SettingName("camera.gimbal_pitch_deg"),
            angle=pitch,
            relief=SettingName("site.relief"),
        )
    return best


def camera_axes(pitch_deg: float, heading_deg: float) -> Floats:
    """Return the camera's right, down and forward directions in world axes as rows (3, 3).

    In an image taken straight down, up is the heading.
    """
    pitch, heading = np.radians(pitch_deg), np.radians(heading_deg)
    right = np.array([np.cos(heading), -np.sin(heading), 0.0])
    forward = np.array([np.cos(pitch) * np.sin(heading), np.cos(pitch) * np.cos(heading), np.sin(pitch)])
    return np.stack([right, np.cross(forward, right), forward])


def visible_targets(camera: Camera, terrain: Terrain, targets: Targets) -> int:
    """Return the number of targets that lie entirely in the image and whose centers no terrain hides."""
    # Few targets of a large site have their first corner in the image.
    near = targets.corners[_in_image(camera, targets.corners[:, 0])]
    whole = near[_in_image(camera, near).all(axis=1)]
    return int(_in_sight(camera.position, whole.mean(axis=1), terrain).sum())


def _in_image(camera: Camera, points: Floats) -> Mask:
    """Return which of the points (..., 3) appear in the image."""
    pixels, depth = camera.project(points)
    inside: Mask = (depth > 0) & ((pixels >= 0) & (pixels <= [camera.width_px, camera.height_px])).all(axis=-1)
    return inside


def _in_sight(position: Floats, points: Floats, terrain: Terrain) -> Mask:
    """Return whether the straight lines from ``position`` to points (N, 3) stay above the ground (N,)."""
    steps = np.linspace(0.0, 1.0, 50)[1:-1]
    along = position + steps[None, :, None] * (points[:, None] - position)
    above = along[..., 2] > terrain.height(along[..., 0], along[..., 1])
    return np.asarray(above.all(axis=1))


def _aim(targets: Targets, rng: np.random.Generator) -> tuple[int, Floats]:
    """Return the index of a random table and the center (3,) of a random target at it."""
    built = np.flatnonzero(np.bincount(targets.table))
    table = int(built[rng.integers(len(built))])
    share = float(rng.random())
    of_table = np.flatnonzero(targets.table == table)
    return table, targets.corners[of_table[int(share * len(of_table))]].mean(axis=0)


def _heading(flight: DrawnCamera, free: float, tables: Tables, table: int, turn: float) -> float:
    """Return the heading that ``camera.heading_mode`` asks for.

    If it follows the rows, ``turn`` (0 to 1) chooses one of the two directions along or across the table's row and a
    small deviation.
    """
    if flight.heading_mode.value == "free":
        return free
    facing = float(tables.azimuth_deg[table]) + (90.0 if flight.heading_mode.value == "along_rows" else 0.0)
    back, deviation = divmod(2 * turn, 1.0)
    return (facing + 180.0 * back + (2 * deviation - 1) * _OFF_ROW_DEG) % 360.0


def _pinhole(settings: DrawnSettings) -> Camera:
    """Return the drawn camera and its lens, without a pose."""
    name = settings.camera.model.value
    model = settings.camera.cameras[name]
    corner = float(np.hypot(model.width_px, model.height_px)) / 2 / model.focal_px
    lens = plan_lens(settings.effects.distortion.value, corner)
    nowhere = np.zeros(3)
    return Camera(
        model.width_px, model.height_px, model.focal_px, nowhere, np.eye(4), 0.0, -90.0, 0.0, 0.0, name=name, lens=lens
    )


def _hover(
    camera: Camera,
    terrain: Terrain,
    aim: Floats,
    offset: Floats,
    altitude: float,
    pitch: float,
    heading: float,
) -> Floats | None:
    """Return the position (3,) at ``altitude`` above ground from which ``aim`` appears at ``offset`` from the center.

    Return None if there is none. The height above ground is sampled along the ray from the aim to the drone, and its
    first crossing of the altitude is refined by bisection.
    """
    in_camera = np.append(offset * np.array([camera.width_px, camera.height_px]) / camera.focal_px, 1.0)
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


def _is_clear(position: Floats, altitude: float, terrain: Terrain, targets: Targets) -> bool:
    """Return whether the drone is far enough from the slopes around it and from the targets."""
    reach = _CLEAR_OF_GROUND * altitude
    offsets = np.linspace(-reach, reach, 15)
    east, north = np.meshgrid(offsets, offsets)
    ground = terrain.height(position[0] + east, position[1] + north)
    distance = np.sqrt(east**2 + north**2 + (position[2] - ground) ** 2)
    to_targets = np.abs(targets.corners - position).max(axis=2).min()
    return bool(distance.min() >= reach * 0.999 and to_targets >= _CLEAR_OF_TARGETS_M)


def _placed(camera: Camera, position: Floats, altitude: float, pitch: float, heading: float) -> Camera:
    """Return the camera with its pose."""
    axes = camera_axes(pitch, heading)
    world_to_camera = np.eye(4)
    world_to_camera[:3, :3] = axes
    world_to_camera[:3, 3] = -axes @ position
    return dataclasses.replace(
        camera,
        position=position,
        world_to_camera=world_to_camera,
        altitude_agl_m=altitude,
        gimbal_pitch_deg=pitch,
        heading_deg=heading,
        gsd_m=altitude / camera.focal_px,
    )
