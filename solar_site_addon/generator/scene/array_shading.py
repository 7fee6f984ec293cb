# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluation of a look with arrays of points, with the results that Blender's shader nodes give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..domain.array_types import Singles
from .pyramid import interpolated, level_of, nearest
from .shading import Shading, Value

if TYPE_CHECKING:
    from .texture_look import TextureImage


def _ping_pong(value: Value, scale: Value) -> Value:
    return scale - np.abs(np.mod(value, np.float32(2) * scale) - scale)


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "ADD": np.add,
    "SUBTRACT": np.subtract,
    "MULTIPLY": np.multiply,
    "DIVIDE": np.divide,
    "MULTIPLY_ADD": lambda value, factor, addend: value * factor + addend,
    "MINIMUM": np.minimum,
    "MAXIMUM": np.maximum,
    "ABSOLUTE": np.abs,
    "LESS_THAN": lambda value, limit: np.asarray(value < limit, dtype=np.float32),
    "FLOOR": np.floor,
    "SQRT": np.sqrt,
    "SINE": np.sin,
    "COSINE": np.cos,
    "ARCTAN2": np.arctan2,
    "PINGPONG": _ping_pong,
}
"""Operations of the node Math."""


class ArrayShading(Shading):
    """The look at N points: numbers are arrays (N,), colors (3, N), both float32."""

    def __init__(
        self, attributes: Mapping[str, Singles], place: Singles | None = None, spacing_m: Singles | None = None
    ) -> None:
        """Take the attributes and, for looks with textures, the points (3, N) and their distances (N,) or (1,), m."""
        self._attributes = attributes
        self._place, self._spacing = place, spacing_m

    def math(self, operation: str, *values: Value) -> Value:
        """Return the result of one operation of the node Math."""
        return _OPERATIONS[operation](*(_single(value) for value in values))

    def mix(self, factor: Value, first: Value, second: Value) -> Value:
        """Return a color between ``first`` and ``second``."""
        first, second = _colour(first), _colour(second)
        return first + np.clip(_single(factor), 0, 1) * (second - first)

    def product(self, first: Value, second: Value) -> Value:
        """Return the product of two colors, or of a color and a number."""
        return _colour(first) * _colour(second)

    def blend(self, factor: Value, first: Value, second: Value) -> Value:
        """Return a number between ``first`` and ``second``."""
        first, second = _single(first), _single(second)
        return first + np.clip(_single(factor), 0, 1) * (second - first)

    def smoothstep(self, value: Value, low: float, high: float) -> Value:
        """Return 0 below ``low``, 1 above ``high`` and a smooth transition in between."""
        share = np.clip((value - _single(low)) * _single(1.0 / (high - low)), 0, 1)
        return share * share * (_single(3.0) - _single(2.0) * share)

    def attribute(self, name: str) -> Value:
        """Return the value of a float attribute."""
        return self._attributes[name]

    def attribute_colour(self, name: str) -> Value:
        """Return the value of a color attribute."""
        return self._attributes[name]

    def position(self) -> tuple[Value, Value]:
        """Return x and y of the points, m."""
        if self._place is None:
            raise ValueError("the look needs the places of the points")
        return self._place[0], self._place[1]

    def texel(self, image: TextureImage, u: Value, v: Value, wanted: Value, /) -> Sequence[Value]:
        """Return the four channels of a repeated image where they are wanted, 0 elsewhere."""
        if self._spacing is None:
            raise ValueError("the look needs the distances of the points")
        result = np.zeros((4, len(u)), dtype=np.float32)
        chosen = np.flatnonzero(np.broadcast_to(wanted, u.shape) > 0)
        if not len(chosen):
            return list(result)
        u, v = u[chosen], v[chosen]
        if image.closest:
            result[:, chosen] = nearest(image.pyramid, u, v)
            return list(result)
        spacing = np.broadcast_to(self._spacing, len(result[0]))[chosen]
        level = level_of(spacing / np.float32(image.texel_m), len(image.levels) - 1)
        result[:, chosen] = interpolated(image.pyramid, level, u, v)
        return list(result)

    def colour(self, red: Value, green: Value, blue: Value) -> Value:
        """Return the color with these channels."""
        return np.stack(np.broadcast_arrays(red, green, blue))

    def channels(self, colour: Value) -> tuple[Value, Value, Value]:
        """Return red, green and blue of a color."""
        red, green, blue = colour
        return red, green, blue


def _single(value: Value) -> Value:
    """Return a plain number in single precision, so that the result of a calculation with it is in single precision."""
    return np.float32(value) if isinstance(value, float) else value


def _colour(value: Value) -> Value:
    """Return a constant color, with four components, as an array (3, 1)."""
    return np.array(value[:3], dtype=np.float32)[:, None] if isinstance(value, tuple) else value
