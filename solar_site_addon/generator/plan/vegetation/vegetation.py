# SPDX-License-Identifier: GPL-3.0-or-later
"""Vegetation and stones as numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass

from ...domain.array_types import Floats, Ints, Mask


@dataclass(frozen=True)
class Vegetation:
    """P items of vegetation (tufts, shrubs, trees, stones ...) as arrays that share their first axis."""

    kind: Ints
    """(P,) values of ``VegetationKind``."""
    variant: Ints
    """(P,) number of the shape, from 0 to ``VARIANTS`` - 1."""
    detailed: Mask
    """(P,) whether the item is near enough to be drawn with a fine shape."""
    position: Floats
    """(P, 3) base on the ground, m."""
    spread: Floats
    """(P,) diameter of the cylinder along ``up`` that encloses the item, m."""
    height: Floats
    """(P,) height of the cylinder, m."""
    up: Floats
    """(P, 3) unit vector of the growth direction."""
    turn_deg: Floats
    """(P,) rotation around ``up``."""
    colour: Floats
    """(P, 3) linear reflectance of the leaves or the stone."""
    snow: Floats
    """(P,) amount of snow, from 0 to 1."""

    def __len__(self) -> int:
        return len(self.kind)
