# SPDX-License-Identifier: GPL-3.0-or-later
"""What is ours: every datablock that the generator makes carries a mark, and only marked ones are ever removed."""

from __future__ import annotations

from typing import TypeVar

import bpy

MARK = "made_by_solar_site"
"""Not the name of the panel's properties, ``scene.solar_site``: until 5.0 Blender keeps both in one dictionary."""
DataBlock = TypeVar("DataBlock", bound=bpy.types.ID)


def own(block: DataBlock) -> DataBlock:
    """Mark ``block`` as made by Solar Site, and return it."""
    block[MARK] = True
    return block


def owned_blocks() -> list[bpy.types.ID]:
    """Every datablock of this file that carries the mark."""
    data = bpy.data
    kinds = (
        data.scenes, data.collections, data.objects, data.meshes, data.cameras, data.lights,
        data.worlds, data.materials, data.images, data.node_groups,
    )  # fmt: skip
    return [block for kind in kinds for block in kind if MARK in block]


def remove_owned() -> None:
    """Remove what Solar Site made, and nothing else."""
    bpy.data.batch_remove(owned_blocks())
