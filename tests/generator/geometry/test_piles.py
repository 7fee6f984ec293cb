# SPDX-License-Identifier: GPL-3.0-or-later
"""Piles are as large as their kind says, hollow where they should be, and reach into the ground."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.geometry.piles import pile_shape
from solar_site_addon.generator.plan.array.pile_kind import NUM_VARIANTS, Look, PileKind, disc, pipe
from solar_site_addon.generator.plan.array.piles import PileType, pile_kinds
from solar_site_addon.generator.plan.numerics.solids import Finish, Shape, box

KINDS = pile_kinds()
DETAILS = [np.full(4, share) for share in (0.0, 0.5, 0.999)]
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def all_shapes(kind: PileKind, fitted: bool = False) -> list[Shape]:
    return [
        pile_shape(PileType(kind.name, size, details), state, variant, fitted)
        for size in sorted(set(kind.sizes_m))
        for details in DETAILS
        for state in range(len(kind.all_states))
        for variant in range(NUM_VARIANTS if kind.all_states[state] == kind.damaged else 1)
    ]


@every_kind
def test_the_top_is_at_the_origin_and_the_foot_far_below(kind: PileKind) -> None:
    for shape in all_shapes(kind):
        assert np.isfinite(shape.vertices).all()
        assert -0.3 < shape.vertices[:, 2].max() < 0.4  # bars and strands stand above the concrete
        assert shape.vertices[:, 2].min() <= -3.0
        assert (shape.finish[:, 6] == Category.PILE).all()
        assert shape.faces.max() < len(shape.vertices)


@every_kind
def test_a_head_is_as_wide_as_the_kind_says(kind: PileKind) -> None:
    for size in set(kind.sizes_m):
        width, height = kind.head_m(size)
        shape = pile_shape(PileType(kind.name, size, np.zeros(4)), 0, 0, fitted=False)
        top = shape.vertices[shape.vertices[:, 2] > -height]
        assert np.ptp(top[:, 0]) == pytest.approx(width, abs=0.03)


@every_kind
def test_states_differ_in_color(kind: PileKind) -> None:
    tones = {
        state: pile_shape(PileType(kind.name, kind.sizes_m[0], np.zeros(4)), number, 0, fitted=False)
        .finish[:, :3]
        .mean()
        for number, state in enumerate(kind.states)
    }
    assert len({round(float(tone), 3) for tone in tones.values()}) == len(kind.states)
    first, *_, last = tones.values()
    assert first > last  # new is lighter than old


@every_kind
def test_a_fitting_adds_to_a_pile_but_not_to_a_damaged_one(kind: PileKind) -> None:
    for state, name in enumerate(kind.all_states):
        bare, fitted = (
            pile_shape(PileType(kind.name, kind.sizes_m[-1], np.zeros(4)), state, 0, fitted) for fitted in (False, True)
        )
        expected = kind.fitting is not None and name != kind.damaged
        assert (len(fitted.faces) > len(bare.faces)) == expected


def test_a_pipe_pile_is_open_at_the_top_down_to_earth() -> None:
    shape = pile_shape(PileType("phc", 0.4, np.zeros(4)), 0, 0, fitted=False)
    corners = shape.vertices[shape.faces]
    inside = np.hypot(*corners[..., :2].mean(axis=1).T) < 0.1
    up = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] > 0
    assert corners[inside & up][..., 2].max() == pytest.approx(-0.6)


@pytest.mark.parametrize("size_m", KINDS["phc"].sizes_m)
def test_the_hollow_of_a_pipe_pile_is_seen_beside_the_seat_of_its_post(size_m: float) -> None:
    fitting = KINDS["phc"].fitting(Look(size_m, "new", 0, np.zeros(4)))
    on_top = fitting.vertices[fitting.vertices[:, 2] >= 0]
    bore_m = size_m / 2 - 0.07
    assert np.abs(on_top[:, 1]).max() <= 0.5 * bore_m
    assert np.abs(on_top[:, 0]).max() > bore_m, "the seat rests on the wall"


def test_broken_tops_differ_and_show_strands_above_the_concrete() -> None:
    kind = KINDS["phc"]
    broken = [kind.shape(Look(0.4, "broken", variant, np.zeros(4))) for variant in range(NUM_VARIANTS)]
    assert len({shape.vertices.tobytes() for shape in broken}) == NUM_VARIANTS
    for shape in broken:
        concrete = shape.finish[:, 0] == shape.finish[0, 0]
        highest = shape.vertices[shape.faces[concrete]][..., 2].max()
        assert shape.vertices[:, 2].max() > highest


def test_a_kind_can_be_given() -> None:
    paint = Finish((0.5, 0.5, 0.5))
    kind = PileKind(
        name="timber",
        sizes_m=(0.2,),
        states=("new",),
        head_m=lambda size: (size, 0.1),
        spoil_m=0.3,
        shape=lambda _look: box((-0.1, -0.1, -2.0), (0.1, 0.1, 0.0), paint),
    )
    shape = pile_shape(PileType("timber", 0.2, np.zeros(4)), 0, 0, True, {"timber": kind})
    assert np.ptp(shape.vertices, axis=0) == pytest.approx([0.2, 0.2, 2.0])


def test_pipes_and_discs_face_outward_and_up() -> None:
    paint = Finish((0.5, 0.5, 0.5))
    shape = pipe(0.2, 0.1, -1.0, 0.0, -0.5, paint, 24)
    corners = shape.vertices[shape.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    middle = corners.mean(axis=1)
    radius = np.hypot(middle[:, 0], middle[:, 1])
    outward = (normal[:, :2] * middle[:, :2]).sum(axis=1)
    assert (outward[radius > 0.19] > 0).all()
    assert (outward[radius < 0.101] < 0).all()
    assert disc(0.1, 0.3, paint).vertices[:, 2].max() == 0.3
