# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of categories has permanent ids, a hierarchy and a color for each category."""

from __future__ import annotations

import re
from pathlib import Path

from solar_site_addon.generator.domain import categories
from solar_site_addon.generator.domain.categories import PALETTE, Category, describe_categories
from solar_site_addon.generator.plan.array.conditions import Condition

PUBLISHED = (
    "sky", "terrain", "vegetation", "road", "module", "mounting_structure", "electrical_equipment", "fence", "other",
    "table", "transformer", "inverter", "combiner_box", "mast", "weather_station", "substation", "building", "house",
    "shed", "container", "vehicle", "pickup", "van", "excavator", "distractor", "polytunnel", "glasshouse", "pond",
    "tank", "packed_modules", "tarpaulin", "rack", "dust", "stain", "bird_droppings", "leaves", "snow", "cracked",
    "hot_spot", "missing",
)  # fmt: skip
"""Names of the ids 0, 1, 2 ..., which are stored in datasets: this list only grows."""


def test_ids_are_never_renumbered() -> None:
    assert [category.key for category in Category][: len(PUBLISHED)] == list(PUBLISHED)
    assert [int(category) for category in Category] == list(range(len(Category)))


def test_every_category_has_a_unique_color() -> None:
    assert len(set(PALETTE)) == len(Category) <= 256
    assert [PALETTE[category] for category in Category] == [category.color for category in Category]


def test_the_hierarchy_has_no_cycles() -> None:
    assert Category.MODULE.parent is Category.TABLE
    assert Category.INVERTER.parent is Category.ELECTRICAL_EQUIPMENT
    for category in Category:
        above, steps = category.parent, 0
        while above is not None:
            above, steps = above.parent, steps + 1
            assert steps < 5, category


def test_categories_of_equipment_and_surroundings_descend_from_those_in_semantic_png() -> None:
    for category in list(Category)[Category.TRANSFORMER : Category.RACK]:
        assert category.kind_of[-1] in {Category.ELECTRICAL_EQUIPMENT, Category.OTHER}


def test_a_kind_is_told_from_a_part() -> None:
    assert Category.PICKUP.kind_of == (Category.PICKUP, Category.VEHICLE, Category.OTHER)
    assert Category.RACK.kind_of == (Category.RACK, Category.MOUNTING_STRUCTURE)
    assert Category.MODULE.kind_of == (Category.MODULE,), "a module is a part of a table, not a kind of table"


def test_every_condition_but_clean_is_a_part_of_a_module() -> None:
    conditions = [condition.key for condition in Condition if condition is not Condition.CLEAN]
    parts = [category for category in Category if category.parent is Category.MODULE]
    assert [category.key for category in parts] == conditions
    assert all(category.is_part for category in parts)


def test_the_description_has_the_contents_for_files() -> None:
    described = describe_categories()
    assert described[4] == {"id": 4, "name": "module", "parent": "table", "color": [30, 50, 160]}
    assert described[0]["parent"] is None


def test_semantic_png_shows_the_categories_of_all_materials() -> None:
    scene = Path(categories.__file__).parents[1] / "scene"
    calls = re.compile(r"(?:new_material|paint)\([^()]*?Category\.(\w+)")
    used = {name for path in scene.glob("*.py") for name in calls.findall(path.read_text(encoding="utf-8"))}
    assert {"PILE", "TERRAIN", "MODULE"} <= used
    assert all(Category[name].is_surface for name in used)
    assert not Category.TABLE.is_surface
