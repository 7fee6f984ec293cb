# SPDX-License-Identifier: GPL-3.0-or-later
"""The piles: instances of a few shapes, one for each state, with or without the clamp or adjustable head."""

from __future__ import annotations

import bpy
import numpy as np

from ..domain.categories import Category
from ..geometry.piles import pile_shape
from ..plan.array.pile_kind import NUM_VARIANTS
from ..plan.array.piles import PileType
from ..plan.array.tables import Piles
from .equipment import paint, painted_object
from .images import patches_image
from .instances import COLOUR, instances, upright_rotation
from .nodes import OBJECT
from .ownership import holding


def build_piles(pile_type: PileType, piles: Piles, first_number: int) -> list[bpy.types.Object]:
    """Return one object with the piles that stand; no object if there are none.

    The piles, those that are only planned included, have the object numbers from ``first_number`` on.
    """
    there = np.flatnonzero(piles.standing)
    if len(there) == 0:
        return []
    shape = (piles.state[there] * NUM_VARIANTS + piles.variant[there]) * 2 + piles.fitted[there]
    used, prototype = np.unique(shape, return_inverse=True)
    material, graph = paint("Solar Site piles", Category.PILE, patches_image())
    graph.annotate(OBJECT, graph.instance_value(COLOUR))
    prototypes = [
        painted_object("Solar Site pile", pile_shape(pile_type, *_which(int(number))), material) for number in used
    ]
    colour = np.zeros((len(there), 4))
    colour[:, 3] = first_number + there
    part = instances(
        "Solar Site piles",
        prototypes,
        prototype=prototype,
        position=piles.head[there],
        rotation=upright_rotation(piles.axis[there], piles.turn_deg[there]),
        scale=np.ones((len(there), 3)),
        colour=colour,
    )
    return [holding(part, Category.PILE)]


def _which(number: int) -> tuple[int, int, bool]:
    """Return state, variant and whether it is fitted, of the shape with this number."""
    rest, fitted = divmod(number, 2)
    state, variant = divmod(rest, NUM_VARIANTS)
    return state, variant, bool(fitted)
