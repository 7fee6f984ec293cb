# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of the ground: color and small relief of grass, soil, gravel, rock, snow, fields and roads.

It is written once: the material evaluates it with shader nodes, ``ground_paint`` with arrays. The plan defines the
cover of each vertex; the look adds detail smaller than the mesh. Colors and dimensions of the detail are estimates
(docs/sources.md).
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import NamedTuple, TypeAlias

from ..plan.ground.rills import SPACING_M
from .fields import FieldShading
from .orthophoto import OrthophotoLook, over_ground
from .roads import RoadLook, RoadShading, mixed
from .shading import Shading, Value
from .texture_look import NO_TEXTURES, ROUGHNESS, TextureLook, TextureShading

Colour: TypeAlias = tuple[float, float, float, float]

TILES_M = (1.3, 6.7, 83.0)
"""Sizes of the detail texture on the ground, grain, fine and coarse: together they hold wavelengths from a few
millimeters to 14 m."""
SOILS: dict[str, tuple[Colour, Colour]] = {
    "brown": ((0.115, 0.075, 0.045, 1.0), (0.31, 0.23, 0.15, 1.0)),
    "yellow": ((0.150, 0.100, 0.050, 1.0), (0.40, 0.30, 0.175, 1.0)),
    "red": ((0.120, 0.050, 0.027, 1.0), (0.32, 0.165, 0.095, 1.0)),
    "grey": ((0.105, 0.098, 0.088, 1.0), (0.32, 0.30, 0.27, 1.0)),
    "sand": ((0.235, 0.170, 0.105, 1.0), (0.50, 0.40, 0.28, 1.0)),
}
"""Dark and light tone of each soil, linear."""
# Dark and light tones that are the same on all sites.
SNOW: tuple[Colour, Colour] = ((0.58, 0.61, 0.67, 1.0), (0.78, 0.79, 0.81, 1.0))
FRESH_GRASS: tuple[Colour, Colour] = ((0.018, 0.034, 0.009, 1.0), (0.088, 0.125, 0.034, 1.0))
DRY_GRASS: tuple[Colour, Colour] = ((0.095, 0.077, 0.035, 1.0), (0.29, 0.235, 0.12, 1.0))
LAWN: tuple[Colour, Colour] = ((0.030, 0.050, 0.013, 1.0), (0.120, 0.160, 0.050, 1.0))
ROCK: tuple[Colour, Colour] = ((0.060, 0.056, 0.050, 1.0), (0.29, 0.27, 0.24, 1.0))
GRAVELS: dict[str, tuple[Colour, Colour]] = {
    "grey": ((0.180, 0.180, 0.176, 1.0), (0.620, 0.615, 0.595, 1.0)),
    "beige": ((0.200, 0.168, 0.125, 1.0), (0.640, 0.560, 0.445, 1.0)),
    "dark": ((0.045, 0.046, 0.050, 1.0), (0.260, 0.260, 0.265, 1.0)),
}
"""Dark and light tone of each gravel, linear."""
TURNS_RAD = (0.35, 0.0, 0.61)
"""Rotations of the three samples of the detail texture, so that the tilings never line up."""
STONES = (0.09, 0.35, 1.3)
"""Weights of grain, fine and coarse noise in the small relief."""
BUMP_M = 0.12
"""Height that 1 represents in the small relief."""
BLADES = 0.85
"""Contrast of the shade of blades: gaps between tufts are nearly black, blades that face the sun nearly twice as bright
as the grass as a whole. Estimate."""
STRIPE_M = 2.3
"""Width of two strips of a lawn, mown in opposite directions."""
RILL_HALF_WIDTH_M = 0.24
"""Half width of the widest rills, on steep slopes."""
RILL_DEPTH = 0.9
"""Depth of rills, in the unit of the small relief."""
RILL_SHADE = 0.2
"""Darkening of the moist, shaded beds, as a share of the range from the light to the dark tone of the soil."""
TRACKS_M = (1.2, 2.9)
"""Distances of wheel tracks from the tables."""


class Nearby(NamedTuple):
    """Samples of what is seen only near by, from 0 (dark) to 1 (light) with mean 0.5."""

    pebbles: Value
    """Shade of the stones of gravel."""
    blades: Value
    """Shade of the blades of grass."""


class Noises(NamedTuple):
    """Samples of the detail texture at three scales, with four noises each, and of what is seen near by."""

    grain: list[Value]
    fine: list[Value]
    coarse: list[Value]
    nearby: Nearby | None = None


class Shares(NamedTuple):
    """Shares of the natural ground, 0 to 1."""

    worn: Value
    """Share worn by wheels along the rows."""
    growth: Value
    """Share under grass."""
    rill: Value
    """Share in the bed of a rill that is not hidden by grass."""


class GroundLook(NamedTuple):
    """What differs between the looks of two sites, apart from the cover of each vertex."""

    soil: tuple[Colour, Colour]
    """Dark and light tone."""
    gravel: tuple[Colour, Colour]
    """Dark and light tone."""
    road: RoadLook
    fields: bool
    """Whether there are fields."""
    textures: TextureLook = NO_TEXTURES
    orthophoto: OrthophotoLook | None = None


class GroundShading:
    """The shading of the ground."""

    def __init__(self, graph: Shading, noises: Noises, look: GroundLook) -> None:
        self._graph, self._noises, self._look = graph, noises, look
        self._road = RoadShading(graph, noises.fine, noises.coarse, look.road)
        self._field = FieldShading(graph, noises.fine, noises.coarse) if look.fields else None
        self._shares = _shares(graph, noises, self._road)
        self._textures = TextureShading(graph, look.textures, self._seen()) if look.textures.by_kind else None
        self.carriageway = self._road.carriageway
        """1 on the carriageway of a road, 0 elsewhere."""
        self.stoniness = self._road.relief
        """Share of the relief of stones and clods that remains after rolling and under textures."""
        self.lost_slope_variance: Value = 0.0
        """Variance of the slopes of textures in one direction that are too small to be seen."""
        if self._textures:
            self.stoniness = graph.math("MULTIPLY", self.stoniness, graph.rest(self._textures.relief_share))
            self.lost_slope_variance = self._textures.lost_slope_variance

    def relief(self) -> Value:
        """Return the height of the small relief in units of BUMP_M: stones, clods, rills, furrows; less on roads."""
        graph, noises = self._graph, self._noises
        grain, fine, coarse = STONES
        small = graph.sum((noises.fine[0], fine), (noises.grain[0], grain))
        relief = graph.math("MULTIPLY", small, self.stoniness)
        relief = graph.sum((graph.math("MULTIPLY", noises.coarse[1], self._road.relief), coarse), plus=relief)
        relief = graph.sum((relief, 1.0), (self._shares.rill, -RILL_DEPTH))
        if self._textures:
            relief = graph.sum((self._textures.relief_m, 1 / BUMP_M), plus=relief)
        return graph.math("ADD", relief, self._field.relief) if self._field else relief

    def roughness(self) -> Value:
        """Return the roughness of the surface."""
        return self._textures.roughness if self._textures and self._look.textures.rough else ROUGHNESS

    def colour(self) -> Value:
        """Return the color: roads over snow, gravel, fields, rock, grass and soil, each from a dark to a light tone."""
        graph, (_, fine, coarse, _), look = self._graph, self._noises, self._look
        tone = _between(graph, fine[0], coarse[0])
        soil_tone = _soil_tone(graph, self._noises, self._shares)
        soil = self._soil(soil_tone)
        ground = graph.mix(self._shares.growth, soil, self._grass(tone))
        ground = graph.mix(self._rock, ground, self._textured("rock", graph.mix(tone, *ROCK)))
        if self._field:
            tilled = graph.mix(self._field.tilled(soil_tone), *look.soil)
            tilled = self._textured("soil", tilled, self._field.tilled(1.0))
            ground = self._field.surface(tone, ground, tilled)
        if look.orthophoto:
            ground = over_ground(graph, look.orthophoto, ground, graph.sum((tone, 0.5), plus=0.75))
        gravel = graph.mix(self._gravel_tone(), *look.gravel)
        ground = graph.mix(self._gravel, ground, self._textured("gravel", gravel))
        ground = graph.mix(self._snow, ground, graph.mix(tone, *SNOW))
        return self._road.surface(tone, ground, self._road_texture)

    @cached_property
    def _rock(self) -> Value:
        noise = _between(self._graph, self._noises.fine[3], self._noises.coarse[2])
        return covered(self._graph, self._graph.attribute("rock"), noise, softness=0.05)

    @cached_property
    def _gravel(self) -> Value:
        noise = _between(self._graph, self._noises.fine[3], self._noises.coarse[1])
        return covered(self._graph, self._graph.attribute("gravel"), noise, softness=0.09)

    @cached_property
    def _snow(self) -> Value:
        noise = _between(self._graph, self._noises.fine[0], self._noises.coarse[3])
        return covered(self._graph, self._graph.attribute("snow"), noise, softness=0.09)

    def _seen(self) -> dict[str, Value]:
        """Return the share of each kind of ground that is seen from above, where textures may show it."""
        graph, textures, road = self._graph, self._look.textures.by_kind, self._road
        rest = graph.rest(road.seen)
        rest = graph.math("MULTIPLY", rest, graph.rest(self._snow))
        gravel = graph.math("MULTIPLY", rest, self._gravel)
        rest = graph.math("SUBTRACT", rest, gravel)
        tilled: Value = 0.0
        if self._field:
            field = graph.math("MULTIPLY", rest, self._field.inside)
            rest = graph.math("SUBTRACT", rest, field)
            tilled = graph.math("MULTIPLY", field, graph.rest(self._field.grown))
        rock = graph.math("MULTIPLY", rest, self._rock)
        rest = graph.math("SUBTRACT", rest, rock)
        grass = graph.math("MULTIPLY", rest, self._shares.growth)
        soil = graph.math("SUBTRACT", rest, grass)
        tracks, path = graph.math("MULTIPLY", soil, self._shares.worn), road.seen
        if "tracks" in textures:
            soil = graph.math("SUBTRACT", soil, tracks)
            if not self._look.road.slabs:
                rolled = graph.math("MULTIPLY", road.seen, road.rolled)
                tracks = graph.math("ADD", tracks, rolled)
                path = graph.math("SUBTRACT", path, rolled)
        soil = graph.math("ADD", soil, tilled)
        seen = {"gravel": gravel, "rock": rock, "grass": grass, "soil": soil, "tracks": tracks}
        return seen if self._look.road.slabs else {**seen, "path": path}

    def _textured(self, kind: str, invented: Value, shade: Value = 1.0) -> Value:
        """Return the color of a kind of ground: invented, or that of its texture, which varies over tens of meters."""
        if not self._textures:
            return invented
        bright = self._graph.sum((self._noises.coarse[0], 0.5), plus=0.75)
        return self._textures.over(kind, invented, self._graph.math("MULTIPLY", bright, shade))

    def _soil(self, tone: Value) -> Value:
        graph, invented = self._graph, self._graph.mix(tone, *self._look.soil)
        if not self._textures:
            return invented
        moist = graph.sum((graph.attribute("light"), 0.5), (self._shares.rill, -RILL_SHADE), plus=0.75)
        soil = self._textured("soil", invented, moist)
        if "tracks" not in self._textures:
            return soil
        return graph.mix(self._shares.worn, soil, self._textured("tracks", invented, moist))

    def _grass(self, tone: Value) -> Value:
        """Return the color of wild grass, fresh or dry in patches; lawns are paler, more even and striped."""
        graph, noises = self._graph, self._noises
        dry = _between(graph, noises.fine[3], noises.coarse[3])
        dryness = covered(graph, graph.attribute("dry"), dry, softness=0.16)
        wild = graph.mix(tone, *FRESH_GRASS)
        stripe = graph.math("SINE", graph.math("MULTIPLY", graph.attribute("beside"), 2 * math.pi / STRIPE_M))
        stripe = graph.smoothstep(stripe, -0.5, 0.5)
        even = graph.sum((tone, 0.4), (noises.grain[1], 0.25), (stripe, 0.5), plus=-0.18)
        mown = graph.attribute("mown")
        fresh = graph.mix(mown, wild, graph.mix(even, *LAWN))
        invented = graph.mix(dryness, fresh, graph.mix(tone, *DRY_GRASS))
        if noises.nearby is not None:
            shade = graph.sum((noises.nearby.blades, 2 * BLADES), plus=1.0 - BLADES)
            invented = graph.product(invented, shade)
        if not self._textures:
            return invented
        striped = graph.blend(mown, 1.0, graph.sum((stripe, 0.3), plus=0.85))
        bright = graph.math("MULTIPLY", graph.sum((noises.coarse[0], 0.5), plus=0.75), striped)
        return self._textures.over_grass(invented, bright, dryness, mixed(*DRY_GRASS, 0.5))

    def _gravel_tone(self) -> Value:
        """Return 0 (dark) to 1 (light): stones where they are sampled, and finer and coarser variation."""
        graph, (grain, fine, _, nearby) = self._graph, self._noises
        varied = graph.sum((grain[1], 0.75), (fine[1], 0.25), (graph.attribute("light"), 0.35))
        if nearby is None:
            return graph.smoothstep(varied, 0.35, 1.0)
        return graph.smoothstep(graph.sum((varied, 0.5), (nearby.pebbles, 0.9), plus=-0.12), 0.35, 1.0)

    def _road_texture(self, invented: Value) -> Value:
        """Return the color of a road: invented, or that of its textures."""
        path = self._textured("path", invented)
        if not self._textures or "tracks" not in self._textures:
            return path
        return self._graph.mix(self._road.rolled, path, self._textured("tracks", invented))


def _shares(graph: Shading, noises: Noises, road: RoadShading) -> Shares:
    worn = _wheel_tracks(graph, noises.coarse[2])
    wild = covered(graph, graph.attribute("grass"), _between(graph, noises.fine[2], noises.coarse[1]), softness=0.07)
    growth = graph.math("MULTIPLY", road.worn(wild), graph.rest(worn))
    rill = graph.math("MULTIPLY", rill_bed(graph, noises), graph.rest(growth))
    return Shares(worn, growth, graph.math("MULTIPLY", rill, graph.rest(road.carriageway)))


def _soil_tone(graph: Shading, noises: Noises, shares: Shares) -> Value:
    """Return 0 (dark) to 1 (light): patches of moisture, clods and small stones; packed and pale in wheel tracks."""
    small = _between(graph, noises.fine[1], noises.coarse[0])
    light = graph.attribute("light")
    tone = graph.sum((small, 0.5), (light, 0.9), (noises.grain[2], 0.5), (shares.worn, 0.12), plus=-0.45)
    return graph.sum((graph.smoothstep(tone, -0.05, 1.05), 1.0), (shares.rill, -RILL_SHADE))


def rill_bed(graph: Shading, noises: Noises) -> Value:
    """Return 1 in the bed of an erosion rill, 0 beside it; its width is the planned one, its edges are ragged."""
    across, along, width = graph.channels(graph.attribute_colour("rills"))
    turn = graph.math("ABSOLUTE", graph.math("ARCTAN2", along, across))
    away = graph.sum((turn, SPACING_M / (2 * math.pi)), (noises.fine[2], 0.2), (noises.coarse[0], 0.4), plus=-0.3)
    beyond = graph.sum((away, 1.0), (width, -RILL_HALF_WIDTH_M))
    bed = graph.rest(graph.smoothstep(beyond, -0.05, 0.25))
    return graph.math("MULTIPLY", bed, graph.smoothstep(width, 0.05, 0.2))


def _wheel_tracks(graph: Shading, noise: Value) -> Value:
    """Return 1 on wheel tracks along the rows, which cover part of their length; 0 elsewhere."""
    beside = graph.attribute("beside")
    first, second = (graph.math("ABSOLUTE", graph.math("SUBTRACT", beside, away)) for away in TRACKS_M)
    off = graph.math("MINIMUM", first, second)
    rolled = graph.rest(graph.smoothstep(off, 0.1, 0.34))
    return graph.math("MULTIPLY", rolled, graph.smoothstep(noise, 0.42, 0.62))


def _between(graph: Shading, fine: Value, coarse: Value) -> Value:
    """Return noise of both scales, stretched to 0 to 1: their mean lies between about 0.22 and 0.78."""
    return graph.smoothstep(graph.sum((fine, 0.55), (coarse, 0.45)), 0.22, 0.78)


def covered(graph: Shading, share: Value, noise: Value, softness: float) -> Value:
    """Return 1 on about ``share`` of the ground and 0 elsewhere, in patches that follow ``noise`` from 0 to 1.

    A share of 0 covers nothing, even where the noise is 0, and a share of 1 covers everything.
    """
    difference = graph.sum((share, 1.0 + 2.0 * softness), (noise, -1.0), plus=-softness)
    return graph.smoothstep(difference, -softness, softness)
