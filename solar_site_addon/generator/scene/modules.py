# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules: one mesh of boxes at true size, with cells, busbars and frame drawn on the glass."""

from __future__ import annotations

from typing import TypeAlias

import bpy
import numpy as np
from numpy.typing import NDArray

from ..plan.site_plan import Camera, Modules
from ..sample.classes import SemanticClass
from ..seeds import Stage, stage_generator
from ..settings import ModuleSettings
from .meshes import boxes, mesh_object
from .nodes import MODULE_AOV, ShaderGraph, new_material
from .textures import new_image

TEXEL_M = 0.002
FRAME_LIP_M = 0.011
"""How far the frame reaches over the glass."""
CELL_GAP_M = 0.002
MARGIN_M = 0.014
"""From the frame's lip to the first cell."""
CHAMFER_M = 0.009
"""Cut corners of monocrystalline cells, on the outer side of each half cell."""
BUSBAR_PITCH_M = 0.0165
BUSBAR_WIDTH_M = 0.0004

BACKSHEET = (0.55, 0.56, 0.57, 1.0)

MODULE_NUMBER = "module_number"
TINT = "tint"

Socket: TypeAlias = bpy.types.NodeSocket


def build_modules(modules: Modules, settings: ModuleSettings, camera: Camera, seed: int) -> bpy.types.Object:
    """One object that holds every module; each face knows its module's number (site-wide, from 1).

    ``camera`` decides what of the cells' pattern is too fine to be seen.
    """
    top = modules.corners
    across, along = top[:, 1] - top[:, 0], top[:, 3] - top[:, 0]
    normal = np.cross(across, along)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    vertices, faces = boxes(top, top - settings.thickness_m * normal[:, None])
    count = len(modules)
    # Only the top face shows the glass; sides and back read the texture at its corner, which is frame.
    uv = np.zeros((count, 6, 4, 2))
    uv[:, 0] = [[0, 0], [1, 0], [1, 1], [0, 1]]
    tint = stage_generator(seed, Stage.MODULES).normal(0.0, 1.0, count).clip(-2, 2)
    return mesh_object(
        "Solar Site modules",
        vertices,
        faces,
        _module_material(settings, camera.focal_px),
        uv=uv.reshape(-1, 4, 2),
        face_values={MODULE_NUMBER: np.repeat(np.arange(1, count + 1), 6), TINT: np.repeat(tint, 6)},
    )


def face_texture(settings: ModuleSettings) -> NDArray[np.float32]:
    """(rows, columns, 4) shares of cell, busbar, frame and backsheet border; first row at the bottom.

    Cell and busbar are a pattern too fine for far cameras; the border (round the cells and across the middle of
    half-cell modules) and the frame are not. Between the cells the white backsheet shows.
    """
    height, width = round(settings.length_m / TEXEL_M), round(settings.width_m / TEXEL_M)
    y, x = (np.arange(height) + 0.5) * TEXEL_M, (np.arange(width) + 0.5) * TEXEL_M
    cell_y, pitch_y = _in_cells(y, settings.length_m, settings.cells_along, middle_gap=_is_half_cell(settings))
    cell_x, pitch_x = _in_cells(x, settings.width_m, settings.cells_across, middle_gap=False)
    distance_x = np.minimum(cell_x, pitch_x - CELL_GAP_M - cell_x)[None, :]
    distance_y = np.minimum(cell_y, pitch_y - CELL_GAP_M - cell_y)[:, None]
    cell = (distance_x >= 0) & (distance_y >= 0) & (distance_x + distance_y > CHAMFER_M)
    busbar = np.mod(cell_x - BUSBAR_PITCH_M / 2, BUSBAR_PITCH_M)[None, :] < BUSBAR_WIDTH_M
    edge = np.minimum(np.minimum(x, settings.width_m - x)[None, :], np.minimum(y, settings.length_m - y)[:, None])
    frame = edge < FRAME_LIP_M
    texture = np.zeros((height, width, 4), dtype=np.float32)
    texture[..., 0] = cell
    # A busbar is thinner than a texel: what is drawn is its share of the texel's width.
    texture[..., 1] = (cell & busbar) * min(1.0, BUSBAR_WIDTH_M / TEXEL_M)
    texture[..., 2] = frame
    texture[..., 3] = ~frame & ((cell_x[None, :] < 0) | (cell_y[:, None] < 0))
    return texture


def _is_half_cell(settings: ModuleSettings) -> bool:
    """Half-cell modules have twice the cells along their length, and a gap for the junction boxes in the middle."""
    return settings.cells_along > 12


def _in_cells(
    position: NDArray[np.float64], extent: float, cells: int, *, middle_gap: bool
) -> tuple[NDArray[np.float64], float]:
    """Position within its cell (negative outside the cells) and the cells' pitch, m."""
    margin = FRAME_LIP_M + MARGIN_M
    gap = 0.012 if middle_gap else 0.0
    pitch = (extent - 2 * margin - gap + CELL_GAP_M) / cells
    shifted = position - margin
    if middle_gap:
        half = extent / 2 - margin
        shifted = np.where(position > extent / 2, shifted - gap, np.where(shifted > half - gap / 2, -1.0, shifted))
    in_cell = np.mod(shifted, pitch)
    outside = (shifted < 0) | (shifted >= cells * pitch)
    return np.where(outside, -1.0, in_cell), pitch


def _module_material(settings: ModuleSettings, focal_px: float) -> bpy.types.Material:
    material, graph = new_material("Solar Site module", SemanticClass.MODULE)
    graph.label(MODULE_AOV, graph.attribute(MODULE_NUMBER))
    pixels = face_texture(settings)
    image = new_image("Solar Site module face", pixels)
    texture = graph.node("ShaderNodeTexImage", {"image": image, "extension": "EXTEND"})
    cell, busbar, frame = graph.node("ShaderNodeSeparateColor", Color=texture.outputs["Color"]).outputs
    inside = (pixels[..., 2] == 0) & (pixels[..., 3] == 0)
    mean_cell, mean_busbar = (float(pixels[..., channel][inside].mean()) for channel in (0, 1))
    footprint = graph.math("DIVIDE", graph.node("ShaderNodeCameraData").outputs["View Distance"], focal_px)
    colour = _glass_colour(
        graph,
        cell=_filtered(graph, cell, mean_cell, footprint, settings.length_m / settings.cells_along),
        busbar=_filtered(graph, busbar, mean_busbar, footprint, BUSBAR_PITCH_M),
        border=texture.outputs["Alpha"],
    )
    # The body below the anti-reflective glass adds next to no gloss of its own.
    glass = graph.node(
        "ShaderNodeBsdfPrincipled", Base_Color=colour, Roughness=0.5, IOR=1.5, Specular_IOR_Level=0.1,
        Coat_Weight=1.0, Coat_Roughness=0.06, Coat_IOR=1.38,
    )  # fmt: skip
    aluminium = graph.node("ShaderNodeBsdfPrincipled", Base_Color=(0.62, 0.63, 0.65, 1), Metallic=0.85, Roughness=0.42)
    mixed = graph.node("ShaderNodeMixShader", Fac=frame)
    graph.feed(mixed.inputs[1], glass.outputs[0])
    graph.feed(mixed.inputs[2], aluminium.outputs[0])
    graph.surface(mixed.outputs[0])
    return material


def _filtered(graph: ShaderGraph, share: Socket, mean: float, footprint: Socket, period_m: float) -> Socket:
    """``share`` of a pattern near by, its mean where a pixel's footprint (m) holds a period or more.

    Cycles does not filter textures: without this the pattern turns into noise far away.
    """
    far = graph.smoothstep(footprint, 0.35 * period_m, 1.1 * period_m)
    near = graph.math("MULTIPLY", share, graph.math("SUBTRACT", 1.0, far))
    return graph.math("ADD", near, graph.math("MULTIPLY", far, mean))


def _glass_colour(graph: ShaderGraph, cell: Socket, busbar: Socket, border: Socket) -> Socket:
    """Colour below the glass: white backsheet, dark blue silicon that differs a little by module, silver busbars."""
    tint = graph.smoothstep(graph.attribute(TINT), -2.0, 2.0)
    silicon = graph.mix(tint, (0.0065, 0.0085, 0.017, 1.0), (0.0095, 0.014, 0.034, 1.0))
    field = graph.mix(busbar, graph.mix(cell, BACKSHEET, silicon), (0.30, 0.31, 0.33, 1.0))
    return graph.mix(border, field, BACKSHEET)
