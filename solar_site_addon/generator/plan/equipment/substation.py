# SPDX-License-Identifier: GPL-3.0-or-later
"""The substation: a level yard with a fence of its own, beside a road at the edge of the plant."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import pick, stream
from ..placement.placement import Placement, Rule
from ..placement.things import Fence, FenceStyle, WorkKind
from .fence import no_fence, posts_along

BANK_M = 1.2
"""How much of the footprint the bank of the yard takes on each side."""
_FENCE_INSET_M = 0.35
"""From the edge of the yard to its fence."""
_RULE = Rule(WorkKind.SUBSTATION, low=(19.0, 16.0, 6.5), high=(29.0, 24.0, 9.0), fall_m=2.8, table_gap_m=12.0)
_BAND_M = (18.0, 70.0)
"""Distance of its middle from the nearest table."""
_GATE_M, _POST_SPACING_M = 5.0, 2.5
"""Width of the gate, and from post to post of the fence."""
_NAME = "equipment/substation"
"""Path of its streams."""
_STYLES = {style.name.lower(): style for style in (FenceStyle.WELDED_MESH, FenceStyle.CHAIN_LINK)}
_TRIES = 3
"""How often a place is looked for, each time with a yard of another size."""


def plan_substation(placement: Placement, chance: float) -> Fence:
    """Place a substation with ``chance`` from 0 to 1, where there is ground for one; gives the fence of its yard."""
    if stream(placement.seed, f"{_NAME}/chance").random() >= chance:
        return no_fence()
    for attempt in range(_TRIES):
        name = f"{_NAME}/{attempt}"
        if placement.put(_RULE, placement.beside_road(_BAND_M, name), name):
            things = placement.things
            return _yard_fence(things.base[-1], things.axes[-1], things.size[-1], placement.seed)
    return no_fence()


def _yard_fence(base: Floats, axes: Floats, size: Floats, seed: int) -> Fence:
    """A fence along the edges of the yard, with a gate in the middle of its right side, where the road is."""
    x, y = size[:2] / 2 - BANK_M - _FENCE_INSET_M
    half = _GATE_M / 2
    # The line begins and ends at the gate, whose stretch is the last.
    line = np.array([[half, -y], [x, -y], [x, y], [-x, y], [-x, -y], [-half, -y]])
    posts = posts_along(line, _POST_SPACING_M)
    gate = len(posts) - round(_GATE_M / _POST_SPACING_M)
    places = base + np.column_stack([posts[: gate + 1], np.zeros(gate + 1)]) @ axes
    number = np.arange(gate, dtype=np.int32)
    first, last = places[gate], places[0]
    middle = (first + last) / 2
    leaves = np.array([[first, middle], [last, middle]])
    style = _STYLES[pick(seed, f"{_NAME}/fence/style", dict.fromkeys(_STYLES, 1.0))]
    spans = np.stack([number, number + 1], axis=1)
    height = float(stream(seed, f"{_NAME}/fence/height").uniform(1.9, 2.4))
    shade = float(stream(seed, f"{_NAME}/fence/shade").random())
    return Fence(posts=places, spans=spans, leaves=leaves, height_m=height, style=style, shade=shade)
