# SPDX-License-Identifier: GPL-3.0-or-later
"""Prestressed high-strength concrete (PHC) pipe piles, driven, some with broken tops.

Diameters and the wall of 70 mm are those of GB/T 13476; for details see docs/sources.md.
"""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.random_streams import EVERYWHERE, stream
from ...numerics.solids import Finish, Shape, bar, box, loft, merged
from ..pile_kind import BOTTOM, CLASS, NUM_VARIANTS, RUST, STEEL, Look, PileKind, circle, disc, pipe

_WALL_M = 0.07
_LENGTH_M = 4.0
"""Length of the mesh; the ground hides its lower part."""
_BORE_M = 0.6
"""Depth to which the inside is open above earth or water."""
_SKIRT_M = 0.12
"""Height of the steel skirt below the end plate."""
_CLAMP_M = (0.16, 0.06)
"""Height of the hoop clamp and its distance below the top."""
_LOWEST_BREAK_M = 0.28
_SIDES = 32
_CONCRETE = {"new": (0.46, 0.45, 0.43), "weathered": (0.30, 0.29, 0.275), "old": (0.17, 0.165, 0.155)}

_BARE_STEEL = Finish((0.27, 0.265, 0.26), 0.6, 0.5, 0.5, CLASS)
"""End plates are not galvanized."""


def _shape(look: Look) -> Shape:
    """Return a hollow pile with an end plate, or with a broken top and exposed strands."""
    radius = look.size_m / 2
    if look.state == "broken":
        return _broken(radius, look.variant)
    concrete = Finish(_CONCRETE[look.state], 0.85, 0.0, 0.55, CLASS)
    steel = RUST if look.details[0] < 0.5 or look.state == "old" else _BARE_STEEL
    inner = radius - _WALL_M
    parts = [
        pipe(radius, inner, -_LENGTH_M, -0.012, -_BORE_M, concrete, _SIDES),
        disc(inner, -_BORE_M, BOTTOM, _SIDES),
    ]
    # Every second site has piles with a plain concrete top instead of end plate and skirt.
    if look.details[1] < 0.5:
        parts.append(pipe(radius + 0.003, inner, -_SKIRT_M, 0.0, -0.014, steel, _SIDES))
    else:
        parts.append(pipe(radius - 0.004, inner + 0.004, -0.013, 0.0, -0.014, concrete, _SIDES))
    return merged(parts)


def _broken(radius: float, variant: int) -> Shape:
    """Return a pile with a jagged top, cracked concrete and bent strands."""
    rng = stream(EVERYWHERE, f"piles/phc/broken/{variant % NUM_VARIANTS}")
    inner = radius - _WALL_M
    angle = 2 * np.pi * np.arange(_SIDES) / _SIDES
    slant = 0.4 * _LOWEST_BREAK_M * np.cos(angle - rng.uniform(0, 2 * np.pi))
    jagged = np.minimum(slant - 0.5 * _LOWEST_BREAK_M + 0.12 * rng.uniform(-1, 1, _SIDES) * _LOWEST_BREAK_M, 0.0)
    rim = jagged - 0.03 * rng.random(_SIDES)
    concrete = Finish((0.42, 0.41, 0.39), 0.95, 0.0, 0.3, CLASS)
    rings = [circle(radius, -_LENGTH_M, _SIDES), circle(radius, jagged, _SIDES)]
    rings += [circle(inner, rim, _SIDES), circle(inner, -_BORE_M, _SIDES)]
    parts = [loft(rings, concrete, caps=False), disc(inner, -_BORE_M, BOTTOM, _SIDES)]
    parts += [_strand(radius - _WALL_M / 2, turn, jagged, rng) for turn in angle[:: _SIDES // 8]]
    return merged(parts)


def _strand(radius: float, turn: float, jagged: Floats, rng: np.random.Generator) -> Shape:
    """Return one bent strand of the reinforcement, which stands above the concrete."""
    low = float(jagged.min()) - 0.02
    foot = np.array([radius * np.cos(turn), radius * np.sin(turn), low])
    knee = foot + np.array([0.0, 0.0, rng.uniform(0.0, 0.1) - low])
    tip = knee + np.array([*rng.normal(0.0, 0.06, 2), rng.uniform(0.02, 0.12)])
    return merged([bar(foot, knee, 0.011, 0.011, RUST), bar(knee, tip, 0.011, 0.011, RUST)])


def _fitting(look: Look) -> Shape:
    """Return a steel hoop in two halves with bolted ears on both sides, and a narrow seat for the post.

    On both sides of the seat, the hollow of the pile stays visible.
    """
    radius, (height, below) = look.size_m / 2, _CLAMP_M
    low = -below - height
    steel = RUST if look.details[2] < 0.15 else STEEL
    hoop = pipe(radius + 0.014, radius + 0.002, low, -below, low, steel, _SIDES)
    ears = [
        box((x - 0.045, y - 0.005, low), (x + 0.045, y + 0.005, -below), steel)
        for x in (-radius - 0.045, radius + 0.045) for y in (-0.012, 0.012)
    ]  # fmt: skip
    bolts = [
        bar((x, -0.05, z), (x, 0.05, z), 0.022, 0.022, steel)
        for x in (-radius - 0.06, radius + 0.06) for z in (low + 0.035, -below - 0.035)
    ]  # fmt: skip
    half = min(0.06, 0.5 * (radius - _WALL_M))
    plate = box((-radius - 0.02, -half, 0.0), (radius + 0.02, half, 0.012), steel)
    return merged([hoop, *ears, *bolts, plate])


KIND = PileKind(
    name="phc",
    sizes_m=(0.3, 0.4, 0.4, 0.5),
    states=("new", "weathered", "old"),
    damaged="broken",
    damaged_share=0.03,
    head_m=lambda size: (size + 0.028, 0.22),
    spoil_m=0.75,
    shape=_shape,
    fitting=_fitting,
)
