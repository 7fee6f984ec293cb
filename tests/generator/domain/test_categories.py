# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of categories has permanent ids, a hierarchy and a color for each category."""

from __future__ import annotations

from solar_site_addon.generator.domain.categories import PALETTE, Category, describe_categories

PUBLISHED = (
    "sky", "terrain", "vegetation", "road", "module", "mounting_structure", "electrical_equipment", "fence", "other",
    "table", "transformer", "inverter", "combiner_box", "mast", "weather_station", "substation", "building", "house",
    "shed", "container", "vehicle", "pickup", "van", "excavator", "distractor", "polytunnel", "glasshouse", "pond",
    "tank", "packed_modules", "tarpaulin",
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
    for category in list(Category)[Category.TRANSFORMER :]:
        top = category
        while top.parent is not None:
            top = top.parent
        assert top in {Category.ELECTRICAL_EQUIPMENT, Category.MOUNTING_STRUCTURE, Category.OTHER}


def test_the_description_has_the_contents_for_files() -> None:
    described = describe_categories()
    assert described[4] == {"id": 4, "name": "module", "parent": "table", "color": [30, 50, 160]}
    assert described[0]["parent"] is None
