# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of annotations in the solid view: a color attribute on the meshes of a site that hold annotated objects."""

from __future__ import annotations

import bpy
import numpy as np

from ..generator.domain.array_types import Longs, Singles
from ..generator.domain.categories import Category
from ..generator.domain.errors import SiteError
from ..generator.plan.array.conditions import Condition
from ..generator.plan.model import Site
from ..generator.scene.nodes import OBJECT
from ..generator.scene.ownership import MARK
from .annotation_drawing import CLEAN, hue_of

OFF, ID, TABLE, CATEGORY, CONDITION = "OFF", "ID", "TABLE", "CATEGORY", "CONDITION"
MODES = {OFF: "Off", ID: "Id", TABLE: "Table", CATEGORY: "Category", CONDITION: "Condition"}
"""What the colors stand for, with the names in the panel."""
ATTRIBUTE = "Solar Site annotations"
CATEGORIES = {
    "modules": Category.MODULE,
    "structure": Category.RACK,
    "clamps": Category.RACK,
    "pile": Category.PILE,
    "equipment": Category.ELECTRICAL_EQUIPMENT,
    "fence": Category.FENCE,
    "surroundings": Category.OTHER,
}
"""Categories of the meshes, by the second part of their names."""
PLAIN = np.array([0.35, 0.35, 0.35], dtype=np.float32)
"""Color of meshes that the mode says nothing about."""
NO_SITE = "The plan of this site was not kept with the file: use Generate Preview to color it."


def color_site(scene: bpy.types.Scene, site: Site | None, mode: str) -> None:
    """Color the annotated objects of a site, or remove the colors; ``site`` is its plan, if that is known.

    Raises:
        SiteError: the plan is needed and not known.
    """
    if mode in (TABLE, CONDITION) and site is None:
        raise SiteError(NO_SITE)
    meshes = {part.data for part in scene.collection.all_objects if part.type == "MESH" and MARK in part}
    meshes |= {mesh for mesh in bpy.data.meshes if MARK in mesh and _kind(mesh) == "pile"}  # shown as instances
    for mesh in meshes:
        old = mesh.color_attributes.get(ATTRIBUTE)
        if old is not None:
            mesh.color_attributes.remove(old)
        if mode == OFF or not len(mesh.polygons):
            continue
        if _kind(mesh) in CATEGORIES:
            _set_colours(mesh, _colours(mesh, site, mode))
        else:  # otherwise Blender shows another color attribute, such as a direction
            _set_plain(mesh)


def _colours(mesh: bpy.types.Mesh, site: Site | None, mode: str) -> Singles:
    """Return the sRGB color (F, 3) of each face."""
    kind = _kind(mesh)
    if mode == CATEGORY:
        return np.tile(_rgb(CATEGORIES[kind].color), (len(mesh.polygons), 1))
    numbers = _numbers(mesh)
    if mode == ID:
        return _hues(numbers)
    if site is None or kind != "modules":
        return np.tile(PLAIN, (len(mesh.polygons), 1))
    modules = site.modules
    if mode == TABLE:
        return _hues(modules.table[numbers - 1].astype(np.int64) + 1)
    keys = [Condition(number).key.upper() for number in range(len(Condition))]
    palette = np.array([_rgb(CLEAN if key == "CLEAN" else Category[key].color) for key in keys])
    return palette[modules.condition[numbers - 1]].astype(np.float32)


def _numbers(mesh: bpy.types.Mesh) -> Longs:
    """Return the number of the object that each face belongs to, 0 for none."""
    values = np.zeros(len(mesh.polygons), dtype=np.float32)
    attribute = mesh.attributes.get(OBJECT)
    if attribute is not None and attribute.domain == "FACE":
        attribute.data.foreach_get("value", values)
    return np.rint(values).astype(np.int64)


def _hues(numbers: Longs) -> Singles:
    """Return a color (F, 3) for each number; neighboring numbers differ."""
    found, places = np.unique(numbers, return_inverse=True)
    colours = np.array([hue_of(int(number)) if number else PLAIN for number in found], dtype=np.float32)
    return colours[places.ravel()]


def _set_colours(mesh: bpy.types.Mesh, colours: Singles) -> None:
    attribute = mesh.color_attributes.new(ATTRIBUTE, "BYTE_COLOR", "CORNER")
    corners = np.empty(len(mesh.polygons), dtype=np.int32)
    mesh.polygons.foreach_get("loop_total", corners)
    rgba = np.ones((len(mesh.loops), 4), dtype=np.float32)
    rgba[:, :3] = np.repeat(colours, corners, axis=0)
    attribute.data.foreach_set("color_srgb", rgba.ravel())
    mesh.color_attributes.active_color = attribute


def _set_plain(mesh: bpy.types.Mesh) -> None:
    attribute = mesh.color_attributes.new(ATTRIBUTE, "BYTE_COLOR", "POINT")
    rgba = np.ones((len(mesh.vertices), 4), dtype=np.float32)
    rgba[:, :3] = PLAIN
    attribute.data.foreach_set("color_srgb", rgba.ravel())
    mesh.color_attributes.active_color = attribute


def _kind(mesh: bpy.types.Mesh) -> str:
    """Return the part of a mesh's name that says what it shows: ``modules``."""
    return mesh.name.removeprefix("Solar Site ").partition(" ")[0].partition(".")[0]


def _rgb(colour: tuple[int, int, int]) -> Singles:
    return np.array(colour, dtype=np.float32) / 255
