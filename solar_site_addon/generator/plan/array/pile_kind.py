# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kind of pile is. A kind is one module in ``plan/array/pile_kinds`` that defines ``KIND``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats
from ...domain.categories import Category
from ..numerics.solids import Finish, Shape, loft

NUM_VARIANTS = 3
"""Number of shapes of a damaged pile."""
CLASS = Category.PILE
STEEL = Finish((0.42, 0.43, 0.44), 0.45, 0.7, 0.3, CLASS)
RUST = Finish((0.17, 0.075, 0.035), 0.85, 0.1, 0.6, CLASS)
HOLE = Finish((0.012, 0.011, 0.010), 0.95, 0.0, 0.0, CLASS)
BOTTOM = Finish((0.05, 0.038, 0.026), 0.95, 0.0, 0.5, CLASS)
"""Earth and water inside a hollow pile."""


@dataclass(frozen=True)
class Look:
    """What the shape of a pile depends on."""

    size_m: float
    """Outer diameter, or height of the section, m."""
    state: str
    """One of the states of the kind."""
    variant: int
    """0 to NUM_VARIANTS - 1: how exactly a damaged pile is broken."""
    details: Floats
    """Numbers (4,) from 0 to 1 that select details which all piles of a site share."""


@dataclass(frozen=True, kw_only=True)
class PileKind:
    """A kind of pile."""

    name: str
    """The module's name."""
    sizes_m: tuple[float, ...]
    """Outer diameters, or heights of the section; a site has one of them, m."""
    states: tuple[str, ...]
    """States from new to old."""
    damaged: str = ""
    """State of piles that were damaged when driven."""
    damaged_share: float = 0.0
    head_m: Callable[[float], tuple[float, float]]
    """Return width and height of the head of a pile from its size, m: what identifies it from above."""
    carries_rafter: bool = False
    """Whether the pile reaches up to the rafter, as driven sections do; on other kinds stands a post."""
    spoil_m: float
    """Mean radius of the disturbed ground around a pile, m."""
    cast: bool = False
    """Whether the pile is cast in the ground, so that grout leaks around it."""
    shape: Callable[[Look], Shape]
    """Return the mesh of a pile: z along its axis, with the center of its top at the origin, reaching into the ground.
    """
    fitting: Callable[[Look], Shape] | None = None
    """Return the clamp or adjustable head that is fitted before the rack is built, in the same frame."""

    @property
    def all_states(self) -> tuple[str, ...]:
        """All states; arrays refer to them by index."""
        return (*self.states, self.damaged) if self.damaged else self.states


def circle(radius: float | Floats, z: float | Floats, sides: int) -> Floats:
    """Return a ring (sides, 3) of points around the axis, counterclockwise from above."""
    angle = 2 * np.pi * np.arange(sides) / sides
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), z + 0 * angle], axis=1)


def pipe(outer: float, inner: float, low: float, high: float, bottom: float, finish: Finish, sides: int) -> Shape:
    """Return a pipe from ``low`` to ``high`` whose inside is visible down to ``bottom``."""
    rings = [circle(outer, low, sides), circle(outer, high, sides), circle(inner, high, sides)]
    return loft([*rings, circle(inner, bottom, sides)], finish, caps=False)


def disc(radius: float, z: float, finish: Finish, sides: int = 16, center: tuple[float, float] = (0.0, 0.0)) -> Shape:
    """Return a thin disc that faces up."""
    offset = np.array([*center, 0.0])
    return loft([circle(radius, z - 0.002, sides) + offset, circle(radius, z, sides) + offset], finish)
