# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes are closed, and the edges of faces are all there, once."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.geometry.meshes import boxes, connected, joined, paired

from ..solid_checks import open_edges, volume

TOP = np.array([[0.0, 0, 2], [4, 0, 2], [4, 3, 2], [0, 3, 2]])


def triangles(faces: np.ndarray) -> np.ndarray:
    return np.concatenate([faces[:, :3], faces[:, [0, 2, 3]]])


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0.1, 5)), min_size=1, max_size=5))
def test_boxes_are_closed_and_face_outward(places: list[tuple[float, float]]) -> None:
    top = np.stack([TOP + np.array([x, 0, 0]) for x, _ in places])
    bottom = np.stack([TOP + np.array([x, 0, -height]) for x, height in places])
    vertices, faces = boxes(top, bottom)
    assert (len(vertices), len(faces)) == (8 * len(places), 6 * len(places))
    assert open_edges(faces) == 0
    for number, (_, height) in enumerate(places):
        own = triangles(faces[6 * number : 6 * number + 6] - 8 * number)
        one = vertices[8 * number : 8 * number + 8]
        np.testing.assert_allclose(volume(one, own), 12 * height)
        np.testing.assert_array_equal(one[:4], top[number])


FACES = st.lists(st.permutations(range(9)).map(lambda order: order[:4]), min_size=1, max_size=12).map(np.array)


def edges_by_hand(faces: np.ndarray) -> set[tuple[int, int]]:
    return {
        (min(start, end), max(start, end))
        for face in faces.tolist()
        for start, end in zip(face, face[1:] + face[:1], strict=True)
    }


@given(FACES)
def test_every_side_of_a_face_is_one_edge_and_no_edge_is_there_twice(faces: np.ndarray) -> None:
    found = connected(faces)
    listed = [tuple(ends) for ends in found.ends.tolist()]
    assert len(listed) == len(set(listed))
    assert set(listed) == edges_by_hand(faces)
    for face, sides in zip(found.faces.tolist(), found.sides.tolist(), strict=True):
        for start, end, side in zip(face, face[1:] + face[:1], sides, strict=True):
            assert listed[side] == (min(start, end), max(start, end))


@given(FACES, FACES)
def test_two_meshes_become_one_with_the_edges_of_both(one: np.ndarray, other: np.ndarray) -> None:
    both = joined(connected(one), 9, connected(other))
    np.testing.assert_array_equal(both.faces, np.concatenate([one, other + 9]))
    assert {tuple(ends) for ends in both.ends.tolist()} == edges_by_hand(both.faces)
    for face, sides in zip(both.faces.tolist(), both.sides.tolist(), strict=True):
        for start, end, side in zip(face, face[1:] + face[:1], sides, strict=True):
            assert set(both.ends[side].tolist()) == {start, end}


@given(st.integers(1, 6), st.randoms())
def test_pairs_of_triangles_become_the_faces_they_were_cut_from(count: int, random: Random) -> None:
    _, faces = boxes(*(np.stack([TOP + np.array([9.0 * n, 0, low]) for n in range(count)]) for low in (0, -2)))
    cut, value = triangles(faces), np.tile(np.arange(float(len(faces))), 2)
    order = list(range(len(cut)))
    random.shuffle(order)
    found = paired(cut[order], value[order])
    assert sorted(found.faces.tolist()) == sorted(faces.tolist())
    for face, triangle in zip(found.faces.tolist(), found.triangle.tolist(), strict=True):
        assert faces.tolist().index(face) == value[order][triangle]


def test_triangles_with_other_values_and_fans_stay_triangles_where_they_must() -> None:
    fan = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 4]])
    assert paired(fan).faces.tolist() == [[0, 1, 2, 3], [0, 3, 4, -1]]
    assert paired(fan[:2], np.array([1.0, 2.0])).faces.tolist() == [[0, 1, 2, -1], [0, 2, 3, -1]]
