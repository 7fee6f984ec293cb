# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of ground whose color and relief come from textures, without visible tiling.

The ground is divided into triangles. Around each of their corners lies a copy of the texture, turned and shifted at
random; within a triangle, three copies pass into one another. Their sum keeps the contrast of one texture.

Mikkelsen (2022): Practical real-time hex-tiling. Heitz, Neyret (2018): High-performance by-example noise using a
histogram-preserving blending operator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from ..domain.array_types import Bytes
from ..domain.random_streams import EVERYWHERE, stream
from ..geometry.ground_textures import SLOPE_RANGE, GroundPixels
from .pyramid import Pyramid, pyramid
from .shading import Shading, Value

ROUGHNESS = 0.95
"""Roughness of ground without a map of it."""
_TRIANGLE = 0.5
"""Side of a triangle in sides of the texture: no copy repeats itself around its corner."""
_SHARPNESS = 0.2
"""Weight, before sharpening, below which a copy is not seen."""
_RANDOM_PIXELS = 256
_DARKEST = 0.15
"""Least color of a sum of copies, as a share of the mean color."""
_LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Rec. 709."""


class TextureImage:
    """A repeated square image of bytes, for nodes and arrays."""

    def __init__(self, name: str, levels: list[Bytes], side_m: float, *, closest: bool = False) -> None:
        self.name = name
        self.levels = levels
        """Image (S, S, 4) with the first row at the bottom, and its reductions."""
        self.texel_m = side_m / len(levels[0])
        self.closest = closest
        """Whether texels are read without interpolation."""

    @cached_property
    def pyramid(self) -> Pyramid:
        """The levels as arrays of points read them."""
        return pyramid(self.levels)


class GroundTexture:
    """Color and relief of one kind of ground."""

    def __init__(self, name: str, pixels: GroundPixels, size_m: float) -> None:
        self.pixels, self.size_m = pixels, size_m
        self.colour = TextureImage(f"{name} color", pixels.colour, size_m)
        self.relief = TextureImage(f"{name} relief", pixels.relief, size_m)


class TextureLook(NamedTuple):
    """The textures of a site."""

    by_kind: Mapping[str, GroundTexture]
    """Textures by kind of ground (``settings.texture_sets.KINDS``)."""
    share: float
    """Share of the textures in the look."""

    @property
    def rough(self) -> bool:
        """Whether the roughness of the ground differs from place to place."""
        return any(texture.pixels.roughness is not None for texture in self.by_kind.values())


NO_TEXTURES = TextureLook({}, 0.0)


class _Copy(NamedTuple):
    """One of three copies of a texture at each point."""

    u: Value
    v: Value
    weight: Value


class _Relief(NamedTuple):
    height_m: Value
    roughness: Value
    lost_slope: Value


class TextureShading:
    """Shading of the textures where each kind of ground is seen."""

    def __init__(self, graph: Shading, look: TextureLook, seen: Mapping[str, Value]) -> None:
        """Take the visible share of each kind of ground, 0 to 1."""
        self._graph, self._look = graph, look
        self._seen = {kind: seen[kind] for kind in look.by_kind if kind in seen}
        self._tilings: dict[float, _Tiling] = {}

    def __contains__(self, kind: str) -> bool:
        return kind in self._seen

    def over(self, kind: str, invented: Value, bright: Value) -> Value:
        """Return the color ``invented`` with the texture of a kind over it, whose brightness is changed by a factor."""
        if kind not in self._seen:
            return invented
        return self._graph.mix(self._look.share, invented, self._graph.product(self.colour(kind), bright))

    def over_grass(self, invented: Value, bright: Value, dryness: Value, dry: tuple[float, ...]) -> Value:
        """Return the color ``invented`` with the texture of grass over it, which takes the hue ``dry`` as it dries."""
        if "grass" not in self._seen:
            return invented
        graph = self._graph
        fresh = self.colour("grass")
        mean = sum(
            weight * part for weight, part in zip(_LUMINANCE, self._look.by_kind["grass"].pixels.mean, strict=True)
        )
        luminance = graph.sum(*zip(graph.channels(fresh), (weight / mean for weight in _LUMINANCE), strict=True))
        texture = graph.mix(dryness, fresh, graph.product(dry, luminance))
        return graph.mix(self._look.share, invented, graph.product(texture, bright))

    def colour(self, kind: str) -> Value:
        """Return the color of the texture where its kind is seen, any color elsewhere."""
        graph, texture = self._graph, self._look.by_kind[kind]
        tiling = self._tiling(texture.size_m)
        sums: list[Value] = [0.0, 0.0, 0.0]
        for copy in tiling.copies:
            texel = graph.texel(texture.colour, copy.u, copy.v, graph.math("MULTIPLY", copy.weight, self._seen[kind]))
            for number in range(3):
                linear = graph.math("MULTIPLY", texel[number], texel[number])
                sums[number] = graph.math("MULTIPLY_ADD", linear, copy.weight, sums[number])
        parts = (
            graph.math("MAXIMUM", tiling.restored(total, mean), _DARKEST * mean)
            for total, mean in zip(sums, texture.pixels.mean, strict=True)
        )
        return graph.colour(*parts)

    @cached_property
    def relief_m(self) -> Value:
        """Height of the textures where they are seen, m."""
        graph = self._graph
        reliefs = ((self._reliefs[kind].height_m, kind) for kind in self._seen if self._has_relief(kind))
        return self._summed((graph.math("MULTIPLY", height, self._seen[kind]) for height, kind in reliefs))

    @cached_property
    def relief_share(self) -> Value:
        """Share of the ground's small relief that the textures replace."""
        return self._summed(self._seen[kind] for kind in self._seen if self._has_relief(kind))

    @cached_property
    def roughness(self) -> Value:
        """Roughness of the ground."""
        graph, pixels = self._graph, {kind: self._look.by_kind[kind].pixels for kind in self._seen}
        smoother = (
            graph.math("MULTIPLY", graph.sum((self._reliefs[kind].roughness, 1.0), plus=-ROUGHNESS), self._seen[kind])
            for kind in self._seen
            if pixels[kind].roughness is not None
        )
        return graph.sum((self._summed(smoother), 1.0), plus=ROUGHNESS)

    @cached_property
    def lost_slope_variance(self) -> Value:
        """Variance of the slopes in one direction that are smaller than the spacing of the points."""
        graph = self._graph
        slopes = self._summed(
            graph.math("MULTIPLY", self._reliefs[kind].lost_slope, self._seen[kind])
            for kind in self._seen
            if self._has_relief(kind)
        )
        return graph.math("MULTIPLY", slopes, slopes)

    def _has_relief(self, kind: str) -> bool:
        return self._look.by_kind[kind].pixels.has_relief

    def _summed(self, values: Iterable[Value]) -> Value:
        return self._graph.sum(*((value, self._look.share) for value in values))

    @cached_property
    def _reliefs(self) -> dict[str, _Relief]:
        return {kind: self._relief(kind) for kind in self._seen}

    def _relief(self, kind: str) -> _Relief:
        graph, texture = self._graph, self._look.by_kind[kind]
        tiling = self._tiling(texture.size_m)
        sums: list[Value] = [0.0] * 4
        for copy in tiling.copies:
            wanted = graph.math("MULTIPLY", copy.weight, self._seen[kind])
            texel = graph.texel(texture.relief, copy.u, copy.v, wanted)
            sums = [
                graph.math("MULTIPLY_ADD", value, copy.weight, total) for value, total in zip(texel, sums, strict=True)
            ]
        high, low, roughness, lost = sums
        pixels = texture.pixels
        step_m = 255 * pixels.depth * texture.size_m / 65535
        height = graph.sum((high, 256 * step_m), (low, step_m), plus=pixels.lowest * texture.size_m)
        return _Relief(tiling.restored(height, 0.0), roughness, graph.math("MULTIPLY", lost, SLOPE_RANGE))

    def _tiling(self, size_m: float) -> _Tiling:
        if size_m not in self._tilings:
            self._tilings[size_m] = _Tiling(self._graph, size_m)
        return self._tilings[size_m]


class _Tiling:
    """The copies of a texture at each point."""

    def __init__(self, graph: Shading, size_m: float) -> None:
        self._graph = graph
        x, y = graph.position()
        side = _TRIANGLE * size_m
        # Coordinates along two sides of the triangles: integers lie on their corners.
        across = graph.sum((x, 1 / side), (y, -1 / (3**0.5 * side)))
        up = graph.math("MULTIPLY", y, 2 / (3**0.5 * side))
        left, low = graph.math("FLOOR", across), graph.math("FLOOR", up)
        a, b = graph.math("SUBTRACT", across, left), graph.math("SUBTRACT", up, low)
        third = graph.sum((a, -1.0), (b, -1.0), plus=1.0)
        upper = graph.math("LESS_THAN", third, 0.0)
        sign = graph.sum((upper, -2.0), plus=1.0)
        corners = (
            (upper, upper, graph.math("MULTIPLY", third, sign)),
            (upper, graph.rest(upper), graph.math("MULTIPLY_ADD", b, sign, upper)),
            (graph.rest(upper), upper, graph.math("MULTIPLY_ADD", a, sign, upper)),
        )
        weights = [self._sharpened(weight) for _, _, weight in corners]
        whole = graph.sum(*((weight, 1.0) for weight in weights))
        weights = [graph.math("DIVIDE", weight, whole) for weight in weights]
        self.copies = [
            self._copy(x, y, graph.math("ADD", left, right), graph.math("ADD", low, above), weight, size_m)
            for (right, above, _), weight in zip(corners, weights, strict=True)
        ]
        squares = graph.sum(*((graph.math("MULTIPLY", weight, weight), 1.0) for weight in weights))
        self._contrast = graph.math("SQRT", squares)
        """Contrast of the weighted sum of independent copies, as a share of that of one."""

    def restored(self, total: Value, mean: float) -> Value:
        """Return the weighted sum ``total`` with the contrast of one copy."""
        graph = self._graph
        return graph.sum((graph.math("DIVIDE", graph.sum((total, 1.0), plus=-mean), self._contrast), 1.0), plus=mean)

    def _sharpened(self, weight: Value) -> Value:
        seen = self._graph.math("MAXIMUM", self._graph.sum((weight, 1.0), plus=-_SHARPNESS), 0.0)
        return self._graph.math("MULTIPLY", seen, seen)

    def _copy(self, x: Value, y: Value, column: Value, row: Value, weight: Value, size_m: float) -> _Copy:
        graph = self._graph
        s, t = (graph.sum((number, 1 / _RANDOM_PIXELS), plus=0.5 / _RANDOM_PIXELS) for number in (column, row))
        right, up, cosine, sine = graph.texel(random_image(), s, t, weight)
        cosine, sine = (graph.sum((part, 2 / size_m), plus=-1 / size_m) for part in (cosine, sine))
        u = graph.math("MULTIPLY_ADD", x, cosine, graph.math("MULTIPLY_ADD", y, sine, right))
        v = graph.math("SUBTRACT", graph.math("MULTIPLY_ADD", y, cosine, up), graph.math("MULTIPLY", x, sine))
        return _Copy(u, v, weight)


@lru_cache(maxsize=1)
def random_image() -> TextureImage:
    """Return the random shifts, and cosine and sine of the turns, of the copies at the corners of the triangles."""
    rng = stream(EVERYWHERE, "texture/copies")
    shifts = rng.random((_RANDOM_PIXELS, _RANDOM_PIXELS, 2))
    turns = 2 * np.pi * rng.random((_RANDOM_PIXELS, _RANDOM_PIXELS))
    values = np.concatenate([shifts, np.cos(turns)[..., None] / 2 + 0.5, np.sin(turns)[..., None] / 2 + 0.5], axis=-1)
    return TextureImage("copies", [np.rint(values * 255).astype(np.uint8)], 1.0, closest=True)
