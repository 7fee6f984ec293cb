# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of annotations in the solid view: a color attribute on the meshes of a site that hold annotated objects."""

from __future__ import annotations

import bpy
import numpy as np

from ..generator.domain.array_types import Longs, Singles
from ..generator.domain.categories import PALETTE, Category
from ..generator.domain.errors import SiteError
from ..generator.plan.array.conditions import Condition
from ..generator.plan.model import Site
from ..generator.plan.objects import first_pile_number, objects_of
from ..generator.scene.instances import COLOUR, prototypes_of, realize
from ..generator.scene.nodes import OBJECT
from ..generator.scene.ownership import MARK, category_of
from .annotation_drawing import CLEAN, hue_of

OFF, ID, TABLE, CATEGORY, CONDITION = "OFF", "ID", "TABLE", "CATEGORY", "CONDITION"
MODES = {OFF: "Off", ID: "Id", TABLE: "Table", CATEGORY: "Category", CONDITION: "Condition"}
"""What the colors stand for, with the names in the panel."""
ATTRIBUTE = "Solar Site annotations"
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
    for part in scene.collection.all_objects:
        if part.type == "MESH" and MARK in part:
            _color_part(part, site, mode)


def _color_part(part: bpy.types.Object, site: Site | None, mode: str) -> None:
    mesh = part.data
    old = mesh.color_attributes.get(ATTRIBUTE)
    if old is not None:
        mesh.color_attributes.remove(old)
    category = category_of(part)
    if category is Category.PILE:  # in the solid view, instances have no colors of their own
        realize(part, mode != OFF)
    if mode == OFF or not len(mesh.vertices):
        return
    if category is None:  # otherwise Blender shows another color attribute, such as a direction
        _set_colours(mesh, np.tile(PLAIN, (len(mesh.vertices), 1)), "POINT")
        return
    for prototype in prototypes_of(part):  # the mesh of realized instances takes the name from the first of them
        prototype.data.attributes.active_color_name = ATTRIBUTE
        prototype.data.update_tag()
    numbers = _numbers(mesh)
    _set_colours(mesh, _colours(numbers, category, site, mode), "CORNER" if len(mesh.polygons) else "POINT")


def _colours(numbers: Longs, category: Category, site: Site | None, mode: str) -> Singles:
    """Return the sRGB color (N, 3) of parts of the objects ``numbers`` (N,), 0 for none, of a mesh of ``category``."""
    if mode == ID:
        return _hues(numbers)
    if mode == CATEGORY:
        return _category_colours(numbers, category, site)
    if site is None:
        raise SiteError(NO_SITE)
    if mode == TABLE:
        return _hues(_tables(numbers, site))
    modules = site.modules
    colours = np.tile(PLAIN, (len(numbers), 1))
    keys = [Condition(number).key.upper() for number in range(len(Condition))]
    palette = np.array([_rgb(CLEAN if key == "CLEAN" else Category[key].color) for key in keys])
    if category is Category.MODULE:
        colours = palette[modules.condition[numbers - 1]].astype(np.float32)
    elif category is Category.PILE:  # the state of a pile is what the condition is of a module
        colours = _hues(site.piles.state[numbers - _first_pile(site)].astype(np.int64) + 1)
    return colours


def _category_colours(numbers: Longs, category: Category, site: Site | None) -> Singles:
    """Return the colors of the objects' own categories if the plan is known, else that of the whole mesh."""
    categories = np.full(len(numbers), int(category))
    if site is not None:
        categories = np.where(numbers > 0, objects_of(site).category[numbers - 1], categories)
    return np.array([_rgb(colour) for colour in PALETTE], dtype=np.float32)[categories]


def _tables(numbers: Longs, site: Site) -> Longs:
    """Return the number of the table that each object belongs to, from 1; 0 for objects of no table."""
    parents = np.append(0, objects_of(site).parent)[numbers]
    return np.where(parents > 0, parents - len(site.modules), 0)


def _first_pile(site: Site) -> int:
    return first_pile_number(site.modules, site.tables, site.equipment, site.surroundings)


def _numbers(mesh: bpy.types.Mesh) -> Longs:
    """Return the number of the object that each face, or each point without faces, belongs to; 0 for none."""
    count = len(mesh.polygons) or len(mesh.vertices)
    values = np.zeros(count, dtype=np.float32)
    attribute, colours = mesh.attributes.get(OBJECT), mesh.attributes.get(COLOUR)
    if attribute is not None and len(attribute.data) == count:
        attribute.data.foreach_get("value", values)
    elif colours is not None and len(colours.data) == count:  # instances: see ``build_piles``
        rgba = np.empty((count, 4), dtype=np.float32)
        colours.data.foreach_get("color", rgba.ravel())
        values = rgba[:, 3]
    return np.rint(values).astype(np.int64)


def _hues(numbers: Longs) -> Singles:
    """Return a color (N, 3) for each number, plain for 0; neighboring numbers differ."""
    found, places = np.unique(numbers, return_inverse=True)
    colours = np.array([hue_of(int(number)) if number else PLAIN for number in found], dtype=np.float32)
    return colours[places.ravel()]


def _set_colours(mesh: bpy.types.Mesh, colours: Singles, domain: str) -> None:
    """Show a color (N, 3) for each point, or for each face by its corners."""
    attribute = mesh.color_attributes.new(ATTRIBUTE, "BYTE_COLOR", domain)
    if domain == "CORNER":
        corners = np.empty(len(mesh.polygons), dtype=np.int32)
        mesh.polygons.foreach_get("loop_total", corners)
        colours = np.repeat(colours, corners, axis=0)
    rgba = np.ones((len(colours), 4), dtype=np.float32)
    rgba[:, :3] = colours
    attribute.data.foreach_set("color_srgb", rgba.ravel())
    mesh.color_attributes.active_color = attribute
    mesh.update()


def _rgb(colour: tuple[int, int, int]) -> Singles:
    return np.array(colour, dtype=np.float32) / 255
