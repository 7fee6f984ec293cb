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
COARSER = 8
"""Texels of the second texture, which cameras farther away see, in those of the first."""
FRAME_LIP_M = 0.011
"""How far the frame reaches over the glass."""
CELL_GAP_M = 0.002
MARGIN_M = 0.006
"""From the frame's lip to the first cell."""
MIDDLE_GAP_M = 0.012
"""Across the middle of half-cell modules, where the junction boxes sit behind."""
CHAMFER_M = 0.007
"""Cut corners of a monocrystalline wafer of 182 mm; a half cell has two of the four."""
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
    half_cell = _is_half_cell(settings)
    x_low, x_high, _ = _edge_distances(x, settings.width_m, settings.cells_across, 0.0)
    y_low, y_high, y_index = _edge_distances(
        y, settings.length_m, settings.cells_along, MIDDLE_GAP_M if half_cell else 0.0
    )
    # The two halves of a wafer lie with their uncut sides together.
    to_corner_y = np.where(y_index % 2 == 0, y_low, y_high) if half_cell else np.minimum(y_low, y_high)
    to_edge_x, to_edge_y = np.minimum(x_low, x_high)[None, :], np.minimum(y_low, y_high)[:, None]
    cell = (to_edge_x >= 0) & (to_edge_y >= 0) & (to_edge_x + to_corner_y[:, None] > CHAMFER_M)
    busbar = np.mod(x_low - BUSBAR_PITCH_M / 2, BUSBAR_PITCH_M)[None, :] < BUSBAR_WIDTH_M
    edge = np.minimum(np.minimum(x, settings.width_m - x)[None, :], np.minimum(y, settings.length_m - y)[:, None])
    frame = edge < FRAME_LIP_M
    texture = np.zeros((height, width, 4), dtype=np.float32)
    texture[..., 0] = cell
    # A busbar is thinner than a texel: what is drawn is its share of the texel's width.
    texture[..., 1] = (cell & busbar) * min(1.0, BUSBAR_WIDTH_M / TEXEL_M)
    texture[..., 2] = frame
    texture[..., 3] = ~frame & ((x_low[None, :] < 0) | (y_low[:, None] < 0))
    return texture


def averaged(pixels: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """``pixels`` (H, W, channels) on a grid about ``factor`` times coarser, each the mean of the area it covers."""
    for axis in (0, 1):
        size = pixels.shape[axis]
        starts = np.linspace(0, size, max(size // factor, 1), endpoint=False).astype(int)
        counts = np.diff(starts, append=size)
        shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
        pixels = (np.add.reduceat(pixels, starts, axis=axis) / counts.reshape(shape)).astype(np.float32)
    return pixels


def _is_half_cell(settings: ModuleSettings) -> bool:
    """Half-cell modules have twice the cells along their length."""
    return settings.cells_along > 12 and settings.cells_along % 2 == 0


def _edge_distances(
    position: NDArray[np.float64], extent_m: float, cells: int, middle_gap_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Distances in metres to the lower and the upper edge of the cell at ``position``, and the cell's number.

    The upper distance is negative between cells, both are outside all cells.
    """
    margin = FRAME_LIP_M + MARGIN_M
    pitch = (extent_m - 2 * margin - middle_gap_m + CELL_GAP_M) / cells
    from_middle = position - extent_m / 2
    shifted = position - margin - np.where(from_middle > 0, middle_gap_m - CELL_GAP_M, 0.0) * (middle_gap_m > 0)
    outside = (shifted < 0) | (shifted >= cells * pitch) | (np.abs(from_middle) < middle_gap_m / 2)
    index = np.floor(shifted / pitch).astype(int)
    low = np.where(outside, -1.0, shifted - index * pitch)
    return low, np.where(outside, -1.0, pitch - CELL_GAP_M - low), index


def _module_material(settings: ModuleSettings, focal_px: float) -> bpy.types.Material:
    material, graph = new_material("Solar Site module", SemanticClass.MODULE)
    graph.label(MODULE_AOV, graph.attribute(MODULE_NUMBER))
    pixels = face_texture(settings)
    face = _texture(graph, "Solar Site module face", pixels)
    cell, busbar, frame = graph.node("ShaderNodeSeparateColor", Color=face.outputs["Color"]).outputs
    farther = _texture(graph, "Solar Site module face, farther", averaged(pixels, COARSER))
    averaged_cell = graph.node("ShaderNodeSeparateColor", Color=farther.outputs["Color"]).outputs[0]
    inside = (pixels[..., 2] == 0) & (pixels[..., 3] == 0)
    mean_cell, mean_busbar = (float(pixels[..., channel][inside].mean()) for channel in (0, 1))
    # Cycles does not filter textures: a pattern finer than a pixel's footprint on the module would turn into noise.
    footprint = graph.math("DIVIDE", graph.node("ShaderNodeCameraData").outputs["View Distance"], focal_px)
    cell = graph.blend(graph.smoothstep(footprint, 2 * TEXEL_M, COARSER * TEXEL_M), cell, averaged_cell)
    colour = _glass_colour(
        graph,
        cell=_filtered(graph, cell, mean_cell, footprint, settings.length_m / settings.cells_along),
        busbar=_filtered(graph, busbar, mean_busbar, footprint, BUSBAR_PITCH_M),
        border=face.outputs["Alpha"],
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


def _texture(graph: ShaderGraph, name: str, pixels: NDArray[np.float32]) -> bpy.types.Node:
    return graph.node("ShaderNodeTexImage", {"image": new_image(name, pixels), "extension": "EXTEND"})


def _filtered(graph: ShaderGraph, share: Socket, mean: float, footprint: Socket, period_m: float) -> Socket:
    """``share`` of a pattern near by, its mean where a pixel's footprint (m) holds a period or more."""
    return graph.blend(graph.smoothstep(footprint, 0.35 * period_m, 1.1 * period_m), share, mean)


def _glass_colour(graph: ShaderGraph, cell: Socket, busbar: Socket, border: Socket) -> Socket:
    """Colour below the glass: white backsheet, dark blue silicon that differs a little by module, silver busbars."""
    tint = graph.smoothstep(graph.attribute(TINT), -2.0, 2.0)
    silicon = graph.mix(tint, (0.0065, 0.0085, 0.017, 1.0), (0.0095, 0.014, 0.034, 1.0))
    field = graph.mix(busbar, graph.mix(cell, BACKSHEET, silicon), (0.30, 0.31, 0.33, 1.0))
    return graph.mix(border, field, BACKSHEET)
