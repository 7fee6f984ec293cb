# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules: one mesh of boxes at true size, with cells, busbars and frame in the material of the glass.

Parameters of dust and glass are estimates, except where a source is given.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias

import bpy
import numpy as np

from ..domain.array_types import Indices, Ints, Longs, Singles
from ..domain.categories import Category
from ..geometry.module_face import TEXEL_M, averaged, cell_pitches, face_texture
from ..geometry.module_looks import FRAMES, LOOKS, WORN, Colour, Look, aged_backsheet
from ..geometry.module_marks import mark_atlas, used_marks
from ..geometry.textures import GRAIN_M, RANDOM_PIXELS, grain_pixels, random_pixels
from ..plan.array.conditions import NUM_VARIANTS, Condition
from ..plan.array.module_types import ModuleType
from ..plan.array.table_types import TableType
from ..plan.array.tables import Modules
from .boxes import box_object
from .images import new_image, patches_image
from .nodes import MARKED_AOV, OBJECT, ShaderGraph, new_material
from .ownership import holding

COARSER = 4
"""Texels of the second texture, for distant cameras, in texels of the first."""
TINT = "tint"
HUE = "hue"
LEAN_X, LEAN_Y = "lean_x", "lean_y"
DUST = "dust"
MARK = "mark"
"""Index of the module's texture in the atlas of marks; 0 for none."""
MIRRORED = "mirrored"
FOCAL_LENGTH = "focal length"
"""Name of the node that holds the focal length of the camera, in units of the finest detail that it shows: each view
sets it."""

DUST_COLOUR = (0.30, 0.245, 0.175, 1.0)
DUST_PATCHES_M = 2.5
DUST_STRIP_M = 0.05
"""Width of the dirt that rain leaves behind the frame along the lower edge."""
STRIP_COVER = 3.5
"""Cover of the strip in units of the dust of the module: rain gathers there what it washes off the glass, so that even
fairly clean modules have a strip. Estimate."""

GOLDEN = 0.6180339887
"""Multiples of the golden ratio have evenly distributed fractional parts, so adjacent modules show different parts of a
tile."""

PORTRAIT_UV = ((0, 0), (1, 0), (1, 1), (0, 1))
LANDSCAPE_UV = ((1, 0), (1, 1), (0, 1), (0, 0))
"""Texture coordinates of the corners, starting at the lower left: v runs along the long side of the module."""

Socket: TypeAlias = bpy.types.NodeSocket


def build_modules(
    modules: Modules, types: Ints, table_types: tuple[TableType, ...], *, compact: bool = False
) -> list[bpy.types.Object]:
    """Return one object per table type, with all modules that are not missing.

    ``types`` (M,) is an index into ``table_types``. Each face has its module's object number. Each view determines
    which parts of the cell pattern are too fine to be visible: see ``show_detail``. ``compact`` stores the modules as
    points.
    """
    there = modules.condition != Condition.MISSING
    chosen = [np.flatnonzero(there & (types == number)) for number in range(len(table_types))]
    return [
        _build_type(modules, own, table_type, compact)
        for own, table_type in zip(chosen, table_types, strict=True)
        if len(own)
    ]


def show_detail(parts: Iterable[bpy.types.Object], focal_details: float) -> None:
    """Set the focal length of the camera for the modules among ``parts``; patterns finer than a detail are averaged.

    ``focal_details`` is in units of the finest detail that reaches the image, commonly a pixel.
    """
    for material in dict.fromkeys(slot.material for part in parts for slot in part.material_slots):
        node = material.node_tree.nodes.get(FOCAL_LENGTH)
        if node is not None:
            node.outputs[0].default_value = focal_details


def _build_type(modules: Modules, there: Indices, table_type: TableType, compact: bool) -> bpy.types.Object:
    """Return one object with the modules ``there``, all of them on tables of one type."""
    top = modules.corners[there]
    across, along = top[:, 1] - top[:, 0], top[:, 3] - top[:, 0]
    normal = np.cross(across, along)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    bottom = top - table_type.module.thickness_m * normal[:, None]
    # Only the top face shows the glass; sides and back read the texture at its corner, which is the frame.
    uv = np.zeros((6, 4, 2))
    uv[0] = LANDSCAPE_UV if table_type.landscape else PORTRAIT_UV
    marks = used_marks(modules.condition[there], modules.variant[there])
    values = {
        OBJECT: there + 1,
        TINT: modules.tint[there],
        HUE: modules.hue[there],
        LEAN_X: modules.lean[there, 0],
        LEAN_Y: modules.lean[there, 1],
        DUST: modules.dust[there],
        MARK: _places_in_atlas(marks, modules.condition[there], modules.variant[there]),
        MIRRORED: modules.variant[there] // NUM_VARIANTS,
    }
    material = _module_material(table_type, marks)
    part = box_object("Solar Site modules", top, bottom, material, values, uv=uv, compact=compact)
    return holding(part, Category.MODULE)


def _places_in_atlas(marks: list[tuple[Condition, int]], condition: Ints, variant: Ints) -> Longs:
    """Return 1 + the index in ``marks`` of each module's mark (M,), 0 if it has none."""
    places = np.zeros(len(condition), dtype=np.int64)
    for place, (kind, number) in enumerate(marks, start=1):
        places[(condition == kind) & (variant % NUM_VARIANTS == number)] = place
    return places


def _module_material(table_type: TableType, marks: list[tuple[Condition, int]]) -> bpy.types.Material:
    module = table_type.module
    material, graph = new_material("Solar Site module", Category.MODULE)
    graph.annotate(OBJECT, graph.attribute(OBJECT))
    look = LOOKS[module.kind]
    pixels = face_texture(module)
    face = _texture(graph, "Solar Site module face", pixels)
    cell, busbar, frame = graph.node("ShaderNodeSeparateColor", Color=face.outputs["Color"]).outputs
    farther = _texture(graph, "Solar Site module face, farther", averaged(pixels, COARSER))
    averaged_cell = graph.node("ShaderNodeSeparateColor", Color=farther.outputs["Color"]).outputs[0]
    inside = (pixels[..., 2] == 0) & (pixels[..., 3] == 0)
    mean_cell, mean_busbar = (float(pixels[..., channel][inside].mean()) for channel in (0, 1))
    # Cycles does not filter textures: a pattern finer than a pixel's footprint on the module would alias into noise.
    focal_px = graph.node("ShaderNodeValue", {"name": FOCAL_LENGTH}).outputs[0]
    footprint = graph.math("DIVIDE", graph.node("ShaderNodeCameraData").outputs["View Distance"], focal_px)
    cell = graph.blend(graph.smoothstep(footprint, COARSER * TEXEL_M, 2 * COARSER * TEXEL_M), cell, averaged_cell)
    pitch_across, pitch_along = cell_pitches(module)
    silicon = _silicon(graph, module, look, footprint)
    shares = {
        "cell": _filtered(graph, cell, mean_cell, footprint, min(pitch_across, pitch_along)),
        "busbar": _filtered(graph, busbar, mean_busbar, footprint, pitch_across / module.busbars),
        "border": face.outputs["Alpha"],
    }
    backsheet = aged_backsheet(look, module.backsheet_age)
    glass = _glass(graph, _below_glass(graph, backsheet, look.busbar, silicon, **shares), look.glass_slopes)
    rim = _rim(graph, module.frame, module.frame_wear)
    seen = _soiled(graph, graph.mix_shaders(frame, glass, rim), frame, table_type, marks)
    graph.surface(graph.for_camera(seen, _for_indirect_light(graph, look, mean_cell)))
    return material


def _for_indirect_light(graph: ShaderGraph, look: Look, cells: float) -> Socket:
    """Return a matte surface as bright as the module: cells on a share of the front, the backsheet on the back."""
    silicon = np.mean(look.silicon, axis=0) * np.mean(look.hues, axis=0)
    backsheet = np.array(look.backsheet)
    up = graph.node("ShaderNodeSeparateXYZ", Vector=graph.node("ShaderNodeNewGeometry").outputs["Normal"]).outputs[2]
    colour = graph.mix(
        graph.math("GREATER_THAN", up, 0.0), look.backsheet, tuple(backsheet + cells * (silicon - backsheet))
    )
    return graph.node("ShaderNodeBsdfDiffuse", Color=colour).outputs[0]


def _soiled(
    graph: ShaderGraph, module: Socket, frame: Socket, table_type: TableType, marks: list[tuple[Condition, int]]
) -> Socket:
    """Return ``module`` under its dust and its mark."""
    hanging = _hanging(graph, table_type.landscape)
    colour, cover = DUST_COLOUR, _dust_cover(graph, hanging, frame, table_type.module_size)
    if marks:
        mark_colour, mark_cover = _mark(graph, hanging, table_type.module_size, marks)
        graph.annotate(MARKED_AOV, mark_cover)
        colour = graph.mix(mark_cover, colour, mark_colour)
        bare = graph.math("MULTIPLY", graph.rest(cover), graph.rest(mark_cover))
        cover = graph.rest(bare)
    matt = graph.node("ShaderNodeBsdfDiffuse", Color=colour)
    return graph.mix_shaders(cover, module, matt.outputs[0])


def _hanging(graph: ShaderGraph, landscape: bool) -> Socket:
    """Return coordinates of the mounted glass, from the left and from the lower edge, 0 to 1."""
    uv = graph.node("ShaderNodeUVMap").outputs["UV"]
    if not landscape:
        return uv
    across, along, _ = graph.node("ShaderNodeSeparateXYZ", Vector=uv).outputs
    return graph.node("ShaderNodeCombineXYZ", X=along, Y=graph.rest(across)).outputs[0]


def _dust_cover(graph: ShaderGraph, hanging: Socket, frame: Socket, sides_m: tuple[float, float]) -> Socket:
    """Return the share of the module hidden by dust: patchy, denser lower down, caked behind the lower frame."""
    patches_at = _scaled(graph, hanging, (sides_m[0] / DUST_PATCHES_M, sides_m[1] / DUST_PATCHES_M), (0.0, 0.0))
    shift = graph.math("MULTIPLY", graph.attribute(OBJECT), 1 - GOLDEN)
    patches, caked, *_ = _grain_textures(graph, patches_image(), _moved(graph, patches_at, shift), "Linear")
    up = graph.node("ShaderNodeSeparateXYZ", Vector=hanging).outputs[1]
    even = graph.math("MULTIPLY", graph.sum((up, -0.5), plus=1.0), graph.sum((patches, 0.6), plus=0.4))
    dust = graph.attribute(DUST)
    # Squared: dust on an ordinary site takes a few percent of the light, and only caked glass looks like earth.
    spread = graph.math("MULTIPLY", graph.math("MULTIPLY", dust, dust), even)
    strip = graph.rest(graph.smoothstep(up, 0.0, 2 * DUST_STRIP_M / sides_m[1]))
    strip = graph.math("MULTIPLY", graph.math("MULTIPLY", strip, graph.smoothstep(caked, 0.2, 0.7)), graph.rest(frame))
    cover = graph.sum((spread, 1.0), (graph.math("MULTIPLY", strip, dust), STRIP_COVER))
    return graph.math("MINIMUM", cover, 0.97)


def _mark(
    graph: ShaderGraph, hanging: Socket, sides_m: tuple[float, float], marks: list[tuple[Condition, int]]
) -> tuple[Socket, Socket]:
    """Return color and opacity of the module's mark, from the atlas of the marks in use."""
    atlas = mark_atlas(marks, sides_m)
    width = atlas.shape[1] // (1 + len(marks))
    left, up, _ = graph.node("ShaderNodeSeparateXYZ", Vector=hanging).outputs
    mirrored = graph.rest(left)
    left = graph.blend(graph.attribute(MIRRORED), left, mirrored)
    # Half a texel away from the borders, interpolation does not reach the adjacent texture.
    left = graph.math("MINIMUM", graph.math("MAXIMUM", left, 0.5 / width), 1 - 0.5 / width)
    place = graph.math("DIVIDE", graph.math("ADD", left, graph.attribute(MARK)), 1.0 + len(marks))
    at = graph.node("ShaderNodeCombineXYZ", X=place, Y=up).outputs[0]
    properties = {"image": new_image("Solar Site marks", atlas), "extension": "EXTEND"}
    node = graph.node("ShaderNodeTexImage", properties, Vector=at)
    return node.outputs["Color"], node.outputs["Alpha"]


def _texture(graph: ShaderGraph, name: str, pixels: Singles) -> bpy.types.Node:
    return graph.node("ShaderNodeTexImage", {"image": new_image(name, pixels), "extension": "EXTEND"})


def _filtered(graph: ShaderGraph, share: Socket, mean: float, footprint: Socket, period_m: float) -> Socket:
    """Return ``share`` of a pattern up close, and its mean where a pixel's footprint (m) spans well over a period.

    A camera still shows half the contrast of a pattern with the period of a pixel, or a false pattern (Moiré).
    """
    return graph.blend(graph.smoothstep(footprint, 0.6 * period_m, 1.6 * period_m), share, mean)


def _silicon(graph: ShaderGraph, module: ModuleType, look: Look, footprint: Socket) -> Socket:
    """Return the color of the cells, which varies by module, and in multicrystalline silicon by cell and crystal."""
    shade = graph.smoothstep(graph.attribute(TINT), -2.5, 2.5)
    if look.grain:
        uv = graph.node("ShaderNodeUVMap").outputs["UV"]
        margin = module.lip_m + module.margin_m
        across, along = cell_pitches(module)
        texel = RANDOM_PIXELS * across, RANDOM_PIXELS * along
        cells = _scaled(
            graph,
            uv,
            (module.width_m / texel[0], module.length_m / texel[1]),
            (-margin / texel[0], -margin / texel[1]),
        )
        shift = graph.math("MULTIPLY", graph.attribute(OBJECT), GOLDEN)
        numbers = new_image("Solar Site cells", random_pixels())
        of_cell = _grain_texture(graph, numbers, _moved(graph, cells, shift), "Closest")
        on_glass = _scaled(graph, uv, (module.width_m / GRAIN_M, module.length_m / GRAIN_M), (0.0, 0.0))
        crystals = new_image("Solar Site crystals", grain_pixels())
        of_crystal = _grain_texture(graph, crystals, _moved(graph, on_glass, shift), "Linear")
        crystals = _filtered(graph, of_crystal, 0.5, footprint, 0.03)
        for value, weight in ((of_cell, 0.35), (crystals, 0.8)):
            contrast = weight * look.grain
            shade = graph.sum((shade, 1.0), (value, contrast), plus=-contrast / 2)
    hue = graph.mix(graph.smoothstep(graph.attribute(HUE), -2.5, 2.5), *look.hues)
    return graph.product(graph.mix(shade, *look.silicon), hue)


def _scaled(graph: ShaderGraph, vector: Socket, scale: tuple[float, float], offset: tuple[float, float]) -> Socket:
    """Return ``vector`` times ``scale`` plus ``offset``."""
    node = graph.node("ShaderNodeVectorMath", {"operation": "MULTIPLY_ADD"})
    for socket, value in zip(node.inputs, (vector, (*scale, 0.0), (*offset, 0.0)), strict=False):
        graph.feed(socket, value)
    return node.outputs[0]


def _moved(graph: ShaderGraph, vector: Socket, shift: Socket) -> Socket:
    """Return ``vector`` with ``shift`` added to each coordinate, rounded to the texels of ``random_pixels``."""
    whole = graph.math("SNAP", graph.math("FRACT", shift), 1 / RANDOM_PIXELS)
    node = graph.node("ShaderNodeVectorMath", {"operation": "ADD"})
    graph.feed(node.inputs[0], vector)
    graph.feed(node.inputs[1], whole)
    return node.outputs[0]


def _grain_texture(graph: ShaderGraph, image: bpy.types.Image, vector: Socket, interpolation: str) -> Socket:
    return _grain_textures(graph, image, vector, interpolation)[0]


def _grain_textures(graph: ShaderGraph, image: bpy.types.Image, vector: Socket, interpolation: str) -> list[Socket]:
    """Return the first three channels of a repeated image."""
    properties = {"image": image, "extension": "REPEAT", "interpolation": interpolation}
    node = graph.node("ShaderNodeTexImage", properties, Vector=vector)
    return list(graph.channels(node.outputs["Color"]))


def _below_glass(
    graph: ShaderGraph, backsheet: Colour, ribbon: Colour, silicon: Socket, *, cell: Socket, busbar: Socket,
    border: Socket,
) -> Socket:  # fmt: skip
    """Return the color under the glass: backsheet, silicon, busbars."""
    field = graph.mix(busbar, graph.mix(cell, backsheet, silicon), ribbon)
    return graph.mix(border, field, backsheet)


def _glass(graph: ShaderGraph, colour: Socket, slopes: float) -> Socket:
    """Return anti-reflective glass over ``colour``, which itself has almost no specular reflection.

    The width of a microfacet distribution is sqrt(2) times the root mean square of the ``slopes``, and also the square
    of Blender's roughness. The panes are not exactly coplanar, so each one reflects a different part of the sky.
    """
    lean = graph.node("ShaderNodeCombineXYZ", X=graph.attribute(LEAN_X), Y=graph.attribute(LEAN_Y)).outputs[0]
    leaning = graph.node("ShaderNodeVectorMath", {"operation": "ADD"})
    graph.feed(leaning.inputs[0], graph.node("ShaderNodeNewGeometry").outputs["Normal"])
    graph.feed(leaning.inputs[1], lean)
    normal = graph.node("ShaderNodeVectorMath", {"operation": "NORMALIZE"})
    graph.feed(normal.inputs[0], leaning.outputs[0])
    shader = graph.node(
        "ShaderNodeBsdfPrincipled", Base_Color=colour, Roughness=0.5, IOR=1.5, Specular_IOR_Level=0.1,
        Coat_Weight=1.0, Coat_Roughness=math.sqrt(math.sqrt(2) * slopes), Coat_IOR=1.38, Coat_Normal=normal.outputs[0],
    )  # fmt: skip
    return shader.outputs[0]


def _rim(graph: ShaderGraph, frame: str, wear: float) -> Socket:
    new, worn = FRAMES[frame], WORN[frame]
    colour = tuple(a + (b - a) * wear for a, b in zip(new[0], worn[0], strict=True))
    metallic, roughness = (a + (b - a) * wear for a, b in zip(new[1:], worn[1:], strict=True))
    shader = graph.node("ShaderNodeBsdfPrincipled", Base_Color=colour, Metallic=metallic, Roughness=roughness)
    return shader.outputs[0]
