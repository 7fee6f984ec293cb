# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks of construction work: instances of a few shapes of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import bpy
import numpy as np

from ..domain.array_types import Floats
from ..domain.categories import Category
from ..geometry.marks import mark_shape
from ..plan.construction.marks import MARK_VARIANTS, MarkKind, Marks
from .instances import COLOUR, instances, upright_rotation
from .meshes import mesh_object
from .nodes import new_material

LIGHT = "light"
Tones: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]
"""Dark and light tone, linear."""
_GROUT = ((0.22, 0.215, 0.20), (0.40, 0.39, 0.37))
_LIME = ((0.55, 0.54, 0.50), (0.85, 0.85, 0.82))
_PEG = ((0.55, 0.03, 0.05), (0.75, 0.10, 0.02))
_WOOD = (0.33, 0.24, 0.14, 1.0)


def build_marks(marks: Marks, soil: Tones, *, coarse: bool = False) -> list[bpy.types.Object]:
    """Return one object with all marks; no object if there are none.

    ``soil`` are the dark and the light tone of the site's soil, linear. Heaps that are ``coarse`` show no crumbs.
    """
    if len(marks) == 0:
        return []
    used, prototype = np.unique(marks.kind * MARK_VARIANTS + marks.variant, return_inverse=True)
    earth, peg = _earth_material(), _peg_material()
    prototypes = []
    for number in used.tolist():
        kind, variant = MarkKind(number // MARK_VARIANTS), number % MARK_VARIANTS
        shape = mark_shape(kind, variant, coarse=coarse)
        material = peg if kind is MarkKind.PEG else earth
        light = {LIGHT: shape.light}
        smooth = kind in (MarkKind.GROUT, MarkKind.TRACK)  # spoil crumbles
        prototypes.append(
            mesh_object(
                "Solar Site mark", shape.vertices, shape.triangles, material, vertex_values=light, smooth=smooth
            )
        )
    earthwork = dict.fromkeys((MarkKind.SPOIL, MarkKind.TRACK, MarkKind.BENCH), soil)
    tones = {**earthwork, MarkKind.GROUT: _GROUT, MarkKind.LIME: _LIME, MarkKind.PEG: _PEG}
    return [
        instances(
            "Solar Site marks",
            prototypes,
            prototype=prototype,
            position=marks.position,
            rotation=upright_rotation(marks.up, marks.turn_deg),
            scale=marks.size,
            colour=_colours(marks, tones),
        )
    ]


def _colours(marks: Marks, tones: Mapping[MarkKind, Tones]) -> Floats:
    """Return the color (N, 3) of each mark between the dark and the light tone of its kind."""
    palette = np.array([[tone[:3] for tone in tones[kind]] for kind in MarkKind])
    dark, light = palette[marks.kind].transpose(1, 0, 2)
    result: Floats = dark + marks.tone[:, None] * (light - dark)
    return result


def _earth_material() -> bpy.types.Material:
    material, graph = new_material("Solar Site earthwork", Category.TERRAIN)
    colour = graph.product(graph.instance_colour(COLOUR), graph.attribute(LIGHT))
    graph.surface(graph.node("ShaderNodeBsdfDiffuse", Color=colour, Roughness=0.6).outputs[0])
    return material


def _peg_material() -> bpy.types.Material:
    material, graph = new_material("Solar Site pegs", Category.OTHER)
    colour = graph.mix(graph.attribute(LIGHT), _WOOD, graph.instance_colour(COLOUR))
    graph.surface(graph.node("ShaderNodeBsdfDiffuse", Color=colour).outputs[0])
    return material
