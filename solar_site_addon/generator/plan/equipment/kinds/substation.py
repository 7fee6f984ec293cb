# SPDX-License-Identifier: GPL-3.0-or-later
"""Substations: a level yard with transformer, switchgear, portal and control building, beside a road.

The yard has a fence of its own. Sizes are estimates.
"""

from __future__ import annotations

import numpy as np

from ....domain.array_types import Floats
from ....domain.categories import Category
from ....domain.random_streams import pick, stream
from ....settings.drawn import DrawnSettings
from ...numerics.solids import Finish, Shape, bar, bars, box, frustum, merged, moved, tube
from ...placement.fences import Fence, FenceStyle
from ...placement.items import Item
from ...placement.kinds import Choice, Ground, Group, Kind
from ...placement.placement import Placement
from ..fence import posts_along
from ..parts import CLASS, CONCRETE, GALVANISED, cabinet_finish

BANK_M = 1.2
"""Width of the bank around the yard, which is part of the footprint."""
_FENCE_INSET_M = 0.35
"""From the edge of the yard to its fence."""
_BAND_M = (18.0, 70.0)
"""Distance of the center from the nearest table."""
_GATE_M, _POST_SPACING_M = 5.0, 2.5
_PATH = "equipment/substation"
"""Path of the streams."""
_STYLES = {style.name.lower(): style for style in (FenceStyle.WELDED_MESH, FenceStyle.CHAIN_LINK)}
_TRIES = 3
"""Number of yards of different size for which a place is sought."""

GRAVEL = Finish((0.175, 0.17, 0.16), 0.95, wear=0.55, semantic=Category.TERRAIN)
BANK = Finish((0.20, 0.155, 0.105), 0.95, wear=0.9, semantic=Category.TERRAIN)
DRIVE = Finish((0.27, 0.26, 0.24), 0.9, wear=0.8, semantic=Category.TERRAIN)
PORCELAIN = Finish((0.20, 0.075, 0.045), 0.25, wear=0.3, semantic=CLASS)
POLYMER = Finish((0.16, 0.17, 0.19), 0.5, wear=0.3, semantic=CLASS)
WIRE = Finish((0.30, 0.30, 0.31), 0.5, 0.6, 0.3, CLASS)
ROOF = Finish((0.42, 0.41, 0.39), 0.9, wear=0.9)
WINDOW = Finish((0.012, 0.014, 0.016), 0.06, wear=0.15)
DOOR = Finish((0.12, 0.14, 0.16), 0.5, wear=0.4)
WALLS = ((0.66, 0.65, 0.61), (0.56, 0.50, 0.42), (0.50, 0.53, 0.55))
_PHASES_M = 1.9
"""Distance between phases."""
_DRIVE_M = (0.6, 3.8)
"""Distances from the front edge of the yard to the edges of its drive."""
_BAY_M = 2.3
"""Distance between rows of switchgear."""
_LIVE_M = 3.9
"""Height of the terminals of the switchgear."""
_HUNG_M = 1.6
"""Height of the portal's beam above the wires."""


def _chance(settings: DrawnSettings) -> float:
    """Return the probability of a substation."""
    return settings.equipment.substation.value


def _place(placement: Placement, choice: Choice, chance: float) -> None:
    """Place one substation with ``chance`` from 0 to 1, if there is ground for it."""
    if stream(placement.seed, choice.item_name("chance")).random() >= chance:
        return
    for attempt in range(_TRIES):
        name = choice.item_name(attempt)
        kind = choice.of_item(placement.seed, name)
        if kind.put(placement, placement.beside_road(_BAND_M, name), name) is not None:
            return


def _yard_fence(item: Item, seed: int) -> Fence:
    """Return the fence along the edges of the yard, with a gate in the middle of its right side, where the road is."""
    x, y = item.size[:2] / 2 - BANK_M - _FENCE_INSET_M
    half = _GATE_M / 2
    # The line starts and ends at the gate, which is its last span.
    line = np.array([[half, -y], [x, -y], [x, y], [-x, y], [-x, -y], [-half, -y]])
    posts = posts_along(line, _POST_SPACING_M)
    gate = len(posts) - round(_GATE_M / _POST_SPACING_M)
    places = item.base + np.column_stack([posts[: gate + 1], np.zeros(gate + 1)]) @ item.axes
    number = np.arange(gate, dtype=np.int32)
    first, last = places[gate], places[0]
    middle = (first + last) / 2
    leaves = np.array([[first, middle], [last, middle]])
    style = _STYLES[pick(seed, f"{_PATH}/fence/style", dict.fromkeys(_STYLES, 1.0))]
    spans = np.stack([number, number + 1], axis=1)
    height = float(stream(seed, f"{_PATH}/fence/height").uniform(1.9, 2.4))
    shade = float(stream(seed, f"{_PATH}/fence/shade").random())
    return Fence(posts=places, spans=spans, leaves=leaves, height_m=height, style=style, shade=shade)


def _shape(size: Floats, depth: float, look: Floats) -> Shape:
    """Return yard, gear and control building; the height of ``size`` is that of the portal.

    x runs along the yard, from the control building to the portal; the road is on the side of negative y.
    """
    half_length, half_width = size[0] / 2, size[1] / 2
    x, y = half_length - BANK_M, half_width - BANK_M
    middle = (_DRIVE_M[1] - _DRIVE_M[0]) / 2
    insulator = PORCELAIN if look[1] < 0.6 else POLYMER
    building_end = -x + 1.2 + 3.6 + 1.4 * look[2]
    bank, yard = (-half_length, -half_width, half_length, half_width), (-x, -y, x, y)
    portal = x - 1.8
    transformer = building_end + 3.6
    bays = np.arange(portal - 2.2, transformer + 3.2, -_BAY_M)
    parts = [
        frustum(bank, yard, (-depth, -0.04), BANK),
        box((-x, -y, -0.3), (x, y, 0.0), GRAVEL),
        box((-x + 0.6, -y + _DRIVE_M[0], -0.1), (x - 0.6, -y + _DRIVE_M[1], 0.03), DRIVE),
        box((-2.2, -y, -0.1), (2.2, -y + _DRIVE_M[0], 0.03), DRIVE),
        *_control_building((-x + 1.2, -y + _DRIVE_M[1] + 0.6, building_end, y - 1.0), 3.4 + 0.6 * look[0], look),
        moved(_power_transformer(look, insulator), (transformer, middle, 0.0)),
        moved(_portal(float(size[2]), insulator), (portal, middle, 0.0)),
        *[moved(_bay(number % 3, insulator), (place, middle, 0.0)) for number, place in enumerate(bays)],
        *_lines(np.concatenate([[transformer + 0.9], bays[::-1], [portal]]), middle, float(size[2])),
        tube((x - 1.0, y - 1.0, 0.0), (x - 1.0, y - 1.0, 2.2 * size[2]), 0.11, GALVANISED, 10, top=0.2),
        box((x - 4.2, -y + _DRIVE_M[1] + 0.5, 0.0), (x - 3.5, -y + _DRIVE_M[1] + 0.9, 1.5), _paint(look)),
    ]
    return merged(parts)


def _power_transformer(look: Floats, insulator: Finish) -> Shape:
    """Return a tank in its oil pit, with radiators on both sides, a conservator and bushings; x is its short side."""
    paint = _paint(look)
    parts = [
        box((-2.1, -3.1, -0.1), (2.1, 3.1, 0.18), CONCRETE),
        box((-1.9, -2.9, 0.0), (1.9, 2.9, 0.19), Finish(GRAVEL.colour, 0.95, wear=0.8, semantic=CLASS)),
        box((-0.85, -1.7, 0.4), (0.85, 1.7, 2.6), paint, 0.06),
        box((-0.95, -1.8, 2.45), (0.95, 1.8, 2.55), paint),
        *[box((s - 0.15, -1.8, 0.1), (s + 0.15, 1.8, 0.4), CONCRETE) for s in (-0.55, 0.55)],
    ]
    for side in (-1.0, 1.0):
        places = np.arange(-0.8, 0.81, 0.16)
        parts += [
            box(
                (place - 0.02, min(side * 1.95, side * 2.6), 0.6),
                (place + 0.02, max(side * 1.95, side * 2.6), 2.4),
                paint,
            )
            for place in places
        ]
        parts += [
            tube((place, side * 1.65, level), (place, side * 2.5, level), 0.06, paint, 8)
            for place in (-0.6, 0.6) for level in (0.75, 2.25)
        ]  # fmt: skip
        parts += [tube((-0.85, side * 2.28, z), (0.85, side * 2.28, z), 0.05, paint, 8) for z in (0.7, 2.32)]
    parts += [tube((-0.75, -1.2, 3.35), (-0.75, 1.3, 3.35), 0.36, paint, 16)]
    parts += [bar((-0.75, place, 2.5), (-0.75, place, 3.2), 0.1, 0.1, paint) for place in (-0.8, 0.9)]
    for phase in (-1.0, 0.0, 1.0):
        parts.append(_insulator((0.5, 1.1 * phase, 2.55), (0.9, 1.25 * phase, 3.9), insulator))
        parts.append(_insulator((-0.2, 0.5 * phase, 2.55), (-0.2, 0.5 * phase, 3.1), insulator))
    return merged(parts)


def _control_building(plan: tuple[float, float, float, float], height: float, look: Floats) -> list[Shape]:
    """Return a flat-roofed building on the rectangle ``plan`` (x0, y0, x1, y1); door and windows face the yard."""
    x0, y0, x1, y1 = plan
    walls = Finish(WALLS[int(look[3] * len(WALLS))], 0.85, wear=0.4)
    parts = [
        box((x0, y0, 0.0), (x1, y1, height), walls),
        box((x0 - 0.2, y0 - 0.2, height), (x1 + 0.2, y1 + 0.2, height + 0.15), walls),
        box((x0 + 0.1, y0 + 0.1, height), (x1 - 0.1, y1 - 0.1, height + 0.17), ROOF),
        box((x1 - 0.02, y0 + 0.6, 0.0), (x1 + 0.04, y0 + 2.0, 2.4), DOOR),
        box((x1, y0 + 0.4, 0.0), (x1 + 0.9, y0 + 2.2, 0.15), Finish(CONCRETE.colour, 0.9, wear=0.8)),
    ]
    parts += [
        box((x1 - 0.02, place - 0.5, 1.1), (x1 + 0.03, place + 0.5, 2.3), WINDOW)
        for place in np.arange(y0 + 3.2, y1 - 0.7, 2.0)
    ]
    white = Finish((0.70, 0.70, 0.69), 0.5, wear=0.4)
    parts += [
        box((x0 + 0.6, place - 0.45, height + 0.17), (x0 + 1.0, place + 0.45, height + 0.9), white)
        for place in np.arange(y0 + 1.2, y1 - 0.6, 1.6)
    ]
    return parts


def _portal(height: float, insulator: Finish) -> Shape:
    """Return a gantry across the yard: two lattice columns, a lattice beam and three insulator strings."""
    reach = 1.65 * _PHASES_M
    parts = [box((-0.6, s * reach - 0.6, -0.1), (0.6, s * reach + 0.6, 0.15), CONCRETE) for s in (-1.0, 1.0)]
    parts += _lattice(np.array([0.0, -reach, 0.1]), np.array([0.0, -reach, height]), 0.62)
    parts += _lattice(np.array([0.0, reach, 0.1]), np.array([0.0, reach, height]), 0.62)
    parts += _lattice(np.array([0.0, -reach, height - 0.3]), np.array([0.0, reach, height - 0.3]), 0.56)
    parts += [
        _insulator(
            (-0.1, phase * _PHASES_M, height - 0.5), (-0.35, phase * _PHASES_M, height - _HUNG_M), insulator, 0.09
        )
        for phase in (-1, 0, 1)
    ]
    return merged(parts)


def _lattice(start: Floats, end: Floats, width: float) -> list[Shape]:
    """Return a lattice girder of square section ``width``: four chords, and diagonals on its four sides."""
    along = end - start
    length = float(np.sqrt((along * along).sum()))
    one = np.array([width / 2, 0.0, 0.0])
    other = np.cross(along / length, one)
    corners = np.array([one + other, -one + other, -one - other, one - other])
    panels = max(round(length / (1.5 * width)), 1)
    stations = start + np.linspace(0.0, 1.0, panels + 1)[:, None, None] * along
    here, there = stations[:-1] + corners, stations[1:] + np.roll(corners, 1, axis=0)
    return [
        bars(start + corners, end + corners, 0.09, 0.09, GALVANISED),
        bars(here.reshape(-1, 3), there.reshape(-1, 3), 0.05, 0.05, GALVANISED),
    ]


def _bay(kind: int, insulator: Finish) -> Shape:
    """Return three posts of switchgear in a row: instrument transformers, breakers or disconnectors."""
    parts = []
    for phase in (-1, 0, 1):
        y = phase * _PHASES_M
        parts.append(box((-0.4, y - 0.4, -0.1), (0.4, y + 0.4, 0.12), CONCRETE))
        parts.append(tube((0.0, y, 0.1), (0.0, y, 2.3), 0.13, GALVANISED, 10))
        if kind == 0:
            parts.append(_insulator((0.0, y, 2.3), (0.0, y, 3.5), insulator, 0.15))
            parts.append(tube((0.0, y, 3.5), (0.0, y, _LIVE_M), 0.2, GALVANISED, 12))
        else:
            parts.append(bar((-0.75, y, 2.35), (0.75, y, 2.35), 0.18, 0.14, GALVANISED))
            parts += [_insulator((s, y, 2.4), (s, y, _LIVE_M - 0.1), insulator) for s in (-0.6, 0.6)]
            parts.append(bar((-0.75, y, _LIVE_M - 0.05), (0.75, y, _LIVE_M - 0.05), 0.07, 0.07, GALVANISED))
    if kind == 1:
        parts.append(box((-0.35, -_PHASES_M - 0.1, 1.0), (0.35, -_PHASES_M + 0.7, 2.0), GALVANISED, 0.03))
    return merged(parts)


def _lines(stations: Floats, middle: float, height: float) -> list[Shape]:
    """Return the wires of the three phases from the transformer over the switchgear up to the portal's insulators."""
    parts = []
    for phase in (-1, 0, 1):
        y = np.full(len(stations), middle + phase * _PHASES_M)
        y[0] = middle + 1.25 * phase
        z = np.full(len(stations), _LIVE_M)
        z[-1] = height - _HUNG_M
        x = stations.copy()
        x[-1] -= 0.35
        points = np.column_stack([x, y, z])
        parts.append(bars(points[:-1], points[1:], 0.035, 0.035, WIRE))
    return parts


def _insulator(
    start: tuple[float, float, float], end: tuple[float, float, float], finish: Finish, radius: float = 0.11
) -> Shape:
    """Return an insulator column: a rod with discs."""
    first, last = np.array(start), np.array(end)
    count = max(round(float(np.sqrt(((last - first) ** 2).sum())) / 0.16), 2)
    share = (np.arange(count) + 0.5) / count
    thick = 0.22 / count
    discs = [
        tube(first + (s - thick) * (last - first), first + (s + thick) * (last - first), radius, finish, 10, top=0.75)
        for s in share
    ]
    return merged([tube(first, last, 0.55 * radius, finish, 8), *discs])


def _paint(look: Floats) -> Finish:
    """Return the finish of the transformer and of cabinets."""
    return cabinet_finish(look[0], 0.45, 0.0, 0.5)


KIND = Kind(
    name="substation",
    category=Category.SUBSTATION,
    group=Group(_PATH, stage=400, count=_chance, place=_place),
    least_m=(19.0, 16.0, 6.5),
    greatest_m=(29.0, 24.0, 9.0),
    ground=Ground(table_gap_m=12.0, fall_m=2.8),
    own_fence=_yard_fence,
    shape=_shape,
)
