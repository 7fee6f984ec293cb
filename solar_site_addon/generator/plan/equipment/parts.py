# SPDX-License-Identifier: GPL-3.0-or-later
"""Finishes and parts that several kinds of equipment share."""

from __future__ import annotations

from ...domain.categories import Category
from ..numerics.solids import Colour, Finish, Shape, box

CLASS = Category.ELECTRICAL_EQUIPMENT
CONCRETE = Finish((0.36, 0.35, 0.33), 0.9, 0.0, 0.8, CLASS)
GALVANISED = Finish((0.42, 0.43, 0.44), 0.45, 0.7, 0.4, CLASS)
DARK = Finish((0.03, 0.03, 0.032), 0.6, 0.0, 0.3, CLASS)
CABINET_PAINT: tuple[Colour, ...] = ((0.62, 0.63, 0.62), (0.75, 0.75, 0.73), (0.42, 0.44, 0.45))


def cabinet_finish(tone: float, roughness: float, metallic: float, wear: float) -> Finish:
    """Return the finish of a painted cabinet; ``tone`` from 0 to 1 selects its color."""
    return Finish(CABINET_PAINT[int(tone * len(CABINET_PAINT))], roughness, metallic, wear, CLASS)


def stand(spread: float, depth: float, height: float) -> list[Shape]:
    """Return two posts, ``spread`` apart, from ``depth`` below the base to ``height``."""
    return [box((x - 0.025, -0.03, -depth), (x + 0.025, 0.03, height), GALVANISED) for x in (-spread / 2, spread / 2)]
