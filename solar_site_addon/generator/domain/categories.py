# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of categories, with ids, hierarchy and palette colors.

To add a category, add one entry to ``Category``. Masks, annotation formats, sample.json, dataset.json, the panel and
docs/formats.md are derived from it. Standard library only: the launcher imports this module.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self

Color = tuple[int, int, int]
PART = True


class Category(IntEnum):
    """A category: its id (the value of the member), its parent and its sRGB color.

    An entry reads ``NAME = id, name of the parent or "", color``, and ends in ``PART`` if it is a part of its parent
    rather than a kind of it. Ids are stored in every dataset: append new ones, and never renumber. semantic.png shows
    the most specific category that a material has, see ``is_surface``; objects also have more specific categories, most
    of which descend from these, and the conditions of modules are categories too.
    """

    parent_name: str
    color: Color
    is_part: bool

    def __new__(cls, number: int, parent: str = "", color: Color = (0, 0, 0), is_part: bool = False) -> Self:
        """Return the member with the id ``number`` (0 to 255)."""
        member = int.__new__(cls, number)
        member._value_ = number
        member.parent_name = parent
        member.color = color
        member.is_part = is_part
        return member

    SKY = 0, "", (135, 190, 235)
    TERRAIN = 1, "", (150, 115, 75)
    VEGETATION = 2, "", (70, 140, 60)
    ROAD = 3, "", (190, 190, 180)
    MODULE = 4, "TABLE", (30, 50, 160), PART
    MOUNTING_STRUCTURE = 5, "", (235, 200, 60)
    ELECTRICAL_EQUIPMENT = 6, "", (220, 80, 60)
    FENCE = 7, "", (160, 80, 170)
    OTHER = 8, "", (0, 0, 0)
    TABLE = 9, "", (60, 110, 220)
    TRANSFORMER = 10, "ELECTRICAL_EQUIPMENT", (200, 40, 40)
    INVERTER = 11, "ELECTRICAL_EQUIPMENT", (240, 130, 60)
    COMBINER_BOX = 12, "ELECTRICAL_EQUIPMENT", (250, 170, 110)
    MAST = 13, "ELECTRICAL_EQUIPMENT", (170, 60, 90)
    WEATHER_STATION = 14, "ELECTRICAL_EQUIPMENT", (230, 110, 150)
    SUBSTATION = 15, "ELECTRICAL_EQUIPMENT", (130, 20, 30)
    BUILDING = 16, "OTHER", (120, 120, 130)
    HOUSE = 17, "BUILDING", (150, 140, 135)
    SHED = 18, "BUILDING", (95, 110, 130)
    CONTAINER = 19, "BUILDING", (60, 95, 120)
    VEHICLE = 20, "OTHER", (90, 200, 200)
    PICKUP = 21, "VEHICLE", (60, 170, 190)
    VAN = 22, "VEHICLE", (120, 220, 210)
    EXCAVATOR = 23, "VEHICLE", (210, 180, 20)
    DISTRACTOR = 24, "OTHER", (200, 100, 220)
    POLYTUNNEL = 25, "DISTRACTOR", (220, 200, 240)
    GLASSHOUSE = 26, "DISTRACTOR", (170, 220, 230)
    POND = 27, "DISTRACTOR", (20, 90, 110)
    TANK = 28, "DISTRACTOR", (20, 140, 150)
    PACKED_MODULES = 29, "DISTRACTOR", (180, 140, 100)
    TARPAULIN = 30, "DISTRACTOR", (100, 60, 200)
    RACK = 31, "MOUNTING_STRUCTURE", (170, 150, 60)
    DUST = 32, "MODULE", (190, 160, 110), PART
    STAIN = 33, "MODULE", (110, 90, 50), PART
    BIRD_DROPPINGS = 34, "MODULE", (240, 240, 240), PART
    LEAVES = 35, "MODULE", (150, 100, 20), PART
    SNOW = 36, "MODULE", (200, 225, 255), PART
    CRACKED = 37, "MODULE", (255, 60, 140), PART
    HOT_SPOT = 38, "MODULE", (255, 90, 0), PART
    MISSING = 39, "MODULE", (90, 90, 90), PART
    PILE = 40, "MOUNTING_STRUCTURE", (255, 230, 120)
    PILE_DRIVER = 41, "VEHICLE", (230, 140, 30)
    DRILLING_RIG = 42, "VEHICLE", (200, 120, 60)
    CONCRETE_MIXER = 43, "VEHICLE", (150, 190, 60)
    TRUCK = 44, "VEHICLE", (60, 140, 120)
    SUPPLIES = 45, "OTHER", (160, 160, 90)
    PILE_STACK = 46, "SUPPLIES", (140, 140, 110)
    STEEL_BUNDLE = 47, "SUPPLIES", (170, 175, 180)
    PIPE_BUNDLE = 48, "SUPPLIES", (70, 120, 220)
    CABLE_DRUM = 49, "SUPPLIES", (190, 130, 70)
    BAGS = 50, "SUPPLIES", (240, 240, 230)
    TENT = 51, "SUPPLIES", (90, 130, 200)
    CONCRETE_END = 52, "DISTRACTOR", (200, 200, 190)
    STUMP = 53, "DISTRACTOR", (120, 85, 50)
    BARREL = 54, "DISTRACTOR", (40, 80, 160)
    MANHOLE = 55, "DISTRACTOR", (90, 90, 95)
    MARKER_CONE = 56, "DISTRACTOR", (255, 100, 20)
    WORKER = 57, "OTHER", (250, 60, 200)
    REBAR = 58, "SUPPLIES", (150, 80, 50)
    FORMWORK_TUBE = 59, "DISTRACTOR", (185, 195, 205)

    @property
    def key(self) -> str:
        """Name of the category in files, for example ``electrical_equipment``."""
        return self.name.lower()

    @property
    def is_surface(self) -> bool:
        """Whether semantic.png shows the category: those of materials."""
        return self <= Category.OTHER or self is Category.PILE

    @property
    def parent(self) -> Category | None:
        """The category that this one is a kind or a part of, or None."""
        return Category[self.parent_name] if self.parent_name else None

    @property
    def kind_of(self) -> tuple[Category, ...]:
        """The category itself and those that it is a kind of, from the most specific one."""
        general = None if self.is_part or self.parent is None else self.parent
        return (self, *(general.kind_of if general else ()))


PALETTE: tuple[Color, ...] = tuple(
    Category(number).color if number in Category._value2member_map_ else (0, 0, 0)
    for number in range(max(Category) + 1)
)
"""The color of each id, for palette images."""


def describe_categories() -> list[dict[str, object]]:
    """Return the registry for dataset.json: id, name, name of the parent (or None) and color of each category."""
    return [
        {
            "id": int(category),
            "name": category.key,
            "parent": category.parent.key if category.parent else None,
            "color": list(category.color),
        }
        for category in Category
    ]
