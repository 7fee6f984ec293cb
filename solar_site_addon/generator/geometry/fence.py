# SPDX-License-Identifier: GPL-3.0-or-later
"""A fence and its gates: posts, rails and real wires, no see-through texture, so that every pixel has one true label.

Wires too thin for the camera are drawn fewer and thicker, with the same share of the view covered.
"""

from __future__ import annotations

import numpy as np

from ..domain.array_types import Floats
from ..domain.categories import Category
from ..domain.projection import Camera
from ..plan.numerics.solids import Colour, Finish, Shape, bars, merged
from ..plan.placement.fences import Fence, FenceStyle

_EMBEDDED_M = 0.3
_ABOVE_GROUND_M = 0.08
_WIRE_M, _STRAND_M = 0.004, 0.003
_GATE_POST_M, _GATE_TUBE_M, _LEAF_ABOVE_M = 0.13, 0.055, 0.12
_COVERED = 0.05
"""Share of the view that the wires of one direction cover: 4 mm each 8 cm."""
_LEAST_PX = 0.6
"""Minimum width of a wire in the image."""
_COARSEST_M = 0.05
"""Wires that would have to be thicker than this are left out."""
_COATS: tuple[Colour, ...] = ((0.015, 0.085, 0.035), (0.02, 0.10, 0.05), (0.40, 0.41, 0.42), (0.62, 0.63, 0.62))
_ZINC: Colour = (0.36, 0.37, 0.38)


def fence_frame(fence: Fence) -> Shape:
    """Return posts, rails and the frames of gates as one shape."""
    if len(fence.spans) == 0:
        return merged([])
    ends = fence.posts[fence.spans]
    parts = [_posts(fence)]
    if fence.style is not FenceStyle.BARBED_WIRE:
        for level in (_ABOVE_GROUND_M, fence.height_m):
            lift = np.array([0.0, 0.0, level])
            parts.append(bars(ends[:, 0] + lift, ends[:, 1] + lift, 0.035, 0.035, _finish(fence), caps=False))
    if len(fence.leaves):
        parts += _gates(fence)
    return merged(parts)


def fence_wires(fence: Fence, camera: Camera) -> Shape:
    """Return the wires of fence and gates as one shape, no thinner than ``camera`` can resolve."""
    if len(fence.spans) == 0:
        return merged([])
    parts = _wires(fence, fence.style, fence.posts[fence.spans], camera)
    if len(fence.leaves):
        parts += _wires(fence, FenceStyle.WELDED_MESH, fence.leaves, camera)
    return merged(parts)


def _posts(fence: Fence) -> Shape:
    foot, head = np.array([0.0, 0.0, -_EMBEDDED_M]), np.array([0.0, 0.0, fence.height_m + 0.08])
    if fence.style is FenceStyle.BARBED_WIRE:
        concrete = Finish((0.40, 0.39, 0.37), 0.9, 0.0, 0.7, Category.FENCE)
        return bars(fence.posts + foot, fence.posts + head, 0.11, 0.11, concrete)
    return bars(fence.posts + foot, fence.posts + head, 0.06, 0.06, _finish(fence))


def _gates(fence: Fence) -> list[Shape]:
    """Return the leaves of gates: a frame of tubes with a brace, on posts stronger than the others."""
    hinge, tip = fence.leaves[:, 0], fence.leaves[:, 1]
    foot, low, high = (np.array([0.0, 0.0, z]) for z in (-_EMBEDDED_M, _LEAF_ABOVE_M, fence.height_m))
    finish = _finish(fence)
    parts = [bars(hinge + foot, hinge + 1.08 * high, _GATE_POST_M, _GATE_POST_M, finish)]
    frame = ((hinge, low, tip, low), (hinge, high, tip, high), (tip, low, tip, high), (hinge, low, tip, high))
    parts += [bars(start + lift, end + rise, _GATE_TUBE_M, _GATE_TUBE_M, finish) for start, lift, end, rise in frame]
    return parts


def _wires(fence: Fence, style: FenceStyle, ends: Floats, camera: Camera) -> list[Shape]:
    """Wires of the stretches (K, 2, 3); those at about the same distance are drawn at once, as thick as each other."""
    distance = np.sqrt(((ends.mean(axis=1) - camera.position) ** 2).sum(axis=1))
    thinnest = _STRAND_M if style is FenceStyle.BARBED_WIRE else _WIRE_M
    wanted = np.maximum(_LEAST_PX * distance / camera.focal_px, thinnest)
    step = np.rint(2 * np.log2(wanted / thinnest)).astype(int)
    length = float(np.sqrt(((ends[:, 1] - ends[:, 0]) ** 2).sum(axis=1)).mean())
    parts = []
    for number in np.unique(step):
        width = thinnest * 2.0 ** (number / 2)
        if width > _COARSEST_M:
            continue
        pattern = _pattern(style, length, fence.height_m, width)
        stretch = ends[step == number]
        points = stretch[:, None, None, 0] + pattern[None, :, :, :1] * (
            stretch[:, None, None, 1] - stretch[:, None, None, 0]
        )
        points[..., 2] += _ABOVE_GROUND_M + pattern[..., 1] * (fence.height_m - _ABOVE_GROUND_M)
        wires = points.reshape(-1, 2, 3)
        parts.append(bars(wires[:, 0], wires[:, 1], width, width, _finish(fence), caps=False))
    return parts


def _pattern(style: FenceStyle, length: float, height: float, width: float) -> Floats:
    """(W, 2, 2) ends of wires as shares of the stretch's length and height."""
    if style is FenceStyle.BARBED_WIRE:
        return _level_wires(np.linspace(0.1, 1.0, 6))
    mesh = width / _COVERED
    if style is FenceStyle.CHAIN_LINK:
        return _slanted_wires(mesh * np.sqrt(2.0), length, height)
    upright = (np.arange(max(round(length / mesh), 1)) + 0.5) / max(round(length / mesh), 1)
    columns = np.stack(
        [np.stack([upright, np.zeros_like(upright)], 1), np.stack([upright, np.ones_like(upright)], 1)], 1
    )
    rows = max(round(height / (2 * mesh)), 1)
    return np.concatenate([columns, _level_wires(np.arange(1, rows) / rows)])


def _level_wires(levels: Floats) -> Floats:
    return np.stack([np.stack([np.full_like(levels, end), levels], axis=1) for end in (0.0, 1.0)], axis=1)


def _slanted_wires(pitch: float, length: float, height: float) -> Floats:
    """Wires at 45 degrees both ways, cut at the stretch's ends."""
    start = np.arange(-height + pitch / 2, length, pitch)
    low, high = np.maximum(start, 0.0), np.minimum(start + height, length)
    rising = np.stack([np.stack([low, low - start], 1), np.stack([high, high - start], 1)], 1) / [length, height]
    falling = rising.copy()
    falling[..., 0] = 1.0 - falling[..., 0]
    return np.concatenate([rising, falling])


def _finish(fence: Fence) -> Finish:
    if fence.style is FenceStyle.WELDED_MESH:
        coat = _COATS[min(int(fence.shade * len(_COATS)), len(_COATS) - 1)]
        return Finish(coat, 0.5, 0.0, 0.3, Category.FENCE)
    return Finish(_ZINC, 0.5, 0.6, 0.4, Category.FENCE)
