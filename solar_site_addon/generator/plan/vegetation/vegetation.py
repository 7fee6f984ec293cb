# SPDX-License-Identifier: GPL-3.0-or-later
"""Vegetation and stones as plain numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass

from ...domain.array_types import Floats, Ints, Mask


@dataclass(frozen=True)
class Vegetation:
    """P plants and stones, each in a place of its own; arrays share their first axis."""

    kind: Ints
    """(P,) what it is: a value of ``VegetationKind``."""
    variant: Ints
    """(P,) which of the shapes of its kind it has, from 0 to ``VARIANTS`` - 1."""
    detailed: Mask
    """(P,) whether it is near enough for its fine shape."""
    position: Floats
    """(P, 3) its foot on the ground, m."""
    spread: Floats
    """(P,) diameter of the upright cylinder that holds it, m."""
    height: Floats
    """(P,) height of that cylinder, m."""
    up: Floats
    """(P, 3) unit vector in which it grows."""
    turn_deg: Floats
    """(P,) how far it is turned around ``up``."""
    colour: Floats
    """(P, 3) linear reflectance of its leaves, or of the stone."""
    snow: Floats
    """(P,) how much snow lies on it, from 0 to 1."""

    def __len__(self) -> int:
        return len(self.kind)
