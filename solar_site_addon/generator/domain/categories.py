# SPDX-License-Identifier: GPL-3.0-or-later
"""The semantic classes of a picture, said once: ids, names and the colours they are shown in."""

from __future__ import annotations

from enum import IntEnum


class SemanticClass(IntEnum):
    """What a pixel shows. The numbers are part of every dataset: never renumber, only append."""

    SKY = 0
    TERRAIN = 1
    VEGETATION = 2
    ROAD = 3
    MODULE = 4
    MOUNTING_STRUCTURE = 5
    ELECTRICAL_EQUIPMENT = 6
    FENCE = 7
    OTHER = 8

    @property
    def label(self) -> str:
        """The name in words, as sample.json and dataset.json give it."""
        return self.name.lower().replace("_", " ")


PALETTE: dict[SemanticClass, tuple[int, int, int]] = {
    SemanticClass.SKY: (135, 190, 235),
    SemanticClass.TERRAIN: (150, 115, 75),
    SemanticClass.VEGETATION: (70, 140, 60),
    SemanticClass.ROAD: (190, 190, 180),
    SemanticClass.MODULE: (30, 50, 160),
    SemanticClass.MOUNTING_STRUCTURE: (235, 200, 60),
    SemanticClass.ELECTRICAL_EQUIPMENT: (220, 80, 60),
    SemanticClass.FENCE: (160, 80, 170),
    SemanticClass.OTHER: (0, 0, 0),
}
"""sRGB colour of each class in the palette of semantic.png."""
