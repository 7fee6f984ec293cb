# SPDX-License-Identifier: GPL-3.0-or-later
"""Vegetation of the fields: crops in rows, and orchards. Sizes and densities are estimates."""

from __future__ import annotations

import dataclasses

import numpy as np

from ...domain.random_streams import stream_seed
from ..ground.fields import Crop, orchard_lattice
from ..numerics.noise import uniform
from .kinds import LEAFLESS_AT, VegetationKind
from .planting import SPREADS, GrowingSite, Growth, planted
from .scatter import Places
from .vegetation import Vegetation

_ORCHARD_GAPS = 0.05
"""Share of the places in an orchard that are empty."""


def plan_crops(site: GrowingSite) -> Vegetation:
    """Return the crops of the fields, in rows.

    Cereals and stubble are left to the color of the ground: their stalks are finer than the pixels of a drone image.
    """
    fields = site.ground.fields
    places = site.places("crops")
    parcel = site.cover(fields.parcel, places)
    leafy = np.isin(fields.crop[parcel], (Crop.SEEDLINGS, Crop.LEAFY))
    growth = fields.cover[parcel] + 0.35 * site.noise(places, 11.0, "crops/growth")
    places = places.chosen(leafy & (site.cover(fields.edge, places) > 0.4) & (growth > 0.05))
    places = places.chosen(site.free(places, 0.5))
    parcel = site.cover(fields.parcel, places)
    # Move each place to the nearest row, with a deviation of up to 5 cm.
    row = fields.rows(parcel, places.x, places.y)
    step = (np.rint(row) - row) * fields.row_m[parcel] + 0.1 * (places.random("beside_row") - 0.5)
    on_row = dataclasses.replace(
        places, x=places.x + step * fields.across[parcel, 0], y=places.y + step * fields.across[parcel, 1]
    )
    size = fields.row_m[parcel] * fields.cover[parcel] * (0.8 + 0.5 * places.random("size"))
    height = size * (0.6 + 0.5 * places.random("height"))
    return planted(site, Growth(VegetationKind.CROP, on_row, size, height))


def plan_orchards(site: GrowingSite) -> Vegetation:
    """Return the trees of the orchards: low, in rows, and all of one age within a field."""
    fields = site.ground.fields
    x, y, key_x, key_y = orchard_lattice(fields, site.terrain)
    spacing_m = np.full(len(x), SPREADS["trees"].finest_m)
    places = Places(x, y, spacing_m, key_x, key_y, site.seed, "vegetation/orchards")
    places = places.chosen((places.random("gap") > _ORCHARD_GAPS) & site.free(places, 2.0))
    parcel = site.cover(fields.parcel, places)
    age = uniform(
        parcel.astype(np.int64), np.zeros(len(places), np.int64), stream_seed(site.seed, "vegetation/orchards/age")
    )
    spread = fields.row_m[parcel] * (0.5 + 0.3 * age) * (0.85 + 0.3 * places.random("size"))
    kind = VegetationKind.BARE_TREE if site.season in LEAFLESS_AT else VegetationKind.BROADLEAF
    return planted(
        site, Growth(np.full(len(places), kind), places, spread, spread * (0.85 + 0.3 * places.random("height")))
    )
