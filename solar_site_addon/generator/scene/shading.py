# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic in which a look is written once, to be evaluated by shader nodes or with arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from .texture_look import TextureImage

Value: TypeAlias = Any
"""A number or a linear color: an output of a node, an array, or a constant (colors with four components)."""


class Shading(ABC):
    """The operations of a look. Their names are those of Blender's nodes, whose results they must equal."""

    @abstractmethod
    def math(self, operation: str, *values: Value) -> Value:
        """Return the result of one operation of the node Math."""

    @abstractmethod
    def mix(self, factor: Value, first: Value, second: Value) -> Value:
        """Return a color between ``first`` and ``second``, which the factors 0 and less, 1 and more give."""

    @abstractmethod
    def product(self, first: Value, second: Value) -> Value:
        """Return the product of two colors, or of a color and a number."""

    @abstractmethod
    def blend(self, factor: Value, first: Value, second: Value) -> Value:
        """Return a number between ``first`` and ``second``, which the factors 0 and less, 1 and more give."""

    @abstractmethod
    def smoothstep(self, value: Value, low: float, high: float) -> Value:
        """Return 0 below ``low``, 1 above ``high`` and a smooth transition in between."""

    @abstractmethod
    def attribute(self, name: str) -> Value:
        """Return the value of a float attribute of the mesh."""

    @abstractmethod
    def attribute_colour(self, name: str) -> Value:
        """Return the value of a color attribute of the mesh."""

    @abstractmethod
    def position(self) -> tuple[Value, Value]:
        """Return x and y of the place on the ground, m."""

    @abstractmethod
    def texel(self, image: TextureImage, u: Value, v: Value, wanted: Value, /) -> Sequence[Value]:
        """Return the four channels, 0 to 1, of a repeated image at (u, v), in units of the image.

        Where ``wanted`` is 0, they may have any value.
        """

    @abstractmethod
    def colour(self, red: Value, green: Value, blue: Value) -> Value:
        """Return the color with these channels."""

    @abstractmethod
    def channels(self, colour: Value) -> tuple[Value, Value, Value]:
        """Return red, green and blue of a color."""

    def sum(self, *terms: tuple[Value, float], plus: Value = 0.0) -> Value:
        """Return the sum of ``terms``, each a value and its weight, and of ``plus``."""
        total = plus
        for value, weight in terms:
            total = self.math("MULTIPLY_ADD", value, weight, total)
        return total

    def rest(self, share: Value) -> Value:
        """Return 1 - ``share``."""
        return self.math("SUBTRACT", 1.0, share)
