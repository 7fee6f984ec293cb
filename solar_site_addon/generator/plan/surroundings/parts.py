# SPDX-License-Identifier: GPL-3.0-or-later
"""Finishes and parts that several kinds of surroundings share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...domain.array_types import Floats
from ...domain.categories import Category
from ..numerics.solids import Colour, Finish, Shape, bar, box, frustum, loft, merged, ribbed, tube

CONCRETE = Finish((0.34, 0.33, 0.31), 0.9, wear=0.5)
GLASS = Finish((0.012, 0.014, 0.016), 0.06, wear=0.15)
RUBBER = Finish((0.015, 0.015, 0.016), 0.8, wear=0.4)
STEEL = Finish((0.45, 0.46, 0.47), 0.4, 0.8, 0.4)
DARK_STEEL = Finish((0.035, 0.035, 0.037), 0.55, 0.3, 0.6)
WOOD = Finish((0.30, 0.22, 0.13), 0.9, wear=0.8)
EARTH = Finish((0.20, 0.145, 0.09), 0.95, wear=0.9, semantic=Category.TERRAIN)
SHEET_METAL: tuple[Colour, ...] = (
    (0.025, 0.105, 0.34), (0.04, 0.15, 0.38), (0.03, 0.07, 0.18), (0.55, 0.56, 0.57), (0.30, 0.04, 0.03),
    (0.045, 0.13, 0.30),
)  # fmt: skip
"""Painted steel roofs: mostly blue, as on farms and industrial yards of many countries."""
BODIES: tuple[Colour, ...] = ((0.72, 0.72, 0.71), (0.72, 0.72, 0.71), (0.02, 0.02, 0.022), (0.33, 0.34, 0.35),
                              (0.26, 0.02, 0.02), (0.03, 0.07, 0.20))  # fmt: skip
"""Paint of vehicles."""

PLANT_PAINT: tuple[Colour, ...] = (
    (0.62, 0.36, 0.02), (0.60, 0.15, 0.02), (0.55, 0.02, 0.02), (0.03, 0.12, 0.36), (0.55, 0.55, 0.53),
)  # fmt: skip
"""Paint of construction machines."""


def pick(colours: Sequence[Colour], share: float) -> Colour:
    """Return the color at ``share`` (0 to 1) of ``colours``."""
    return colours[min(int(share * len(colours)), len(colours) - 1)]


def at(ring: Floats, z: float) -> Floats:
    """Return the points (n, 3) of ``ring`` at the height ``z``."""
    return ring * np.array([1.0, 1.0, 0.0]) + np.array([0.0, 0.0, z])


def shifted(points: Floats, along: float) -> Floats:
    """Return ``points`` (n, 3) moved along x."""
    return points + np.array([along, 0.0, 0.0])


def gable(
    x: float, y: float, height: float, rise: float, overhang: float, pitch: float, rib: float, finish: Finish
) -> Shape:
    """Return both slopes of a gable roof whose ridge runs along x."""
    reach, eaves = x + overhang, height - rise * overhang / y
    front = [(-reach, -y - overhang, eaves), (reach, -y - overhang, eaves), (reach, 0, height + rise)]
    front.append((-reach, 0, height + rise))
    rear = [(reach, y + overhang, eaves), (-reach, y + overhang, eaves), (-reach, 0, height + rise)]
    rear.append((reach, 0, height + rise))
    ridge = bar((-reach, 0, height + rise + 0.02), (reach, 0, height + rise + 0.02), 0.35, 0.05, finish)
    return merged([ribbed(front, pitch, rib, finish), ribbed(rear, pitch, rib, finish), ridge])


def gable_ends(x: float, y: float, height: float, rise: float, finish: Finish) -> Shape:
    """Return the gable walls as one prism just inside the roof."""
    profile = np.array([(0.0, -y, height), (0.0, y, height), (0.0, 0.0, height + 0.97 * rise)])
    return loft([shifted(profile, -x), shifted(profile, x)], finish)


def wheels(x: float, y: float, radius: float) -> list[Shape]:
    """Return four wheels at +-``x`` whose outer faces are at +-``y``."""
    return [
        tube((sx * x, sy * y - sy * 0.22, radius), (sx * x, sy * y - sy * 0.01, radius), radius, RUBBER, 14)
        for sx in (-1, 1) for sy in (-1, 1)
    ]  # fmt: skip


def cab(start: float, end: float, y: float, low: float, high: float, paint: Finish) -> list[Shape]:
    """Return glazing that narrows upward under a painted roof."""
    rear, front = start + 0.18, end - 0.55
    return [
        frustum((start, -y + 0.04, end, y - 0.04), (rear, -y + 0.2, front, y - 0.2), (low, high - 0.06), GLASS),
        box((rear - 0.04, -y + 0.18, high - 0.08), (front + 0.04, y - 0.18, high), paint, 0.04),
    ]


def crawlers(rear: float, front: float, y: float, height: float) -> list[Shape]:
    """Return two crawler tracks between ``rear`` and ``front`` whose outer faces are at +-``y``."""
    half = 0.16 * y
    middles = (half - y, y - half)
    return [box((rear, mid - half, 0.0), (front, mid + half, height), RUBBER, 0.12) for mid in middles]


def timbers(x: float, width: float, depth: float) -> list[Shape]:
    """Return two squared timbers across at +-``x``, 0.1 m high, to carry what is stacked on them."""
    return [box((mid - 0.05, -width / 2, -depth), (mid + 0.05, width / 2, 0.1), WOOD) for mid in (-x, x)]


def lying_pipe(length: float, outer: float, inner: float, finish: Finish, sides: int = 16) -> Shape:
    """Return an open pipe along x with its axis at the origin."""
    angle = 2 * np.pi * np.arange(sides) / sides
    circle = np.column_stack([np.zeros(sides), np.cos(angle), np.sin(angle)])
    rings = [inner * circle, outer * circle, outer * circle, inner * circle]
    ends = (-length / 2, -length / 2, length / 2, length / 2)
    return _hollow([shifted(ring, end) for ring, end in zip(rings, ends, strict=True)], finish)


def standing_pipe(outer: float, inner: float, low: float, high: float, finish: Finish, sides: int = 24) -> Shape:
    """Return an open pipe around the vertical axis with earth inside."""
    angle = 2 * np.pi * np.arange(sides) / sides
    circle = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(sides)])
    rings = [at(inner * circle, low), at(outer * circle, low), at(outer * circle, high), at(inner * circle, high)]
    earth = loft([at(inner * circle, low), at(inner * circle, min(0.03, high - 0.02))], EARTH)
    return merged([_hollow(rings, finish), earth])


def _hollow(rings: Sequence[Floats], finish: Finish) -> Shape:
    """Return the closed surface through ``rings`` (K, n, 3), whose last one is joined to the first."""
    around = loft([*rings, rings[0]], finish, caps=False)
    count = len(rings) * len(rings[0])
    return Shape(around.vertices[:count], around.faces % count, around.finish)
