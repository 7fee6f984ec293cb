# SPDX-License-Identifier: GPL-3.0-or-later
"""Cast-in-place micropiles: drilled, cast in a spiral tube of sheet metal, with steel in the head."""

from __future__ import annotations

import numpy as np

from ...numerics.solids import Finish, Shape, bar, box, loft, merged
from ..pile_kind import CLASS, RUST, STEEL, Look, PileKind, circle, pipe

_LENGTH_M = 3.5
_RIB_M, _RIB_PITCH_M = 0.005, 0.09
"""Depth and pitch of the marks that the spiral seam of the formwork leaves."""
_RIBBED_M = 1.2
"""Length below the top on which the marks are modeled."""
_STEEL_ABOVE_M = 0.18
"""Height of bars or of the steel head above the concrete."""
_CONCRETE = {"new": (0.42, 0.415, 0.40), "weathered": (0.29, 0.28, 0.265), "stained": (0.25, 0.20, 0.145)}


def _shape(look: Look) -> Shape:
    """Return a concrete column with seam marks, and protruding bars or an embedded steel head."""
    concrete = Finish(_CONCRETE[look.state], 0.9, 0.0, 0.6, CLASS)
    radius, sides = look.size_m / 2, 28
    depths = np.arange(0.0, _RIBBED_M, _RIB_PITCH_M / 3)
    rings = [circle(radius, -_LENGTH_M, sides)]
    rings += [circle(radius - _RIB_M * (step % 3 == 1), -depth, sides) for step, depth in enumerate(depths)][::-1]
    column = loft(rings, concrete)
    steel = RUST if look.details[1] < 0.6 else STEEL
    if look.details[0] < 0.5:
        return merged([column, *_bars(radius, steel)])
    head = pipe(0.045, 0.040, -0.01, _STEEL_ABOVE_M, 0.01, steel, 16)
    base = box((-0.08, -0.08, 0.0), (0.08, 0.08, 0.012), steel)
    return merged([column, base, head])


def _bars(radius: float, steel: Finish) -> list[Shape]:
    """Return four bars of the reinforcement, which lean a little."""
    feet = circle(0.55 * radius, -0.02, 4)
    return [bar(foot, foot * [1.08, 1.08, 0.0] + [0.0, 0.0, _STEEL_ABOVE_M], 0.016, 0.016, steel) for foot in feet]


def _fitting(look: Look) -> Shape:
    """Return a base plate with anchor nuts under an adjustable head."""
    half = 0.4 * look.size_m
    plate = box((-half, -half, 0.0), (half, half, 0.014), STEEL)
    return merged([plate, box((-0.05, -0.05, 0.014), (0.05, 0.05, 0.2), STEEL)])


KIND = PileKind(
    name="micropile",
    sizes_m=(0.185, 0.25, 0.3, 0.3),
    states=("new", "weathered", "stained"),
    head_m=lambda size: (size, 0.2),
    spoil_m=0.6,
    cast=True,
    shape=_shape,
    fitting=_fitting,
)
