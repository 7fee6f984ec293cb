# SPDX-License-Identifier: GPL-3.0-or-later
"""Roads on the ground: which of its pixels are carriageway, and what that looks like.

Near the site the ground's own mesh carries the roads. It grows too coarse for them towards the horizon, where a strip
of triangles lies on it instead, with the same attributes and the same material.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import bpy
import numpy as np
from numpy.typing import NDArray

from ..plan.earthworks import REACH_M
from ..plan.roads import VERGE_M, Roads
from ..plan.terrain import Terrain
from .nodes import ShaderGraph

Socket: TypeAlias = bpy.types.NodeSocket
Colour: TypeAlias = tuple[float, float, float, float]
Floats: TypeAlias = NDArray[np.float64]

EDGE, OFFSET = "road_edge", "road_offset"
"""Vertex attributes: distance to the carriageway's edge (negative on it), and to its centre line (signed), in m."""
RAGGED_M = 0.35
"""The edge of the gravel wanders by up to half of this to either side."""
GRAVEL: tuple[Colour, Colour] = ((0.17, 0.145, 0.115, 1.0), (0.40, 0.355, 0.29, 1.0))
_TRACK_M, _TRACK_HALF_WIDTH_M = 0.85, 0.38
"""Distance of the wheels' tracks from the centre line, and half their width."""
_LIFT_M = 0.15
"""The strip lies this much above the levelled ground, so that the ground's coarse triangles do not cut it."""
_OVERLAP_M = 6.0


class Strip(NamedTuple):
    """Part of a mesh, with its attributes."""

    vertices: Floats
    triangles: NDArray[np.int64]
    values: dict[str, Floats]


def ground_attributes(roads: Roads, terrain: Terrain) -> dict[str, Floats]:
    """The attributes (Y, X) of the ground's vertices; outside the fine ground there is no road on it."""
    fine = np.maximum(np.abs(terrain.x)[None, :], np.abs(terrain.y)[:, None]) <= terrain.fine_half_m + 1e-6
    distance = np.where(fine, roads.strip.distance, REACH_M)
    return {EDGE: distance - roads.width_m / 2 - roads.strip.flare, OFFSET: roads.strip.offset}


def far_strip(roads: Roads, terrain: Terrain) -> Strip:
    """The first road from the horizon to the border of the fine ground; its triangles face upwards."""
    points = roads.points[roads.road == 0]
    far = np.abs(points[:, :2]).max(axis=1, initial=0.0) > terrain.fine_half_m - _OVERLAP_M
    points = points[: int(np.argmin(far)) if not far.all() else len(far)]
    if len(points) < 2:
        return Strip(np.empty((0, 3)), np.empty((0, 3), dtype=np.int64), {EDGE: np.empty(0), OFFSET: np.empty(0)})
    half = roads.width_m / 2
    offsets = np.array([-half - VERGE_M, -half, 0.0, half, half + VERGE_M])
    heading = np.gradient(points[:, :2], axis=0)
    heading /= np.sqrt((heading * heading).sum(axis=1, keepdims=True))
    right = np.column_stack([heading[:, 1], -heading[:, 0], np.zeros(len(points))])
    vertices = points[:, None] + offsets[:, None] * right[:, None] + np.array([0.0, 0.0, _LIFT_M])
    index = np.arange(vertices.shape[0] * 5).reshape(-1, 5)
    near_left, near_right, far_left, far_right = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    lower = np.stack([near_left, near_right, far_right], axis=-1)
    upper = np.stack([near_left, far_right, far_left], axis=-1)
    across = np.tile(offsets, len(points))
    values = {EDGE: np.abs(across) - half, OFFSET: across}
    return Strip(vertices.reshape(-1, 3), np.concatenate([lower, upper]).reshape(-1, 3), values)


class RoadNodes:
    """The shader's view of the roads, from two detail noises of the ground."""

    def __init__(self, graph: ShaderGraph, fine: Socket, coarse: Socket) -> None:
        self._graph = graph
        noise = graph.math("ADD", graph.math("MULTIPLY", fine, 0.5), graph.math("MULTIPLY", coarse, 0.5))
        ragged = graph.math("MULTIPLY", graph.math("SUBTRACT", noise, 0.5), RAGGED_M)
        self._edge = graph.math("ADD", graph.attribute(EDGE), ragged)
        self.carriageway = graph.math("LESS_THAN", self._edge, 0.0)
        """1 on the carriageway, 0 elsewhere: what is drawn as road and labelled as road are the same pixels."""
        self.relief = graph.blend(self.carriageway, 1.0, 0.4)
        """Share of the ground's small relief that rollers have left."""

    def worn(self, growth: Socket) -> Socket:
        """``growth`` (0 to 1) less what wheels and graders leave of it on the verges."""
        graph = self._graph
        kept = graph.smoothstep(self._edge, 0.1, VERGE_M)
        return graph.math("MULTIPLY", growth, kept)

    def surface(self, tone: Socket, ground: Socket) -> Socket:
        """The colour ``ground``, with gravel on the carriageway: pale where wheels roll, dark and loose between."""
        graph = self._graph
        across = graph.math("ABSOLUTE", graph.attribute(OFFSET))
        from_track = graph.math("ABSOLUTE", graph.math("SUBTRACT", across, _TRACK_M))
        rolled = graph.math("SUBTRACT", 1.0, graph.smoothstep(from_track, 0.1, 2 * _TRACK_HALF_WIDTH_M))
        tone = graph.math("ADD", graph.math("MULTIPLY", tone, 0.55), graph.math("MULTIPLY", rolled, 0.4))
        return graph.mix(self.carriageway, ground, graph.mix(tone, *GRAVEL))
