# SPDX-License-Identifier: GPL-3.0-or-later
"""Ownership: every datablock that the generator creates carries a mark, and only marked ones are ever removed."""

from __future__ import annotations

from typing import TypeVar

import bpy

from ..domain.categories import Category

MARK = "made_by_solar_site"
"""Differs from the name of the panel's properties, ``scene.solar_site``, because before 5.0 Blender stores both in one
dictionary."""
CATEGORY = "solar_site_category"
"""Property of objects that hold annotated ones."""
DataBlock = TypeVar("DataBlock", bound=bpy.types.ID)


def own(block: DataBlock) -> DataBlock:
    """Mark ``block`` as created by Solar Site, and return it."""
    block[MARK] = True
    return block


def holding(part: bpy.types.Object, category: Category) -> bpy.types.Object:
    """Record on ``part`` the category of the objects that it holds, and return it."""
    part[CATEGORY] = int(category)
    return part


def category_of(part: bpy.types.Object) -> Category | None:
    """Return the recorded category of the objects that ``part`` holds, None if it holds none."""
    return Category(int(part[CATEGORY])) if CATEGORY in part else None


def owned_blocks() -> list[bpy.types.ID]:
    """Return every datablock of this file that carries the mark."""
    data = bpy.data
    kinds = (
        data.scenes, data.collections, data.objects, data.meshes, data.cameras, data.lights,
        data.worlds, data.materials, data.images, data.node_groups,
    )  # fmt: skip
    return [block for kind in kinds for block in kind if MARK in block]


def remove_owned() -> None:
    """Remove what Solar Site created, and nothing else."""
    bpy.data.batch_remove(owned_blocks())
