# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands around a plant and may be taken for modules: roofs, greenhouses, ponds, vehicles, packed modules.

Each function makes one thing around the origin, x along its length, z up from its base, of ``size`` (3,) in metres;
its foundation reaches ``depth`` below. ``look`` (4,) from 0 to 1 decides colours and details.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..domain.array_types import Floats
from ..domain.categories import Category
from ..plan.numerics.solids import Colour, Finish, Shape, bar, box, frustum, loft, merged, moved, ribbed, tube

CONCRETE = Finish((0.34, 0.33, 0.31), 0.9, wear=0.5)
STONE = Finish((0.22, 0.20, 0.18), 0.9, wear=0.9)
GLASS = Finish((0.012, 0.014, 0.016), 0.06, wear=0.15)
RUBBER = Finish((0.015, 0.015, 0.016), 0.8, wear=0.4)
STEEL = Finish((0.45, 0.46, 0.47), 0.4, 0.8, 0.4)
WHITE = Finish((0.74, 0.74, 0.72), 0.5, wear=0.5)
EARTH = Finish((0.20, 0.145, 0.09), 0.95, wear=0.9, semantic=Category.TERRAIN)
LINER = Finish((0.014, 0.015, 0.017), 0.35, wear=0.7)
BLUE_LINER = Finish((0.03, 0.10, 0.24), 0.4, wear=0.7)
WALLS: tuple[Colour, ...] = ((0.70, 0.69, 0.66), (0.55, 0.47, 0.36), (0.30, 0.12, 0.07), (0.62, 0.60, 0.52))
TILES: tuple[Colour, ...] = ((0.085, 0.085, 0.09), (0.22, 0.065, 0.035), (0.14, 0.12, 0.11), (0.33, 0.12, 0.06))
SHEETS: tuple[Colour, ...] = (
    (0.025, 0.105, 0.34), (0.04, 0.15, 0.38), (0.03, 0.07, 0.18), (0.55, 0.56, 0.57), (0.30, 0.04, 0.03),
    (0.045, 0.13, 0.30),
)  # fmt: skip
"""Painted roofs of steel: most are blue, as they are on farms and works yards of many countries."""
BODIES: tuple[Colour, ...] = ((0.72, 0.72, 0.71), (0.72, 0.72, 0.71), (0.02, 0.02, 0.022), (0.33, 0.34, 0.35),
                              (0.26, 0.02, 0.02), (0.03, 0.07, 0.20))  # fmt: skip
BOXES: tuple[Colour, ...] = ((0.03, 0.11, 0.30), (0.68, 0.69, 0.68), (0.30, 0.05, 0.03), (0.05, 0.16, 0.11))


def house(size: Floats, depth: float, look: Floats) -> Shape:
    """A farmhouse: a flat roof with parapet, tank and water heaters, or a gable of tiles or painted steel."""
    length, width, height = size
    walls = Finish(_pick(WALLS, look[0]), 0.85, wear=0.3)
    overhang = 0.0 if look[1] < 0.45 else 0.45
    x, y = length / 2 - overhang, width / 2 - overhang
    parts = [
        box((-length / 2, -width / 2, -depth), (length / 2, width / 2, 0.0), STONE),
        box((-x, -y, 0.0), (x, y, height), walls),
        *_windows(x, y, height),
    ]
    if overhang == 0.0:
        return merged([*parts, *_flat_roof(x, y, height, look)])
    rise = (0.28 + 0.2 * look[2]) * y
    if look[1] < 0.75:
        roof = Finish(_pick(TILES, look[2]), 0.8, wear=0.9)
        parts.append(_gable(x, y, height, rise, overhang, 0.22, 0.03, roof))
    else:
        roof = Finish(_pick(SHEETS, look[2]), 0.35, 0.0, 0.5)
        parts.append(_gable(x, y, height, rise, overhang, 0.32, 0.03, roof))
    if look[3] > 0.5:
        heater = solar_water_heater(look[0])
        parts.append(moved(heater, (-x / 2, -y / 2 - 0.2, height + rise * (0.5 - 0.1)), 0.0))
    parts.append(_gable_ends(x, y, height, rise, walls))
    return merged(parts)


def shed(size: Floats, depth: float, look: Floats) -> Shape:
    """A hall of painted steel sheets with rooflights."""
    length, width, height = size
    x, y = length / 2 - 0.3, width / 2 - 0.3
    paint = Finish(_pick(SHEETS, look[0]), 0.35, 0.0, 0.35 + 0.5 * look[1])
    walls = Finish((0.66, 0.67, 0.67) if look[2] < 0.6 else paint.colour, 0.5, wear=0.5)
    rise = (0.14 + 0.12 * look[2]) * y
    parts = [
        box((-length / 2, -width / 2, -depth), (length / 2, width / 2, 0.0), CONCRETE),
        box((-x, -y, 0.0), (x, y, height), walls),
        _gable(x, y, height, rise, 0.3, 0.30 + 0.4 * look[3], 0.035, paint),
        _gable_ends(x, y, height, rise, walls),
        box((-1.4, -y - 0.02, 0.0), (1.4, -y + 0.02, min(height - 0.4, 3.0)), Finish((0.12, 0.13, 0.14), 0.5)),
    ]
    if look[1] > 0.4:
        parts += _rooflights(x, y, height, rise)
    return merged(parts)


def container(size: Floats, depth: float, look: Floats) -> Shape:
    """A shipping container, or one made into a site office."""
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish(_pick(BOXES, look[0]), 0.5, wear=0.3 + 0.6 * look[1])
    frame = Finish((0.03, 0.10, 0.30), 0.5, wear=0.4) if look[0] < 0.5 else paint
    posts = [
        box((sx * x - 0.08, sy * y - 0.08, -depth), (sx * x + 0.08, sy * y + 0.08, height), frame)
        for sx in (-0.97, 0.97) for sy in (-0.95, 0.95)
    ]  # fmt: skip
    roof = ribbed(
        [(-x + 0.1, -y + 0.05, height - 0.03), (x - 0.1, -y + 0.05, height - 0.03), (x - 0.1, y - 0.05, height - 0.03),
         (-x + 0.1, y - 0.05, height - 0.03)], 0.28, 0.025, paint,
    )  # fmt: skip
    ribs = [
        box((place - 0.06, -y, 0.25), (place + 0.06, y, height - 0.2), paint)
        for place in np.arange(-x + 0.3, x - 0.2, 0.28)
    ]
    edges = [
        bar((-x, side, level), (x, side, level), 0.1, 0.12, frame)
        for side in (-y + 0.05, y - 0.05)
        for level in (0.2, height - 0.06)
    ]
    body = box((-x + 0.03, -y + 0.03, 0.15), (x - 0.03, y - 0.03, height - 0.04), paint)
    parts = [body, roof, *ribs, *edges, *posts]
    if look[0] < 0.5 and look[1] > 0.5:
        parts += [box((s - 0.45, -y - 0.02, 1.1), (s + 0.45, -y + 0.05, 2.0), GLASS) for s in (-1.6, 1.6)]
    return merged(parts)


def tunnel(size: Floats, depth: float, look: Floats) -> Shape:
    """A polytunnel: film over hoops, in some below a black shade net."""
    length, width, height = size
    x = length / 2
    film = Finish((0.60, 0.62, 0.62), 0.22, wear=0.4 + 0.5 * look[1])
    if look[0] > 0.75:
        film = Finish((0.03, 0.032, 0.035), 0.7, wear=0.5)
    elif look[0] > 0.6:
        film = Finish((0.25, 0.32, 0.42), 0.25, wear=0.5)
    angle = np.linspace(0, np.pi, 15)
    arch = np.stack([np.zeros(15), -np.cos(angle) * width / 2 * 0.96, height * np.sin(angle) ** 0.8], axis=1)
    stations = np.linspace(-x, x, max(round(length / 1.2), 2) + 1)
    sag = 1.0 - 0.018 * (np.arange(len(stations)) % 2)[:, None, None]
    places = stations[:, None, None] * np.array([1.0, 0.0, 0.0])
    skin = loft(places + arch * sag, film, closed=False)
    foot = np.zeros_like(arch)
    ends = [loft([_shifted(arch, s * x), _shifted(foot, s * x)], film, closed=False) for s in (-1, 1)]
    hoops = [_arched_hoop(_shifted(1.012 * arch, place)) for place in stations[:: 2 if length > 24 else 1]]
    skirt = box((-x, -width / 2, -depth), (x, width / 2, 0.0), EARTH)
    return merged([skirt, skin, *ends, *hoops])


def glasshouse(size: Floats, depth: float, look: Floats) -> Shape:
    """A glasshouse: panes between bars on a low wall. Of all that is no module it looks most like some."""
    length, width, height = size
    x, y, rise = length / 2 - 0.1, width / 2 - 0.1, 0.22 * width
    pane = Finish((0.05, 0.065, 0.075) if look[0] < 0.6 else (0.30, 0.34, 0.35), 0.07, wear=0.3)
    bars = Finish((0.68, 0.69, 0.70), 0.4, 0.3, 0.2)
    parts = [
        box((-length / 2, -width / 2, -depth), (length / 2, width / 2, 0.35), CONCRETE),
        box((-x, -y, 0.35), (x, y, height), pane),
    ]
    places = np.linspace(-x, x, max(round(2 * x / (0.8 + 0.6 * look[1])), 2) + 1)
    for side in (-1, 1):
        eaves, ridge = [(s, side * y, height) for s in (-x, x)], [(s, 0.0, height + rise) for s in (-x, x)]
        parts.append(loft([eaves, ridge], pane, closed=False))
        for place in places:
            parts.append(bar((place, side * y, height + 0.02), (place, 0, height + rise + 0.02), 0.05, 0.05, bars))
            parts.append(bar((place, side * (y + 0.02), 0.35), (place, side * (y + 0.02), height), 0.05, 0.05, bars))
        for share in (0.0, 0.5):
            level = height + rise * share + 0.02
            parts.append(bar((-x, side * y * (1 - share), level), (x, side * y * (1 - share), level), 0.05, 0.05, bars))
    parts.append(bar((-x, 0, height + rise + 0.03), (x, 0, height + rise + 0.03), 0.12, 0.08, bars))
    parts.append(_gable_ends(x, y, height, rise, pane))
    return merged(parts)


def pond(size: Floats, depth: float, look: Floats) -> Shape:
    """A lined pond with raised banks: bank, liner, water."""
    bank = float(size[2])
    outer = _round_outline(size, 0.0)
    inset = min(0.45 * bank + 0.8, 0.3 * float(size[1]))
    crest, inner = _round_outline(size, inset * 0.55), _round_outline(size, inset * 0.55 + 0.5)
    shore, bed = _round_outline(size, inset * 0.55 + 1.0), _round_outline(size, inset * 0.55 + 1.05)
    liner = BLUE_LINER if look[0] < 0.3 else LINER
    murky = ((0.02, 0.035, 0.022), (0.012, 0.03, 0.045), (0.06, 0.05, 0.03))
    water = Finish(_pick(murky, look[1]), 0.03, wear=0.0)
    level = bank * (0.35 + 0.4 * look[2])
    parts = [
        loft([_at(outer, -depth), _at(outer, 0.0), _at(crest, bank), _at(inner, bank)], EARTH, caps=False),
        loft([_at(inner, bank), _at(shore, level - 0.05)], liner, caps=False),
        loft([_at(bed, level - 0.04), _at(shore, level)], water),
    ]
    return merged(parts)


def tank(size: Floats, depth: float, look: Floats) -> Shape:
    """A round water tank of concrete or of steel sheet, open at the top."""
    radius, height = float(min(size[0], size[1])) / 2, float(size[2])
    wall = CONCRETE if look[0] < 0.5 else STEEL
    water = Finish(_pick(((0.012, 0.03, 0.04), (0.03, 0.07, 0.10), (0.02, 0.035, 0.02)), look[1]), 0.03, wear=0.0)
    angle = 2 * np.pi * np.arange(36) / 36
    ring = np.stack([np.cos(angle), np.sin(angle), np.zeros(36)], axis=1)
    outside, inside = ring * radius, ring * (radius - 0.15)
    level = height * (0.6 + 0.3 * look[2])
    parts = [
        loft([_at(outside, -depth), _at(outside, height), _at(inside, height), _at(inside, level - 0.1)], wall,
             caps=False),
        loft([_at(inside, level - 0.05), _at(inside, level)], water),
    ]  # fmt: skip
    return merged(parts)


def pickup(size: Floats, depth: float, look: Floats) -> Shape:
    """A pickup truck with an open bed."""
    del depth
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish(_pick(BODIES, look[0]), 0.25, 0.1, 0.1 + 0.25 * look[1])
    bed = Finish((0.03, 0.03, 0.032), 0.7, wear=0.7)
    parts = [
        *_wheels(0.62 * x, y, 0.38),
        box((-x, -y, 0.42), (x, y, 0.95), paint, 0.06),
        frustum((0.1 * x, -y + 0.05, x - 0.05, y - 0.05), (0.2 * x, -y + 0.15, 0.9 * x, y - 0.15), (0.95, 1.1), paint),
        *_cab(-0.16 * x, 0.52 * x, y, 0.95, height, paint),
        box((-x + 0.06, -y + 0.1, 0.95), (-0.2 * x, y - 0.1, 0.98), bed),
    ]
    parts += [box((-x, s * (y - 0.06) - 0.05, 0.95), (-0.2 * x, s * (y - 0.06) + 0.05, 1.22), paint) for s in (-1, 1)]
    parts.append(box((-x, -y + 0.05, 0.95), (-x + 0.08, y - 0.05, 1.22), paint))
    return merged(parts)


def van(size: Floats, depth: float, look: Floats) -> Shape:
    """A van, or with less length a minibus: one box with a short bonnet."""
    del depth
    length, width, height = size
    x, y = length / 2, width / 2
    paint = Finish((0.74, 0.74, 0.73) if look[0] < 0.7 else _pick(BODIES, look[1]), 0.25, 0.0, 0.1 + 0.25 * look[2])
    nose = 0.72 * x
    parts = [
        *_wheels(0.64 * x, y, 0.34),
        box((-x, -y, 0.35), (x, y, 0.95), paint, 0.05),
        frustum((-x, -y, nose + 0.2, y), (-x + 0.1, -y + 0.12, 0.42 * x, y - 0.12), (0.95, height - 0.08), GLASS),
        box((-x + 0.05, -y + 0.01, 0.95), (0.35 * x, y - 0.01, height - 0.08), paint),
        box((-x + 0.1, -y + 0.08, height - 0.08), (0.45 * x, y - 0.08, height), paint, 0.06),
    ]
    return merged(parts)


def excavator(size: Floats, depth: float, look: Floats) -> Shape:
    """A tracked excavator with its arm stretched forward."""
    del depth
    length, width, height = size
    y = width / 2
    paint = Finish(((0.62, 0.33, 0.02), (0.60, 0.15, 0.02), (0.30, 0.42, 0.05))[int(look[0] * 3)], 0.45, wear=0.6)
    rear = -length / 2
    parts = [
        box((rear + 0.1, s * (y - 0.28) - 0.28, 0.0), (rear + 3.4, s * (y - 0.28) + 0.28, 0.8), RUBBER, 0.12)
        for s in (-1, 1)
    ]
    boom = [(rear + 2.7, 0.25, 1.7), (rear + 4.2, 0.25, height), (rear + 0.80 * length, 0.25, height * 0.72)]
    tip = (rear + 0.93 * length, 0.25, 0.75)
    parts += [
        box((rear, -y + 0.1, 0.95), (rear + 3.0, y - 0.1, 1.75), paint, 0.1),
        box((rear, -y + 0.15, 1.7), (rear + 1.3, y - 0.15, 2.1), Finish((0.05, 0.05, 0.05), 0.6, wear=0.6), 0.12),
        box((rear + 1.6, 0.55 - y + 0.0, 1.75), (rear + 3.0, 0.55 - y + 0.95, height), GLASS, 0.05),
        box((rear + 1.55, 0.5 - y, height), (rear + 3.05, 0.55 - y + 1.0, height + 0.06), paint, 0.03),
        bar(boom[0], boom[1], 0.3, 0.4, paint),
        bar(boom[1], boom[2], 0.28, 0.36, paint),
        bar(boom[2], tip, 0.22, 0.3, paint),
        frustum((tip[0] - 0.3, -0.4, tip[0] + 0.5, 0.9), (tip[0] - 0.1, -0.4, tip[0] + 0.2, 0.9), (0.02, 0.8),
                Finish((0.10, 0.09, 0.08), 0.6, 0.3, 0.9)),
    ]  # fmt: skip
    return merged(parts)


def packed_modules(size: Floats, depth: float, look: Floats) -> Shape:
    """Modules in their cartons on a pallet, strapped, some under a film."""
    length, width, height = size
    x, y = length / 2, width / 2
    carton = Finish(((0.42, 0.29, 0.16), (0.50, 0.40, 0.27), (0.70, 0.69, 0.66))[int(look[0] * 3)], 0.8, wear=0.5)
    if look[1] > 0.8:
        carton = Finish((0.03, 0.09, 0.28), 0.45, wear=0.4)
    wood = Finish((0.30, 0.22, 0.13), 0.9, wear=0.8)
    parts = [box((-x, side - 0.05, -depth), (x, side + 0.05, 0.12), wood) for side in (-y + 0.06, 0.0, y - 0.06)]
    parts.append(box((-x, -y, 0.12), (x, y, 0.15), wood))
    tiers = 2 if height > 1.9 else 1
    step = (height - 0.15) / tiers
    parts += [
        box((-x + 0.02, -y + 0.02, low), (x - 0.02, y - 0.02, low + step - 0.03), carton, 0.02)
        for low in 0.15 + step * np.arange(tiers)
    ]
    strap = Finish((0.02, 0.02, 0.02) if look[2] < 0.5 else (0.05, 0.12, 0.35), 0.5, wear=0.1)
    parts += [
        box((place - 0.02, -y + 0.01, 0.12), (place + 0.02, y - 0.01, height - 0.02), strap)
        for place in (-0.55 * x, 0.0, 0.55 * x)
    ]
    return merged(parts)


def solar_water_heater(tone: float) -> Shape:
    """A rack of dark glass tubes below a horizontal tank, facing -y."""
    dark, reflector = Finish((0.008, 0.01, 0.02), 0.12), Finish((0.30, 0.31, 0.32), 0.35, 0.6, 0.4)
    parts = [tube((place, -0.75, 0.15), (place, 0.55, 1.15), 0.029, dark, 6) for place in np.linspace(-0.9, 0.9, 18)]
    back = [[(-1.0, -0.72, 0.08), (1.0, -0.72, 0.08)], [(-1.0, 0.55, 1.05), (1.0, 0.55, 1.05)]]
    parts.append(loft(back, reflector, closed=False))
    shell = Finish((0.72, 0.73, 0.74) if tone < 0.6 else (0.55, 0.06, 0.04), 0.3, 0.4 if tone < 0.6 else 0.0, 0.2)
    parts.append(tube((-1.05, 0.72, 1.25), (1.05, 0.72, 1.25), 0.24, shell, 16))
    for place in (-0.85, 0.85):
        parts.append(bar((place, 0.6, 0.0), (place, 0.7, 1.1), 0.04, 0.04, STEEL))
        parts.append(bar((place, -0.75, 0.0), (place, -0.75, 0.15), 0.04, 0.04, STEEL))
    return merged(parts)


def _pick(colours: Sequence[Colour], share: float) -> Colour:
    return colours[min(int(share * len(colours)), len(colours) - 1)]


def _at(ring: Floats, z: float) -> Floats:
    return ring * np.array([1.0, 1.0, 0.0]) + np.array([0.0, 0.0, z])


def _shifted(points: Floats, along: float) -> Floats:
    """Points (n, 3) moved along x."""
    return points + np.array([along, 0.0, 0.0])


def _round_outline(size: Floats, inset: float) -> Floats:
    """(40, 3) a rectangle with round corners, a superellipse of exponent 4, counter-clockwise."""
    angle = 2 * np.pi * (np.arange(40) + 0.5) / 40
    cosine, sine = np.cos(angle), np.sin(angle)
    x = (size[0] / 2 - inset) * np.sign(cosine) * np.sqrt(np.abs(cosine))
    y = (size[1] / 2 - inset) * np.sign(sine) * np.sqrt(np.abs(sine))
    return np.stack([x, y, np.zeros(40)], axis=1)


def _gable(
    x: float, y: float, height: float, rise: float, overhang: float, pitch: float, rib: float, finish: Finish
) -> Shape:
    """Both slopes of a gable roof whose ridge runs along x."""
    reach, eaves = x + overhang, height - rise * overhang / y
    front = [(-reach, -y - overhang, eaves), (reach, -y - overhang, eaves), (reach, 0, height + rise)]
    front.append((-reach, 0, height + rise))
    rear = [(reach, y + overhang, eaves), (-reach, y + overhang, eaves), (-reach, 0, height + rise)]
    rear.append((reach, 0, height + rise))
    ridge = bar((-reach, 0, height + rise + 0.02), (reach, 0, height + rise + 0.02), 0.35, 0.05, finish)
    return merged([ribbed(front, pitch, rib, finish), ribbed(rear, pitch, rib, finish), ridge])


def _gable_ends(x: float, y: float, height: float, rise: float, finish: Finish) -> Shape:
    """The triangles of wall below a gable roof, as one prism just inside it."""
    profile = np.array([(0.0, -y, height), (0.0, y, height), (0.0, 0.0, height + 0.97 * rise)])
    return loft([_shifted(profile, -x), _shifted(profile, x)], finish)


def _rooflights(x: float, y: float, height: float, rise: float) -> list[Shape]:
    """Strips of translucent sheet that lie on both slopes."""
    film = Finish((0.55, 0.60, 0.58), 0.3, wear=0.6)
    parts = []
    for place in np.arange(-x + 2.0, x - 1.0, 4.0):
        for side in (-1, 1):
            low, high = (
                (place, side * 0.8 * y, height + 0.2 * rise + 0.05),
                (place, side * 0.2 * y, height + 0.8 * rise + 0.05),
            )
            parts.append(bar(low, high, 0.8, 0.02, film))
    return parts


def _windows(x: float, y: float, height: float) -> list[Shape]:
    """Windows on all sides of each storey, a door in front."""
    parts = []
    for storey in range(max(round(height / 3.2), 1)):
        low = 0.9 + 3.1 * storey
        parts += [
            box((place - 0.55, side - 0.03, low), (place + 0.55, side + 0.03, low + 1.2), GLASS)
            for place in np.arange(-x + 1.4, x - 1.0, 2.6)
            for side in (-y, y)
        ]
    parts.append(box((-0.55, -y - 0.04, 0.0), (0.55, -y + 0.04, 2.1), Finish((0.14, 0.05, 0.03), 0.5)))
    return parts


def _flat_roof(x: float, y: float, height: float, look: Floats) -> list[Shape]:
    """A slab with a parapet, a stair head, and on many water heaters and a tank."""
    parapet = Finish((0.48, 0.47, 0.44), 0.9, wear=0.8)
    parts = [box((-x, s * (y - 0.1) - 0.1, height), (x, s * (y - 0.1) + 0.1, height + 0.5), parapet) for s in (-1, 1)]
    parts += [box((s * (x - 0.1) - 0.1, -y, height), (s * (x - 0.1) + 0.1, y, height + 0.5), parapet) for s in (-1, 1)]
    parts.append(box((-x + 0.2, -y + 0.2, height), (x - 0.2, y - 0.2, height + 0.04), CONCRETE))
    parts.append(box((x - 2.6, y - 2.6, height), (x - 0.2, y - 0.2, height + 2.2), WHITE))
    heaters = int(look[3] * 4)
    for number in range(heaters):
        place = -x + 1.4 + 2.4 * number
        if place < x - 3.0:
            parts.append(moved(solar_water_heater(look[2]), (place, -0.2 * y, height + 0.04)))
    if look[2] > 0.5:
        drum = Finish((0.03, 0.10, 0.30) if look[3] > 0.5 else (0.6, 0.61, 0.62), 0.4, wear=0.4)
        parts.append(tube((x - 1.2, -y + 1.2, height), (x - 1.2, -y + 1.2, height + 1.4), 0.6, drum, 18))
    return parts


def _arched_hoop(arch: Floats) -> Shape:
    """A hoop as a flat ribbon along the arch (n, 3)."""
    side = np.array([0.03, 0.0, 0.0])
    return loft([arch + side, arch - side], STEEL, closed=False)


def _wheels(x: float, y: float, radius: float) -> list[Shape]:
    return [
        tube((sx * x, sy * y - sy * 0.22, radius), (sx * x, sy * y - sy * 0.01, radius), radius, RUBBER, 14)
        for sx in (-1, 1) for sy in (-1, 1)
    ]  # fmt: skip


def _cab(start: float, end: float, y: float, low: float, high: float, paint: Finish) -> list[Shape]:
    """Glass that narrows upward, under a painted roof."""
    rear, front = start + 0.18, end - 0.55
    return [
        frustum((start, -y + 0.04, end, y - 0.04), (rear, -y + 0.2, front, y - 0.2), (low, high - 0.06), GLASS),
        box((rear - 0.04, -y + 0.18, high - 0.08), (front + 0.04, y - 0.18, high), paint, 0.04),
    ]
