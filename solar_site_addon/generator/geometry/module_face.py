# SPDX-License-Identifier: GPL-3.0-or-later
"""The pattern on the face of a module: shares of cell, busbar, frame and backsheet in each texel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..domain.array_types import Floats, Longs, Mask, Singles
from ..plan.array.module_types import ModuleType

TEXEL_M = 0.002
"""Side length of a texel."""
BOX_M = 0.06
"""Width of a junction box across the module."""


@dataclass(frozen=True)
class CellLine:
    """The cells along one side of the module at N positions."""

    low: Floats
    """Distance (N,) to the lower edge of the cell, m; negative outside all cells."""
    high: Floats
    """Distance (N,) to the upper edge of the cell, m; negative between and outside cells."""
    index: Longs
    """Number of the cell (N,)."""
    size_m: float
    """Side length of a cell."""


def face_texture(module: ModuleType) -> Singles:
    """Return the shares (rows, columns, 4) of cell, busbar, frame and backsheet border; first row at the bottom.

    Cells and busbars form a pattern too fine for distant cameras; the border (around the cells and across the middle of
    half-cell modules) and the frame do not. The backsheet shows between the cells.
    """
    y, x = (_texel_middles(side) for side in (module.length_m, module.width_m))
    across = _cell_line(module, x, module.width_m, module.cells_across, 0.0)
    middle_gap_m = module.middle_gap_m if module.half_cell else 0.0
    along = _cell_line(module, y, module.length_m, module.cells_along, middle_gap_m)
    cell = _cells(module, across, along)
    edge = np.minimum(np.minimum(x, module.width_m - x)[None, :], np.minimum(y, module.length_m - y)[:, None])
    frame = edge < module.lip_m
    texture = np.zeros((len(y), len(x), 4), dtype=np.float32)
    texture[..., 0] = cell & ~frame
    texture[..., 1] = texture[..., 0] * _busbar_shares(module, across)
    texture[..., 2] = frame
    texture[..., 3] = ~frame & ((across.low[None, :] < 0) | (along.low[:, None] < 0))
    boxes = _junction_boxes(module, x, y)
    texture[boxes, 0], texture[boxes, 3] = 1.0, 0.0  # as dark as a cell
    return texture


def _junction_boxes(module: ModuleType, x: Floats, y: Floats) -> Mask:
    """Return where (rows, columns) junction boxes show in the middle gap, one per substring of cell columns."""
    if not (module.junction_boxes and module.half_cell):
        return np.zeros((len(y), len(x)), dtype=bool)
    pitch = module.width_m / module.junction_boxes
    in_gap = np.abs(y - module.length_m / 2) < module.middle_gap_m / 2
    in_box = np.abs(np.mod(x, pitch) - pitch / 2) < BOX_M / 2
    result: Mask = in_gap[:, None] & in_box[None, :]
    return result


def averaged(pixels: Singles, factor: int) -> Singles:
    """Return the means of ``pixels`` (H, W, channels) on a grid about ``factor`` times coarser."""
    for axis in (0, 1):
        size = pixels.shape[axis]
        starts = np.linspace(0, size, max(size // factor, 1), endpoint=False).astype(int)
        counts = np.diff(starts, append=size)
        shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
        pixels = (np.add.reduceat(pixels, starts, axis=axis) / counts.reshape(shape)).astype(np.float32)
    return pixels


def cell_pitches(module: ModuleType) -> tuple[float, float]:
    """Return the mean spacing of cells across and along the module, m."""
    margins = 2 * (module.lip_m + module.margin_m)
    return (module.width_m - margins) / module.cells_across, (module.length_m - margins) / module.cells_along


def _texel_middles(side_m: float) -> Floats:
    count = max(round(side_m / TEXEL_M), 1)
    return (np.arange(count) + 0.5) * side_m / count


def _cell_line(module: ModuleType, position: Floats, extent_m: float, cells: int, middle_gap_m: float) -> CellLine:
    """Return the positions (N,) on a side of length ``extent_m`` relative to its cells."""
    margin = module.lip_m + module.margin_m
    pitch = (extent_m - 2 * margin - middle_gap_m + module.cell_gap_m) / cells
    from_middle = position - extent_m / 2
    shifted = position - margin - np.where(from_middle > 0, middle_gap_m - module.cell_gap_m, 0.0) * (middle_gap_m > 0)
    outside = (shifted < 0) | (shifted >= cells * pitch) | (np.abs(from_middle) < middle_gap_m / 2)
    index = np.floor(shifted / pitch).astype(int)
    low = np.where(outside, -1.0, shifted - index * pitch)
    size = pitch - module.cell_gap_m
    return CellLine(low, np.where(outside, -1.0, size - low), index, size)


def _cells(module: ModuleType, across: CellLine, along: CellLine) -> Mask:
    """Return where (rows, columns) there are cells. The two halves of a wafer are adjacent at their uncut sides."""
    if module.half_cell:
        to_corner = np.where(along.index % 2 == 0, along.low, along.high)
    else:
        to_corner = np.minimum(along.low, along.high)
    to_edge_x = np.minimum(across.low, across.high)[None, :]
    to_edge_y = np.minimum(along.low, along.high)[:, None]
    result: Mask = (to_edge_x >= 0) & (to_edge_y >= 0) & (to_edge_x + to_corner[:, None] >= module.chamfer_m)
    return result


def _busbar_shares(module: ModuleType, across: CellLine) -> Floats:
    """Return the share (columns,) of a texel's width covered by a busbar, which is thinner than a texel."""
    pitch = across.size_m / module.busbars
    to_middle = np.abs(np.mod(across.low, pitch) - pitch / 2)
    half_texel, half_width = TEXEL_M / 2, module.busbar_width_m / 2
    overlap = np.minimum(to_middle + half_texel, half_width) - np.maximum(to_middle - half_texel, -half_width)
    result: Floats = np.clip(overlap / TEXEL_M, 0.0, 1.0)
    return result
