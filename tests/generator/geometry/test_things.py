# SPDX-License-Identifier: GPL-3.0-or-later
"""Every part of equipment and surroundings is a solid that faces outward, without Blender."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.geometry import equipment, substation, surroundings

from ..solid_checks import open_edges, parts, volume

DEPTH = 0.7
SIZES = {
    equipment.transformer: (4.5, 2.7, 2.6),
    equipment.string_inverter: (1.0, 0.35, 1.6),
    equipment.combiner_box: (0.6, 0.25, 1.2),
    equipment.lightning_rod: (0.8, 0.8, 9.0),
    equipment.weather_station: (1.6, 1.6, 3.5),
    substation.substation: (24.0, 20.0, 8.0),
    surroundings.house: (12.0, 8.0, 6.5),
    surroundings.shed: (18.0, 10.0, 5.0),
    surroundings.container: (6.06, 2.44, 2.6),
    surroundings.tank: (6.0, 6.0, 3.0),
    surroundings.pickup: (5.3, 1.9, 1.8),
    surroundings.van: (5.0, 1.9, 2.2),
    surroundings.excavator: (7.5, 2.6, 3.0),
    surroundings.packed_modules: (2.4, 1.2, 1.3),
}
"""Common sizes of each, m. Tunnels, glasshouses and ponds are skins, not solids."""
LOOKS = [(0.0, 0.0, 0.0, 0.0), (0.5, 0.5, 0.5, 0.5), (0.999, 0.999, 0.999, 0.999), (0.2, 0.9, 0.6, 0.3)]


def made(make, look: tuple[float, ...]):
    return make(np.array(SIZES[make]), DEPTH, np.array(look))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("make", SIZES, ids=lambda make: make.__name__)
def test_closed_parts_face_outward(make, look: tuple[float, ...]) -> None:
    shape = made(make, look)
    closed = [faces for faces in parts(shape.faces) if open_edges(faces) == 0]
    assert closed
    for faces in closed:
        used, own = np.unique(faces, return_inverse=True)
        assert volume(shape.vertices[used], own.reshape(faces.shape)) > 0


@pytest.mark.parametrize(
    "make", [make for make in SIZES if make.__module__ == equipment.__name__], ids=lambda m: m.__name__
)
def test_equipment_is_made_of_closed_parts_alone(make) -> None:
    assert all(open_edges(faces) == 0 for faces in parts(made(make, LOOKS[1]).faces))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("make", SIZES, ids=lambda make: make.__name__)
def test_things_are_as_high_and_wide_as_asked(make, look: tuple[float, ...]) -> None:
    shape = made(make, look)
    size = np.array(SIZES[make])
    low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
    # Eaves, handles and mirrors may stand out by a hand's breadth, aerials and rods rise higher.
    assert ((high - low)[:2] <= size[:2] + 0.26).all()
    assert ((high - low)[:2] >= 0.5 * size[:2]).all()
    assert high[2] >= 0.6 * size[2]
    assert np.isfinite(shape.vertices).all()


def test_foundations_reach_as_deep_as_asked() -> None:
    for make in SIZES:
        depths = [make(np.array(SIZES[make]), depth, np.full(4, 0.5)).vertices[:, 2].min() for depth in (0.4, 1.2)]
        assert depths == [pytest.approx(-0.4, abs=0.02), pytest.approx(-1.2, abs=0.02)] or depths[0] == depths[1]
        assert make.__module__ != equipment.__name__ or depths[0] != depths[1], make.__name__
