# SPDX-License-Identifier: GPL-3.0-or-later
"""Helical steel piles: a tube with a flange plate on top. Sizes are those of usual catalogs (docs/sources.md)."""

from __future__ import annotations

import numpy as np

from ...numerics.solids import Finish, Shape, box, loft, merged, moved, tube
from ..pile_kind import CLASS, HOLE, STEEL, Look, PileKind, circle, disc, pipe

_LENGTH_M = 3.5
_FLANGE_M = 0.22
_FLANGE_THICKNESS_M = 0.012
_BOLT_CIRCLE_M = 0.175
_HOLE_M = 0.018
_STEELS = {
    "galvanized": Finish((0.50, 0.51, 0.52), 0.35, 0.75, 0.1, CLASS),
    "dull": Finish((0.30, 0.30, 0.295), 0.65, 0.35, 0.5, CLASS),
    "rusted": Finish((0.24, 0.115, 0.055), 0.85, 0.1, 0.6, CLASS),
    "heavily_rusted": Finish((0.115, 0.048, 0.026), 0.95, 0.0, 0.8, CLASS),
}


def _shape(look: Look) -> Shape:
    """Return a tube with a round or square flange, stiffeners and bolt holes."""
    steel, radius = _STEELS[look.state], look.size_m / 2
    low, half = -_FLANGE_THICKNESS_M, _FLANGE_M / 2
    if look.details[0] < 0.6:
        flange = loft([circle(half, low, 28), circle(half, 0.0, 28)], steel)
    else:
        flange = box((-half, -half, low), (half, half, 0.0), steel)
    count = 4 if look.details[1] < 0.5 else 6
    turns = 2 * np.pi * (np.arange(count) + 0.5) / count
    holes = [
        disc(_HOLE_M / 2, 0.001, HOLE, 8, (_BOLT_CIRCLE_M / 2 * np.cos(turn), _BOLT_CIRCLE_M / 2 * np.sin(turn)))
        for turn in turns
    ]
    stiffener = box((radius - 0.002, -0.004, low - 0.08), (half - 0.012, 0.004, low), steel)
    stiffeners = [moved(stiffener, (0.0, 0.0, 0.0), turn) for turn in np.arange(4) * np.pi / 2]
    bore = pipe(radius, radius - 0.004, -_LENGTH_M, low, low - 0.1, steel, 20)
    return merged([bore, flange, disc(radius - 0.004, 0.001, HOLE, 16), *holes, *stiffeners])


def _fitting(look: Look) -> Shape:
    """Return an adjustable head: a smaller flange bolted on, and a sleeve for the post."""
    half = 0.085
    plate = box((-half, -half, 0.002), (half, half, 0.012), STEEL)
    sleeve = tube((0.0, 0.0, 0.012), (0.0, 0.0, 0.16), look.size_m / 2, STEEL, 16)
    bolts = [
        tube((x, y, 0.0), (x, y, 0.035), 0.012, STEEL, 6) for x in (-0.062, 0.062) for y in (-0.062, 0.062)
    ]  # fmt: skip
    return merged([plate, sleeve, *bolts])


KIND = PileKind(
    name="helical",
    sizes_m=(0.076, 0.089, 0.114, 0.159),
    states=("galvanized", "dull", "rusted", "heavily_rusted"),
    head_m=lambda size: (max(size, _FLANGE_M), 0.1),
    spoil_m=0.4,
    shape=_shape,
    fitting=_fitting,
)
