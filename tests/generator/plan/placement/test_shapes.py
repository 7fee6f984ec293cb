# SPDX-License-Identifier: GPL-3.0-or-later
"""Every part of every kind of equipment and surroundings is a solid that faces outward, as large as asked."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.equipment.equipment import equipment_kinds
from solar_site_addon.generator.plan.equipment.parts import stand
from solar_site_addon.generator.plan.numerics.solids import Finish, Shape, merged
from solar_site_addon.generator.plan.placement.kinds import Kind
from solar_site_addon.generator.plan.surroundings.parts import cab, gable_ends, wheels
from solar_site_addon.generator.plan.surroundings.surroundings import surroundings_kinds

from ...solid_checks import open_edges, parts, volume

KINDS = [kind for kind in (*equipment_kinds(), *surroundings_kinds()) if isinstance(kind, Kind)]
SKINS = {"tunnel", "glasshouse", "pond"}
"""Built of film, glass and liner alone, which have no inside."""
LOOKS = [(0.0, 0.0, 0.0, 0.0), (0.5, 0.5, 0.5, 0.5), (0.999, 0.8, 0.999, 0.3)]
PAINT = Finish((0.5, 0.5, 0.5))

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def made(kind: Kind, look: tuple[float, ...], depth: float = 0.7) -> Shape:
    """The shape of a kind half way between its least and greatest size."""
    return kind.shape(kind.size(np.full(3, 0.5)), depth, np.array(look))


def closed_volumes(shape: Shape) -> list[float]:
    found = []
    for faces in parts(shape.faces):
        if open_edges(faces) == 0:
            used, own = np.unique(faces, return_inverse=True)
            found.append(volume(shape.vertices[used], own.reshape(faces.shape)))
    return found


@every_kind
def test_closed_parts_face_outward(kind: Kind) -> None:
    for look in LOOKS:
        volumes = closed_volumes(made(kind, look))
        assert volumes or kind.name in SKINS
        assert all(one > 0 for one in volumes)


@pytest.mark.parametrize("kind", equipment_kinds(), ids=lambda kind: kind.name)
def test_equipment_is_made_of_closed_parts_alone(kind: Kind) -> None:
    shape = made(kind, LOOKS[1])
    assert len(closed_volumes(shape)) == len(parts(shape.faces))


@every_kind
def test_items_are_as_high_and_wide_as_asked(kind: Kind) -> None:
    for look in LOOKS:
        shape, size = made(kind, look), kind.size(np.full(3, 0.5))
        low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
        assert np.isfinite(shape.vertices).all()
        # Eaves, handles and mirrors may stand out by a hand's breadth, aerials and rods rise higher.
        assert ((high - low)[:2] <= size[:2] + 0.26).all()
        assert ((high - low)[:2] >= 0.5 * size[:2]).all()
        assert high[2] >= 0.6 * size[2]


@every_kind
def test_foundations_reach_as_deep_as_asked_and_wheels_stand_on_the_ground(kind: Kind) -> None:
    lows = [made(kind, LOOKS[1], depth).vertices[:, 2].min() for depth in (0.4, 1.2)]
    expected = [0.0, 0.0] if kind.ground.on_wheels else [-0.4, -1.2]
    assert lows == [pytest.approx(low, abs=0.03) for low in expected]


def test_parts_of_things_are_solids_where_they_belong() -> None:
    posts = merged(stand(1.0, 0.5, 1.4))
    assert all(one > 0 for one in closed_volumes(posts))
    assert (posts.vertices[:, 2].min(), posts.vertices[:, 2].max()) == (-0.5, 1.4)
    gables = gable_ends(5.0, 3.0, 4.0, 1.5, PAINT)
    assert gables.vertices[:, 2].max() <= 5.5 + 1e-9
    assert gables.vertices[:, 2].min() >= 3.9
    four = merged(wheels(1.5, 0.8, 0.35))
    assert four.vertices[:, 2].min() == pytest.approx(0.0, abs=0.02)
    assert four.vertices[:, 2].max() == pytest.approx(0.7, abs=0.02)
    assert len(parts(four.faces)) >= 4
    glass = merged(cab(-1.0, 1.0, 0.8, 1.0, 1.8, PAINT))
    assert np.ptp(glass.vertices[:, 2]) == pytest.approx(0.8, abs=0.1)
