# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of piles; the shape of each kind is in its own module."""

from __future__ import annotations

from collections.abc import Mapping

from ..plan.array.pile_kind import Look, PileKind
from ..plan.array.piles import PileType, pile_kinds
from ..plan.numerics.solids import Shape, merged


def pile_shape(
    pile_type: PileType, state: int, variant: int, fitted: bool, kinds: Mapping[str, PileKind] | None = None
) -> Shape:
    """Return a pile with the center of its top at the origin and its axis along z; damaged piles have no fitting.

    ``state`` is an index into ``all_states`` of the kind; ``kinds`` are the kinds by name, by default all.
    """
    kind = (pile_kinds() if kinds is None else kinds)[pile_type.kind]
    look = Look(pile_type.size_m, kind.all_states[state], variant, pile_type.details)
    shape = kind.shape(look)
    if not fitted or kind.fitting is None or look.state == kind.damaged:
        return shape
    return merged([shape, kind.fitting(look)])
