# SPDX-License-Identifier: GPL-3.0-or-later
"""Ground cover at each vertex of the terrain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Ints


@dataclass(frozen=True)
class Fields:
    """Farmland: K parcels, and the parcel at each vertex of the terrain (Y, X)."""

    edge: Floats
    """Distance (Y, X) to the border of the tilled ground, m; positive inside."""
    parcel: Ints
    """Number of the parcel (Y, X)."""
    crop: Ints
    """Crop (K,), a ``fields.Crop``."""
    middle: Floats
    """A point (K, 2) on one of the rows, m."""
    across: Floats
    """Unit vectors (K, 2) perpendicular to the rows."""
    row_m: Floats
    """Row spacing (K,), m."""
    cover: Floats
    """Share of the ground (K,) covered by leaves, straw or film."""
    colour: Floats
    """Linear reflectance (K, 3) of that cover."""

    @property
    def any(self) -> bool:
        """Whether any ground is tilled."""
        return bool((self.edge > 0).any())

    def rows(self, parcel: Ints, x: Floats, y: Floats) -> Floats:
        """Return the position across the rows of ``parcel`` at the points, in rows: integers lie on the rows."""
        offset = np.stack([x, y], axis=-1) - self.middle[parcel]
        result: Floats = (offset * self.across[parcel]).sum(axis=-1) / self.row_m[parcel]
        return result


@dataclass(frozen=True)
class Ground:
    """Ground cover at each vertex of the terrain: arrays (Y, X) of shares from 0 to 1."""

    greenness: float
    """Share of the ground under vegetation, as drawn."""
    grass: Floats
    """How readily grass grows; the material adds small patches."""
    dry: Floats
    """Dryness of the grass."""
    rock: Floats
    """Share of visible rock."""
    snow: Floats
    """How readily snow lies; 0 everywhere on sites without snow."""
    light: Floats
    """Lightness of the soil, which depends on its moisture: hollows are dark."""
    gravel: Floats
    """Share of the ground covered with gravel."""
    mown: Floats
    """Share of the grass that is lawn: short, even, and mown in stripes along the rows."""
    cleared: Floats
    """Share of the ground that construction work has cleared; 0 everywhere on complete sites."""
    rills: Floats
    """Rills (Y, X, 3) in bare soil: see ``plan.ground.rills``."""
    beside: Floats
    """Horizontal distance to the nearest table, m: 0 below a table, at most ``ground.BESIDE_REACH_M``."""
    fields: Fields
