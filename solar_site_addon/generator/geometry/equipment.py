# SPDX-License-Identifier: GPL-3.0-or-later
"""The plant's own equipment: transformers, inverters and combiner boxes, masts.

Each function makes one thing around the origin, x along its length, z up from its base, of ``size`` (3,) in metres;
its foundation reaches ``depth`` below. ``look`` (4,) from 0 to 1 decides colours and details.
"""

from __future__ import annotations

import numpy as np

from ..domain.array_types import Floats
from ..domain.categories import Category
from ..plan.numerics.solids import Colour, Finish, Shape, bar, box, frustum, merged, tube

CLASS = Category.ELECTRICAL_EQUIPMENT
CONCRETE = Finish((0.36, 0.35, 0.33), 0.9, 0.0, 0.8, CLASS)
GALVANISED = Finish((0.42, 0.43, 0.44), 0.45, 0.7, 0.4, CLASS)
DARK = Finish((0.03, 0.03, 0.032), 0.6, 0.0, 0.3, CLASS)
INVERTER_PAINT: tuple[Colour, ...] = ((0.62, 0.63, 0.62), (0.75, 0.75, 0.73), (0.42, 0.44, 0.45))
CABIN_PAINT: tuple[Colour, ...] = (
    (0.66, 0.67, 0.65), (0.40, 0.43, 0.42), (0.74, 0.74, 0.70), (0.10, 0.22, 0.13), (0.30, 0.42, 0.36),
)  # fmt: skip


def transformer(size: Floats, depth: float, look: Floats) -> Shape:
    """A box transformer: a cabin with doors and louvres on a concrete base, the transformer's radiators at one end."""
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
    """Door joints and louvres on both long sides, as thin dark boxes."""
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
    """A tank with fins on both sides and three bushings on its lid."""
    tank = Finish(paint.colour, 0.5, 0.0, 0.6, CLASS)
    middle, end = start + 0.08, body[2] - 0.1
    parts = [box((middle, body[1] + 0.45, low), (end, body[3] - 0.45, high), tank, 0.03)]
    parts += [
        box((x - 0.012, body[1] + 0.05, low + 0.15), (x + 0.012, body[3] - 0.05, high - 0.15), tank)
        for x in np.linspace(middle + 0.08, end - 0.08, 7)
    ]
    porcelain, x = Finish((0.25, 0.09, 0.05), 0.3, semantic=CLASS), (middle + end) / 2
    return parts + [tube((x, y, high), (x, y, high + 0.3), 0.05, porcelain, 8) for y in (-0.25, 0.0, 0.25)]


def string_inverter(size: Floats, depth: float, look: Floats) -> Shape:
    """An inverter with cooling fins on two posts, in some pictures below a small roof."""
    length, width, height = size
    paint = Finish(INVERTER_PAINT[int(look[0] * len(INVERTER_PAINT))], 0.5, 0.1, 0.3, CLASS)
    low, half = height - 0.72, length / 2
    parts = _stand(length - 0.2, depth, height - 0.1)
    parts += [
        box((-half, -width / 2 + 0.1, low), (half, width / 2, height - 0.06), paint, 0.02),
        box((-half + 0.05, -width / 2 + 0.02, low + 0.05), (half - 0.05, -width / 2 + 0.1, height - 0.14), DARK),
    ]
    if look[1] > 0.5:
        parts.append(
            box((-half - 0.06, -width / 2, height - 0.02), (half + 0.06, width / 2 + 0.06, height), GALVANISED)
        )
    return merged(parts)


def combiner_box(size: Floats, depth: float, look: Floats) -> Shape:
    """A small cabinet on two posts."""
    length, width, height = size
    paint = Finish(INVERTER_PAINT[int(look[0] * len(INVERTER_PAINT))], 0.5, 0.1, 0.3, CLASS)
    low, half = height - 0.6, length / 2
    body = box((-half, -width / 2, low), (half, width / 2, height - 0.03), paint, 0.015)
    lid = box((-half - 0.02, -width / 2 - 0.03, height - 0.03), (half + 0.02, width / 2 + 0.03, height), paint)
    return merged([*_stand(length - 0.15, depth, low + 0.1), body, lid])


def lightning_rod(size: Floats, depth: float, look: Floats) -> Shape:
    """A tapering steel pole with a spike, on a concrete block."""
    half, height = size[0] / 2, float(size[2])
    radius = 0.06 + 0.05 * look[0]
    return merged(
        [
            box((-half, -half, -depth), (half, half, 0.08), CONCRETE, 0.03),
            tube((0, 0, 0.08), (0, 0, 0.85 * height), radius, GALVANISED, 10, top=0.5),
            tube((0, 0, 0.85 * height), (0, 0, height), 0.02, GALVANISED, 6, top=0.3),
        ]
    )


def weather_station(size: Floats, depth: float, look: Floats) -> Shape:
    """A mast with a cross arm, a box, a radiation shield and a rain gauge."""
    half, height = size[0] / 2, float(size[2])
    white = Finish((0.75, 0.75, 0.74), 0.4, 0.0, 0.2, CLASS)
    arm = height * 0.92
    parts = [
        box((-0.35, -0.35, -depth), (0.35, 0.35, 0.06), CONCRETE, 0.03),
        tube((0, 0, 0.06), (0, 0, height), 0.045, GALVANISED, 10),
        bar((-half + 0.1, 0, arm), (half - 0.1, 0, arm), 0.04, 0.04, GALVANISED),
        tube((-half + 0.15, 0, arm), (-half + 0.15, 0, arm + 0.12), 0.09, white, 12),
        tube((half - 0.15, 0, arm - 0.2), (half - 0.15, 0, arm + 0.1), 0.06, white, 12),
        box((-0.2, 0.05, 0.9), (0.2, 0.27, 1.4), white, 0.02),
        tube((0.45, -0.45, -depth), (0.45, -0.45, 0.5 + 0.2 * look[0]), 0.1, white, 14),
    ]
    return merged(parts)


def _stand(spread: float, depth: float, height: float) -> list[Shape]:
    """Two posts."""
    return [box((x - 0.025, -0.03, -depth), (x + 0.025, 0.03, height), GALVANISED) for x in (-spread / 2, spread / 2)]
