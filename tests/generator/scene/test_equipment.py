# SPDX-License-Identifier: GPL-3.0-or-later
"""Equipment and surroundings: the category of each pixel, wires and gates."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.domain.projection import Camera  # noqa: E402
from solar_site_addon.generator.geometry.fence import fence_frame, fence_wires  # noqa: E402
from solar_site_addon.generator.imaging.passes import PixelPasses  # noqa: E402
from solar_site_addon.generator.plan.equipment.equipment import Equipment  # noqa: E402
from solar_site_addon.generator.plan.numerics.solids import merged  # noqa: E402
from solar_site_addon.generator.plan.placement.fences import Fence, FenceStyle, no_fence  # noqa: E402
from solar_site_addon.generator.plan.placement.items import Item, Items, Tarpaulin, Tarpaulins  # noqa: E402
from solar_site_addon.generator.plan.surroundings.surroundings import Surroundings  # noqa: E402
from solar_site_addon.generator.render.passes import render_passes  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.camera import build_camera  # noqa: E402
from solar_site_addon.generator.scene.equipment import build_equipment, build_wires  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402

pytestmark = pytest.mark.bpy


def fence_of(style: FenceStyle) -> Fence:
    """Twenty meters along x."""
    posts = np.array([[x, 0.2, 0.0] for x in np.arange(0, 21, 2.5)])
    number = np.arange(len(posts) - 1)
    leaves = np.array([[[20.0, 0.2, 0.0], [22.0, 0.2, 0.0]], [[24.0, 0.2, 0.0], [22.0, 0.2, 0.0]]])
    return Fence(posts, np.stack([number, number + 1], axis=1).astype(np.int32), leaves, 2.0, style, 0.1)


def camera_at(position: tuple[float, float, float], focal_px: float = 100.0) -> Camera:
    """A camera that looks straight down, north up, in an image of 160 x 120."""
    rotation = np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, -rotation @ np.array(position)
    return Camera(160, 120, focal_px, np.array(position), matrix, position[2], -90.0, 0.0, position[2] / focal_px)


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


def test_gates_are_built_as_part_of_the_fence():
    fence = fence_of(FenceStyle.CHAIN_LINK)
    shape = merged([fence_frame(fence), fence_wires(fence, camera_at((10.0, 0.0, 30.0)))])
    beyond = shape.vertices[shape.vertices[:, 0] > 20.1]
    assert beyond[:, 0].max() == pytest.approx(24.0, abs=0.1)
    assert 2.0 < beyond[:, 2].max() < 2.3


def item(kind: str, x: float, y: float, size: tuple[float, float, float]) -> Item:
    """An item that stands at x, y, with a foundation of half a meter."""
    return Item(kind, np.array([x, y, 0.0]), np.eye(3), np.array(size), 0.5, np.full(4, 0.4))


def test_an_empty_plan_builds_nothing():
    equipment = Equipment(Items.of([]), np.zeros((0, 2, 3)), no_fence(), (no_fence(),))
    surroundings = Surroundings(Items.of([]), Tarpaulins.of([]))
    assert build_equipment(equipment, surroundings, 1) == []
    assert build_wires(equipment, camera_at((0, 0, 30.0)), []) == []


def test_each_pixel_has_the_class_of_what_it_shows():
    transformer = item("transformer", -14.0, 9.0, (4.5, 2.7, 2.6))
    others = [
        item("shed", 12.0, 9.0, (12.0, 7.0, 3.5)),
        item("pickup", -14.0, -9.0, (5.3, 1.9, 1.8)),
        item("pond", 12.0, -9.0, (16.0, 12.0, 1.0)),
    ]
    grid = np.linspace(-1.5, 1.5, 24)
    x, y = np.meshgrid(grid, grid, indexing="ij")
    tarpaulin = Tarpaulin("tarpaulin", np.stack([x, y - 12.0, np.full_like(x, 0.1)], axis=-1), np.full(4, 0.5))
    tray = np.array([[[-20.0, 1.0, 0.0], [-2.0, 1.0, 0.0]]])
    equipment = Equipment(Items.of([transformer]), tray, fence_of(FenceStyle.WELDED_MESH), ())
    surroundings = Surroundings(Items.of(others), Tarpaulins.of([tarpaulin]))
    camera = camera_at((0.0, 0.0, 40.0))
    try:
        scene = own(bpy.data.scenes.new("equipment"))
        parts = build_equipment(equipment, surroundings, 100)
        for part in [*parts, *build_wires(equipment, camera, parts), build_camera(camera)]:
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
