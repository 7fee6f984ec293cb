# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes of vegetation and stones: plain triangles within an upright cylinder of height 1 and diameter 1.

Leaves are real surfaces instead of cards with transparent textures, because a pixel's annotation is what its ray hits.

Proportions are estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..domain.array_types import Floats, Longs
from ..domain.random_streams import EVERYWHERE, stream
from ..plan.vegetation.kinds import VegetationKind

RADIUS = 0.5
WAVES = 24
"""Number of waves that make the surface of a stone irregular."""


@dataclass(frozen=True)
class Shape:
    """Triangles with two values at each vertex."""

    vertices: Floats
    """Vertices (V, 3): z from 0 to 1, at most RADIUS from the axis."""
    triangles: Longs
    """Vertex indices (F, 3)."""
    wood: Floats
    """1 on bark, 0 on leaves (V,)."""
    light: Floats
    """Brightness of the leaf (V,), about 1: dark at the bottom and inside, where other leaves shade it."""


@lru_cache(maxsize=64)
def vegetation_shape(kind: VegetationKind, variant: int, detailed: bool) -> Shape:
    """Return the shape of a kind, fine or coarse; the same arguments always give the same shape."""
    rng = stream(EVERYWHERE, f"foliage/{kind.name.lower()}/{variant}/{'fine' if detailed else 'coarse'}")
    make = {
        VegetationKind.GRASS: _tuft,
        VegetationKind.WEED: _weed,
        VegetationKind.SHRUB: _shrub,
        VegetationKind.BROADLEAF: _broadleaf,
        VegetationKind.CONIFER: _conifer,
        VegetationKind.BARE_TREE: _bare_tree,
        VegetationKind.STONE: _stone,
        VegetationKind.CROP: _crop,
    }[kind]
    return _fitted(make(rng, detailed))


def _tuft(rng: np.random.Generator, detailed: bool) -> Shape:
    """Return blades of grass that bend outward."""
    count = 110 if detailed else 26
    foot = _in_disc(rng, count) * 0.30
    bearing = np.arctan2(foot[:, 1], foot[:, 0]) + rng.normal(0, 0.9, count)
    outward = np.stack([np.cos(bearing), np.sin(bearing)], axis=-1)
    reach, height = rng.uniform(0.05, 0.30, count), rng.uniform(0.45, 1.0, count)
    width = (0.011 if detailed else 0.026) * rng.uniform(0.7, 1.3, count)
    side = np.stack([-outward[:, 1], outward[:, 0], np.zeros(count)], axis=-1) * width[:, None]
    root = np.append(foot, np.zeros((count, 1)), axis=1)
    middle = root + _lifted(outward * 0.35 * reach[:, None], 0.62 * height)
    tip = root + _lifted(outward * reach[:, None], height)
    corners = np.stack([root - side, root + side, middle - 0.8 * side, middle + 0.8 * side, tip], axis=1)
    faces = [[0, 1, 3], [0, 3, 2], [2, 3, 4]]
    light = np.array([0.35, 0.35, 0.85, 0.85, 1.2]) * rng.uniform(0.8, 1.2, (count, 1))
    return _pieces(corners, faces, 0.0, light)


def _weed(rng: np.random.Generator, detailed: bool) -> Shape:
    """Return one or more stalks surrounded by broad leaves."""
    stalks = 5
    foot = _in_disc(rng, stalks) * 0.12
    lean = _in_disc(rng, stalks) * 0.25
    tall = rng.uniform(0.6, 1.0, stalks)
    count = 64 if detailed else 26
    which, level = rng.integers(0, stalks, count), rng.uniform(0.08, 1.0, count)
    centre = _lifted(foot[which] + lean[which] * level[:, None], tall[which] * level)
    size = (0.17 if detailed else 0.24) * (1.15 - 0.6 * level) * rng.uniform(0.7, 1.2, count)
    leaves = _leaves(rng, centre, size, width=0.42, light=0.55 + 0.6 * level)
    stems = _poles(_lifted(foot, np.zeros(stalks)), _lifted(foot + lean, tall), np.full(stalks, 0.008), 3)
    return _combined(leaves, stems)


def _crop(rng: np.random.Generator, detailed: bool) -> Shape:
    """Return broad leaves that spread from the ground, as of cabbage, potatoes or beet."""
    count = 46 if detailed else 18
    level = rng.uniform(0.1, 1.0, count)
    bearing = rng.uniform(0, 2 * np.pi, count)
    outward = np.stack([np.cos(bearing), np.sin(bearing)], axis=-1)
    reach = 0.36 * (1.05 - 0.75 * level) * rng.uniform(0.6, 1.1, count)
    centre = _lifted(outward * reach[:, None], 0.75 * level)
    size = (0.30 if detailed else 0.42) * rng.uniform(0.7, 1.2, count)
    return _leaves(rng, centre, size, width=0.6, light=0.5 + 0.65 * level, bearing=bearing)


def _shrub(rng: np.random.Generator, detailed: bool) -> Shape:
    """Return a low crown of several clumps that reaches down to the ground."""
    lumps = 9
    centre = _lifted(_in_disc(rng, lumps) * 0.28, rng.uniform(0.25, 0.72, lumps))
    radius = rng.uniform(0.16, 0.26, lumps)
    leaves = _crown(rng, centre, radius, 1800 if detailed else 460, 0.055 if detailed else 0.11)
    stems = _poles(np.zeros((lumps, 3)), centre, np.full(lumps, 0.012), 3)
    return _combined(leaves, stems)


def _broadleaf(rng: np.random.Generator, detailed: bool) -> Shape:
    """Return trunk, branches, and a crown of clumps of leaves."""
    lumps = 26
    direction = _on_sphere(rng, lumps)
    direction[:, 2] = 0.85 * direction[:, 2] + 0.1
    centre = np.array([0.0, 0.0, 0.62]) + direction * np.array([0.33, 0.33, 0.27]) * rng.uniform(0.55, 1, (lumps, 1))
    radius = rng.uniform(0.10, 0.17, lumps)
    leaves = _crown(rng, centre, radius, 10000 if detailed else 2600, 0.030 if detailed else 0.060)
    fork = np.array([0.02, 0.01, 0.34])
    wood = _poles(
        np.concatenate([np.zeros((1, 3)), np.tile(fork, (lumps, 1))]),
        np.concatenate([fork[None] * 1.3, centre]),
        np.concatenate([[0.034], np.full(lumps, 0.012)]),
        6 if detailed else 4,
    )
    return _combined(leaves, wood)


def _conifer(rng: np.random.Generator, detailed: bool) -> Shape:
    """Return whorls of drooping branches that become shorter toward the top."""
    whorls, around = (24, 14) if detailed else (17, 11)
    level = np.repeat(np.linspace(0.08, 0.97, whorls), around)
    count = len(level)
    bearing = rng.uniform(0, 2 * np.pi, count)
    reach = (0.50 * (1 - level) ** 0.85 + 0.015) * rng.uniform(0.75, 1.05, count)
    outward = np.stack([np.cos(bearing), np.sin(bearing)], axis=-1)
    root = _lifted(np.zeros((count, 2)), level + 0.02)
    tip = _lifted(outward * reach[:, None], level - 0.16 * reach + 0.01)
    per_branch = 14 if detailed else 7
    along = rng.uniform(0.12, 1.0, (count, per_branch, 1))
    centre = (root[:, None] + along * (tip - root)[:, None]).reshape(-1, 3)
    along = along.reshape(-1)
    sprays = count * per_branch
    size = (0.075 if detailed else 0.13) * (0.35 + 0.65 * np.repeat(reach / 0.5, per_branch)) + 0.012
    aim = np.repeat(bearing, per_branch) + rng.normal(0, 0.7, sprays)
    leaves = _leaves(rng, centre, size, width=0.5, light=0.35 + 0.75 * along, bearing=aim)
    trunk = _poles(np.zeros((1, 3)), np.array([[0.0, 0.0, 0.97]]), np.array([0.026]), 5)
    return _combined(leaves, trunk)


def _bare_tree(rng: np.random.Generator, detailed: bool) -> Shape:
    """Return trunk and forking branches without leaves."""
    start, end, radius = np.zeros((1, 3)), np.array([[0.02, -0.01, 0.36]]), np.array([0.032])
    starts, ends, radii = [start], [end], [radius]
    for _ in range(4 if detailed else 3):
        parents = np.repeat(np.arange(len(end)), 3)
        along = rng.uniform(0.55, 1.0, (len(parents), 1))
        begin = start[parents] + along * (end - start)[parents]
        heading = (end - start)[parents]
        length = np.sqrt((heading * heading).sum(-1, keepdims=True))
        heading = heading / length + 0.85 * _on_sphere(rng, len(parents)) + np.array([0.0, 0.0, 0.15])
        heading /= np.sqrt((heading * heading).sum(-1, keepdims=True))
        start, end = begin, begin + heading * length * rng.uniform(0.55, 0.85, (len(parents), 1))
        radius = radius[parents] * 0.55
        starts.append(start)
        ends.append(end)
        radii.append(radius)
    return _poles(np.concatenate(starts), np.concatenate(ends), np.concatenate(radii), 4 if detailed else 3)


def _stone(rng: np.random.Generator, detailed: bool) -> Shape:
    """Return a rough, spotted block: a ball cut by planes and sunk into the ground."""
    rings, around = (20, 36) if detailed else (6, 9)
    polar, turn = np.meshgrid(np.linspace(0.02, np.pi * 0.62, rings), np.arange(around) * 2 * np.pi / around)
    ball = np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], axis=-1)
    planes, cut = _on_sphere(rng, 11), rng.uniform(0.62, 0.92, 11)
    reach = np.maximum((ball[..., None, :] * planes).sum(-1), 1e-3)
    shape = ball * np.minimum((cut / reach).min(axis=-1), 1.0)[..., None] * rng.uniform(0.7, 1.0, 3)
    if detailed:
        shape *= 1.0 + 0.025 * _waves(rng, ball)[..., None]
    index = np.arange(around * rings).reshape(around, rings)
    following = np.roll(index, -1, axis=0)
    a, b, c, d = index[:, :-1], index[:, 1:], following[:, 1:], following[:, :-1]
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    vertices = shape.reshape(-1, 3)
    light = rng.uniform(0.85, 1.15, len(vertices)) * np.clip(1.0 + 0.15 * _waves(rng, ball).ravel(), 0.55, 1.3)
    return Shape(vertices, triangles, np.zeros(len(vertices)), light)


def _waves(rng: np.random.Generator, points: Floats) -> Floats:
    """Return an irregular field (...) with a variance of about 1 at ``points`` (..., 3) of a ball of radius 1."""
    across = _on_sphere(rng, WAVES) * rng.uniform(4.0, 14.0, WAVES)[:, None]
    result: Floats = np.sin(points @ across.T + rng.uniform(0, 2 * np.pi, WAVES)).sum(axis=-1) * np.sqrt(2 / WAVES)
    return result


def _crown(rng: np.random.Generator, centre: Floats, radius: Floats, count: int, size: float) -> Shape:
    """Return leaves on and in clumps with ``centre`` (L, 3) and ``radius`` (L,), lighter outside and at the top."""
    which = rng.integers(0, len(centre), count)
    direction = _on_sphere(rng, count)
    depth = rng.uniform(0.55, 1.0, count) ** 0.5
    place = centre[which] + direction * (radius[which] * depth)[:, None]
    light = 0.45 + 0.45 * (depth - 0.7) / 0.3 + 0.35 * direction[:, 2]
    place[:, 2] = np.maximum(place[:, 2], 0.02)
    sizes = size * rng.uniform(0.7, 1.3, count)
    return _leaves(rng, place, sizes, width=0.6, light=np.clip(light, 0.3, 1.3), facing=direction)


def _leaves(
    rng: np.random.Generator,
    centre: Floats,
    size: Floats,
    *,
    width: float,
    light: Floats,
    bearing: Floats | None = None,
    facing: Floats | None = None,
) -> Shape:
    """Return rhombic leaves of length ``size`` (N,), ``width`` times as wide, each with a brightness of ``light`` (N,).

    They are roughly level, or perpendicular to ``facing`` (N, 3), and point in random directions, or toward the angles
    ``bearing`` (N,).
    """
    count = len(centre)
    bearing = rng.uniform(0, 2 * np.pi, count) if bearing is None else bearing
    normal = np.array([0.0, 0.0, 1.0]) + 0.45 * rng.normal(0, 1, (count, 3))
    if facing is not None:
        normal = normal * 0.7 + 0.8 * facing
    normal /= np.sqrt((normal * normal).sum(-1, keepdims=True))
    forward = np.stack([np.cos(bearing), np.sin(bearing), np.zeros(count)], axis=-1)
    forward -= (forward * normal).sum(-1, keepdims=True) * normal
    forward /= np.maximum(np.sqrt((forward * forward).sum(-1, keepdims=True)), 1e-6)
    side = np.cross(normal, forward) * (width * size / 2)[:, None]
    forward = forward * (size / 2)[:, None]
    corners = np.stack([centre - forward, centre + side, centre + forward, centre - side], axis=1)
    brightness = (light * rng.uniform(0.8, 1.2, count))[:, None] * np.ones(4)
    return _pieces(corners, [[0, 1, 2], [0, 2, 3]], 0.0, brightness)


def _poles(start: Floats, end: Floats, radius: Floats, sides: int) -> Shape:
    """Return N tapering poles of bark."""
    axis = end - start
    axis /= np.sqrt((axis * axis).sum(-1, keepdims=True))
    helper = np.where(np.abs(axis[:, 2:]) > 0.9, np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    across = np.cross(axis, helper)
    across /= np.sqrt((across * across).sum(-1, keepdims=True))
    third = np.cross(axis, across)
    angle = np.arange(sides) * 2 * np.pi / sides
    ring = np.cos(angle)[:, None] * across[:, None] + np.sin(angle)[:, None] * third[:, None]
    ring = ring * radius[:, None, None]
    corners = np.concatenate([start[:, None] + ring, end[:, None] + 0.45 * ring], axis=1)
    following = [(number + 1) % sides for number in range(sides)]
    faces = [[i, j, sides + j] for i, j in enumerate(following)]
    faces += [[i, sides + j, sides + i] for i, j in enumerate(following)]
    return _pieces(corners, faces, 1.0, np.ones(corners.shape[:2]))


def _pieces(corners: Floats, faces: list[list[int]], wood: float, light: Floats) -> Shape:
    """Return N equal pieces with ``corners`` (N, C, 3), the same ``faces`` each, and ``light`` (N, C)."""
    count, size = corners.shape[:2]
    triangles = np.array(faces) + size * np.arange(count)[:, None, None]
    return Shape(corners.reshape(-1, 3), triangles.reshape(-1, 3), np.full(count * size, wood), light.reshape(-1))


def _combined(first: Shape, second: Shape) -> Shape:
    return Shape(
        np.concatenate([first.vertices, second.vertices]),
        np.concatenate([first.triangles, second.triangles + len(first.vertices)]),
        np.concatenate([first.wood, second.wood]),
        np.concatenate([first.light, second.light]),
    )


def _fitted(shape: Shape) -> Shape:
    """Return the shape stretched until it touches its cylinder; parts below ground stay there."""
    away = np.sqrt((shape.vertices[:, :2] ** 2).sum(axis=-1)).max()
    scale = np.array([RADIUS / away, RADIUS / away, 1.0 / shape.vertices[:, 2].max()])
    return Shape(shape.vertices * scale, shape.triangles, shape.wood, shape.light)


def _lifted(flat: Floats, height: Floats) -> Floats:
    """Return points (N, 3) from ``flat`` (N, 2) and ``height`` (N,)."""
    return np.concatenate([flat, height[:, None]], axis=1)


def _in_disc(rng: np.random.Generator, count: int) -> Floats:
    """Return uniform points (N, 2) in the unit disk."""
    radius, angle = np.sqrt(rng.random(count)), rng.uniform(0, 2 * np.pi, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def _on_sphere(rng: np.random.Generator, count: int) -> Floats:
    """Return uniform points (N, 3) on the unit sphere."""
    points = rng.normal(0, 1, (count, 3))
    result: Floats = points / np.sqrt((points * points).sum(-1, keepdims=True))
    return result
