# SPDX-License-Identifier: GPL-3.0-or-later
"""Ownership: every datablock that the generator creates carries a mark, and only marked ones are ever removed."""

from __future__ import annotations

from typing import TypeVar

import bpy

MARK = "made_by_solar_site"
"""Differs from the name of the panel's properties, ``scene.solar_site``, because before 5.0 Blender stores both in one
dictionary."""
DataBlock = TypeVar("DataBlock", bound=bpy.types.ID)


def own(block: DataBlock) -> DataBlock:
    """Mark ``block`` as created by Solar Site, and return it."""
    block[MARK] = True
    return block


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
