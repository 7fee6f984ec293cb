# SPDX-License-Identifier: GPL-3.0-or-later
"""Dump the whole content of a Blender file, every datablock included, as plain data for comparison."""

from __future__ import annotations

from typing import Any

MARK = "made_by_solar_site"
LEFT_OUT = {"all_ids", "screens", "window_managers", "workspaces", "brushes"}
"""Windows switch scenes when a site is generated; brushes come with Blender, and reading them fills its log."""
NOT_DATA = {
    "rna_type",
    "id_data",
    "original",
    "session_uid",
    "solar_site",  # the panel's own settings
    "depsgraph",
    "is_evaluated",
    "storage_type",  # of an attribute: changes when it is read
    "particle_edit",  # its object depends on the window's scene
    "preview",  # Blender draws icons in the background
    "uv_layer_clone",  # this and the next are set when they are read
    "uv_layer_stencil",
    "uv_sculpt",  # reading it crashes the wheel of 4.2
}
SET_WHEN_DRAWN = {"enabled", "is_unavailable"}
"""Properties of node sockets that Blender updates when it next draws a material."""
MAX_ITEMS = 4000
"""Items of a collection that are compared."""


def everything(bpy: Any) -> dict[str, Any]:
    """Return all datablocks by kind and name, except LEFT_OUT and those of Solar Site."""
    return {
        f"{kind}/{block.name_full}": contents(block, set())
        for kind, blocks in kinds(bpy).items()
        for block in blocks
        if MARK not in block
    }


def made_by_us(bpy: Any) -> list[Any]:
    """Return every datablock that carries Solar Site's mark."""
    return [block for blocks in kinds(bpy).values() for block in blocks if MARK in block]


def kinds(bpy: Any) -> dict[str, Any]:
    """Return the collections of datablocks by name."""
    names = [prop.identifier for prop in bpy.data.bl_rna.properties if prop.type == "COLLECTION"]
    return {name: getattr(bpy.data, name) for name in names if name not in LEFT_OUT}


def contents(struct: Any, seen: set[tuple[int, str]]) -> Any:
    """Return a struct's properties by name, or only the name of its type if it was ``seen`` before."""
    kind = struct.bl_rna.identifier
    if (struct.as_pointer(), kind) in seen:
        return kind
    seen.add((struct.as_pointer(), kind))
    left_out = NOT_DATA | SET_WHEN_DRAWN if kind.startswith("NodeSocket") else NOT_DATA
    names = [prop.identifier for prop in struct.bl_rna.properties if prop.identifier not in left_out]
    return {name: plain(struct, name, seen) for name in names}


def plain(struct: Any, name: str, seen: set[tuple[int, str]]) -> Any:
    """Return a property as plain data: numbers, texts, names of other datablocks, and structs as dicts."""
    prop = struct.bl_rna.properties[name]
    try:
        value = getattr(struct, name)
    except (AttributeError, RuntimeError, ValueError) as error:  # some properties raise if they do not apply
        return type(error).__name__
    if prop.type not in ("POINTER", "COLLECTION"):
        return numbers(value)
    if prop.type == "COLLECTION":
        return [one(item, seen) for item in list(value)[:MAX_ITEMS]]
    return one(value, seen)


def numbers(value: Any) -> Any:
    """Return a copy of a value, with arrays and matrices as lists."""
    if isinstance(value, set):
        return sorted(value)
    return [numbers(part) for part in value] if hasattr(value, "__len__") and not isinstance(value, str) else value


def one(value: Any, seen: set[tuple[int, str]]) -> Any:
    """Return the name of another datablock, or the contents of a struct that belongs to this one."""
    if value is None:
        return None
    if hasattr(value, "name_full") and not value.is_embedded_data:
        return value.name_full
    return contents(value, seen)


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Return the differences between two results of ``everything``, one readable line each."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted({*before, *after})
        return [
            text for name in names for text in differences(before.get(name), after.get(name), f"{path}.{name}")
        ]  # fmt: skip
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [text for place, (one, other) in pairs for text in differences(one, other, f"{path}[{place}]")]
    return [] if before == after else [f"{path[1:]}: {str(before)[:100]} became {str(after)[:100]}"]
