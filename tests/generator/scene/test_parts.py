# SPDX-License-Identifier: GPL-3.0-or-later
"""Small parts of the scene, read back from Blender: beams, instances, fields, marks and shader nodes."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Euler, Matrix, Vector  # noqa: E402

from solar_site_addon.generator.domain.versions import OLDEST, blender_version, check_supported  # noqa: E402
from solar_site_addon.generator.plan.array.tables import Beams  # noqa: E402
from solar_site_addon.generator.plan.ground.ground_cover import Fields  # noqa: E402
from solar_site_addon.generator.plan.vegetation.vegetation import Vegetation  # noqa: E402
from solar_site_addon.generator.scene.fields import COLOUR, COVER, EDGE, ROWS, field_attributes  # noqa: E402
from solar_site_addon.generator.scene.instances import upright_rotation  # noqa: E402
from solar_site_addon.generator.scene.nodes import OBJECT  # noqa: E402
from solar_site_addon.generator.scene.ownership import MARK, own, owned_blocks, remove_owned  # noqa: E402
from solar_site_addon.generator.scene.structure import build_structure  # noqa: E402
from solar_site_addon.generator.scene.vegetation import build_vegetation  # noqa: E402

from ..hand_made import land, plane  # noqa: E402
from ..solid_checks import open_edges, volume  # noqa: E402

pytestmark = pytest.mark.bpy


@pytest.fixture(autouse=True)
def _nothing_is_left():
    yield
    remove_owned()


def beams() -> Beams:
    return Beams(
        start=np.array([[0.0, 0, -1], [1, 0, 0], [0, 0, 5]]),
        end=np.array([[0.0, 0, 2], [5, 3, 0], [0, 4, 8]]),
        up=np.array([[1.0, 0, 0], [0, 0, 1], [0, -0.6, 0.8]]),
        section=np.array([[0.09, 0.09], [0.05, 0.06], [0.06, 0.09]]),
        table=np.array([0, 1, 1], dtype=np.int32),
    )


def positions(mesh) -> np.ndarray:
    found = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", found)
    return found.reshape(-1, 3)


def test_beams_are_closed_boxes_of_their_length_and_section() -> None:
    mesh = build_structure(beams(), 41)[0].data
    assert (len(mesh.vertices), len(mesh.polygons)) == (3 * 8, 3 * 6)
    vertices = positions(mesh).astype(float)
    faces = np.array([face.vertices[:] for face in mesh.polygons])
    assert open_edges(faces) == 0
    plan = beams()
    for number in range(3):
        own_faces = faces[6 * number : 6 * number + 6] - 8 * number
        triangles = np.concatenate([own_faces[:, :3], own_faces[:, [0, 2, 3]]])
        corners = vertices[8 * number : 8 * number + 8]
        length = np.linalg.norm(plan.end[number] - plan.start[number])
        assert volume(corners, triangles) == pytest.approx(length * plan.section[number].prod(), rel=1e-3)
        np.testing.assert_allclose(corners.mean(axis=0), (plan.start + plan.end)[number] / 2, atol=1e-6)
        assert np.ptp(corners @ plan.up[number]) == pytest.approx(plan.section[number, 1], abs=1e-5)
    assert not mesh.validate()
    numbers = [round(value.value) for value in mesh.attributes[OBJECT].data]
    assert numbers == [41] * 6 + [42] * 12


def test_the_long_faces_lie_on_either_side_of_the_axis() -> None:
    plan = beams()
    top, bottom = plan.faces()
    np.testing.assert_allclose((top + bottom).mean(axis=1), plan.start + plan.end, atol=1e-9)
    height = np.einsum("bci,bi->bc", top - bottom, plan.up)
    np.testing.assert_allclose(height, np.repeat(plan.section[:, 1:], 4, axis=1), atol=1e-9)


def test_rotations_turn_about_the_vertical_first_and_then_lean_by_the_shortest_way() -> None:
    rng = np.random.default_rng(1)
    up = rng.normal(size=(50, 3)) * 0.4 + [0, 0, 1]
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    turn = rng.uniform(-180, 360, 50)
    for angles, normal, degrees in zip(upright_rotation(up, turn), up, turn, strict=True):
        found = Euler(angles.tolist(), "XYZ").to_matrix()
        tilt = Vector((0, 0, 1)).rotation_difference(Vector(normal.tolist())).to_matrix()
        expected = tilt @ Matrix.Rotation(np.radians(degrees), 3, "Z")
        np.testing.assert_allclose(np.array(found), np.array(expected), atol=1e-5)


def test_plants_are_instances_where_and_as_large_as_planned() -> None:
    count = 6
    rng = np.random.default_rng(2)
    vegetation = Vegetation(
        kind=np.array([0, 0, 2, 2, 6, 3], dtype=np.int32),
        variant=np.array([0, 1, 2, 0, 1, 2], dtype=np.int32),
        detailed=np.array([True, False, False, False, False, False]),
        position=rng.uniform(-9, 9, (count, 3)),
        spread=rng.uniform(0.3, 2, count),
        height=rng.uniform(0.3, 2, count),
        up=np.tile([0.0, 0, 1], (count, 1)),
        turn_deg=np.zeros(count),
        colour=rng.random((count, 3)),
        snow=np.zeros(count),
    )
    plan = build_vegetation(vegetation)
    mesh = plan.data
    np.testing.assert_allclose(positions(mesh), vegetation.position, atol=1e-5)
    scale = np.empty(3 * count, dtype=np.float32)
    mesh.attributes["scale"].data.foreach_get("vector", scale)
    np.testing.assert_allclose(
        scale.reshape(-1, 3), np.column_stack([vegetation.spread, vegetation.spread, vegetation.height]), atol=1e-6
    )
    colour = np.empty(4 * count, dtype=np.float32)
    mesh.attributes["instance_colour"].data.foreach_get("color", colour)
    np.testing.assert_allclose(colour.reshape(-1, 4)[:, :3], vegetation.colour, atol=1e-6)
    bpy.context.scene.collection.objects.link(plan)
    graph = bpy.context.evaluated_depsgraph_get()
    seen = [
        (tuple(np.round(instance.matrix_world.translation, 4)), np.array(instance.object.bound_box))
        for instance in graph.object_instances
        if instance.is_instance
    ]
    assert len(seen) == count
    # Each shape fits a cylinder of diameter and height 1, and is not a mere point.
    for place, box in seen:
        nearest = np.abs(vegetation.position - place).sum(axis=1).min()
        assert nearest < 1e-3
        assert np.abs(box[:, :2]).max() <= 0.51
        assert box[:, 2].max() == pytest.approx(1.0, abs=1e-4)


def test_fields_know_their_border_rows_cover_and_colour_at_each_vertex() -> None:
    ground = land(plane(), half_m=10.0)
    x, y = np.meshgrid(ground.x, ground.y)
    fields = Fields(
        edge=5 - np.abs(x),
        parcel=(y > 0).astype(np.int32),
        crop=np.zeros(2, dtype=np.int32),
        middle=np.array([[1.0, 2.0], [0.0, 0.0]]),
        across=np.array([[1.0, 0.0], [0.6, 0.8]]),
        row_m=np.array([0.5, 2.0]),
        cover=np.array([0.3, 0.9]),
        colour=np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]),
    )
    found = field_attributes(fields, ground)
    np.testing.assert_array_equal(found[EDGE], 5 - np.abs(x))
    south = y <= 0
    np.testing.assert_allclose(found[ROWS], np.where(south, (x - 1) / 0.5, (0.6 * x + 0.8 * y) / 2.0))
    np.testing.assert_array_equal(found[COVER], np.where(south, 0.3, 0.9))
    np.testing.assert_array_equal(found[COLOUR][~south], np.tile([0.4, 0.5, 0.6], ((~south).sum(), 1)))


def test_only_what_is_marked_is_removed() -> None:
    theirs = bpy.data.meshes.new("theirs")
    ours = own(bpy.data.meshes.new("ours"))
    assert ours[MARK]
    assert owned_blocks() == [ours]
    remove_owned()
    assert owned_blocks() == []
    assert theirs.name in bpy.data.meshes
    bpy.data.meshes.remove(theirs)


def test_this_blender_is_new_enough_and_told_by_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    check_supported()
    assert blender_version().split(".") == [str(part) for part in bpy.app.version]
    assert bpy.app.version >= OLDEST
