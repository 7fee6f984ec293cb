# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields on the ground: furrows, crops in rows, straw and plastic film, as planned for each vertex."""

from __future__ import annotations

import math

import numpy as np

from ..domain.array_types import Floats
from ..plan.ground.ground_cover import Fields
from ..plan.terrain.terrain import Terrain
from .shading import Shading, Value

EDGE, ROWS, COVER, COLOUR = "field_edge", "field_rows", "field_cover", "field_colour"
"""Vertex attributes: distance to the border (m, positive inside), position across the rows (in rows), share of the
ground covered along the rows, and the color of the cover."""
_RAGGED_M = 1.6
"""Amplitude of the ragged borders of fields. Estimate."""
_FURROW = 0.11
"""Height of the ridges between furrows, in the unit of the ground's small relief. Estimate."""


def field_attributes(fields: Fields, terrain: Terrain) -> dict[str, Floats]:
    """Return the attributes (Y, X) or (Y, X, 3) of the ground's vertices.

    Rows and colors are discontinuous between parcels, where a margin always hides them.
    """
    x, y = np.meshgrid(terrain.x, terrain.y)
    rows = fields.rows(fields.parcel, x, y)
    return {EDGE: fields.edge, ROWS: rows, COVER: fields.cover[fields.parcel], COLOUR: fields.colour[fields.parcel]}


class FieldShading:
    """Shading of the fields, based on the ground's detail noises."""

    def __init__(self, graph: Shading, fine: list[Value], coarse: list[Value]) -> None:
        self._graph = graph
        wander = graph.sum((fine[2], 0.5), (coarse[2], 0.5), plus=-0.5)
        edge = graph.sum((wander, _RAGGED_M), (graph.attribute(EDGE), 1.0))
        self.inside = graph.smoothstep(edge, 0.0, 0.45)
        # Real rows are not perfectly straight.
        rows = graph.sum((coarse[3], 0.6), (graph.attribute(ROWS), 1.0))
        wave = graph.math("COSINE", graph.math("MULTIPLY", rows, 2 * math.pi))
        self.ridge = graph.sum((wave, 0.5), plus=0.5)
        """1 on the rows, 0 in the furrows between them."""
        cover = graph.attribute(COVER)
        # A higher cover extends farther down the ridges; the noises leave gaps.
        covered = graph.sum((self.ridge, 1.0), (cover, 1.0), (fine[0], 0.5), (coarse[1], 0.4), plus=-1.45)
        self.grown = graph.math("MULTIPLY", graph.smoothstep(covered, -0.06, 0.1), graph.smoothstep(cover, 0.05, 0.15))
        """1 where leaves, straw or film cover the ground."""
        self.relief = graph.math("MULTIPLY", graph.math("MULTIPLY", self.inside, self.ridge), _FURROW)
        """Height of the ridges, in the unit of the ground's small relief."""

    def tilled(self, soil_tone: Value) -> Value:
        """Return the tone (0 to 1) of freshly tilled soil: darker than its surroundings, most of all in the furrows."""
        graph = self._graph
        return graph.math("MULTIPLY", soil_tone, graph.sum((self.ridge, 0.45), plus=0.45))

    def surface(self, tone: Value, ground: Value, soil: Value) -> Value:
        """Return the color ``ground``, with ``soil`` and crops on the fields."""
        graph = self._graph
        bright = graph.sum((tone, 0.9), plus=0.55)
        crop = graph.product(graph.attribute_colour(COLOUR), bright)
        return graph.mix(self.inside, ground, graph.mix(self.grown, soil, crop))
