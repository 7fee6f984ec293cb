# SPDX-License-Identifier: GPL-3.0-or-later
"""Driven steel sections (C, H and sigma), which reach up to the rafters without a post of their own.

Sections are estimates after usual catalogs (docs/sources.md).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...numerics.solids import Finish, Rectangle, Shape, bar, box, merged
from ..pile_kind import CLASS, HOLE, STEEL, Look, PileKind

_LENGTH_M = 6.0
_SHEET_M = 0.006
"""Drawn thickness of the steel."""
_LIP_M = 0.02
_FLANGE = 0.5
"""Width of the flanges, as a share of the section's height."""
_SLOT_M = (0.012, 0.04)
"""Width and height of the slots that the rafter is bolted to."""
_HEAD_M = (-0.18, 0.06)
"""Lower and upper edge of the adjustable head, from the top of the pile."""
_STEELS = {
    "galvanized": Finish((0.48, 0.49, 0.50), 0.4, 0.75, 0.15, CLASS),
    "dull": Finish((0.31, 0.31, 0.305), 0.6, 0.4, 0.5, CLASS),
    "rusted": Finish((0.22, 0.105, 0.05), 0.85, 0.1, 0.6, CLASS),
}


def _shape(look: Look) -> Shape:
    """Return a section with slots near its top, in the profile of the site."""
    section = (_c, _h, _sigma)[min(int(look.details[0] * 3), 2)]
    parts = [
        box((x0, y0, -_LENGTH_M), (x1, y1, 0.0), _STEELS[look.state])
        for x0, y0, x1, y1 in section(look.size_m / 2, _FLANGE * look.size_m)
    ]
    width, height = _SLOT_M
    slots = [
        box((-width / 2, -_SHEET_M, low), (width / 2, _SHEET_M, low + height), HOLE)
        for low in (-0.07 - 0.06 * number for number in range(3))
    ]
    return merged([*parts, *slots])


def _c(half: float, flange: float) -> Iterator[Rectangle]:
    """Yield the plates of a C section: web, flanges and lips."""
    yield -half, -_SHEET_M / 2, half, _SHEET_M / 2
    for low, high, lip in ((-half, -half + _SHEET_M, -half), (half - _SHEET_M, half, half - _LIP_M)):
        yield low, 0.0, high, flange
        yield lip, flange - _SHEET_M, lip + _LIP_M, flange


def _h(half: float, flange: float) -> Iterator[Rectangle]:
    """Yield the plates of an H section: web and flanges."""
    yield -half, -_SHEET_M / 2, half, _SHEET_M / 2
    for low, high in ((-half, -half + _SHEET_M), (half - _SHEET_M, half)):
        yield low, -flange / 2, high, flange / 2


def _sigma(half: float, flange: float) -> Iterator[Rectangle]:
    """Yield the plates of a sigma section, whose web is set back in the middle."""
    back = 0.25 * flange
    yield -half / 2, back, half / 2, back + _SHEET_M
    for low, high in ((-half, -half / 2), (half / 2, half)):
        yield low, -_SHEET_M / 2, high, _SHEET_M / 2
    for place in (-half / 2, half / 2):
        yield place - _SHEET_M / 2, -_SHEET_M / 2, place + _SHEET_M / 2, back + _SHEET_M
    for low, high in ((-half, -half + _SHEET_M), (half - _SHEET_M, half)):
        yield low, 0.0, high, flange


def _fitting(look: Look) -> Shape:
    """Return an adjustable head: two plates bolted to the flanges, between which the rafter is set to its height."""
    half, flange, (low, high) = look.size_m / 2, _FLANGE * look.size_m, _HEAD_M
    plates = [
        box((x - 0.004, -0.6 * flange, low), (x + 0.004, flange, high), STEEL) for x in (-half - 0.005, half + 0.005)
    ]
    bolts = [
        bar((-half - 0.03, 0.3 * flange, z), (half + 0.03, 0.3 * flange, z), 0.016, 0.016, STEEL)
        for z in (low + 0.03, low + 0.1)
    ]
    return merged([*plates, *bolts])


KIND = PileKind(
    name="driven_steel",
    sizes_m=(0.1, 0.12, 0.14, 0.16),
    states=("galvanized", "dull", "rusted"),
    head_m=lambda size: (size, 0.2),
    carries_rafter=True,
    spoil_m=0.3,
    shape=_shape,
    fitting=_fitting,
)
