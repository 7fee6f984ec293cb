# SPDX-License-Identifier: GPL-3.0-or-later
"""What covers the ground, for each vertex of the terrain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Ints


@dataclass(frozen=True)
class Fields:
    """Farmland: K parcels, and which of them each vertex of the terrain (Y, X) lies in."""

    edge: Floats
    """(Y, X) distance to the border of what is tilled, m; positive within."""
    parcel: Ints
    """(Y, X) number of the parcel."""
    crop: Ints
    """(K,) ``plan.fields.Crop``."""
    middle: Floats
    """(K, 2) a point on one of the rows, m."""
    across: Floats
    """(K, 2) unit vectors at right angles to the rows."""
    row_m: Floats
    """(K,) from row to row, m."""
    cover: Floats
    """(K,) share of the ground that leaves, straw or film cover."""
    colour: Floats
    """(K, 3) their linear reflectance."""

    @property
    def any(self) -> bool:
        """Whether anything is tilled."""
        return bool((self.edge > 0).any())

    def rows(self, parcel: Ints, x: Floats, y: Floats) -> Floats:
        """Place across the rows of ``parcel`` at the points, counted in rows: whole numbers on the rows."""
        offset = np.stack([x, y], axis=-1) - self.middle[parcel]
        result: Floats = (offset * self.across[parcel]).sum(axis=-1) / self.row_m[parcel]
        return result


@dataclass(frozen=True)
class Ground:
    """What covers the ground, for each vertex of the terrain: arrays (Y, X) of shares from 0 to 1."""

    greenness: float
    """Share of the land that is grown over, as drawn."""
    grass: Floats
    """How readily grass grows here; small patches are decided by the material."""
    dry: Floats
    """How dry that grass is."""
    rock: Floats
    """How much rock shows through."""
    snow: Floats
    """How readily snow lies; 0 everywhere where there is none."""
    light: Floats
    """How light the soil is, by its moisture: dark in hollows."""
    gravel: Floats
    """How much of it is covered with gravel."""
    mown: Floats
    """How much of a lawn the grass is: short, even, and mown in stripes along the rows."""
    rills: Floats
    """(Y, X, 3) where rain cuts rills into bare soil: see ``plan.rills``."""
    beside: Floats
    """Horizontal distance to the nearest table, m: 0 below one, at most ``plan.ground.BESIDE_REACH_M``."""
    fields: Fields
