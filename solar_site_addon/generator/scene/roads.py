# SPDX-License-Identifier: GPL-3.0-or-later
"""Roads on the ground: which of its pixels are carriageway, and the appearance of gravel, earth and concrete.

Near the site, the ground's own mesh carries the roads. Toward the horizon it is too coarse for them; there, a strip of
triangles with the same attributes and the same material lies on top of it.

Colors and dimensions of the detail are estimates (docs/sources.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np

from ..domain.array_types import Floats, Longs
from ..plan.numerics.segments import distance_along, nearest_on_segments
from ..plan.roads.earthworks import REACH_M
from ..plan.roads.roads import VERGE_M, Roads
from ..plan.terrain.terrain import Terrain
from .shading import Shading, Value

Colour: TypeAlias = tuple[float, float, float, float]

EDGE, OFFSET, OTHER, ALONG = "road_edge", "road_offset", "road_other", "road_along"
"""Vertex attributes, m: distance to the edge of the carriageway (negative on it), signed distance to its center line,
distance to the center line of the nearest other road, and distance along the road."""
# Dark and light tones, linear.
_STONES: tuple[Colour, Colour] = ((0.125, 0.118, 0.108, 1.0), (0.43, 0.41, 0.38, 1.0))
_CONCRETE: tuple[Colour, Colour] = ((0.26, 0.25, 0.23, 1.0), (0.50, 0.49, 0.455, 1.0))
_TRACK_M, _TRACK_HALF_WIDTH_M = 0.85, 0.40
"""Distance of wheel tracks from the center line, and half their width."""
_WET: Colour = (0.03, 0.027, 0.022, 1.0)
_SLAB_M, _JOINT_M = 5.0, 0.05
"""Length of a concrete slab, and the distance from a joint that its dirt reaches."""
_LIFT_M = 0.15
"""Height of the strip above the leveled ground, so that the ground's coarse triangles do not intersect it."""
_OVERLAP_M = 6.0
"""Overlap of the strip with the fine ground."""


class RoadLook(NamedTuple):
    """Appearance of a road surface."""

    tones: tuple[Colour, Colour]
    """Dark and light tone."""
    ragged_m: float
    """Amplitude of the ragged edge."""
    soft_m: float
    """Half the width of the transition between road and ground."""
    tracks: float
    """Contrast of wheel tracks, 0 for none."""
    damp: float
    """Darkness of damp patches."""
    growth: float
    """Share that grass has reclaimed, 0 to 1."""
    slabs: bool
    """Whether there are joints across the road."""


def road_look(surface: str, growth: float, soil: tuple[Colour, Colour]) -> RoadLook:
    """Return the look of gravel, earth or concrete on ground with the dark and light tone ``soil``."""
    dark, light = soil
    if surface == "concrete":
        return RoadLook(_CONCRETE, ragged_m=0.08, soft_m=0.04, tracks=0.12, damp=0.25, growth=0.0, slabs=True)
    if surface == "earth":
        tones = mixed(dark, light, 0.25), mixed(light, _STONES[1], 0.2)
        return RoadLook(tones, ragged_m=1.1, soft_m=0.4, tracks=0.5, damp=0.6, growth=growth, slabs=False)
    # The soil shows through the gravel, and wheels have mixed it in.
    tones = mixed(_STONES[0], dark, 0.45), mixed(_STONES[1], light, 0.45)
    return RoadLook(tones, ragged_m=0.9, soft_m=0.25, tracks=0.42, damp=0.45, growth=growth, slabs=False)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return ``one`` mixed with ``share`` of ``other``."""
    red, green, blue = (a + share * (b - a) for a, b in zip(one[:3], other[:3], strict=True))
    return red, green, blue, 1.0


class MeshPart(NamedTuple):
    """Part of a mesh, with its attributes."""

    vertices: Floats
    """Vertices (V, 3), m."""
    triangles: Longs
    """Vertex indices (F, 3)."""
    values: dict[str, Floats]
    """Attributes (V,) by name."""


def ground_attributes(roads: Roads, terrain: Terrain) -> dict[str, Floats]:
    """Return the attributes (Y, X) of the ground's vertices; outside the fine ground, they show no road."""
    fine = np.maximum(np.abs(terrain.x)[None, :], np.abs(terrain.y)[:, None]) <= terrain.fine_half_m + 1e-6
    strip = roads.strip
    edge = np.where(fine, strip.distance, REACH_M) - roads.width_m / 2 - strip.flare
    return {EDGE: edge, OFFSET: strip.offset, OTHER: strip.other, ALONG: _distance_along_roads(roads)}


def _distance_along_roads(roads: Roads) -> Floats:
    """Return the distance (Y, X) along all roads in sequence to the point nearest to each vertex, m; 0 out of reach."""
    near = roads.strip.segment >= 0
    result = np.zeros(near.shape)
    if not near.any():
        return result
    run, passed = np.diff(roads.points[:, :2], axis=0), distance_along(roads.points)
    first = roads.strip.segment[near]
    rows, columns = np.nonzero(near)
    x, y = roads.grid_x[columns] - roads.points[first, 0], roads.grid_y[rows] - roads.points[first, 1]
    _, share = nearest_on_segments(x, y, run[first, 0], run[first, 1])
    result[near] = passed[first] + share * (passed[first + 1] - passed[first])
    return result


def far_strip(roads: Roads, terrain: Terrain, step: int = 1) -> MeshPart:
    """Return the access road from the horizon to the border of the fine ground, with triangles that face upward.

    Only every ``step``-th point of the road is taken, and the last one.
    """
    points = roads.points[roads.road == 0]
    far = np.abs(points[:, :2]).max(axis=1, initial=0.0) > terrain.fine_half_m - _OVERLAP_M
    points = points[: int(np.argmin(far)) if not far.all() else len(far)]
    if len(points) < 2:
        return MeshPart(np.empty((0, 3)), np.empty((0, 3), dtype=np.int64), {})
    points = points[np.unique(np.append(np.arange(0, len(points), step), len(points) - 1))]
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
    values = {
        EDGE: np.abs(across) - half,
        OFFSET: across,
        OTHER: np.full(len(across), REACH_M),
        ALONG: np.repeat(distance_along(points), len(offsets)),
    }
    return MeshPart(vertices.reshape(-1, 3), np.concatenate([lower, upper]).reshape(-1, 3), values)


class RoadShading:
    """Shading of the roads, based on the ground's detail noises (four fine and four coarse ones)."""

    def __init__(self, graph: Shading, fine: list[Value], coarse: list[Value], look: RoadLook) -> None:
        self._graph, self._look = graph, look
        self._fine, self._coarse = fine, coarse
        wander = graph.sum((fine[1], 0.4), (coarse[2], 0.6), plus=-0.5)
        self._edge = graph.sum((wander, look.ragged_m), (graph.attribute(EDGE), 1.0))
        self.carriageway = graph.math("LESS_THAN", self._edge, 0.0)
        """1 on the carriageway, 0 elsewhere: at its edge, where the annotation ends, road and ground mix equally."""
        self._cover = graph.rest(graph.smoothstep(self._edge, -look.soft_m, look.soft_m))
        # At junctions, wheels cross the shared ground in all directions.
        shared = graph.rest(graph.smoothstep(graph.attribute(OTHER), 2.0, 4.5))
        across = graph.math("ABSOLUTE", graph.attribute(OFFSET))
        # Tracks deviate by up to a quarter of a meter.
        from_track = graph.math("ABSOLUTE", graph.sum((across, 1.0), (coarse[3], 0.5), plus=-0.25 - _TRACK_M))
        rolled = graph.rest(graph.smoothstep(from_track, 0.05, 2 * _TRACK_HALF_WIDTH_M))
        self.rolled = graph.math("MAXIMUM", rolled, graph.math("MULTIPLY", shared, 0.75))
        """1 in the wheel tracks."""
        self._grown = self._growth()
        self.relief = graph.blend(self._cover, 1.0, 0.12 if look.slabs else 0.45)
        """Share of the ground's small relief that remains after rolling."""

    def _growth(self) -> Value:
        """Return 1 where grass has come back: from the edges, and between the wheel tracks."""
        graph, growth = self._graph, self._look.growth
        creeping = graph.smoothstep(self._edge, -0.25 - 0.9 * growth, 0.15)
        quiet = graph.sum((self.rolled, -1.3), plus=1.0)
        wanted = graph.math("MULTIPLY", graph.math("MAXIMUM", creeping, quiet), 1.35 * growth)
        patchy = graph.sum((wanted, 1.0), (self._fine[2], -0.5), (self._coarse[1], -0.5))
        return graph.smoothstep(patchy, -0.08, 0.12)

    def worn(self, growth: Value) -> Value:
        """Return ``growth`` (0 to 1) reduced by wheels and graders on the road and its verges."""
        graph, look = self._graph, self._look
        kept = graph.smoothstep(self._edge, 0.05, (0.35 if look.slabs else VERGE_M) * (1.0 - 0.7 * look.growth))
        return graph.math("MULTIPLY", growth, graph.math("MAXIMUM", kept, self._grown))

    @cached_property
    def seen(self) -> Value:
        """Share of the ground that shows the surface of the road, which grass or snow may hide."""
        graph = self._graph
        snow = graph.sum((graph.attribute("snow"), 1.0), (self.rolled, -0.55), (self._coarse[3], -1.0))
        snow = graph.smoothstep(snow, -0.1, 0.1)
        hidden = graph.math("MAXIMUM", self._grown, snow)
        return graph.math("MULTIPLY", self._cover, graph.rest(hidden))

    def surface(self, tone: Value, ground: Value, texture: Callable[[Value], Value]) -> Value:
        """Return the color ``ground`` with the road on the carriageway.

        ``texture`` gives the color that takes the place of the road's own one.
        """
        graph, look = self._graph, self._look
        share = graph.sum((tone, 0.75 - look.tracks), (self.rolled, look.tracks), (self._coarse[0], 0.5), plus=-0.2)
        colour = graph.mix(share, *look.tones)
        # Water collects in the ruts first.
        damp = graph.smoothstep(graph.sum((self._coarse[1], 1.0), (self.rolled, 0.08)), 0.60, 0.78)
        colour = graph.mix(graph.math("MULTIPLY", damp, look.damp), colour, mixed(look.tones[0], _WET, 0.6))
        dirt = mixed(look.tones[0], _WET, 0.5)
        colour = graph.mix(self._joints(), colour, dirt) if look.slabs else texture(colour)
        return graph.mix(self.seen, ground, colour)

    def _joints(self) -> Value:
        """Return 1 in the dirty joints between slabs, except at junctions."""
        graph = self._graph
        place = graph.math("PINGPONG", graph.attribute(ALONG), _SLAB_M / 2)
        joint = graph.rest(graph.smoothstep(place, 0.4 * _JOINT_M, _JOINT_M))
        return graph.math("MULTIPLY", joint, graph.smoothstep(graph.attribute(OTHER), 3.0, 5.0))
