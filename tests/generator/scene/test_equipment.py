# SPDX-License-Identifier: GPL-3.0-or-later
"""Equipment and surroundings: footprints and categories."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.domain.projection import Camera  # noqa: E402
from solar_site_addon.generator.geometry.fence import fence_frame, fence_wires  # noqa: E402
from solar_site_addon.generator.imaging.passes import PixelPasses  # noqa: E402
from solar_site_addon.generator.plan.equipment.fence import no_fence  # noqa: E402
from solar_site_addon.generator.plan.equipment.substation import BANK_M  # noqa: E402
from solar_site_addon.generator.plan.numerics.solids import merged  # noqa: E402
from solar_site_addon.generator.plan.placement.things import Fence, FenceStyle, Things, WorkKind, Works  # noqa: E402
from solar_site_addon.generator.render.passes import render_passes  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.camera import build_camera  # noqa: E402
from solar_site_addon.generator.scene.equipment import SHAPES, build_wires, build_works, things_shape  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402

pytestmark = pytest.mark.bpy

SIZES = {
    WorkKind.LIGHTNING_ROD: (0.8, 0.8, 9.0),
    WorkKind.WEATHER_STATION: (1.6, 1.6, 3.5),
    WorkKind.STRING_INVERTER: (1.0, 0.35, 1.6),
    WorkKind.COMBINER_BOX: (0.6, 0.25, 1.2),
    WorkKind.TRANSFORMER: (4.5, 2.7, 2.6),
    WorkKind.PACKED_MODULES: (2.4, 1.2, 1.3),
    WorkKind.PICKUP: (5.3, 1.9, 1.8),
    WorkKind.VAN: (5.0, 1.9, 2.2),
    WorkKind.EXCAVATOR: (7.5, 2.6, 3.0),
    WorkKind.CONTAINER: (6.06, 2.44, 2.6),
    WorkKind.POND: (16.0, 12.0, 1.0),
    WorkKind.SUBSTATION: (19.0, 16.0, 6.5),
}
PLANTS_OWN = {kind for kind in WorkKind if kind <= WorkKind.WEATHER_STATION}


def size_of(kind: WorkKind) -> np.ndarray:
    return np.array(SIZES.get(kind, (12.0, 7.0, 3.5)))


def fence_of(style: FenceStyle) -> Fence:
    """Twenty metres along x."""
    posts = np.array([[x, 0.2, 0.0] for x in np.arange(0, 21, 2.5)])
    number = np.arange(len(posts) - 1)
    leaves = np.array([[[20.0, 0.2, 0.0], [22.0, 0.2, 0.0]], [[24.0, 0.2, 0.0], [22.0, 0.2, 0.0]]])
    return Fence(posts, np.stack([number, number + 1], axis=1).astype(np.int32), leaves, 2.0, style, 0.1)


def camera_at(position: tuple[float, float, float], focal_px: float = 100.0) -> Camera:
    """A camera that looks straight down, north up, in a picture of 160 x 120."""
    rotation = np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, -rotation @ np.array(position)
    return Camera(160, 120, focal_px, np.array(position), matrix, position[2], -90.0, 0.0, position[2] / focal_px)


@pytest.mark.parametrize("look", [(0.0, 0.0, 0.0, 0.0), (0.5, 0.5, 0.5, 0.5), (0.999, 0.999, 0.999, 0.999)])
@pytest.mark.parametrize("kind", WorkKind)
def test_every_kind_has_a_shape_that_keeps_to_its_ground(kind, look):
    size, depth = size_of(kind), 0.7
    shape = SHAPES[kind](size, depth, np.array(look))
    assert np.isfinite(shape.vertices).all()
    assert shape.faces.max() < len(shape.vertices)
    assert (np.abs(shape.vertices[:, :2]).max(axis=0) <= size[:2] / 2 + 0.13).all()
    low = shape.vertices[:, 2].min()
    assert low == pytest.approx(
        0.0 if kind in {WorkKind.PICKUP, WorkKind.VAN, WorkKind.EXCAVATOR} else -depth, abs=0.02
    )
    allowed = {Category.ELECTRICAL_EQUIPMENT} if kind in PLANTS_OWN else {Category.OTHER, Category.TERRAIN}
    if kind is WorkKind.SUBSTATION:
        allowed = allowed | {Category.ELECTRICAL_EQUIPMENT}
    assert set(shape.finish[:, 6].astype(int)) <= allowed
    assert ((shape.finish[:, :6] >= 0) & (shape.finish[:, :6] <= 1)).all()


def test_things_are_put_where_the_plan_says():
    base = np.array([[10.0, 20.0, 5.0], [-4.0, 0.0, 2.0]])
    turned = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    things = Things(
        np.full(2, WorkKind.CONTAINER, dtype=np.int32), base, np.stack([np.eye(3), turned]),
        np.tile(SIZES[WorkKind.CONTAINER], (2, 1)), np.full(2, 0.5), np.full((2, 4), 0.3),
    )  # fmt: skip
    vertices = things_shape(things, 1).vertices.reshape(2, -1, 3)
    middle = (vertices.min(axis=1) + vertices.max(axis=1)) / 2
    np.testing.assert_allclose(middle[:, :2], base[:, :2], atol=0.1)
    np.testing.assert_allclose(np.ptp(vertices[0], axis=0)[:2], [6.06, 2.44], atol=0.2)
    np.testing.assert_allclose(np.ptp(vertices[1], axis=0)[:2], [2.44, 6.06], atol=0.2)


@pytest.mark.parametrize("style", FenceStyle)
def test_wires_are_never_finer_than_the_camera_sees_and_cover_the_same_share(style):
    fence = fence_of(style)
    areas = []
    for height in (8.0, 60.0):
        shape = merged([fence_frame(fence), fence_wires(fence, camera_at((10.0, 0.0, height), focal_px=3700.0))])
        areas.append(len(shape.faces))
        assert (shape.finish[:, 6] == Category.FENCE).all()
    assert areas[0] >= areas[1] > 8 * len(fence.spans)
    far = fence_wires(fence, camera_at((10.0, 0.0, 4000.0), focal_px=3700.0))
    assert len(fence_frame(fence).faces) + len(far.faces) < areas[1]


def test_the_yard_of_a_substation_is_ground_its_gear_is_equipment_and_its_control_building_is_neither():
    shape = SHAPES[WorkKind.SUBSTATION](np.array([24.0, 20.0, 8.0]), 1.0, np.full(4, 0.5))
    semantic, middle = shape.finish[:, 6], shape.vertices[shape.faces].mean(axis=1)
    assert middle[semantic == Category.TERRAIN, 2].max() < 0.05
    gear, building = middle[semantic == Category.ELECTRICAL_EQUIPMENT], middle[semantic == Category.OTHER]
    assert gear[:, 2].max() > 8
    assert building[:, 0].max() < gear[:, 0].min()
    inside = np.array([12.0, 10.0]) - BANK_M - 0.35
    assert (np.abs(gear[:, :2]).max(axis=0) < inside).all()
    assert (np.abs(building[:, :2]).max(axis=0) < inside).all()


def test_gates_are_built_as_part_of_the_fence():
    fence = fence_of(FenceStyle.CHAIN_LINK)
    shape = merged([fence_frame(fence), fence_wires(fence, camera_at((10.0, 0.0, 30.0)))])
    beyond = shape.vertices[shape.vertices[:, 0] > 20.1]
    assert beyond[:, 0].max() == pytest.approx(24.0, abs=0.1)
    assert 2.0 < beyond[:, 2].max() < 2.3


def test_an_empty_plan_builds_nothing():
    none = Things(*(np.zeros((0, *shape)) for shape in ((), (3,), (3, 3), (3,), (), (4,))))
    works = Works(none, np.zeros((0, 2, 3)), np.zeros((0, 24, 24, 3)), np.zeros((0, 4)), no_fence(), no_fence())
    assert build_works(works, 1) == []
    assert build_wires(works, camera_at((0, 0, 30.0)), []) == []


def test_each_pixel_has_the_class_of_what_it_shows():
    kinds = [WorkKind.TRANSFORMER, WorkKind.SHED, WorkKind.PICKUP, WorkKind.POND]
    places = np.array([[-14.0, 9.0, 0.0], [12.0, 9.0, 0.0], [-14.0, -9.0, 0.0], [12.0, -9.0, 0.0]])
    things = Things(
        np.array(kinds, dtype=np.int32), places, np.tile(np.eye(3), (4, 1, 1)),
        np.array([size_of(kind) for kind in kinds]), np.full(4, 0.5), np.full((4, 4), 0.4),
    )  # fmt: skip
    fence = fence_of(FenceStyle.WELDED_MESH)
    tray = np.array([[[-20.0, 1.0, 0.0], [-2.0, 1.0, 0.0]]])
    grid = np.linspace(-1.5, 1.5, 24)
    x, y = np.meshgrid(grid, grid, indexing="ij")
    sheet = np.stack([x, y - 12.0, np.full_like(x, 0.1)], axis=-1)
    works = Works(things, tray, sheet[None], np.full((1, 4), 0.5), fence, no_fence())
    camera = camera_at((0.0, 0.0, 40.0))
    try:
        scene = own(bpy.data.scenes.new("works"))
        parts = build_works(works, 100)
        for part in [*parts, *build_wires(works, camera, parts), build_camera(camera)]:
            scene.collection.objects.link(part)
        scene.camera = next(part for part in scene.collection.objects if part.type == "CAMERA")
        scene.render.resolution_x, scene.render.resolution_y = camera.width_px, camera.height_px
        passes = PixelPasses.from_channels(render_passes(scene, prepare_renderer("cpu", use_gpu=False, threads=2)))
    finally:
        remove_owned()

    def class_at(x: float, y: float, z: float) -> int:
        (column, row), _ = camera.project(np.array([x, y, z]))
        return int(passes.categories[int(row), int(column)])

    assert class_at(-15.0, 9.5, 2.4) == Category.ELECTRICAL_EQUIPMENT
    assert class_at(11.0, 8.0, 4.0) == Category.OTHER
    assert class_at(-14.0, -9.0, 1.7) == Category.OTHER
    assert class_at(12.0, -9.0, 0.5) == Category.OTHER
    assert class_at(4.3, -9.0, 0.3) == Category.TERRAIN
    assert class_at(0.0, -12.0, 0.1) == Category.OTHER
    assert class_at(-10.0, 1.0, 0.0) == Category.ELECTRICAL_EQUIPMENT
    assert class_at(7.0, 0.2, 0.0) == Category.FENCE
    assert class_at(0.0, 15.0, 0.0) == Category.SKY

    def object_at(x: float, y: float, z: float) -> int:
        (column, row), _ = camera.project(np.array([x, y, z]))
        return int(passes.numbers[int(row), int(column)])

    assert [object_at(x, y, z) for x, y, z in ((-15, 9.5, 2.4), (11, 8, 4), (-14, -9, 1.7), (12, -9, 0.5))] == [
        100, 101, 102, 103,
    ]  # fmt: skip
    assert object_at(0.0, -12.0, 0.1) == 104, "the tarpaulin"
    assert object_at(4.3, -9.0, 0.3) == 0, "the bank of the pond is ground"
    assert object_at(-10.0, 1.0, 0.0) == object_at(7.0, 0.2, 0.0) == 0, "tray and fence are no objects"
