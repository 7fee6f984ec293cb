# SPDX-License-Identifier: GPL-3.0-or-later
"""Box transformers: a cabin on a concrete base, beside the tables of each cluster.

Sizes are estimates for units of 0.75 to 1.9 MVA.
"""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ....settings.drawn import DrawnSettings
from ...numerics.solids import Colour, Finish, Shape, box, frustum, merged, tube
from ...placement.kinds import Choice, Ground, Group, Kind
from ...placement.placement import Placement
from ..parts import CLASS, CONCRETE, DARK

CABIN_PAINT: tuple[Colour, ...] = (
    (0.66, 0.67, 0.65), (0.40, 0.43, 0.42), (0.74, 0.74, 0.70), (0.10, 0.22, 0.13), (0.30, 0.42, 0.36),
)  # fmt: skip
_RING_M = (5.0, 16.0)
"""Distance from the nearest table."""


def _count(settings: DrawnSettings) -> float:
    """Return the number of transformers per 100 tables."""
    return settings.equipment.transformers.value


def _place(placement: Placement, choice: Choice, per_hundred: float) -> None:
    """Place each cluster's share, at least one, near its own tables and preferably by a road."""
    if per_hundred <= 0:
        return
    cluster_of_table = placement.tables.cluster
    for cluster in np.unique(cluster_of_table).tolist():
        own = np.flatnonzero(cluster_of_table == cluster)
        for number, group in enumerate(np.array_split(own, max(round(per_hundred / 100.0 * len(own)), 1))):
            name = choice.item_name(f"{cluster}/{number}")
            kind = choice.of_item(placement.seed, name)
            kind.put(placement, placement.near_tables(group, _RING_M, name, by_road=True), name)


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return a cabin with doors and louvers on a concrete base, some with the radiators exposed at one end."""
    length, width, height = size
    half, deep = length / 2, width / 2
    paint = Finish(CABIN_PAINT[int(look[0] * len(CABIN_PAINT))], 0.45, 0.0, 0.5, CLASS)
    plinth = 0.25 + 0.35 * look[1]
    body = (-half + 0.35, -deep + 0.35, half - 0.35, deep - 0.35)
    radiators = look[2] > 0.45
    end = half - 1.5 if radiators else body[2]
    parts = [
        box((-half, -deep, -depth), (half, deep, 0.0), CONCRETE, 0.04),
        box((body[0] - 0.12, body[1] - 0.12, 0.0), (body[2] + 0.12, body[3] + 0.12, plinth), CONCRETE, 0.04),
        box((body[0], body[1], plinth), (end, body[3], height - 0.14), paint),
        frustum(
            (body[0] - 0.12, body[1] - 0.12, end + 0.12, body[3] + 0.12),
            (body[0] + 0.2, -0.04, end - 0.2, 0.04),
            (height - 0.14, height),
            Finish(paint.colour, 0.5, 0.0, 0.8, CLASS),
        ),
        *_doors(body[0], end, body[1], body[3], plinth, height - 0.3),
    ]
    if radiators:
        parts += _oil_transformer(end, body, plinth, min(height - 0.5, plinth + 1.7), paint)
    return merged(parts)


def _doors(start: float, end: float, front: float, rear: float, low: float, high: float) -> list[Shape]:
    """Return door joints and louvers on both long sides, as thin dark boxes."""
    parts = []
    count = max(round((end - start) / 0.9), 1)
    for number in range(count):
        x = start + (number + 0.5) * (end - start) / count
        for side in (front, rear):
            parts.append(box((x - 0.42, side - 0.006, low + 0.05), (x - 0.40, side + 0.006, high), DARK))
            parts.append(box((x - 0.22, side - 0.01, high - 0.5), (x + 0.22, side + 0.01, high - 0.25), DARK))
    return parts


def _oil_transformer(
    start: float, body: tuple[float, float, float, float], low: float, high: float, paint: Finish
) -> list[Shape]:
    """Return a tank with fins on both sides and three bushings on its lid."""
    tank = Finish(paint.colour, 0.5, 0.0, 0.6, CLASS)
    middle, end = start + 0.08, body[2] - 0.1
    parts = [box((middle, body[1] + 0.45, low), (end, body[3] - 0.45, high), tank, 0.03)]
    parts += [
        box((x - 0.012, body[1] + 0.05, low + 0.15), (x + 0.012, body[3] - 0.05, high - 0.15), tank)
        for x in np.linspace(middle + 0.08, end - 0.08, 7)
    ]
    porcelain, x = Finish((0.25, 0.09, 0.05), 0.3, semantic=CLASS), (middle + end) / 2
    return parts + [tube((x, y, high), (x, y, high + 0.3), 0.05, porcelain, 8) for y in (-0.25, 0.0, 0.25)]


KIND = Kind(
    name="transformer",
    category=Category.TRANSFORMER,
    group=Group("equipment/transformer", stage=100, count=_count, place=_place),
    least_m=(3.6, 2.4, 2.3),
    greatest_m=(5.4, 3.0, 3.0),
    ground=Ground(table_gap_m=1.2, fall_m=1.4),
    within_fence=True,
    shape=_shape,
)
